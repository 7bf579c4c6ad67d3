"""Chance without a global generator: the same seed, place and count always give the same pick."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

_MASK = (1 << 64) - 1


def mixed(*parts: int | str) -> int:
    """Return 64 well-mixed bits made of `parts` (splitmix64's finisher over each in turn)."""
    bits = 0x9E3779B97F4A7C15
    for part in parts:
        number = zlib.crc32(part.encode("utf-8", "replace")) if isinstance(part, str) else part
        bits = (bits + number + 0x9E3779B97F4A7C15) & _MASK
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _MASK
        bits ^= bits >> 31
    return bits


def pick_weighted(cards: Sequence[tuple[str, float]], *site: int | str) -> str:
    """Return one of `cards` (name, weight > 0) by its share of the weight; empty when there is none."""
    total = sum(weight for _, weight in cards)
    point = mixed(*site) / (_MASK + 1) * total
    for name, weight in cards:
        point -= weight
        if point < 0:
            return name
    return cards[-1][0] if cards else ""
