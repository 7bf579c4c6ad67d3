"""The players without a model: what each does next, by its own nature and a seed.

They know the story as its author does, where that helps them to reach more of it, but make no move that a person could
not make. They ask nobody and remember nothing beyond their own game.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from engine.plaintext import clean_line
from engine.play.offer import eligible, holds
from engine.play.state import State
from engine.play.transcript import Line
from engine.playtest.attacks import ATTACKS, FREE, SILENCES
from engine.playtest.parts import example_key, suggestion_key
from engine.story.graph import PLAYER, Example, StoryGraph
from engine.view import Option, View

Origin = Literal["suggested", "authored", "free", "repeated", "silence", "attack", "model"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a player has before it."""

    graph: StoryGraph
    state: State
    view: View
    lines: tuple[Line, ...]
    """The transcript so far."""


@dataclass(frozen=True, slots=True)
class Pick:
    """Takes an option, with the words it asks for."""

    option: Option
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Speak:
    """Says something."""

    text: str
    origin: Origin
    to: str = ""
    """The character addressed; empty for all."""
    whispered: bool = False


Move = Pick | Speak


class Player(Protocol):
    """Somebody who plays one game."""

    def move(self, seen: Seen) -> Move | Awaitable[Move]:
        """Return the next move; there is always an option that can be taken, or somebody to talk to."""


class Random:
    """Takes anything at random, and says what is suggested, what its author foresaw, and what nobody did."""

    def __init__(self, chance: random.Random, known: Mapping[str, int]) -> None:
        self._chance = chance

    def move(self, seen: Seen) -> Move:
        """Talk more often than not where there is somebody to talk to."""
        chance, options = self._chance, takeable(seen.view)
        if not seen.view.can_speak or (options and chance.random() < 0.4):
            return _pick(chance.choice(options), chance)
        phrasings = [phrasing for _, example in repertoire(seen) for phrasing in example.player]
        to, whispered = _turned_to(seen.view, chance)
        if phrasings and chance.random() < 0.75:
            return Speak(chance.choice(phrasings), "authored", to, whispered)
        return Speak(chance.choice(FREE), "free", to, whispered)


class Seeking:
    """Prefers what was least taken so far, in its own game and in those before: it goes where nobody was."""

    def __init__(self, chance: random.Random, known: Mapping[str, int]) -> None:
        self._chance = chance
        self._known = known
        self._tried: Counter[str] = Counter()

    def move(self, seen: Seen) -> Move:
        """Take one of the least taken; now and then anything, for what was taken in vain may come to something now."""
        open_now = [*self._open(seen)]
        if self._chance.random() < 0.1:
            key, _, move = self._chance.choice(open_now)
        else:
            scored = [
                (self._known.get(key, 0) + 3 * self._tried[key] + cost, key, move) for key, cost, move in open_now
            ]
            least = min(score for score, _, _ in scored)
            key, move = self._chance.choice([(key, move) for score, key, move in scored if score == least])
        self._tried[key] += 1
        return move

    def _open(self, seen: Seen) -> Iterator[tuple[str, float, Move]]:
        """Yield what can be done, each with the key it is counted by and what it costs to have done it already."""
        for option in takeable(seen.view):
            if option.choice is not None:
                yield option.choice.choice.key, 0, _pick(option, self._chance)
            elif option.yes is not None:
                yield f"doubt/{option.yes}", 0, Pick(option)
        if not seen.view.can_speak:
            return
        shown = {option.text: option for option in seen.view.options if option.choice is None and option.yes is None}
        for number, suggestion in enumerate(seen.graph.scenes[seen.state.scene].suggest):
            text = clean_line(suggestion.text.render(seen.state))
            if holds(suggestion.condition, seen.state) and text in shown:
                yield suggestion_key(seen.state.scene, number), 0, Pick(shown[text])
        yield f"{seen.state.scene}/free", 2, Speak(self._chance.choice(FREE), "free")
        outcomes = {outcome.id: outcome for outcome in eligible(seen.graph, seen.state, seen.state.spent)}
        for key, example in repertoire(seen):
            if holds(example.condition, seen.state) and (not example.outcome or example.outcome in outcomes):
                done = self._known.get(outcomes[example.outcome].key, 0) if example.outcome else 2
                line = Speak(
                    self._chance.choice(example.player), "authored", example.who * (len(seen.view.present) > 1)
                )
                yield key, done, line
        for outcome in outcomes.values():
            for pattern in outcome.says:
                if pattern.who in ("", PLAYER):
                    words = " ".join(word for word in pattern.words if word != "*")
                    yield outcome.key, 0, Speak(words or "…", "authored")


