"""Finds which pieces of lore a text calls up: those one of whose keys stands in it, as whole words.

It reads words only; whether a piece may be told now is for its `if` and the prompt to say.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.play.says import folded_words
from engine.story.graph import Lore


class Lorebook:
    """The lore one character may know, ready to be looked up by the words that call it."""

    __slots__ = ("_keys", "pages")

    def __init__(self, lore: Iterable[Lore], who: str) -> None:
        self.pages: tuple[Lore, ...] = tuple(page for page in lore if not page.who or who in page.who)
        """What this character may know, in the order written."""
        self._keys: dict[str, list[tuple[list[str], int]]] = {}
        """By the first word of a key: the whole key, and the number of its page."""
        for number, page in enumerate(self.pages):
            for key in page.keys:
                words = folded_words(key)
                if words:
                    self._keys.setdefault(words[0], []).append((words, number))

    def called(self, lines: Iterable[tuple[str, str]]) -> set[int]:
        """Return the numbers of the pages that `lines` (speaker id, text) call up. Linear in their words."""
        found: set[int] = set()
        if not self._keys:
            return found
        for _, text in lines:
            words = folded_words(text)
            for at, word in enumerate(words):
                for key, number in self._keys.get(word, ()):
                    if words[at : at + len(key)] == key:
                        found.add(number)
        return found
