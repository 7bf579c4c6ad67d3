"""Reads words typed in a scene of choices as the choice they resemble. It chooses nothing by itself."""

from __future__ import annotations

from collections.abc import Sequence

from engine.llm.likeness import nearest
from engine.view import Option


def match(text: str, options: Sequence[Option]) -> Option | None:
    """Return the option that `text` resembles; None when there is none, or when two are as near."""
    place = nearest(text, [option.text for option in options])
    return None if place is None else options[place]
