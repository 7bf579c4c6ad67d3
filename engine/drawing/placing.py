"""Finds how far down each item of a column stands: as near as it can be to what it is linked with, none overlapping.

Each column is solved exactly: with the order kept, the least sum of squares is an isotonic regression, for which the
pool of adjacent violators takes one pass. It changes no order.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.drawing.lattice import Lattice

ROUNDS = 10
STRAIGHT, STEADY = 8.0, 2.0
"""How much a link between two knots wants to be straight, and one between a knot and a box; between boxes 1."""


def heights_down(lattice: Lattice, gap: float, narrow: float) -> list[float]:
    """Return the top of every item; `gap` pixels are kept between boxes, `narrow` between knots."""
    tops = [0.0] * len(lattice.heights)
    spaces = [_spaces(lattice, column, gap, narrow) for column in lattice.columns]
    lefts, rights = _links(lattice)
    for column, space in zip(lattice.columns, spaces, strict=True):
        for item, top in zip(column, space, strict=True):
            tops[item] = top - (space[-1] + lattice.heights[column[-1]]) / 2
    for number in range(ROUNDS):
        both = number >= ROUNDS - 2
        order = range(len(lattice.columns)) if number % 2 == 0 else range(len(lattice.columns) - 1, -1, -1)
        for place in order:
            sides = (lefts, rights) if both else ((lefts,) if number % 2 == 0 else (rights,))
            _place(lattice.columns[place], spaces[place], tops, sides)
    least = min(tops, default=0.0)
    return [top - least for top in tops]


_Pull = tuple[int, float, float]
"""The item that pulls, how far below its top ours would then stand, and how strongly it pulls."""


def _links(lattice: Lattice) -> tuple[list[list[_Pull]], list[list[_Pull]]]:
    lefts: list[list[_Pull]] = [[] for _ in lattice.heights]
    rights: list[list[_Pull]] = [[] for _ in lattice.heights]
    for steps in lattice.steps:
        for step in steps:
            knots = (step.left >= lattice.boxes) + (step.right >= lattice.boxes)
            weight = (1.0, STEADY, STRAIGHT)[knots]
            lefts[step.right].append((step.left, step.left_port - step.right_port, weight))
            rights[step.left].append((step.right, step.right_port - step.left_port, weight))
    return lefts, rights


def _spaces(lattice: Lattice, column: Sequence[int], gap: float, narrow: float) -> list[float]:
    """Return the tops of a column's items where they stand as close as they may."""
    tops: list[float] = []
    down = 0.0
    for place, item in enumerate(column):
        if place:
            knots = (item >= lattice.boxes) + (column[place - 1] >= lattice.boxes)
            down += (gap, (gap + narrow) / 2, narrow)[knots]
        tops.append(down)
        down += lattice.heights[item]
    return tops


def _place(
    column: Sequence[int], space: Sequence[float], tops: list[float], sides: Sequence[Sequence[Sequence[_Pull]]]
) -> None:
    blocks: list[list[float]] = []  # weight, weighted sum of where it wants to be, number of items
    for item, close in zip(column, space, strict=True):
        weight, total = 0.01, 0.01 * (tops[item] - close)  # what has no link stays about where it is
        for side in sides:
            for other, offset, strength in side[item]:
                weight += strength
                total += strength * (tops[other] + offset - close)
        blocks.append([weight, total, 1])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][0] >= blocks[-1][1] * blocks[-2][0]:
            last = blocks.pop()
            blocks[-1] = [one + other for one, other in zip(blocks[-1], last, strict=True)]
    place = 0
    for weight, total, number in blocks:
        for _ in range(int(number)):
            tops[column[place]] = total / weight + space[place]
            place += 1
