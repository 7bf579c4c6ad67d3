"""Puts together what a character is told before it answers, part by part, in an order that keeps caches warm.

First what rarely changes (persona, rules, who is here, direction, what the character knows, lore, examples), then its
own history, then the player's line, and at the very end a reminder that is never stored. It decides nothing about the
story and asks no model; a fact whose condition does not hold does not enter it in any form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from engine.dialogue import conduct, speech
from engine.dialogue.memory import Turn
from engine.dialogue.messages import Message
from engine.dialogue.recall import Kept, Recall
from engine.dialogue.tokens import PER_MESSAGE, PRIMING, TokenCounter
from engine.plaintext import clean
from engine.play.offer import eligible, holds
from engine.play.state import State
from engine.story.graph import Character, Example, Scene, StoryGraph

PartName = Literal[
    "persona",
    "rules",
    "presence",
    "direction",
    "knows",
    "lore",
    "examples",
    "pinned",
    "summary",
    "history",
    "line",
    "note",
]
MOST_EXAMPLES = 6
EXAMPLES_SHARE, EXAMPLES_TOKENS = 0.15, 800
"""Few-shot lines take at most this share of the prompt's budget, and at most so many tokens."""
LORE_SHARE, LORE_TOKENS = 0.15, 1_200

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Part:
    """A named piece of a prompt."""

    name: PartName
    text: str
    tokens: int
    """Its share of the prompt, framing included."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a character is told, ready to send and open to inspection."""

    messages: tuple[Message, ...]
    """One system message, then user and assistant by turns; the user's is the last."""
    parts: tuple[Part, ...]
    """In the order of the prompt; parts with nothing in them are left out."""
    tokens: int
    """All of it with framing: rather too many than too few, since neighbours of one role are joined after counting."""
    budget: int
    reply: int
    """Tokens kept free for the reply."""
    kept: Kept
    """Which turns of the history stand in it and which were dropped."""

    @property
    def over(self) -> int:
        """Tokens by which it passes the budget though nothing more may be dropped; 0 when it fits."""
        return max(0, self.tokens - self.budget)


def assemble(graph: StoryGraph, state: State, recall: Recall, *, summary: str = "") -> Prompt:
    """Return what the character of `recall` is told to answer the lines of `state.exchange`.

    `recall` must hold the events up to the turn under way. `summary` stands in for the turns that are dropped.
    """
    character, counter = graph.characters[recall.who], recall.counter
    under_way = recall.history.under_way(state.exchange)
    system = tuple(_system(graph, state, character, recall, under_way))
    note = _part("note", conduct.reminder(character.name, character.voice), counter, PER_MESSAGE)
    gap = conduct.summary_note(summary) if summary.strip() else conduct.GAP
    stand_in = _part("summary", gap, counter, PER_MESSAGE)
    fixed = PER_MESSAGE + PRIMING + sum(part.tokens for part in (*system, stand_in, note))
    kept = recall.kept(fixed, under_way)
    spare = 0 if kept.dropped else stand_in.tokens  # its room is kept free all along, so that a cut does not move it
    stand_ins = (stand_in,) if kept.dropped else ()

    messages = (
        *_messages(kept.pinned), *(Message("user", part.text) for part in stand_ins), *_messages(kept.turns),
        *under_way.messages, Message("user", note.text),
    )  # fmt: skip
    parts = (
        *system,
        Part("pinned", _transcript(kept.pinned), kept.cut.pinned_tokens),
        *stand_ins,
        Part("history", _transcript(kept.turns), kept.cut.kept_tokens),
        Part("line", _transcript((under_way,)), kept.under_way_tokens),
        note,
    )
    return Prompt(
        messages=(Message("system", "\n\n".join(part.text for part in system)), *_joined(messages)),
        parts=tuple(part for part in parts if part.text),
        tokens=kept.cut.tokens - spare,
        budget=recall.window.budget,
        reply=recall.reply,
        kept=kept,
    )


