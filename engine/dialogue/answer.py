"""Finds the one JSON object in what a model answered, whatever fence or prose stands around it.

Strict where leniency could be turned against the game: two objects, a field given twice, NaN, or an object that only
repeats what somebody said make an answer unreadable.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Never

LONGEST_ANSWER = 8_000
"""Characters of an answer that are read at all."""


class Unreadable(Exception):
    """A model's answer is not what was asked for; says why."""


def only_object(text: str, lines: Iterable[str] = ()) -> Mapping[str, Any]:
    """Return the fields of the object. Raises `Unreadable`, and nothing else.

    `lines` are what the model was asked about: an object that stands in one of them is not the model's own.
    """
    if len(text) > LONGEST_ANSWER:
        raise Unreadable("the judge's answer was far too long")
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, strict=False)
    found: list[tuple[Mapping[str, Any], str]] = []
    at = text.find("{")
    while at >= 0:
        end = at + 1
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            pass  # a brace in prose, or an object that was cut; what follows may still be one
        except RecursionError:
            raise Unreadable("the judge's answer was nested too deeply") from None
        else:
            found.append((value, _bare(text[at:end])))
        at = text.find("{", end)
    if len(found) != 1:
        raise Unreadable(f"the judge gave {len(found) or 'no'} JSON object{'s' if len(found) > 1 else ''}")
    fields, source = found[0]
    if any(source in _bare(line) for line in lines):
        raise Unreadable("the judge only repeated what was said")
    return fields


def _bare(text: str) -> str:
    return "".join(text.split())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Unreadable("the judge gave the same field twice")
    return fields


def _no_constant(name: str) -> Never:
    raise Unreadable(f"the judge gave {name}, which is no JSON")
