"""Tells whether one text states what another does: word for word, or by the words that tell.

A text's telling words are those that are neither small talk nor grammar; the rarer in the story, the more they weigh.
It compares words and understands none: a secret put in quite other words goes unnoticed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from engine.llm import words as lists
from engine.llm.likeness import take_apart
from engine.play.evidence import folded

SHARE = 0.67
"""Of a statement's telling words, by weight, what another text must hold to state it. Measured: tests/probing."""
LEAST = 1.6
"""What these words must weigh together: three that the whole story is full of state nothing."""
LIGHT_WORTH = 0.35
"""What a word found in texts about anything (`put`, `know`) is worth of another; by itself it states nothing."""
FEWEST = 3
"""Telling words that a sentence needs to be recognised by them; a shorter one is joined to its neighbour."""

_PERSONS = {
    form: stands
    for stands, forms in {
        "you": "i me he him she her they them we us my your his its their our mine yours hers theirs ours",
        "yourself": "myself himself herself themselves ourselves yourselves",
        "are": "am is",
        "were": "was",
        "have": "has",
    }.items()
    for form in forms.split()
}
_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_END = re.compile(r"(?<=[.!?;:…。！？])[\"'”’»)*_]*\s+|\n\s*\n|\n\s*[-*]\s+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts have in common."""

    verbatim: bool
    """A sentence stands in the other text word for word."""
    share: float
    """Of the sentence's telling words, by weight."""
    words: tuple[str, ...]
    """The telling words in common, as written in the sentence."""
    sentence: str
    """What is stated."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something that a text states."""

    text: str
    folded: str
    """As it is looked for word for word."""
    words: Mapping[str, str]
    """Its telling words: stem → as written, in the order written."""


@dataclass(frozen=True, slots=True)
class Told:
    """A text in which sentences are looked for."""

    folded: str
    windows: tuple[frozenset[str], ...]
    """Stems of each two neighbouring sentences."""


class Wording:
    """The words of one story and what each is worth."""

    def __init__(self, texts: Iterable[str]) -> None:
        seen: dict[str, int] = {}
        count = 0
        for text in texts:
            count += 1
            for stem in stems(text):
                seen[stem] = seen.get(stem, 0) + 1
        self._seen, self._count = seen, max(count, 1)

    def weight(self, stem: str) -> float:
        """Return what a word is worth, from nearly 0 for one in every text to 1 for one in none or a single one."""
        times = self._seen.get(stem, 1)
        rarity = math.log(1 + self._count / times) / math.log(1 + self._count)
        return rarity * LIGHT_WORTH if stem in _light() else rarity

    def likeness(
        self, sentence: Sentence, told: Told, *, share: float = SHARE, without: Collection[str] = ()
    ) -> Likeness | None:
        """Return how `told` states the sentence, or None when it does not; words in `without` tell nothing."""
        wanted = {stem: word for stem, word in sentence.words.items() if stem not in without}
        telling = wanted.keys() - _light()
        if len(telling) < 2:
            return None
        total = sum(map(self.weight, wanted))
        if len(telling) >= FEWEST and f" {sentence.folded} " in f" {told.folded} ":
            words = tuple(word for stem, word in wanted.items() if stem in telling)
            return Likeness(True, 1.0, words, sentence.text)
        best, most = frozenset[str](), 0.0
        for window in told.windows:
            common = wanted.keys() & window
            if len(common & telling) >= min(FEWEST, len(telling)):
                weight = sum(map(self.weight, common))
                if weight > most and sum(map(self.weight, common & telling)) >= LEAST:
                    best, most = frozenset(common), weight
        if most < share * total:
            return None
        words = tuple(word for stem, word in wanted.items() if stem in best and stem in telling)
        return Likeness(False, most / total, words, sentence.text)


def sentences(text: str) -> tuple[Sentence, ...]:
    """Return what a text states, sentence by sentence; one with few telling words is joined to its neighbour."""
    groups: list[str] = []
    waiting = ""
    for piece in _pieces(text):
        waiting = f"{waiting} {piece}".strip()
        if _tells_enough(waiting):
            groups.append(waiting)
            waiting = ""
    if waiting and groups:
        groups[-1] = f"{groups[-1]} {waiting}"
    elif waiting:
        groups.append(waiting)
    return tuple(map(whole, groups))


def whole(text: str) -> Sentence:
    """Return a text as one statement, however many sentences it has."""
    return Sentence(text, _spaced(folded(text)), _telling(text))


@lru_cache(maxsize=16_384)
def told(text: str) -> Told:
    """Return a text ready to be looked through."""
    pieces = [stems(piece) for piece in _pieces(text)]
    windows = tuple(one | other for one, other in pairwise(pieces)) or tuple(pieces)
    return Told(_spaced(folded(text)), windows)


@lru_cache(maxsize=65_536)
def stems(text: str) -> frozenset[str]:
    """Return the telling words of a text, as they are compared."""
    return frozenset(_telling(text))


def _telling(text: str) -> dict[str, str]:
    return {stem: word for word in _WORD.findall(text) for stem in _of(word) if stem not in _plain()}


@lru_cache(maxsize=65_536)
def _of(word: str) -> tuple[str, ...]:
    return take_apart(word).words


def _tells_enough(text: str) -> bool:
    return len(_telling(text).keys() - _light()) >= FEWEST


@cache
def _plain() -> frozenset[str]:
    return _stems_of(lists.STOP | lists.ASKING | lists.NEGATIONS)


@cache
def _light() -> frozenset[str]:
    return _stems_of(lists.LIGHT) - _plain()


def _stems_of(words: Iterable[str]) -> frozenset[str]:
    return frozenset(stem for word in words for stem in take_apart(word).counted)


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in _END.split(text) if piece.strip()]


def _spaced(text: str) -> str:
    """Return a folded text as its words alone, whoever speaks: neither a comma nor "I" for "you" hides a sentence."""
    return " ".join(_PERSONS.get(word, word) for word in _WORD.findall(text))
