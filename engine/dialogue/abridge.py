"""Cuts a text to a room of tokens, at the ends of sentences only.

A sentence is kept whole or not at all: half of one may say the opposite of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.dialogue.tokens import TokenCounter

# A sentence ends with a stop, what closes after it, and white space; those of Chinese, Japanese and Hindi need none.
_END = re.compile(r"(?<=[.!?\u2026])[\"'\u201d\u2019)]*\s+|(?<=[\u3002\uff01\uff1f\u0964])")


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, each on one line."""
    found, at = [], 0
    for end in _END.finditer(text):
        found.append(text[at : end.end()])
        at = end.end()
    return [line for line in (" ".join(piece.split()) for piece in (*found, text[at:])) if line]


def abridged(parts: Iterable[str], room: int, counter: TokenCounter, *, newest: bool = False) -> str:
    """Return the sentences that fit into `room` tokens together, from the first on or, if `newest`, up to the last.

    One that would not even fit alone is left out.
    """
    kept: list[str] = []
    for sentence in reversed(tuple(parts)) if newest else parts:
        more = [sentence, *kept] if newest else [*kept, sentence]
        if counter.count(" ".join(more)) <= room:
            kept = more
        elif counter.count(sentence) <= room:
            break
    return " ".join(kept)
