"""Whether words quoted as evidence really stand in the dialogue, white space, case and quote marks aside."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_QUOTES = dict.fromkeys(map(ord, "\"'`´“”„‟‘’‚‛«»‹›「」『』*_"))
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―"} | {ord("…"): "..."}
SHORTEST = 2
"""A quote needs this many letters or digits: less than that stands in any dialogue."""


def folded(text: str) -> str:
    """Return `text` as it is compared: no quote marks or emphasis, one kind of dash, one space, caseless."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).translate(_DASHES)
    return " ".join(text.casefold().split())


def quoted(evidence: str, lines: Iterable[str]) -> bool:
    """Tell whether `evidence` stands, whole, in one of `lines`."""
    words = folded(evidence).strip(" .,;:!?-")
    if sum(letter.isalnum() for letter in words) < SHORTEST:
        return False
    return any(words in folded(line) for line in lines)
