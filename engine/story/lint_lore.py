"""Finds lore that nobody will be told, and keys of it that do nothing.

What it costs, and whether a line will ever bring it up, depends on the play.
"""

from __future__ import annotations

from engine.story import schema as form
from engine.story.desk import Desk
from engine.story.graph import StoryGraph
from engine.story.places import TreePath


def warn_of_lore(desk: Desk, graph: StoryGraph, story: form.Story) -> None:
    """Warn of lore that nobody who talks knows, and of scanning where nothing is looked for."""
    talking = {who for scene in graph.scenes.values() for who in scene.talk}
    for number, lore in enumerate(graph.lore):
        path: TreePath = ("lore", number)
        if not (talking & set(lore.who) if lore.who else talking):
            message = "Nobody who talks in this story knows this: name somebody who does, or take it out."
            desk.warning(path, "idle-lore", message)
        scanning = (("with", bool(lore.beside)), ("depth", lore.depth is not None), ("sticky", lore.sticky is not None))
        for key, meant in scanning:
            if lore.always and meant:
                message = f'"{key}" does nothing beside "always", which waits for no word: take one of them out.'
                desk.warning((*path, key), "idle-key", message, key=True)
    if story.lore_budget is not None and not graph.lore:
        desk.warning(("lore_budget",), "idle-key", 'There is no "lore" for this to hold down: take it out.', key=True)
