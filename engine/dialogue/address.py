"""Tells who is called by name in a line said to a group."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_WORDS = re.compile(r"[^\W_]+", re.UNICODE)
# Titles name nobody by themselves.
_TITLES = frozenset({
    "the", "a", "an", "mr", "mrs", "ms", "miss", "dr", "sir", "lady", "lord", "old", "young", "captain", "father",
    "mother", "sister", "brother",
})  # fmt: skip


def addressed(line: str, names: Mapping[str, str]) -> str:
    """Return the id of who is called in `line`, or nothing.

    `names` maps the ids of those present to their names. A name that begins or ends the line calls its bearer ("Odd, is
    it true?", "Is Odd lying, Maren?"), else the one named first is meant.
    """
    spoken = _folded(line)
    bearers = {part: who for who, name in names.items() for part in _folded(name) if part not in _TITLES}
    called = [word for word in (*spoken[:1], *spoken[-1:], *spoken) if word in bearers]
    return bearers[called[0]] if called else ""


def _folded(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORDS.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))
