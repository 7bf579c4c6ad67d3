"""Shows what a character remembers, for a screen: what stands in its prompt now, and what has fallen out of it.

It changes nothing and asks nobody; a fact that the character does not know yet is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.dialogue.memory import Turn
from engine.dialogue.prompt import assemble, lore, summary_told
from engine.dialogue.recall import Recall
from engine.play.offer import holds
from engine.play.state import State
from engine.story.graph import StoryGraph


@dataclass(frozen=True, slots=True)
class Remembered:
    """One character's memory at one moment."""

    who: str
    name: str
    facts: tuple[str, ...]
    """What it knows by its author, where the condition holds now."""
    lore: tuple[str, ...]
    """What has come up in the talk and it knows."""
    summary: str
    """What it keeps of the turns that fell out; empty when none did."""
    pinned: tuple[Turn, ...]
    """Turns from before the cut that never fall out."""
    dropped: int
    """How many turns fell out. The cut is between them and `turns`."""
    turns: tuple[Turn, ...]
    """The turns it remembers word for word, oldest first."""
    tokens: int
    """What it would be told now, with all that stands beside its memory."""
    budget: int
    """The most that it may be told at once."""


def remembered(graph: StoryGraph, state: State, recall: Recall) -> Remembered:
    """Return what the character of `recall` remembers, wherever it is; `state` is the moment that `recall` is at."""
    character = graph.characters[recall.who]
    scene = graph.scenes.get(state.scene)
    # Elsewhere it is told neither of this scene nor of what is being said in it.
    there = (
        state
        if scene is not None and character.id in scene.talk
        else replace(state, scene="", exchange=(), whispering="")
    )
    prompt = assemble(graph, there, recall)
    kept = prompt.kept
    return Remembered(
        who=character.id,
        name=character.name,
        facts=tuple(fact.text.strip() for fact in character.knows if holds(fact.condition, state)),
        lore=tuple(lore(graph, state, recall, recall.history.under_way(there.exchange, there.whispering))),
        summary=summary_told(recall) if kept.dropped else "",
        pinned=kept.pinned,
        dropped=kept.dropped,
        turns=kept.turns,
        tokens=prompt.tokens,
        budget=prompt.budget,
    )
