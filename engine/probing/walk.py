"""Plays a story at random and reads the prompts that its characters would get on the way.

Where the proof reads what the author wrote, this reads what is really sent: it catches a prompt that takes something in
before its condition holds. It asks no model; the characters say lines of their examples. The same seed walks the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from engine.dialogue.prompt import assemble
from engine.dialogue.recall import Recall
from engine.dialogue.tokens import Estimate
from engine.play.events import Event
from engine.play.evidence import folded
from engine.play.moves import Begin, Choose, Claim, Move, Read, Reply, Say
from engine.play.offer import eligible, holds, offers
from engine.play.state import State
from engine.play.step import step
from engine.probing.locked import Secret, secrets, shown_to, talks_of
from engine.story.graph import Example, StoryGraph

LONGEST_PLAY = 60
"""Moves of one play."""
CONTEXT, REPLY = 32_768, 300
"""Room of the prompts that are read: nothing is left out of them that a larger one would hold."""
ANY = 0.3
"""How often what is done next is drawn freely, rather than from what was done least so far."""
WHISPERED = 0.15
"""How often a line in a group is whispered to one."""
TALK = 0.75
"""How often something is said rather than a choice taken, where both can be."""


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Slip:
    """A locked text that stood in a prompt though nobody had said it."""

    secret: Secret
    scene: str
    seed: int
    move: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """A character in a talk, at a moment some play came to, before anything is said there."""

    who: str
    state: State
    events: tuple[Event, ...]
    locked: tuple[Secret, ...]
    """What is kept from this character at that moment."""


@dataclass(slots=True)
class Walk:
    """What the plays came by."""

    plays: int = 0
    prompts: int = 0
    """Read, each time one was put together."""
    scenes: set[str] = field(default_factory=set)
    """Talks of which a prompt was read."""
    locked: set[tuple[str, tuple[str | int, ...]]] = field(default_factory=set)
    """Secrets that were locked in one of these, by character and place."""
    slips: dict[tuple[str, tuple[str | int, ...]], Slip] = field(default_factory=dict)
    """The first of each secret."""
    meetings: dict[tuple[str, str], Meeting] = field(default_factory=dict)
    """By scene and character: the moment first come to in which most is locked."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """A written line and what comes of it."""

    who: str
    text: str
    outcome: str = ""
    moves: tuple[str, ...] = ()


class Walker:
    """Plays one story again and again; `walk` adds up."""

    def __init__(self, graph: StoryGraph) -> None:
        self.walk = Walk()
        self._graph = graph
        self._secrets: dict[str, list[tuple[Secret, tuple[str, ...]]]] = {}
        shown = {
            who: [(each.path, folded(each.source)) for each in shown_to(graph, who)]
            for who in graph.characters
            if talks_of(graph, who)
        }
        for secret in secrets(graph):
            self._secrets.setdefault(secret.who, []).append((secret, _traces(secret, shown[secret.who])))
        self._lore = [key for page in graph.lore for key in page.keys]
        self._picked: dict[int, int] = {}
        """By the identity of a choice or an example: the story keeps them all alive."""
        self._read: dict[tuple[str, str, frozenset[int]], None] = {}

    def play(self, seed: int) -> None:
        """Play once."""
        chance = random.Random(seed)
        graph = self._graph
        recalls = {
            who: Recall(graph, who, Estimate(), context=CONTEXT, reply=REPLY)
            for who in graph.characters
            if talks_of(graph, who)
        }
        state, events = State(), list[Event]()
        self.walk.plays += 1
        move: Move = Begin(seed)
        for number in range(LONGEST_PLAY):
            fresh = list[Event]()
            for each in self._spoken(state, move, chance) if isinstance(move, Say) else (move,):
                if isinstance(each, Reply):
                    self._listen(state, recalls, (seed, number))
                taken = step(graph, state, each)
                state, fresh = taken.state, [*fresh, *taken.events]
            for recall in recalls.values():
                recall.extend(fresh)
            events += fresh
            self._meet(state, events)
            found = self._next(state, chance)
            if found is None:
                return
            move = found

    def _next(self, state: State, chance: random.Random) -> Move | None:
        """Return something to do; None where there is nothing."""
        scene = self._graph.scenes.get(state.scene)
        if scene is None or state.over:
            return None
        open_now = [offer for offer in offers(self._graph, state, state.spent) if offer.enabled]
        if scene.talk and (chance.random() < TALK or not open_now):
            whispered = len(scene.talk) > 1 and chance.random() < WHISPERED
            return Say(self._line(state, chance), chance.choice(scene.talk) if whispered else "", whispered)
        if not open_now:
            return None
        picked = self._least([offer.choice for offer in open_now], chance)
        return Choose(picked.id, "Ana" if picked.ask else "")

    def _line(self, state: State, chance: random.Random) -> str:
        if self._lore and chance.random() < 0.3:
            return f"What of {chance.choice(self._lore)}?"
        lines = [line for example in self._open(state) for line in example.player[:1]]
        return chance.choice(lines) if lines else "Hello."

    def _listen(self, state: State, recalls: Mapping[str, Recall], when: tuple[int, int]) -> None:
        """Read the prompt of everybody who may answer now."""
        present = self._graph.scenes[state.scene].talk
        for who in (state.whispering,) if state.whispering else present:
            self._look(state, recalls[who], when)

    def _spoken(self, state: State, said: Say, chance: random.Random) -> Sequence[Move]:
        """Return a turn of talk: what is said, a written answer or two, and what they mean."""
        scene = self._graph.scenes[state.scene]
        first = self._answer(state, (said.to,) if said.to else scene.talk, chance)
        answers = [first]
        others = [who for who in scene.talk if who != first.who]
        if scene.replies > 1 and others and not said.whispered and chance.random() < 0.5:
            answers.append(self._answer(state, others, chance))
        outcome = next((Claim(a.outcome, a.text) for a in answers if a.outcome), None)
        moved = tuple(Claim(rule, a.text, a.who) for a in answers for rule in a.moves)
        replies = (Reply(answer.who, answer.text, model="walk") for answer in answers)
        return (said, *replies, Read(outcome, moved, first.who, "example"))

    def _answer(self, state: State, present: Sequence[str], chance: random.Random) -> _Answer:
        """Return what one of those present says: mostly a line that something comes of, where there is one."""
        repertoire = [example for example in self._open(state) if example.who in present]
        moving = [example for example in repertoire if example.outcome or example.moves]
        pool = moving if moving and chance.random() < 0.5 else repertoire
        if not pool or chance.random() < 0.1:
            who = chance.choice(present)
            return _Answer(who, chance.choice(self._graph.characters[who].fallback))
        example = self._least(pool, chance)
        return _Answer(example.who, chance.choice(example.replies), example.outcome, example.moves)

    def _least(self, things: Sequence[_T], chance: random.Random) -> _T:
        """Return one of the things picked least often so far, that rare ways are gone as well; sometimes any."""
        if chance.random() < ANY:
            return chance.choice(things)
        counts = [self._picked.get(id(thing), 0) for thing in things]
        picked = chance.choice([thing for thing, count in zip(things, counts, strict=True) if count == min(counts)])
        self._picked[id(picked)] = min(counts) + 1
        return picked

    def _open(self, state: State) -> list[Example]:
        """Return the example lines that may be said now."""
        scene = self._graph.scenes[state.scene]
        outcomes = {outcome.id for outcome in eligible(self._graph, state, state.spent)}
        found = [example for who in scene.talk for example in self._graph.characters[who].examples]
        return [
            example
            for example in (*scene.examples, *found)
            if holds(example.condition, state) and (not example.outcome or example.outcome in outcomes)
        ]

    def _look(self, state: State, recall: Recall, when: tuple[int, int]) -> None:
        """Read one prompt."""
        prompt = assemble(self._graph, state, recall)
        self.walk.prompts += 1
        self.walk.scenes.add(state.scene)
        locked = self._locked(state, recall.who)
        self.walk.locked.update((recall.who, secret.path) for secret, _ in locked)
        system = prompt.messages[0].content
        key = (recall.who, system, frozenset(id(secret) for secret, _ in locked))
        texts = [message.content for message in prompt.messages]
        if key in self._read:  # the same beginning with the same locks was read before; what was said since is not
            texts = texts[1:]
        self._read[key] = None
        page = folded("\n".join(texts))
        for secret, traces in locked:
            for trace in traces:
                if trace in page and (recall.who, secret.path) not in self.walk.slips:
                    said = folded("\n".join(text for _, text in _witnessed(recall, state)))
                    if trace not in said:
                        self.walk.slips[recall.who, secret.path] = Slip(secret, state.scene, *when)

    def _locked(self, state: State, who: str) -> list[tuple[Secret, tuple[str, ...]]]:
        return [
            (secret, traces)
            for secret, traces in self._secrets.get(who, ())
            if secret.condition is None or not holds(secret.condition, state)
        ]

    def _meet(self, state: State, events: list[Event]) -> None:
        scene = self._graph.scenes.get(state.scene)
        if scene is None or state.over:
            return
        for who in scene.talk:
            locked = tuple(secret for secret, _ in self._locked(state, who))
            known = self.walk.meetings.get((scene.id, who))
            if known is None or len(known.locked) < len(locked):
                self.walk.meetings[scene.id, who] = Meeting(who, state, tuple(events), locked)


def _traces(secret: Secret, shown: Sequence[tuple[tuple[str | int, ...], str]]) -> tuple[str, ...]:
    """Return what is looked for of a secret, folded: what no other text that its character is shown holds as well.

    Where one does, to tell it may be right or wrong, and the proof says which.
    """
    others = [text for path, text in shown if path[: len(secret.path)] != secret.path]
    texts = (folded(text) for text in secret.texts)
    return tuple(text for text in texts if len(text.split()) > 3 and not any(text in other for other in others))


def _witnessed(recall: Recall, state: State) -> Iterator[tuple[str, str]]:
    for turn in recall.history.turns:
        yield from turn.lines
    yield from state.exchange