class Stubborn:
    """Says one line again and again, whatever is answered."""

    def __init__(self, chance: random.Random, known: Mapping[str, int]) -> None:
        self._chance = chance
        self._line = ""
        self._taken: Counter[str] = Counter()

    def move(self, seen: Seen) -> Move:
        """Repeat the line where anybody listens; elsewhere take what was least taken, from the top."""
        if seen.view.can_speak and not self._in_the_way(seen):
            return Speak(self._line or self._found(seen), "repeated")
        options = takeable(seen.view)
        option = min(options, key=lambda option: self._taken[_key(option)])
        self._taken[_key(option)] += 1
        return _pick(option, self._chance)

    def _found(self, seen: Seen) -> str:
        lines = [phrasing for _, example in repertoire(seen) for phrasing in example.player]
        self._line = self._chance.choice([*lines[:200], *FREE])
        return self._line

    def _in_the_way(self, seen: Seen) -> bool:
        """Tell whether nothing ends this talk but a choice: even who is stubborn leaves in the end."""
        endless = seen.graph.scenes[seen.state.scene].limit is None
        return bool(takeable(seen.view)) and endless and seen.state.talked >= 12


class Silent:
    """Says little or nothing, and waits for the story to go on by itself."""

    def __init__(self, chance: random.Random, known: Mapping[str, int]) -> None:
        self._chance = chance

    def move(self, seen: Seen) -> Move:
        """Keep silent; where that could last for ever, leave at last."""
        options = takeable(seen.view)
        endless = seen.view.can_speak and seen.graph.scenes[seen.state.scene].limit is None
        if seen.view.can_speak and not (options and endless and self._chance.random() < 0.3):
            return Speak(self._chance.choice(SILENCES), "silence")
        return _pick(self._chance.choice(options), self._chance)


class Adversarial:
    """Tries to break the story by what it says, and types it wherever anything can be typed."""

    def __init__(self, chance: random.Random, known: Mapping[str, int]) -> None:
        self._chance = chance

    def move(self, seen: Seen) -> Move:
        """Attack where anybody listens; elsewhere go on at random."""
        options = takeable(seen.view)
        if seen.view.can_speak and not (options and self._chance.random() < 0.2):
            to, whispered = _turned_to(seen.view, self._chance)
            return Speak(self._chance.choice(ATTACKS), "attack", to, whispered)
        option = self._chance.choice(options)
        return Pick(option, self._chance.choice(ATTACKS) if option.asks else "")


PLAYERS: Mapping[str, Callable[[random.Random, Mapping[str, int]], Player]] = {
    "random": Random,
    "coverage": Seeking,
    "stubborn": Stubborn,
    "silent": Silent,
    "adversarial": Adversarial,
}
"""The players without a model. Each is made anew for a game, with its chance and what earlier games reached."""


def takeable(view: View) -> list[Option]:
    """Return the options that can be taken now."""
    return [option for option in view.options if option.enabled]


def repertoire(seen: Seen) -> Iterator[tuple[str, Example]]:
    """Yield the examples of the present talk with their keys, whether they count now or not."""
    scene = seen.graph.scenes[seen.state.scene]
    for number, example in enumerate(scene.examples):
        yield example_key(scene.id, number), example
    for who in scene.talk:
        for number, example in enumerate(seen.graph.characters[who].examples):
            yield example_key(f"@{who}", number), example


def _pick(option: Option, chance: random.Random) -> Pick:
    return Pick(option, chance.choice(("Anna", "Nobody", "I'd rather not say")) if option.asks else "")


def _key(option: Option) -> str:
    return option.choice.choice.key if option.choice is not None else option.text


def _turned_to(view: View, chance: random.Random) -> tuple[str, bool]:
    """Return whom a line is said to, and whether it is whispered: mostly to all."""
    if len(view.present) < 2 or chance.random() < 0.7:
        return "", False
    return chance.choice(view.present)[0], chance.random() < 0.3
