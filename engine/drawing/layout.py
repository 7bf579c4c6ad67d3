"""Lays out a drawing: a place for every box and a curve for every link, from nothing but their sizes.

Columns run from left to right. A link forward leaves its box at the right and enters at the left, a link back the
other way round, so that the side it leaves by says which it is. There is no randomness: the same story is drawn the
same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.drawing.lattice import Lattice, lattice
from engine.drawing.layers import columns
from engine.drawing.ordering import untangle
from engine.drawing.placing import heights_down

GAP, NARROW, KNOT = 30.0, 6.0, 8.0
"""Pixels between boxes, between trunks, and the height of a trunk."""
GUTTER, WIDEST = 84.0, 240.0
"""Pixels between two columns where links run level, and where they climb most."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is, in pixels from the top left."""

    width: float
    height: float
    corners: tuple[tuple[float, float], ...]
    """The top left corner of each box."""
    curves: tuple[str, ...]
    """The `d` of each link's SVG path; empty for a link to its own box."""


def lay_out(
    heights: Sequence[float], width: float, links: Sequence[tuple[int, int, float]], entry: float, margin: float = 24.0
) -> Layout:
    """Return the layout of boxes of these heights and one width, the first being the start.

    A link is a box, the box it leads to, and how far down it begins; it enters `entry` pixels below the top.
    """
    column = columns(len(heights), [(one, other) for one, other, _ in links])
    laid = lattice(column, heights, links, entry, KNOT)
    untangle(laid)
    tops = [top + margin for top in heights_down(laid, GAP, NARROW)]
    lefts = _lefts(laid, tops, width, margin)
    place = {item: number for number, items in enumerate(laid.columns) for item in items}
    return Layout(
        width=lefts[-1] + width + margin if lefts else 2 * margin,
        height=max((top + height for top, height in zip(tops, laid.heights, strict=True)), default=0) + margin,
        corners=tuple((lefts[column[box]], tops[box]) for box in range(len(heights))),
        curves=tuple(
            _curve(
                [(lefts[place[item]], tops[item] + (KNOT / 2)) for item in route[1:-1]],
                (lefts[column[one]], tops[one] + port),
                (lefts[column[other]], tops[other] + entry),
                width,
            )
            if route
            else ""
            for route, (one, other, port) in zip(laid.routes, links, strict=True)
        ),
    )


def _lefts(laid: Lattice, tops: Sequence[float], width: float, margin: float) -> list[float]:
    """Return the left of each column; the steeper the links between two, the further they stand apart."""
    lefts = []
    left = margin
    for steps in laid.steps:
        lefts.append(left)
        climbs = [abs(tops[step.left] + step.left_port - tops[step.right] - step.right_port) for step in steps]
        left += width + min(WIDEST, GUTTER + 0.09 * max(climbs, default=0) + 1.5 * len(steps))
    return lefts


def _curve(
    knots: Sequence[tuple[float, float]], start: tuple[float, float], end: tuple[float, float], width: float
) -> str:
    """Return a path through knots, level across each column and bending between them."""
    forward = start[0] < end[0]
    near, far = (width, 0.0) if forward else (0.0, width)
    x, y = start[0] + near, start[1]
    drawn = f"M{x:.0f} {y:.0f}"
    for number, (left, down) in enumerate((*knots, end)):
        to = left + far
        middle = (x + to) / 2
        drawn += f"C{middle:.0f} {y:.0f} {middle:.0f} {down:.0f} {to:.0f} {down:.0f}"
        if number < len(knots):
            drawn += f"H{left + near:.0f}"
        x, y = left + near, down
    return drawn
