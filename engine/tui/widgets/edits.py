"""Over a game of a story that is watched: what is wrong with the last edit, until the next one mends it.

It looks at the files by itself, and changes no game: it says when there is an edit to go on in, and that there is
still, until the screen has taken it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message
from textual.widgets import Static

from engine.edits import broken
from engine.errors import PalaverError
from engine.plaintext import clean
from engine.rehearsal import Rehearsal
from engine.story.graph import StoryGraph
from engine.watching import EVERY


class Edits(Static):
    """The word about the last edit; not there when all is well."""

    @dataclass
    class Edited(Message):
        """The story was edited and can be played."""

        graph: StoryGraph

    def __init__(self, rehearsal: Rehearsal, ready: Callable[[], bool], *, every: float = EVERY) -> None:
        """`ready` tells whether the game can be left now; it is asked again at each look, `every` so many seconds."""
        super().__init__(markup=False)
        self._rehearsal = rehearsal
        self._ready = ready
        self._every = every
        self._graph: StoryGraph | None = None
        self.display = False

    def on_mount(self) -> None:
        """Begin to look."""
        self.set_interval(self._every, self.look)

    async def look(self) -> None:
        """Look once, off the screen's own time, and tell."""
        edit = await asyncio.to_thread(self._rehearsal.look)
        if edit is not None:
            self._graph = edit.graph
            self.update("" if edit.graph is not None else broken(edit))
            self.display = edit.graph is None
        if self._graph is not None and self._ready():
            graph, self._graph = self._graph, None
            self.post_message(self.Edited(graph))

    def refuse(self, error: PalaverError) -> None:
        """Say why the game cannot go on in the edited story."""
        self.update(clean(f"{error} The game goes on as it was."))
        self.display = True
