"""What an id may be, which words are taken, and how an id is made from a text.

It keeps no list of a story's own ids; whether one is used twice is for the compiler to say.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST_ID = 64
"""Characters."""
_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_GAPS = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = re.compile(r"(?<=\w)['’](?=\w)")
_TEMPLATES = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_LONGEST_SLUG = 40

SPEAKER_WORDS = frozenset(("player", "true", "false", "none"))
"""Speakers that are no characters, and words that YAML or a person would misread as a name."""
OUTCOME_WORDS = frozenset(("none",))
"""Answers of a judge that are no outcomes."""
TARGETS = ("END", "RETURN")
"""Where a `goto` may lead that is no scene."""


def id_fault(name: str, words: frozenset[str] = frozenset()) -> str:
    """Return what is wrong with a name as an id and what to write, or an empty text."""
    if name in words or name in TARGETS:
        return f'"{name}" is a word of the format: take another id.'
    if not _ID.match(name):
        made = mended_id(name)
        instead = f' Write "{made}"?' if made != name else ""
        rule = 'an id begins with a small letter and goes on with small letters, digits and "_".'
        return f'"{name[:LONGEST_ID]}" cannot be an id: {rule}{instead}'
    if len(name) > LONGEST_ID:
        return f'"{name[:20]}..." is {len(name)} characters long, and an id may have {LONGEST_ID}.'
    return ""


@lru_cache(maxsize=16_384)  # asked of all names of a story for each one that is unknown
def mended_id(name: str) -> str:
    """Return the id to write for a name that may be none: itself where it is one, and where nothing can be made of it.

    >>> mended_id("hasHammer")
    'has_hammer'
    """
    if _ID.match(name) or name in TARGETS:
        return name
    return slug(_HUMPS.sub("_", name)) or name


def slug(text: str) -> str:
    """Return an id made of the letters of `text`, accents folded away; empty where none of them folds to ASCII.

    >>> slug("Lift the mât!")
    'lift_the_mat'
    """
    plain = _APOSTROPHES.sub("", _TEMPLATES.sub(" ", text))
    folded = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    words = _GAPS.sub("_", folded).strip("_")
    if len(words) > _LONGEST_SLUG:
        words = words[: _LONGEST_SLUG + 1].rpartition("_")[0] or words[:_LONGEST_SLUG]
    if words[:1].isdigit():
        words = f"n{words}"
    return words
