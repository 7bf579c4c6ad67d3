"""Orders the items of each column so that few links cross.

Sweeps to and fro, each item drawn to the middle of what it is linked with (the barycentre method of Sugiyama, Tagawa
and Toda, 1981); the best order seen is kept. It places nothing: only who stands above whom is decided here.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence

from engine.drawing.lattice import Lattice, Step

SWEEPS = 16
"""More change little: on the bundled story the best order comes in the ninth."""
ENOUGH = 60_000
"""Steps looked at in all: a drawing of thousands of scenes gets fewer sweeps, and comes in a second all the same."""


def untangle(lattice: Lattice) -> None:
    """Order the columns of a lattice, in place."""
    number = sum(map(len, lattice.steps))
    best, least = [[*column] for column in lattice.columns], crossings(lattice)
    sweeps = min(SWEEPS, max(2, ENOUGH // max(1, number)))
    for sweep in range(sweeps):
        if not least:
            break
        places = range(1, len(lattice.columns)) if sweep % 2 == 0 else range(len(lattice.columns) - 2, -1, -1)
        for place in places:
            _sort(lattice, place, from_left=sweep % 2 == 0)
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
    beside = _positions(lattice, lattice.columns[place - 1 if from_left else place + 1])
    sums: dict[int, list[float]] = {}
    steps: list[Step] = lattice.steps[place - 1 if from_left else place]
    for step in steps:
        if from_left:
            sums.setdefault(step.right, []).append(beside(step.left, step.left_port))
        else:
            sums.setdefault(step.left, []).append(beside(step.right, step.right_port))
    linked = sorted((item for item in column if item in sums), key=lambda item: sum(sums[item]) / len(sums[item]))
    following = iter(linked)
    lattice.columns[place] = [next(following) if item in sums else item for item in column]
