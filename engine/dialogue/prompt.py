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
from engine.dialogue.abridge import abridged, sentences
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
LORE_MOST = 0.5
"""A budget that the author set for lore is held to this share of the prompt's: the talk needs room."""
SUMMARY_SHARE, SUMMARY_TOKENS = 0.1, 300
"""What a summary of dropped turns may take. It is kept free from the first turn on, so that no summary moves a cut."""
AGAIN_TOKENS = 40
"""Kept free for the note with which an answer is asked for again, so that it moves no cut."""

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


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a prompt and what stays of the history beside them, before they are put together."""

    system: tuple[Part, ...]
    note: Part
    under_way: Turn
    kept: Kept
    free: int
    """Tokens counted for a summary and for asking again, whether they stand there or not."""


def summary_room(recall: Recall) -> int:
    """Return the tokens that the text of a summary may take."""
    return _summary_share(recall) - recall.counter.count(conduct.summary_note(""))


def _summary_share(recall: Recall) -> int:
    """Return the tokens that are kept free for a summary and the note around it, from the first turn on."""
    return _share(recall.window.budget, SUMMARY_SHARE, SUMMARY_TOKENS)


def assemble(graph: StoryGraph, state: State, recall: Recall) -> Prompt:
    """Return what the character of `recall` is told to answer the lines of `state.exchange`.

    `recall` must hold the events up to the turn under way.
    """
    made = laid_out(graph, state, recall)
    kept, note = made.kept, made.note
    stand_ins = (_stand_in(recall),) if kept.dropped else ()

    messages = (
        *_messages(kept.pinned), *(Message("user", part.text) for part in stand_ins), *_messages(kept.turns),
        *made.under_way.messages, Message("user", note.text),
    )  # fmt: skip
    parts = (
        *made.system,
        Part("pinned", _transcript(kept.pinned), kept.cut.pinned_tokens),
        *stand_ins,
        Part("history", _transcript(kept.turns), kept.cut.kept_tokens),
        Part("line", _transcript((made.under_way,)), kept.under_way_tokens),
        note,
    )
    return Prompt(
        messages=(Message("system", "\n\n".join(part.text for part in made.system)), *_joined(messages)),
        parts=tuple(part for part in parts if part.text),
        tokens=kept.cut.tokens - made.free + sum(part.tokens for part in stand_ins),
        budget=recall.window.budget,
        reply=recall.reply,
        kept=kept,
    )


def laid_out(graph: StoryGraph, state: State, recall: Recall) -> Layout:
    """Return what a prompt would hold now and which turns it would drop.

    The room for a summary is counted always and in full, so that a new one moves no cut.
    """
    character, counter = graph.characters[recall.who], recall.counter
    under_way = recall.history.under_way(state.exchange, state.whispering)
    system = tuple(_system(graph, state, character, recall, under_way))
    reminder = conduct.reminder(character.name, character.voice, narrator=character.narrator)
    note = _part("note", reminder, counter, PER_MESSAGE)
    free = AGAIN_TOKENS + PER_MESSAGE + max(counter.count(conduct.GAP), _summary_share(recall))
    fixed = PER_MESSAGE + PRIMING + sum(part.tokens for part in (*system, note)) + free
    return Layout(system, note, under_way, recall.kept(fixed, under_way), free)


def summary_told(recall: Recall) -> str:
    """Return what of the character's summary there is room for, as it may stand in a note."""
    return abridged(sentences(speech.noted(recall.history.summary)), summary_room(recall), recall.counter)


def _stand_in(recall: Recall) -> Part:
    """Return what stands where turns were dropped: their summary or, when there is none, a gap."""
    summary = summary_told(recall)
    text = conduct.summary_note(summary) if summary else conduct.GAP
    return _part("summary", text, recall.counter, PER_MESSAGE)


def _system(graph: StoryGraph, state: State, character: Character, recall: Recall, under_way: Turn) -> Iterator[Part]:
    """Yield the parts of the system message that have something in them, what rarely changes first."""
    scene = graph.scenes.get(state.scene)
    counter = recall.counter
    people = [graph.characters[who] for who in scene.talk if who != character.id] if scene else []
    others = [person.name for person in people if not person.narrator]
    name, title, narrator = character.name, scene.title if scene else "", character.narrator
    yield _part("persona", character.persona, counter)
    yield _part("rules", conduct.rules(name, graph.language, narrator=narrator), counter)
    yield _part("presence", conduct.presence(name, others, title, narrator=narrator), counter)
    if scene is not None and scene.direction is not None:
        direction = clean(scene.direction.render(state)).strip()
        if direction:
            yield _part("direction", f"{conduct.DIRECTION}\n{direction}", counter)
    facts = [f"- {fact.text.strip()}" for fact in character.knows if holds(fact.condition, state)]
    if facts:
        yield _part("knows", "\n".join((conduct.KNOWS, *facts)), counter)
    pages = lore(graph, state, recall, under_way)
    if pages:
        yield _part("lore", "\n".join((conduct.LORE, *(f"- {page}" for page in pages))), counter)
    shown = [_shown(example, character) for example in _examples(graph, state, scene, character)][:MOST_EXAMPLES]
    examples = _within(shown, shown, counter, _share(recall.window.budget, EXAMPLES_SHARE, EXAMPLES_TOKENS))
    if examples:
        yield _part("examples", "\n".join((conduct.TOLD if narrator else conduct.EXAMPLES, *examples)), counter)


def lore(graph: StoryGraph, state: State, recall: Recall, under_way: Turn) -> list[str]:
    """Return the lore that the character is told now, in the order written."""
    pages, budget = recall.lorebook.pages, recall.window.budget
    called = {page: pages[page].text.strip() for page in recall.lore(under_way) if holds(pages[page].condition, state)}
    room = _share(budget, LORE_SHARE, LORE_TOKENS)
    if graph.lore_budget is not None:
        room = _share(budget, LORE_MOST, graph.lore_budget)
    fitting = _within(called, (f"- {text}" for text in called.values()), recall.counter, room)
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


def _shown(example: Example, character: Character) -> str:
    line, reply = example.player[0], " ".join(example.replies[0].split())
    if character.narrator:
        return f"{speech.player_does(line)}\nYou tell: {reply}"
    return f"{speech.player_says(line)}\nYou answer: {reply}"


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
