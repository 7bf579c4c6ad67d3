"""The links of a drawing cut into steps from each column to the next, with a knot in every column they pass.

Links to the same box share their knots, so that many of them come together as one trunk. A shared trunk hides
nothing, as all that runs in it goes to one place, and keeps a story with a busy hub readable: without it a link of
the bundled story's yard crosses forty others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of a link between one column and the next."""

    left: int
    right: int
    """Items: boxes by their number, then knots."""
    left_port: float
    right_port: float
    """How far down the item it begins or ends, in pixels."""


@dataclass(slots=True)
class Lattice:
    """Boxes and knots by column, and the steps between them."""

    heights: list[float]
    """Of every item."""
    boxes: int
    """Items below this number are boxes, the others knots."""
    columns: list[list[int]]
    """The items of each column, from top to bottom."""
    steps: list[list[Step]] = field(default_factory=list)
    """The steps between each column and the next."""
    routes: list[list[int]] = field(default_factory=list)
    """The items that each link passes, its own two boxes included."""


def lattice(
    column: Sequence[int], heights: Sequence[float], links: Sequence[tuple[int, int, float]], entry: float, knot: float
) -> Lattice:
    """Return the lattice of `links`: a box, the box it leads to, and how far down it begins.

    Links enter a box `entry` pixels below its top; a knot is `knot` pixels high. A link to its own box has no route.
    """
    made = Lattice([*heights], len(heights), [[] for _ in range(max(column, default=0) + 1)])
    for box, number in enumerate(column):
        made.columns[number].append(box)
    knots: dict[tuple[int, bool, int], int] = {}
    steps: list[dict[Step, None]] = [{} for _ in made.columns]
    for one, other, port in links:
        if one == other:
            made.routes.append([])
            continue
        forward = column[one] < column[other]
        way = 1 if forward else -1
        route = [one]
        for number in range(column[one] + way, column[other], way):
            name = (other, forward, number)
            if name not in knots:
                knots[name] = len(made.heights)
                made.heights.append(knot)
                made.columns[number].append(knots[name])
            route.append(knots[name])
        route.append(other)
        made.routes.append(route)
        ports = [port, *[knot / 2] * (len(route) - 2), entry]
        for place in range(len(route) - 1):
            ends = (route[place], ports[place]), (route[place + 1], ports[place + 1])
            left, right = ends if forward else ends[::-1]
            step = Step(left[0], right[0], left[1], right[1])
            steps[column[one] + way * place - (0 if forward else 1)][step] = None
    made.steps = [[*found] for found in steps]
    return made
