"""A playthrough that no disk keeps: the same tree of turns as a save, gone with the process.

For rehearsals and tests, where a file would cost a hundred times what the turn does (measured: 100 ms against 1 ms a
game of four turns). It checks nothing it is given, and cannot be opened again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from engine.play.events import Event
from engine.saves.codec import Scalar
from engine.saves.rows import Meta, Named, StoryRef, Turn
from engine.saves.store import Store, tidy
from engine.saves.tree import Place, Tree


class Fleeting(Store):
    """A `Store` in memory."""

    def __init__(self, story: StoryRef, seed: int, now: datetime, *, folder: Path) -> None:
        """`folder` is where a report of it would be written; nothing else is."""
        # Not the save's own __init__: that one opens a file.
        self.path = folder / f"{story.id}.palaver"
        self.meta = Meta(str(UUID(int=seed % 2**128)), now, seed, story)
        self.last_played = now
        self._tree = Tree()
        self._mutex = threading.RLock()
        self._turns: list[Turn] = []
        self._names: dict[str, int] = {}

    def close(self) -> None:
        """Nothing is held."""

    def path_to(self, turn: int | None = None) -> list[Turn]:
        """Return the turns from the first to `turn` (the head, when not given)."""
        end = self.head if turn is None else self._known(turn)
        return [self._turns[number - 1] for number in self._tree.above(end)][::-1]

    def backwards(self) -> Iterator[Turn]:
        """Yield the turns from the head back to the first."""
        return reversed(self.path_to())

    def turns(self) -> list[Turn]:
        """Return every turn of every branch, in the order played."""
        return list(self._turns)

    def having(self, *kinds: type[Event], on_way: bool = False) -> list[Turn]:
        """Return the turns that hold an event of these types: of every branch, or only those on the way to the head."""
        turns = self.path_to() if on_way else self._turns
        return [turn for turn in turns if any(isinstance(event, kinds) for event in turn.events)]

    def children(self, turn: int) -> list[Turn]:
        """Return the turns played from `turn` (0: the first turn), in the order played."""
        return [each for each in self._turns if each.parent == turn]

    def names(self) -> list[Named]:
        """Return the names given to moments, in the order of the turns they are given to."""
        given = sorted(self._names.items(), key=lambda entry: entry[1])
        return [Named(name, turn, self._turns[turn - 1].at) for name, turn in given]

    def append(
        self,
        events: Sequence[Event],
        *,
        now: datetime,
        story_hash: str,
        note: Mapping[str, Scalar] | None = None,
    ) -> int:
        """Keep a turn played from the head, and return its number: it is the head now."""
        self._turns.append(Turn(len(self._turns) + 1, self.head, now, tuple(events), story_hash, note))
        self._tree.grow()
        return self.head

    def name(self, name: str, turn: int | None = None, *, replace: bool = False) -> None:
        """Give a name to a moment (the head, when not given), whoever had it before."""
        self._names[tidy(name)] = self.head if turn is None else self._known(turn)

    def _move(self, place: Place) -> Turn:
        self._tree.place = place
        return self._turns[place.head - 1]
