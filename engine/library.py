"""Finds stories: the bundled ones, those in the player's folders, and any path that is named.

It reads nothing but story files, and a broken story never hides the others.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import NoSuchStory
from engine.plaintext import clean_line
from engine.story.graph import StoryGraph
from engine.story.load import check_story, load_story
from engine.story.source import story_id
from engine.story.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Entry:
    """A story on the shelf."""

    path: Path
    id: str
    title: str
    about: str = ""
    author: str = ""
    minutes: int | None = None
    notes: tuple[str, ...] = ()
    endings: tuple[tuple[str, str], ...] = ()
    """Scene id and name of each ending."""
    problem: str = ""
    """The first mistake found in it; empty when it can be played."""


class Library:
    """The stories that can be played from here."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        self._loaded: dict[Path, StoryGraph] = {}

    def paths(self) -> tuple[Path, ...]:
        """Return the story folders and files, in the order of the library's folders, then by name."""
        found: dict[str, Path] = {}
        for folder in self.folders:
            if not folder.is_dir():
                continue
            for path in sorted(folder.iterdir()):
                if (path / "story.yaml").is_file() or (path.suffix in (".yaml", ".yml") and path.is_file()):
                    found.setdefault(path.stem, path)
        return tuple(found.values())

    def entries(self) -> tuple[Entry, ...]:
        """Return every story with what a player wants to know before choosing it."""
        return tuple(self._entry(path) for path in self.paths())

    def load(self, name: str | Path) -> StoryGraph:
        """Return the story at a path, or the one in the library with this id.

        Raises `StoryError` when it has mistakes and `NoSuchStory` when there is none.
        """
        return self._loaded_from(self.find(name))

    def find(self, name: str | Path) -> Path:
        """Return the path where something is there, else that of the story with this id; raises `NoSuchStory`."""
        path = Path(name)
        if not os.path.lexists(path):  # unlike `Path.exists`, it raises for no name, however long
            paths = self.paths()
            known = {story_id(path): path for path in reversed(paths)} | {path.stem: path for path in paths}
            if str(name) not in known:
                raise NoSuchStory(
                    f'There is no story "{clean_line(str(name))}": neither here nor in the library.',
                    do=did_you_mean(str(name), known).strip() or "`palaver play` alone shows the library.",
                )
            path = known[str(name)]
        return path

    def with_id(self, wanted: str) -> StoryGraph | None:
        """Return the story of the library with this id, None when there is none; an id is never taken for a path."""
        path = next((path for path in self.paths() if story_id(path) == wanted), None)
        return None if path is None else self._loaded_from(path)

    def _loaded_from(self, path: Path) -> StoryGraph:
        real = Path(os.path.realpath(path))  # unlike `Path.resolve`, it raises for no circle of links
        if real not in self._loaded:
            self._loaded[real] = load_story(path)  # by the name it was given, which is how its mistakes are told
        return self._loaded[real]

    def _entry(self, path: Path) -> Entry:
        checked = check_story(path)
        graph = checked.graph
        if graph is None:
            wrong = next((d for d in checked.diagnostics if d.severity == "error"), None)
            return Entry(path, path.stem, path.stem, problem=str(wrong) if wrong else "It cannot be read.")
        self._loaded[path.resolve()] = graph
        endings = tuple((scene.id, scene.ending) for scene in graph.endings)
        return Entry(path, graph.id, graph.title, graph.about, graph.author, graph.minutes, graph.notes, endings)


def library_of(folder: Path | None) -> Library:
    """Return a player's library: the folder that the settings name, `stories` here, and the bundled stories."""
    return Library([*([folder] if folder else []), Path("stories"), bundled_stories()])


def bundled_stories() -> Path:
    """Return the folder of the stories that come with Palaver, in a checkout or in an installed package."""
    packaged = Path(__file__).parent / "_stories"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "stories"
