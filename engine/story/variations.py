"""Texts that vary: decided by the visits of the scene, the moves made and the playthrough's own seed.

There is no other source of chance, so a replay reads the same. The numbers drawn are part of what a save means (told
passages are rendered again when it is opened): changing the mixing here changes what old playthroughs read.
"""

from __future__ import annotations

import hashlib

from engine.story.terms import Scope, Value

_MASK = 2**64 - 1


def site_number(site: str, position: int) -> int:
    """Return 64 bits that tell this call apart from every other: `position` counts the calls in one source from 0."""
    digest = hashlib.blake2b(f"{position} {site}".encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def mix(number: int) -> int:
    """Return 64 well-stirred bits: the output step of splitmix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    number = (number + 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


def sequence(scope: Scope, site: int, options: tuple[Value, ...]) -> Value:
    """Give the options one a visit, then the last for ever."""
    return options[min(_earlier_visits(scope), len(options) - 1)]


def cycle(scope: Scope, site: int, options: tuple[Value, ...]) -> Value:
    """Give the options one a visit, then begin again."""
    return options[_earlier_visits(scope) % len(options)]


def once_only(scope: Scope, site: int, options: tuple[Value, ...]) -> Value:
    """Give the options one a visit, then nothing."""
    visit = _earlier_visits(scope)
    return options[visit] if visit < len(options) else ""


def shuffle(scope: Scope, site: int, options: tuple[Value, ...]) -> Value:
    """Give each option once in a random order, then again in another; of three or more, none twice running."""
    count = len(options)
    lap, place = divmod(_earlier_visits(scope), count)
    start = mix(scope.seed & _MASK) ^ site
    order = _order(mix(start ^ lap), count)
    if place < 2 and lap and count > 2 and order[0] == _order(mix(start ^ (lap - 1)), count)[-1]:
        order[0], order[1] = order[1], order[0]
    return options[order[place]]


def one_of(scope: Scope, site: int, options: tuple[Value, ...]) -> Value:
    """Give one option at random, the same until the player moves."""
    drawn = mix(mix(mix(scope.seed & _MASK) ^ site) ^ (scope.turns & _MASK))
    return options[mix(drawn ^ _earlier_visits(scope)) % len(options)]


def _earlier_visits(scope: Scope) -> int:
    return max(scope.visits.get(scope.scene, 0) - 1, 0)


def _order(state: int, count: int) -> list[int]:
    """Return 0 to count - 1 shuffled (Fisher and Yates)."""
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        state = mix(state)
        other = state % (last + 1)
        order[last], order[other] = order[other], order[last]
    return order
