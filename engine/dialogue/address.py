"""Tells who answers a line in a group: the one addressed, else they take turns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_WORDS = re.compile(r"[^\W_]+", re.UNICODE)
# Titles name nobody by themselves.
_TITLES = frozenset("the a an mr mrs ms miss dr sir lady lord old young captain father mother sister brother".split())


def answerer(line: str, names: Mapping[str, str], turn: int) -> str:
    """Return the id of who answers `line`.

    `names` maps the ids of those present to their names, in the order written. Whoever is named first in the line is
    addressed; when nobody is, the characters answer one after another, by the number of the `turn` (from 0).
    """
    if len(names) > 1:
        spoken = _folded(line)
        places = {who: _place(spoken, name) for who, name in names.items()}
        named = {who: place for who, place in places.items() if place is not None}
        if named:
            return min(named, key=lambda who: named[who])
    return list(names)[turn % len(names)]


def _place(words: list[str], name: str) -> int | None:
    """The place of the first word of `words` that is part of `name`, titles aside."""
    parts = {part for part in _folded(name) if part not in _TITLES}
    return next((place for place, word in enumerate(words) if word in parts), None)


def _folded(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORDS.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))
