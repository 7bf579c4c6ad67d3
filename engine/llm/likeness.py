"""Measures how alike a typed line and a written one are, from 0 to 1, in any script.

It understands nothing: it compares words, folded and stemmed, the rare ones weighing more. It knows only the texts it
is given, keeps no state between calls but a cache of taken-apart texts, and draws nothing by chance.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from engine.llm import words as lists

LONGEST_READ = 1_000
"""Characters of a line that are compared; nothing more is looked at."""

# Worth of a word before its rarity counts. Measured on the table of tests/llm/test_likeness.py.
_STOP_WORTH = 0.10
_LIGHT_WORTH = 0.35
_ASKING_WORTH = 0.35
_TYPO_WORTH = 0.85
"""What is left of a match made in spite of a typo."""
_UNKNOWN_WORTH = 0.7
"""Weight of a typed word that no written line holds, when a telling word matched: people add words."""
_NOTHING_TELLING = 0.45
"""What is left of a likeness that rests on words found everywhere."""
_PART = 0.8
"""The same, when one line stands whole within the other: a shorter or longer way to say it."""
_OPPOSED = 0.75
"""What is left when one says not and the other does not."""
_ORDER_WORTH = 0.12
"""Weight of two words standing in the same order."""

_APOSTROPHES = "'’ʼ"
# Joiners that spelling wants and meaning does not, and the selectors that follow emoji.
_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufe00-\ufe0f]")
# Scripts written without spaces between words: pairs of neighbouring letters stand in for words.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_CLITICS = {"s": "", "m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}
# Latin, Greek and Cyrillic accents, Hebrew points and Arabic vowel signs; the vowel signs of Indic scripts are letters.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670]")


@dataclass(frozen=True, slots=True)
class Taken:
    """A text taken apart for comparing."""

    words: tuple[str, ...]
    """Stems in the order written, doubles kept."""
    counted: frozenset[str]
    """The stems once each."""
    pairs: frozenset[tuple[str, str]]
    """Neighbouring stems."""
    negated: bool
    plain: str
    """The folded text with single spaces and no marks, for finding equal ones."""


@lru_cache(maxsize=8192)
def take_apart(text: str) -> Taken:
    """Return the comparable parts of a text."""
    return _take(stem for word in _split(_fold(text[:LONGEST_READ])) for stem in _stems(word))


def _take(stems: Iterable[str]) -> Taken:
    words = tuple(stems)
    counted = frozenset(words)
    return Taken(
        words=words,
        counted=counted,
        pairs=frozenset(pairwise(words)),
        negated=bool(counted & _NEGATIONS),
        plain=" ".join(words),
    )


class Phrasebook:
    """Written lines in entries, each a group of phrasings of one thing; tells how near a typed line is to each."""

    def __init__(self, entries: Sequence[Sequence[str]], *, names: Iterable[str] = ()) -> None:
        """`names` are words that address somebody and so tell nothing, such as a character's name."""
        self._entries = [[take_apart(phrasing) for phrasing in phrasings] for phrasings in entries]
        self._names = frozenset(stem for name in names for stem in take_apart(name).counted)
        seen: dict[str, int] = {}
        for phrasings in self._entries:
            for word in {word for phrasing in phrasings for word in phrasing.counted}:
                seen[word] = seen.get(word, 0) + 1
        count = max(len(self._entries), 1)
        self._rarity = {word: math.log(1 + count / times) / math.log(1 + count) for word, times in seen.items()}

    def likeness(self, line: str) -> list[float]:
        """Return one number an entry: its nearest phrasing's likeness to `line`, 0 for nothing in common."""
        taken = take_apart(line)
        if not taken.counted:
            return [0.0] * len(self._entries)
        meant = self._mend(taken)
        said = [taken]
        if taken.counted & self._names and taken.counted - self._names:
            said.append(_take(word for word in taken.words if word not in self._names))
        return [
            max((self._compare(one, phrasing, meant) for phrasing in phrasings for one in said), default=0.0)
            for phrasings in self._entries
        ]

    def _worth(self, word: str) -> float:
        if word in self._names or word in _STOP:
            return _STOP_WORTH
        rarity = self._rarity.get(word, 1.0)
        if word in _ASKING or word in _NEGATIONS:
            return _ASKING_WORTH * rarity
        return (_LIGHT_WORTH if word in _LIGHT else 1.0) * rarity

    def _mend(self, taken: Taken) -> Mapping[str, str]:
        """The written word that each mistyped one was meant to be."""
        meant: dict[str, str] = {}
        for word in taken.counted:
            if word not in self._rarity and word not in _STOP and word not in _LIGHT and len(word) >= 4:
                near = max(((_spelled_alike(word, known), known) for known in self._rarity), default=(0.0, ""))
                if near[0] > 0:
                    meant[word] = near[1]
        return meant

    def _compare(self, typed: Taken, written: Taken, meant: Mapping[str, str]) -> float:
        if typed.plain == written.plain:
            return 1.0
        matched, telling = 0.0, False
        weight_typed = weight_unknown = 0.0
        for word in typed.counted:
            worth = self._worth(meant.get(word, word))
            if word in written.counted or meant.get(word) in written.counted:
                weight_typed += worth
                matched += worth if word in written.counted else worth * _TYPO_WORTH
                telling = telling or _tells(meant.get(word, word), self._names)
            elif word in self._rarity or word in meant or word in _STOP:
                weight_typed += worth
            else:
                weight_unknown += worth
        if not matched:
            return 0.0
        weight_written = sum(self._worth(word) for word in written.counted)
        same_order = len(typed.pairs & written.pairs) * _ORDER_WORTH
        matched += same_order
        weight_typed += max(same_order, len(typed.pairs) * _ORDER_WORTH * 0.5)
        weight_written += max(same_order, len(written.pairs) * _ORDER_WORTH * 0.5)
        weight_typed += weight_unknown * (_UNKNOWN_WORTH if telling else 1.0)
        likeness = math.sqrt(matched / weight_typed * matched / weight_written)
        if not telling:
            likeness *= _PART if _within(typed, written) else _NOTHING_TELLING
        if typed.negated != written.negated:
            likeness *= _OPPOSED
        return min(likeness, 1.0)


