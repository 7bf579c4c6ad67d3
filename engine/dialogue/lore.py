"""Finds which pieces of lore a talk calls up: those whose words came up, as whole words, near enough and lately enough.

A page comes up in the turn in which the last word it needs is said: one of its keys, and one of the words beside them
where it has any, at most `depth` turns apart. It stays for `sticky` turns after that, and no shorter than its words are
looked for; with neither written, while the scene lasts. So it enters and leaves the prompt at a turn that can be
foretold, and in between the prompt keeps its beginning.

It reads words only; whether a page may be told now is for its `if` and the prompt to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.play.says import folded_words
from engine.story.graph import Lore

LONG_AGO = 200
"""Turns after which a word calls nothing up, unless its page asks for more: a loaded game is not read back to its
beginning."""


@dataclass(frozen=True, slots=True)
class Hits:
    """The pages of which words stand in some lines, by number."""

    keys: frozenset[int]
    beside: frozenset[int]


NO_HITS = Hits(frozenset(), frozenset())


class Lorebook:
    """The lore one character may know, ready to be looked up by the words that call it."""

    __slots__ = ("_words", "lookback", "pages")

    def __init__(self, lore: Iterable[Lore], who: str) -> None:
        self.pages: tuple[Lore, ...] = tuple(page for page in lore if not page.who or who in page.who)
        """What this character may know, in the order written."""
        self.lookback = max(LONG_AGO, *((page.depth or 0) + (_stay(page) or 0) for page in self.pages), 0)
        """Turns back from now in which words may still matter."""
        self._words: dict[str, list[tuple[list[str], int, bool]]] = {}
        """By the first word of a key: the whole key, the number of its page, and whether it stands beside a key."""
        for number, page in enumerate(self.pages):
            for aside, keys in ((False, page.keys), (True, page.beside)):
                for key in keys:
                    if words := folded_words(key):
                        self._words.setdefault(words[0], []).append((words, number, aside))

    def hits(self, lines: Iterable[tuple[str, str]]) -> Hits:
        """Return the pages of which words stand in `lines` (speaker id or nothing, text). Linear in their words."""
        if not self._words:
            return NO_HITS
        keys: set[int] = set()
        beside: set[int] = set()
        for _, text in lines:
            words = folded_words(text)
            for at, word in enumerate(words):
                for key, number, aside in self._words.get(word, ()):
                    if words[at : at + len(key)] == key:
                        (beside if aside else keys).add(number)
        return Hits(frozenset(keys), frozenset(beside)) if keys or beside else NO_HITS

    def open(self, heard: Mapping[int, Hits], now: int, since: int) -> dict[int, int]:
        """Return the pages open in turn `now`, with the turn in which each came up last; those always open first.

        `heard` holds the hits of turns by their number, oldest first; `since` is the first turn of the scene.
        """
        found = {number: now for number, page in enumerate(self.pages) if page.always}
        keyed: dict[int, int] = {}
        flanked: dict[int, int] = {}
        for turn, hits in heard.items():
            for number in sorted(hits.keys | hits.beside):
                page, stay = self.pages[number], _stay(self.pages[number])
                if page.always or (stay is None and turn < since):
                    continue
                if number in hits.keys:
                    keyed[number] = turn
                if number in hits.beside:
                    flanked[number] = turn
                if _together(page, keyed.get(number), flanked.get(number)) and (stay is None or now - turn <= stay):
                    found[number] = turn
        return found


def _together(page: Lore, key: int | None, other: int | None) -> bool:
    """Tell whether the words that a page needs, last said in these turns, are near enough to each other."""
    if key is None or (page.beside and other is None):
        return False
    return not page.beside or other is None or page.depth is None or abs(key - other) <= page.depth


def _stay(page: Lore) -> int | None:
    """Return for how many turns a page stays once it has come up; None while the scene lasts."""
    given = [turns for turns in (page.depth, page.sticky) if turns is not None]
    return max(given) if given else None
