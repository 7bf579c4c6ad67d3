"""Watches the files of a story and tells what comes of each edit: the story as it is now, or what is wrong with it.

It looks when it is asked to and waits for nothing. Editors save in several steps, by renaming or by writing twice: it
reads nothing before the files have been the same for two looks. A file that was only touched is no edit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from engine.story.diagnostics import Diagnostic
from engine.story.graph import StoryGraph
from engine.story.load import check_story
from engine.story.places import Report, TooManyError
from engine.story.source import read_files

EVERY = 0.25
"""Seconds between two looks: an edit is seen within half a second, and the looks of an hour take a second of work."""

Stamps = tuple[tuple[str, int, int, int], ...]
"""Name, time of change (ns), size and inode of each file."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit made of a story."""

    graph: StoryGraph | None
    """The story as it is now; None when it cannot be played."""
    errors: tuple[Diagnostic, ...] = ()
    """What is wrong with it, as `palaver check` says it; empty when it can be played."""


class Watch:
    """The files of one story under watch."""

    def __init__(self, path: Path, known: str) -> None:
        """`known` is the hash of the story as it is being played."""
        self._path = path
        self._known = known
        self._stamps: Stamps | None = None
        self._read = False

    def look(self) -> Edit | None:
        """Look at the files once; returns an edit when there is a new one and its files have come to rest.

        Reads the whole story then, which takes up to some tenths of a second.
        """
        stamps = _stamps(self._path)
        if stamps != self._stamps:
            self._stamps, self._read = stamps, False
            return None
        if self._read:
            return None
        self._read = True
        content = _hash(self._path)
        if content == self._known:
            return None
        checked = check_story(self._path)
        if _stamps(self._path) != stamps:  # it was saved again while it was being read
            self._stamps = None
            return None
        if checked.graph is not None:
            self._known = checked.graph.hash
            return Edit(checked.graph)
        self._known = content
        return Edit(None, tuple(found for found in checked.diagnostics if found.severity == "error"))


def _stamps(path: Path) -> Stamps:
    folder = path.is_dir()
    try:
        names = sorted(os.listdir(path)) if folder else [path.name]  # noqa: PTH208 - names, not paths
    except OSError:
        return ()
    wanted = [name for name in names if not folder or (name.endswith(".yaml") and not name.startswith("."))]
    found = []
    for name in wanted:
        try:
            stat = (path / name if folder else path).stat()
        except OSError:  # between two steps of a rename
            continue
        found.append((name, stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return tuple(found)


def _hash(path: Path) -> str:
    """Return the hash of the files as they are, of a story that cannot be read too."""
    report = Report()
    try:
        return read_files(path, report).hash or "unreadable"
    except TooManyError:
        return "unreadable"