def nearest(line: str, phrases: Sequence[str], *, floor: float = 0.45) -> int | None:
    """Return the place of the one phrase that `line` resembles most, or None below `floor` or when two are as near."""
    scores = Phrasebook([[phrase] for phrase in phrases]).likeness(line)
    ranked = sorted(range(len(phrases)), key=lambda place: -scores[place])
    if not ranked or scores[ranked[0]] < floor:
        return None
    if len(ranked) > 1 and scores[ranked[0]] - scores[ranked[1]] < 0.02:
        return None
    return ranked[0]


def _within(one: Taken, other: Taken) -> bool:
    """Whether one line is a run of words inside the other, and no mere scrap."""
    short, long = sorted((one, other), key=lambda taken: len(taken.words))
    return len(short.words) >= 3 and f" {short.plain} " in f" {long.plain} "


def _tells(word: str, names: frozenset[str]) -> bool:
    return not (
        word in _STOP or word in _LIGHT or word in _ASKING or (word in _NEGATIONS and word != "no") or word in names
    )


def _fold(text: str) -> str:
    """Small letters without accents, compatibility forms made plain."""
    text = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", _UNSEEN.sub("", _ACCENTS.sub("", text))).casefold()


def _split(text: str) -> list[str]:
    """Runs of letters, digits and the marks on them, apostrophes between letters kept."""
    kept = [
        char if char.isalnum() or char in _APOSTROPHES or unicodedata.category(char)[0] == "M" else " " for char in text
    ]
    words = (word.strip(_APOSTROPHES) for word in "".join(kept).split())
    return [word for word in words if any(map(str.isalnum, word))]


def _stems(word: str) -> list[str]:
    unspaced = _UNSPACED.search(word)
    if unspaced:
        before, inside, after = word[: unspaced.start()], unspaced.group(), word[unspaced.end() :]
        pairs = [inside[at : at + 2] for at in range(len(inside) - 1)] or [inside]
        # An ideograph is a word, or most of one.
        pairs += [letter for letter in inside if _IDEOGRAPH.fullmatch(letter) and letter not in pairs]
        return [*(_stems(before) if before else []), *pairs, *(_stems(after) if after else [])]
    parts = re.split(f"[{_APOSTROPHES}]", word)
    if len(parts) == 2 and parts[1] in _CLITICS:
        parts = [parts[0], *_CLITICS[parts[1]].split()]
    elif len(parts) == 2 and parts[1] == "t" and parts[0].endswith("n"):
        parts = [{"ca": "can", "wo": "will", "sha": "shall"}.get(parts[0][:-1], parts[0][:-1]), "not"]
    elif word == "cannot":
        parts = ["can", "not"]
    return [_stem(part) for part in parts if part]


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    """An English word's base, roughly; what is not English comes out changed but alike."""
    if word in lists.IRREGULAR:
        word = lists.IRREGULAR[word]
        return lists.ALIKE.get(word, word)
    if word in lists.ALIKE:
        return lists.ALIKE[word]
    if len(word) > 3 and word.isascii():
        word = _without_ending(word)
        word = lists.IRREGULAR.get(word, word)
    return lists.ALIKE.get(word, word)


def _without_ending(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ied", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= 3 and re.search("[aeiouy]", base):
            if ending == "ied":
                return base + "y"
            doubled = len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz"
            word = base[:-1] if doubled else base
            break
    # So that "leave" meets "leaving", and "kept" alone stays what it is.
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def _spelled_alike(typed: str, known: str) -> float:
    """How likely `typed` is a slip for `known`, above 0 for likely: common trigrams, or two letters swapped."""
    if abs(len(typed) - len(known)) > 2 or len(known) < 4 or typed[0] != known[0]:
        return 0.0
    if typed[-1] == known[-1] and typed != known and sorted(typed) == sorted(known):
        return 0.9
    if typed[:2] != known[:2]:
        return 0.0
    left, right = _trigrams(typed), _trigrams(known)
    alike = 2 * len(left & right) / (len(left) + len(right))
    return alike if alike >= 0.6 else 0.0


@lru_cache(maxsize=4096)
def _trigrams(word: str) -> frozenset[str]:
    padded = f"^{word}$"
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


# The lists hold words as written; compared are stems.
_STOP, _LIGHT, _ASKING, _NEGATIONS = (
    frozenset(_stem(word) for word in listed) for listed in (lists.STOP, lists.LIGHT, lists.ASKING, lists.NEGATIONS)
)
