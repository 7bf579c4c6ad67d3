"""Finds the one JSON object in what a model answered, whatever fence or prose stands around it.

Strict where leniency could be turned against the game: two objects, a broken one, one inside a list or inside another,
a field given twice, NaN, a thought that was never finished, or an object that only repeats what somebody said make an
answer unreadable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Never

LONGEST_ANSWER = 8_000
"""Characters of an answer that are read at all."""

# What is left of a reasoning model's thoughts where the server did not take them out; some leave only the end of them.
_THOUGHTS = re.compile(r"\s*<think(?:ing)?>.*?(</think(?:ing)?>|\Z)", re.IGNORECASE | re.DOTALL)
_THOUGHT = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)
_BEGUN = re.compile(r'\{\s*"')

MOST_BRACKETS = 500
"""Braces and brackets in an answer that is read: one flat object has two, and a thousand are read without harm."""


class Unreadable(Exception):
    """A model's answer is not what was asked for; says why."""


def only_object(text: str, lines: Iterable[str] = ()) -> Mapping[str, Any]:
    """Return the fields of the object. Raises `Unreadable`, and nothing else.

    `lines` are what the model was asked about: an object that stands in one of them is not the model's own.
    """
    if len(text) > LONGEST_ANSWER:
        raise Unreadable("the judge's answer was far too long")
    if text.count("{") + text.count("[") > MOST_BRACKETS:  # how deep Python reads is nothing to rely on
        raise Unreadable("the judge's answer was nested too deeply")
    thoughts = _THOUGHTS.match(text)
    text = text[thoughts.end() :] if thoughts is not None and thoughts[1] else text
    found = _after_thoughts(text, list(_objects(text)))
    if len(found) != 1:
        raise Unreadable(f"the judge gave {len(found) or 'no'} JSON object{'s' if len(found) > 1 else ''}")
    (only,) = found
    source = _bare(text[only.start : only.end])
    if any(source in _bare(line) for line in lines):
        raise Unreadable("the judge only repeated what was said")
    return only.fields


@dataclass(frozen=True, slots=True)
class _Found:
    """An object and where it stands."""

    fields: Mapping[str, Any]
    start: int
    end: int


def _objects(text: str) -> Iterator[_Found]:
    """Yield the outermost objects."""
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, strict=False)
    at = text.find("{")
    while at >= 0:
        end = at + 1
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            # A brace in prose is nothing; an object that breaks off is not made good by what stands inside it.
            if _BEGUN.match(text, at):
                raise Unreadable("the judge gave a JSON object that is broken") from None
        else:
            if text[:at].rstrip().endswith("["):
                raise Unreadable("the judge gave a list")
            yield _Found(value, at, end)
        at = text.find("{", end)


def _after_thoughts(text: str, found: Sequence[_Found]) -> Sequence[_Found]:
    """Return the objects that are no part of a thought; raises when a thought never ends.

    Marks inside an object are words that it quotes: whoever is judged might have said them to be left unjudged.
    """
    marks = [
        mark for mark in _THOUGHT.finditer(text) if not any(each.start < mark.start() < each.end for each in found)
    ]
    if not marks:
        return found
    if not marks[-1][1]:
        raise Unreadable("the judge was still thinking when its answer ended")
    return [each for each in found if each.start > marks[-1].start()]


def _bare(text: str) -> str:
    return "".join(text.split())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Unreadable("the judge gave the same field twice")
    return fields


def _no_constant(name: str) -> Never:
    raise Unreadable(f"the judge gave {name}, which is no JSON")
