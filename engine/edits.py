"""Tells of edits of a watched story in a game that is played line by line, while it waits for a line.

A line says at once what an edit did; the game itself changes only between two lines, when it asks for it.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType
from typing import Self, TextIO

from engine.errors import PalaverError
from engine.plaintext import clean
from engine.rehearsal import Rehearsal
from engine.session import Session
from engine.story.graph import StoryGraph
from engine.watching import EVERY, Edit

MOST_SHOWN = 3
"""Mistakes told of one edit; `palaver check` tells all."""


class Edits:
    """Looks at the files of a story in a thread of its own, from `with` to its end."""

    def __init__(self, rehearsal: Rehearsal, out: TextIO) -> None:
        self._rehearsal = rehearsal
        self._out = out
        self._graph: StoryGraph | None = None
        self._mutex = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watching the story", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def look(self) -> None:
        """Look once, and tell what an edit did."""
        edit = self._rehearsal.look()
        if edit is None:
            return
        with self._mutex:
            self._graph = edit.graph
        self._say("The story was edited: enter plays on in it." if edit.graph is not None else broken(edit))

    def take(self, session: Session) -> Session | None:
        """Return the game of `session` in the story as it was edited; None when it was not, or cannot be played."""
        with self._mutex:
            graph, self._graph = self._graph, None
        if graph is None:
            return None
        try:
            return self._rehearsal.again(session, graph)
        except PalaverError as error:
            self._say(f"{error} It goes on as it was.")
            return None

    def _watch(self) -> None:
        while not self._ended.wait(EVERY):
            self.look()

    def _say(self, text: str) -> None:
        with suppress(OSError):  # nobody reads on: the game finds that out itself
            self._out.write("".join(f"\n({line})" for line in text.splitlines()) + "\n")
            self._out.flush()


def broken(edit: Edit) -> str:
    """Return what to say of an edit that cannot be played: the first mistakes, each on a line."""
    lines = [clean(str(found)) for found in edit.errors[:MOST_SHOWN]]
    if len(edit.errors) > MOST_SHOWN:
        lines.append(f"And {len(edit.errors) - MOST_SHOWN} more: `palaver check` tells all.")
    return "\n".join(["The edited story has a mistake; the game goes on as it was.", *lines])
