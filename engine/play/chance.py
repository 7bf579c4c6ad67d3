"""Chance without a global generator: the same seed, place and count always give the same pick."""

from __future__ import annotations

from collections.abc import Sequence

from engine.story.variations import mix, site_number

_RANGE = 1 << 64


def mixed(*parts: int | str) -> int:
    """Return 64 well-stirred bits made of `parts`, the same for the same parts in the same order."""
    bits = 0
    for part in parts:
        bits = mix(bits ^ (site_number(part, 0) if isinstance(part, str) else part % _RANGE))
    return bits


def pick_weighted(cards: Sequence[tuple[str, float]], *site: int | str) -> str:
    """Return one of `cards` (name, weight > 0) by its share of the weight; empty when there is none."""
    total = sum(weight for _, weight in cards)
    point = mixed(*site) / _RANGE * total
    for name, weight in cards:
        point -= weight
        if point < 0:
            return name
    return cards[-1][0] if cards else ""
