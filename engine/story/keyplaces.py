"""Where the parts of a story stand in its files, for findings that are made long after it was read.

It reads the files once more; what cannot be read has no place.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from engine.story.graph import StoryGraph
from engine.story.places import Place, Report, TooManyError, TreePath


class KeyPlaces:
    """Finds the places of scenes, choices and outcomes in the files of the story at a path."""

    def __init__(self, path: Path, graph: StoryGraph) -> None:
        from engine.story.merge import merged_tree
        from engine.story.source import read_files

        report = Report()
        self._graph = graph
        self._tree = None
        with suppress(TooManyError):
            self._tree, _ = merged_tree(read_files(path, report).sources, report)

    def of(self, key: str) -> Place | None:
        """Return where the key `scene`, `scene/choices/id`, `scene/outcomes/id` or `scene/pool/number` is written."""
        from engine.story.treeplaces import place_of

        if self._tree is None:
            return None
        scene_id, _, rest = key.partition("/")
        path: TreePath = ("scenes", scene_id)
        section, _, name = rest.partition("/")
        scene = self._graph.scenes.get(scene_id)
        if scene is not None and section == "choices":
            path += ("choices", next((n for n, choice in enumerate(scene.choices) if choice.id == name), 0))
        elif section == "pool":
            path += ("pool", int(name))
        elif section:
            path += (section, *([name] if name else []))
        return place_of(self._tree, path, key=section != "choices")

    def at(self, path: TreePath, offset: int | None = None) -> Place | None:
        """Return where the value at `path` of the story's tree begins, or the character `offset` of its text stands."""
        from engine.story.treeplaces import place_inside, place_of

        if self._tree is None:
            return None
        return place_of(self._tree, path) if offset is None else place_inside(self._tree, path, offset)
