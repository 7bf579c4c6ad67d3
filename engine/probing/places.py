"""Finds where in a story's files something stands, for a report. It reads the files anew and reports no mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.story.merge import merged_tree
from engine.story.places import Place, Report, TreePath
from engine.story.source import read_files
from engine.story.treeplaces import place_of


def places_in(path: Path, base: Path | None = None) -> Callable[[TreePath], Place]:
    """Return what gives the place of a path through the tree of the story at `path`, which is known to be sound.

    Files are named as `path` was given, or relative to `base` where that is said.
    """
    report = Report()
    tree, _ = merged_tree(read_files(path, report, base=base).sources, report)

    def place(at: TreePath) -> Place:
        return place_of(tree, at) if tree else Place(path.name)

    return place