def _system(graph: StoryGraph, state: State, character: Character, recall: Recall, under_way: Turn) -> Iterator[Part]:
    """Yield the parts of the system message that have something in them, what rarely changes first."""
    scene = graph.scenes.get(state.scene)
    counter = recall.counter
    others = [graph.characters[who].name for who in scene.talk if who != character.id] if scene else []
    yield _part("persona", character.persona, counter)
    yield _part("rules", conduct.rules(character.name, graph.language), counter)
    yield _part("presence", conduct.presence(character.name, others, scene.title if scene else ""), counter)
    if scene is not None and scene.direction is not None:
        direction = clean(scene.direction.render(state)).strip()
        if direction:
            yield _part("direction", f"{conduct.DIRECTION}\n{direction}", counter)
    facts = [f"- {fact.text.strip()}" for fact in character.knows if holds(fact.condition, state)]
    if facts:
        yield _part("knows", "\n".join((conduct.KNOWS, *facts)), counter)
    pages = _lore(state, recall, under_way)
    if pages:
        yield _part("lore", "\n".join((conduct.LORE, *pages)), counter)
    shown = [_shown(example) for example in _examples(graph, state, scene, character)][:MOST_EXAMPLES]
    examples = _within(shown, shown, counter, _share(recall.window.budget, EXAMPLES_SHARE, EXAMPLES_TOKENS))
    if examples:
        yield _part("examples", "\n".join((conduct.EXAMPLES, *examples)), counter)


def _lore(state: State, recall: Recall, under_way: Turn) -> list[str]:
    """Return the lore that has come up: what came up last goes first for room, what was written first stands first."""
    pages = recall.lorebook.pages
    called = {
        page: f"- {pages[page].text.strip()}" for page in recall.lore(under_way) if holds(pages[page].condition, state)
    }
    fitting = _within(called, called.values(), recall.counter, _share(recall.window.budget, LORE_SHARE, LORE_TOKENS))
    return [called[page] for page in sorted(fitting)]


def _examples(graph: StoryGraph, state: State, scene: Scene | None, character: Character) -> list[Example]:
    """Return the examples that count now: those that decide nothing first, the scene's before the character's."""
    open_now = {outcome.id for outcome in eligible(graph, state, state.spent)}
    found = [
        example
        for example in (*(scene.examples if scene else ()), *character.examples)
        if example.who == character.id
        and (not example.outcome or example.outcome in open_now)
        and holds(example.condition, state)
    ]
    return sorted(found, key=lambda example: bool(example.outcome))


def _shown(example: Example) -> str:
    return f"{speech.player_says(example.player[0])}\nYou answer: {' '.join(example.replies[0].split())}"


def _within(names: Iterable[_T], texts: Iterable[str], counter: TokenCounter, room: int) -> list[_T]:
    """Return the names of the texts that fit into `room` tokens, first come first; a long one lets the next try."""
    fitting = []
    for name, text in zip(names, texts, strict=True):
        size = counter.count(text) + 1
        if size <= room:
            fitting.append(name)
            room -= size
    return fitting


def _share(budget: int, share: float, most: int) -> int:
    return min(int(budget * share), most)


def _part(name: PartName, text: str, counter: TokenCounter, framing: int = 1) -> Part:
    """Return a part; in the system message its framing is the blank line after it."""
    return Part(name, text, counter.count(text) + framing)


def _messages(turns: Iterable[Turn]) -> Iterator[Message]:
    for turn in turns:
        yield from turn.messages


def _joined(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages with neighbours of one role made one: many chat templates insist on turns."""
    role, texts = None, list[str]()
    for message in messages:
        if role is not None and message.role != role:
            yield Message(role, "\n".join(texts))
            texts = []
        role = message.role
        texts.append(message.content)
    if role is not None:
        yield Message(role, "\n".join(texts))


def _transcript(turns: Iterable[Turn]) -> str:
    """Return turns as one text, for inspection."""
    return "\n".join(
        f"You: {message.content}" if message.role == "assistant" else message.content
        for turn in turns
        for message in turn.messages
    )
