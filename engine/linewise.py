"""Lays out prose for a reader of lines: replies sentence by sentence as they come, Markdown as paragraphs.

It writes nothing itself; whoever uses it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from engine.play.transcript import Line
from engine.story.graph import PLAYER

_SENTENCE_END = re.compile(r"""(?:(?<=[.!?…])|(?<=[.!?…]["'”’»]))\s+""")
_EMPHASIS = re.compile(r"(?<![\\*])(\*{1,3})(?=\S)((?:[^\n]|\n(?!\s*\n))+?)(?<=\S)\1(?!\*)")


class Sentences:
    """Lets text out a sentence at a time."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._held = ""
        self._label = self._speaker = ""

    def begin(self, label: str) -> None:
        """Start a speech; `label` stands before its first sentence."""
        self.end()
        self._label = self._speaker = label

    def add(self, text: str) -> None:
        """Take the next words; whole sentences go out."""
        *whole, self._held = _SENTENCE_END.split(self._held + text)
        for sentence in whole:
            self._let_out(sentence)

    def end(self) -> None:
        """Let out what is left."""
        if self._held.strip():
            self._let_out(self._held)
        self._held = ""

    def take_back(self) -> None:
        """Forget what is held; the next words belong to the same speaker."""
        self._held, self._label = "", self._speaker

    def _let_out(self, sentence: str) -> None:
        """Say a sentence after its speaker's name; those that follow are set in, and cannot pass for the game's own."""
        self._say((self._label or "  ") + " ".join(sentence.split()))
        self._label = ""


def beyond(lines: Iterable[Line], heard: int) -> Iterator[Line]:
    """The lines that follow what was heard already: the player's words and the first `heard` speeches."""
    left = heard
    for line in lines:
        if line.kind == "speech" and (line.who == PLAYER or left > 0):
            if line.who != PLAYER:
                left -= 1
                if line.cut:
                    yield Line("told", "(broken off)")
        else:
            yield line


def prose(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines as they are read: what those present saw is left out where the player was told it just before."""
    before = ""
    for line in lines:
        if not (line.kind == "seen" and before == "told"):
            yield line
        before = line.kind


def paragraphs(text: str) -> list[str]:
    """Split authored Markdown into paragraphs, each on one line, but for lists and quotes, which keep their lines."""
    found: list[str] = []
    text = _EMPHASIS.sub(r"\2", text)
    for block in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        joined: list[str] = []
        for line in lines:
            if joined and not re.match(r"([-*+>#]|\d+[.)])\s", line):
                joined[-1] += " " + line
            else:
                joined.append(line)
        found += joined
    return found
