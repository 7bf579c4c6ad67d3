"""Finds an author's `says` patterns in a dialogue: whole words in order, with no judge.

It knows no meaning, no spelling and no grammar; it finds words or it does not, in time
linear in the length of the lines.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from engine.story.graph import PLAYER, Pattern

ANY = "*"
"""In a pattern: any number of words, none too."""

_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc\uff07", "''''")
# Scripts written without spaces between words (Thai to Khmer, kana, Han), and Hangul, whose particles are
# glued to the word: there a pattern is found anywhere, so each letter counts as a word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Vowel signs and points are no letters to `re`, though they stand inside words.
_MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
)
_LETTERS = f"(?:[^\\W_{_UNSPACED}]|[{_MARKS}])+"
_WORD = re.compile(f"[{_UNSPACED}]|{_LETTERS}(?:'{_LETTERS})*")
_GAP = "\0"


def said(patterns: Sequence[Pattern], exchange: Iterable[tuple[str, str]]) -> str:
    """Return the words of `exchange` (speaker id, text) that the first matching pattern finds, or nothing."""
    if not patterns:
        return ""
    lines = [(who, _read(text)) for who, text in exchange]
    for pattern in patterns:
        parts = tuple(_parts(pattern.words))
        if not parts and set(pattern.words) != {ANY}:
            continue  # no words, or nothing but punctuation: it asks for nothing that could be found
        for who, words in lines:
            if _speaks(pattern.who, who):
                found = words.find(parts)
                if found:
                    return found
    return ""


def folded_words(text: str) -> list[str]:
    """Return the words of `text` as they are compared: caseless, in one form; a letter each where none are spaced."""
    return [word for word, _, _ in _tokens(unicodedata.normalize("NFC", text))]


def _speaks(wanted: str, who: str) -> bool:
    return who == wanted or (not wanted and who != PLAYER)


def _parts(words: Iterable[str]) -> Iterator[str]:
    """Yield the runs of words between the `*`s, in the form `_Words` searches for."""
    run: list[str] = []
    for word in (*words, ANY):
        if word != ANY:
            run += folded_words(word)
        elif run:
            yield _GAP + _GAP.join(run) + _GAP
            run = []


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _WORD.finditer(text.translate(_APOSTROPHES)):
        yield unicodedata.normalize("NFKC", match[0]).casefold(), *match.span()


# A turn's lines are looked through once for every outcome of a scene, and there may be thousands.
@lru_cache(maxsize=8)
def _read(text: str) -> _Words:
    return _Words(text)


class _Words:
    """A line as words between gaps, so that `str.find`, which is linear, finds whole words only."""

    __slots__ = ("_joined", "_spans", "_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = unicodedata.normalize("NFC", text)
        self._spans: list[tuple[int, int]] = []
        self._starts: list[int] = []
        joined, at = [_GAP], 1
        for word, start, end in _tokens(self._text):
            self._spans.append((start, end))
            self._starts.append(at)
            joined += (word, _GAP)
            at += len(word) + 1
        self._joined = "".join(joined)

    def find(self, parts: tuple[str, ...]) -> str:
        """Return the stretch of the line from the first part to the last, each found after the one before."""
        if not self._spans:
            return ""
        if not parts:  # a pattern of nothing but `*`
            return self._text.strip()
        first = end = -1
        at = 0
        for part in parts:
            found = self._joined.find(part, at)
            if found < 0:
                return ""
            first = found if first < 0 else first
            end = found + len(part)
            at = end - 1  # the gap that ends one word begins the next
        start = self._spans[bisect_right(self._starts, first + 1) - 1][0]
        return self._text[start : self._spans[bisect_right(self._starts, end - 2) - 1][1]]
