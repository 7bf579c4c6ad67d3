"""Sorts what a player typed: what is said, what is written aside, what is done.

It reads marks only, `((aside))` and `*deed*`, and says nothing about what comes of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.dialogue import speech

_OPENING, _CLOSING = "(\uff08", ")\uff09"
_UNDERSCORED = re.compile(r"_\s*([^_]*[^_\s])\s*_")


@dataclass(frozen=True, slots=True)
class Heard:
    """A typed line, taken apart."""

    said: str
    """What the characters hear; empty when all of it is aside."""
    aside: str
    """What they never hear; empty for nothing."""


def heard(text: str) -> Heard:
    """Return what is said in `text` and what stands in `((double brackets))`, nested, several or full-width.

    Brackets that are never closed are part of what is said: nobody loses half a line to a slip. A deed between
    underscores is given back between asterisks, the one form that every prompt knows.
    """
    said: list[str] = []
    asides: list[str] = []
    shown = 0
    for start, end in _asides(text):
        said.append(text[shown:start].strip())
        asides.append(text[start + 2 : end - 2].strip())
        shown = end
    said.append(text[shown:].strip())
    return Heard(_starred(" ".join(filter(None, said))), " ".join(filter(None, asides)))


def deed(text: str) -> bool:
    """Tell whether the whole line is something done: `*I try the window*`, or the same with underscores."""
    return bool(speech.deed(_starred(text)))


def _starred(text: str) -> str:
    found = _UNDERSCORED.fullmatch(text.strip())
    return f"*{found[1]}*" if found else text


def _asides(text: str) -> list[tuple[int, int]]:
    """Return where the outermost pairs of doubled brackets stand: a bracket whose neighbour inside closes beside it."""
    closes: dict[int, int] = {}
    waiting: list[int] = []
    for at, letter in enumerate(text):
        if letter in _OPENING:
            waiting.append(at)
        elif letter in _CLOSING and waiting:
            closes[waiting.pop()] = at
    found: list[tuple[int, int]] = []
    end = 0
    for start, last in sorted(closes.items()):
        if start >= end and closes.get(start + 1) == last - 1:
            end = last + 1
            found.append((start, end))
    return found
