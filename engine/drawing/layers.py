"""Finds the column of every box: from left to right in the order a story may come to them.

It knows only numbered boxes and the links between them. Links that lead back, against the order, are found here too;
they never make two linked boxes share a column.
"""

from __future__ import annotations

from collections.abc import Sequence

SETTLING = 4
"""Rounds in which boxes with room to move draw nearer to what they are linked with."""


def columns(count: int, links: Sequence[tuple[int, int]]) -> list[int]:
    """Return the column of each of `count` boxes, from 0. Box 0 is the start; a link from a box to itself is ignored.

    A link leads forward if it leads further from the start than it began, in steps; all others lead back.
    """
    order = _order(count, links)
    place = {box: number for number, box in enumerate(order)}
    before: list[set[int]] = [set() for _ in range(count)]
    after: list[set[int]] = [set() for _ in range(count)]
    for one, other in links:
        if one != other:
            left, right = sorted((one, other), key=place.__getitem__)
            before[right].add(left)
            after[left].add(right)
    column = [0] * count
    for box in order:
        column[box] = max((column[left] + 1 for left in before[box]), default=0)
    _settle(order, column, before, after)
    return column


def _order(count: int, links: Sequence[tuple[int, int]]) -> list[int]:
    """Return the boxes by their steps from the start; those it does not lead to come as starts of their own."""
    following: list[list[int]] = [[] for _ in range(count)]
    for one, other in links:
        following[one].append(other)
    depth: dict[int, int] = {}
    found: list[int] = []
    for start in range(count):
        waiting = [] if start in depth else [start]
        if waiting:
            depth[start] = 0
        for box in waiting:
            found.append(box)
            for other in following[box]:
                if other not in depth:
                    depth[other] = depth[box] + 1
                    waiting.append(other)
    return sorted(found, key=depth.__getitem__)


def _settle(order: Sequence[int], column: list[int], before: Sequence[set[int]], after: Sequence[set[int]]) -> None:
    """Move what has more to its right than to its left as far right as it goes, so that fewer links are long."""
    for _ in range(SETTLING):
        for box in reversed(order):
            if box and after[box] and len(after[box]) > len(before[box]):
                column[box] = min(column[right] for right in after[box]) - 1
        for box in order:
            if before[box] and len(after[box]) <= len(before[box]):
                column[box] = max(column[left] for left in before[box]) + 1
