"""Finds the place in a story's files that a path through its tree leads to.

It is only asked where something is wrong, so it walks each time and keeps nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.story.inside import locate
from engine.story.places import Place, Source, TreePath
from engine.story.yamltree import Mark, Node, Row, Table


@dataclass(frozen=True, slots=True)
class Spot:
    """One entry of a table or row."""

    name: str | int
    """Its key, or its position."""
    source: Source
    key: Mark
    """Where the key stands; for an item, where it begins."""
    mark: Mark
    """Where the value begins."""
    value: Node


def follow(root: Table, path: TreePath) -> list[Spot]:
    """Return the entries on the way along `path`, from the root's to the last.

    What the tree does not have is passed over: marks of a scene's kind, and positions in a list of one that was written
    as its only item.
    """
    spots: list[Spot] = []
    node: Node = root
    for element in path:
        if isinstance(node, Table) and isinstance(element, str) and element in node.places:
            spots.append(Spot(element, *node.places[element], node.get(element)))
        elif isinstance(node, Row) and isinstance(element, int) and element < len(node):
            source, mark = node.places[element]
            spots.append(Spot(element, source, mark, mark, node[element]))
        else:
            continue
        node = spots[-1].value
    return spots


def place_of(root: Table, path: TreePath, *, key: bool = False) -> Place:
    """Return where the value at `path` begins, or where its key stands.

    What stands nowhere has the place of what should hold it; the root, which is not empty, begins its first file.
    """
    spots = follow(root, path)
    if not spots:
        return Place(next(iter(root.places.values()))[0].name, 1, 1)
    spot = spots[-1]
    mark = spot.key if key else spot.mark
    return Place(spot.source.name, mark.line + 1, mark.column + 1)


def value_at(root: Table, path: TreePath) -> Node:
    """Return the value at `path` as it was written."""
    spots = follow(root, path)
    return spots[-1].value if spots else None


def place_inside(root: Table, path: TreePath, offset: int) -> Place:
    """Return the place of the character `offset` of the text at `path`."""
    spots = follow(root, path)
    value = spots[-1].value if spots else None
    if not isinstance(value, str):
        return place_of(root, path)
    spot = spots[-1]
    written = spot.source.text
    line_start = 0
    for _ in range(spot.mark.line):
        line_start = written.index("\n", line_start) + 1
    at = locate(written, line_start + spot.mark.column, value, offset)
    return Place(spot.source.name, written.count("\n", 0, at) + 1, at - written.rfind("\n", 0, at))
