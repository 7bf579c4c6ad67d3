"""Orders the items of each column so that few links cross.

Sweeps to and fro, each item drawn to the middle of what it is linked with (the barycentre method of Sugiyama, Tagawa
and Toda, 1981), and after each sweep neighbours change places where that leaves fewer crossings. The best order seen
is kept. It places nothing: only who stands above whom is decided here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence

from engine.drawing.lattice import Lattice

SWEEPS = 12
ROUNDS = 8
"""Sweeps, and rounds of changing places after each."""
ENOUGH = 60_000
"""Steps between columns that all sweeps look at together: a story of thousands of scenes gets fewer sweeps."""


def untangle(lattice: Lattice) -> None:
    """Order the columns of a lattice, in place."""
    number = sum(map(len, lattice.steps))
    best, least = [[*column] for column in lattice.columns], crossings(lattice)
    for sweep in range(min(SWEEPS, max(2, ENOUGH // max(1, number)))):
        if not least:
            break
        from_left = sweep % 2 == 0
        last = len(lattice.columns) - 1
        for place in range(1, last + 1) if from_left else range(last - 1, -1, -1):
            _sort(lattice, place, from_left=from_left)
        for _ in range(ROUNDS):
            if not sum(_switch(lattice, place) for place in range(last + 1)):
                break
        count = crossings(lattice)
        if count < least:
            best, least = [[*column] for column in lattice.columns], count
    lattice.columns[:] = best


def crossings(lattice: Lattice) -> int:
    """Return how many pairs of links cross."""
    total = 0
    for place, steps in enumerate(lattice.steps[:-1]):
        left = _positions(lattice, lattice.columns[place])
        right = _positions(lattice, lattice.columns[place + 1])
        total += _inversions([(left(step.left, step.left_port), right(step.right, step.right_port)) for step in steps])
    return total


def _inversions(pairs: list[tuple[float, float]]) -> int:
    seen: list[float] = []
    total = 0
    for _, right in sorted(pairs):
        total += len(seen) - bisect_right(seen, right)
        insort(seen, right)
    return total


def _positions(lattice: Lattice, column: Sequence[int]) -> Callable[[int, float], float]:
    """Return what tells how far down a column a port is, one item counting one."""
    places = {item: number for number, item in enumerate(column)}
    heights = lattice.heights
    return lambda item, port: places[item] + 0.98 * port / heights[item]


def _sort(lattice: Lattice, place: int, *, from_left: bool) -> None:
    """Order one column by the middle of what each item is linked with on one side; what has nothing stays put."""
    column = lattice.columns[place]
    beside = _beside(lattice, place, left=from_left)
    linked = sorted(beside, key=lambda item: sum(beside[item]) / len(beside[item]))
    following = iter(linked)
    lattice.columns[place] = [next(following) if item in beside else item for item in column]


def _switch(lattice: Lattice, place: int) -> bool:
    """Let neighbours of a column change places wherever that leaves fewer crossings; tell whether any did."""
    column = lattice.columns[place]
    sides = [_beside(lattice, place, left=True), _beside(lattice, place, left=False)]
    changed = False
    for number in range(len(column) - 1):
        one, other = column[number : number + 2]
        pairs = [(side[one], side[other]) for side in sides if one in side and other in side]
        if sum(_over(above, below) - _over(below, above) for above, below in pairs) > 0:
            column[number : number + 2] = [other, one]
            changed = True
    return changed


def _beside(lattice: Lattice, place: int, *, left: bool) -> dict[int, list[float]]:
    """Return, sorted, how far down the next column each link of an item ends; items without one are left out."""
    found: dict[int, list[float]] = {}
    other = place - 1 if left else place + 1
    if 0 <= other < len(lattice.columns):
        position = _positions(lattice, lattice.columns[other])
        for step in lattice.steps[min(place, other)]:
            if left:
                insort(found.setdefault(step.right, []), position(step.left, step.left_port))
            else:
                insort(found.setdefault(step.left, []), position(step.right, step.right_port))
    return found


def _over(above: Sequence[float], below: Sequence[float]) -> int:
    """Return how many pairs cross where an item's links end at `above` and those of the item under it at `below`."""
    return sum(bisect_left(below, end) for end in above)
