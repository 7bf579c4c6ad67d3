"""Tells where a story's examples stand in its files, for whoever wants to mend one. It judges nothing."""

from __future__ import annotations

from pathlib import Path

from engine.story.merge import merged_tree
from engine.story.places import Report, TooManyError, TreePath
from engine.story.source import read_files
from engine.story.treeplaces import place_of, value_at
from engine.story.yamltree import Row, Table

Example = tuple[str, str, int]
"""`scenes` or `characters`, the id of one, and the example's number there, from 0."""


def example_places(path: Path, *, base: Path | None = None) -> dict[Example, str]:
    """Return `file:line` of each example of the story at `path`; nothing for what cannot be read.

    Files are named as `path` was given, or relative to `base` where that is said.
    """
    report = Report()
    try:
        tree, _ = merged_tree(read_files(path, report, base=base).sources, report)
    except TooManyError:
        return {}
    found: dict[Example, str] = {}
    for section in ("scenes", "characters"):
        holders = tree.get(section) if tree is not None else None
        for name in holders if isinstance(holders, Table) else ():
            at: TreePath = (section, name, "examples")
            examples = value_at(tree, at) if tree is not None else None
            for number in range(len(examples) if isinstance(examples, Row) else 1):
                place = place_of(tree, (*at, number)) if tree is not None else None
                if place is not None:
                    found[section, name, number] = f"{place.file}:{place.line}"
    return found
