"""What an unquoted word of YAML means here: only `true` and `false` are yes or no, dates and times stay text.

It follows YAML 1.2, not the 1.1 that parsers of Python speak: `no`, `on`, `12:30`, `0x1F` and `2026-01-01` are text.
Quoted words are always text. It decides nothing by itself: the schema asks for what a key wants.
"""

from __future__ import annotations

import re

from engine.story.terms import Value

WIDEST_NUMBER = 10**15
"""Numbers beyond this, in either direction, are refused: expressions and saves stop there too."""


class Plain(str):
    """A scalar written without quotes; a quoted one is a bare `str`."""

    __slots__ = ()


class NumberRefusedError(ValueError):
    """A number that a story cannot hold; its text names it and says what can be written."""


UNKNOWN = "\x1a"
"""Stands where something is wrong already and was reported; nobody can write it, and later checks pass over it."""
EMPTY = frozenset(("", "~", "null", "Null", "NULL"))
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?[0-9]+\Z")
_POINT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_ENDLESS = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_LONGEST_NUMBER = 40


def value_of(scalar: str) -> Value:
    """Return what the scalar means: a bool, an int, a float or its text. Raises `NumberRefusedError`."""
    if not isinstance(scalar, Plain):
        return scalar
    if scalar in _TRUTHS:
        return _TRUTHS[scalar]
    if scalar[:1] not in "-+.0123456789":
        return str(scalar)
    if _ENDLESS.match(scalar):
        raise NumberRefusedError(f"{scalar}: write a number in digits")
    if _POINT.match(scalar):
        return _number(scalar)
    return str(scalar)


def _number(digits: str) -> int | float:
    whole = _WHOLE.match(digits)
    if len(digits) <= _LONGEST_NUMBER:
        number = int(digits) if whole else float(digits)
        if abs(number) <= WIDEST_NUMBER:
            return number
    shown = digits if len(digits) <= _LONGEST_NUMBER else digits[:20] + "..."
    raise NumberRefusedError(f"{shown}: numbers go to {WIDEST_NUMBER:,}, above and below 0")
