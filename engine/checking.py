"""Checks a story as thoroughly as its author wants it: all that loading finds, and what only an author asks for.

It plays nothing and asks no model. Whether some path leads into a dead end is for `palaver prove`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from engine.briefing import REPLY_TOKENS
from engine.dialogue.prompt import laid_out
from engine.dialogue.recall import Recall
from engine.dialogue.tokens import Estimate
from engine.play.state import State
from engine.story import schema as form
from engine.story.desk import Desk
from engine.story.graph import PLAYER, Character, Scene, StoryGraph
from engine.story.ignores import quieted
from engine.story.lint_never import warn_of_never
from engine.story.lint_offline import warn_of_goodwill, warn_of_hints
from engine.story.lint_when import warn_of_sentences
from engine.story.load import Checked, check_story

DEFAULT_CONTEXT = 4_096
"""Tokens that a player's model holds where nobody says: what small local servers start with."""
LEAST_CONTEXT = 512
"""A smaller one holds no prompt; the settings refuse it, too."""
CROWDED = 0.8
"""A prompt that takes more than this share of its room before anybody has spoken leaves too little for the talk."""

SMALL = 0.25
"""A persona, facts and direction of less than this share cannot crowd a prompt: all else in it has bounds."""
_SMALLEST = 3_000
"""In a prompt of fewer tokens the rules that every character is told are no small part."""
MOST_OVERRUNS = 100
"""Talks told of in one story: each is laid out whole, which takes 0.1 ms."""


def thoroughly(path: Path, *, base: Path | None = None, contexts: Iterable[int] = (DEFAULT_CONTEXT,)) -> Checked:
    """Return a story with everything worth telling its author, less what a comment in it says to ignore.

    `contexts` are the sizes in tokens that prompts have to fit into.
    """
    checked = check_story(path, base=base, further=partial(_warn, contexts=sorted(set(contexts))))
    found = quieted(checked.diagnostics, checked.sources, whole=checked.graph is not None)
    return replace(checked, diagnostics=found)


def _warn(desk: Desk, graph: StoryGraph, story: form.Story, *, contexts: Iterable[int]) -> None:
    warn_of_never(desk, graph)
    warn_of_goodwill(desk, graph, story)
    warn_of_hints(desk, graph)
    warn_of_sentences(desk, graph)
    _warn_of_overruns(desk, graph, contexts)


def _warn_of_overruns(desk: Desk, graph: StoryGraph, contexts: Iterable[int]) -> None:
    """Warn of talks whose prompts are full before anybody has spoken: once each, for the smallest such context."""
    told = replace(graph, characters={who: _all_knowing(one) for who, one in graph.characters.items()})
    own = {who: _size(one.persona, *(fact.text for fact in one.knows)) for who, one in told.characters.items()}
    warned: set[tuple[str, str]] = set()
    for context in contexts:
        recalls = {
            who: Recall(told, who, Estimate(), context=context, reply=_reply(one, context))
            for who, one in told.characters.items()
        }
        for scene in graph.scenes.values():
            here = _size(scene.direction.source) if scene.direction is not None else 0
            for who in scene.talk:
                budget = recalls[who].window.budget
                small = own[who] + here < budget * SMALL and budget >= _SMALLEST and graph.lore_budget is None
                if not small and (scene.id, who) not in warned and _warned(desk, told, scene, recalls[who]):
                    warned.add((scene.id, who))
                    if len(warned) >= MOST_OVERRUNS:
                        return


def _size(*texts: str) -> int:
    return sum(map(Estimate().count, texts))


def _warned(desk: Desk, graph: StoryGraph, scene: Scene, recall: Recall) -> bool:
    values = {name: variable.start for name, variable in graph.variables.items()}
    state = State(values=values, scene=scene.id, visits={scene.id: 1}, exchange=((PLAYER, "…"),))
    made = laid_out(graph, state, recall)
    budget = recall.window.budget
    fixed = made.kept.cut.tokens - made.kept.under_way_tokens
    if fixed <= budget * CROWDED:
        return False
    name, parts = graph.characters[recall.who].name, sorted(made.system, key=lambda part: -part.tokens)
    most = " and ".join(f"the {part.name} about {part.tokens:,}" for part in parts[:2])
    room = f"of a context of {budget + recall.reply:,} tokens, {recall.reply:,} of them for the reply"
    if fixed > budget:
        what = f"What {name} is told here takes about {fixed:,} tokens before anybody speaks, and does not fit"
    else:
        what = f"What {name} is told here leaves about {budget - fixed:,} tokens for the talk"
    message = f"{what} ({room}; {most}): shorten that."
    desk.warning(("scenes", scene.id), "prompt-overrun", message, key=True)
    return True


def _all_knowing(character: Character) -> Character:
    """Return a character whom every fact has come to: the most that a play may have to tell it."""
    return replace(character, knows=tuple(replace(fact, condition=None) for fact in character.knows))


def _reply(character: Character, context: int) -> int:
    return max(1, min(int(character.taste.get("max_tokens", REPLY_TOKENS)), context // 2))
