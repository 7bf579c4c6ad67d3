"""One playthrough on disk: a tree of turns, of which one is being played.

A turn is one row and one transaction, so half a turn cannot exist; it is on the disk for good before `append` returns.
It does not know what events mean, and keeps no key and no prompt.
"""

from __future__ import annotations

import difflib
import os
import sqlite3
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from os.path import samestat
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from engine.errors import SaveDamaged, SaveError
from engine.plaintext import clean_line
from engine.play.events import Event
from engine.saves import fresh
from engine.saves.codec import Malformed, Scalar
from engine.saves.database import explaining, located
from engine.saves.lock import PlayLock
from engine.saves.opening import open_reading, open_writing
from engine.saves.rows import (
    LONGEST_NAME,
    NAME,
    PLACE,
    TURN,
    Meta,
    Named,
    StoryRef,
    Turn,
    name_row,
    place_row,
    read_place,
    turn_row,
)
from engine.saves.tree import Place
from engine.saves.verify import MOST_NAMES, MOST_TURNS, Contents, read_names, read_turns

__all__ = ["LATEST", "Meta", "Named", "Store", "StoryRef", "Turn", "tidy"]

LATEST = "latest"
MOST_TOLD = 8
"""Names told in one breath."""
"""What stands for the game played last wherever a name is asked for; no moment can have it."""

_WAY = """\
SELECT step FROM (
    WITH RECURSIVE up (step) AS (VALUES (?) UNION ALL SELECT parent FROM turns, up WHERE id = step)
    SELECT step FROM up
)"""


class Store:
    """A save that is open. A method that changes it has changed the disk when it returns, or has changed nothing.

    Methods may be called from any thread; a call takes about a millisecond. All raise `SaveError`.
    """

    def __init__(self, path: Path, db: sqlite3.Connection, contents: Contents, lock: PlayLock | None) -> None:
        self.path = path
        """The file, with symbolic links followed."""
        self.meta = contents.meta
        self.last_played = contents.last_played
        """When the newest turn was played, by the time of opening."""
        self._tree = contents.tree
        self._called = clean_line(path.name)
        self._db = db
        self._lock = lock
        self._file = path.stat()
        self._mutex = threading.RLock()
        self._closed = False

    # Opening and closing

    @classmethod
    def create(cls, path: Path, story: StoryRef, seed: int, now: datetime) -> Self:
        """Make a new save at `path`, where nothing is but perhaps the empty file of `shelf.new_path`."""
        real = Path(os.path.realpath(path))
        with explaining(real, "keeping"):
            lock = PlayLock(real)
            try:
                if real.exists() and (not real.is_file() or real.stat().st_size > 0):
                    raise SaveError(f"{real} exists already.", do="Choose another name; nothing was overwritten.")
                try:
                    fresh.build(real, Meta(str(uuid4()), now, seed, story))
                    return cls(real, *open_writing(real), lock)
                except BaseException:
                    fresh.discard(real)
                    raise
            except Malformed as error:
                lock.release()
                raise SaveError(f"A game cannot be saved with this: {error}.") from error
            except BaseException:
                lock.release()
                raise

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Open a save once all of it has been checked.

        To play it takes the right to: `SaveLocked` when another window has it. Reading waits for nobody. A file that
        is not a whole, unaltered save of ours raises `SaveDamaged`, and is left as it is.
        """
        real = located(path)
        if read_only:
            with explaining(real, "reading"):
                return cls(real, *open_reading(real), None)._begun()
        with explaining(real, "opening"):
            lock = PlayLock(real)
            try:
                return cls(real, *open_writing(real), lock)._begun()
            except BaseException:
                lock.release()
                raise

    def _begun(self) -> Self:
        if self._tree:
            return self
        self._db.close()
        raise SaveDamaged(
            f"{self._called} holds no turn: the program stopped while it was being made.",
            do="Delete it, and start a new game.",
        )

    def close(self) -> None:
        """Let go of the save; only its one file remains then, and not even that when nothing was played in it.

        Closing twice is closing once.
        """
        with self._mutex:
            if self._closed:
                return
            self._closed = True
            try:
                if self._lock is not None:
                    # Folds the -wal into the file. When that cannot be now (a reader, a full disk) nothing is lost:
                    # the -wal stays, and the next opening reads it.
                    with suppress(sqlite3.Error):
                        self._db.execute("PRAGMA busy_timeout = 200")
                        self._db.execute("PRAGMA journal_mode = DELETE").fetchone()
                self._db.close()
                if self._lock is not None and not self._tree and self._is_there():
                    fresh.discard(self.path)
            finally:
                if self._lock is not None:
                    self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What is there

    @property
    def story(self) -> StoryRef:
        """The story as it was when the playthrough began."""
        return self.meta.story

    @property
    def head(self) -> int:
        """The turn being played; 0 before the first."""
        return self._tree.place.head

    @property
    def tip(self) -> int:
        """The turn that redo leads towards: the head itself when there is nothing to redo."""
        return self._tree.place.tip

    def __len__(self) -> int:
        """How many turns there are, over all branches."""
        return len(self._tree)

    def path_to(self, turn: int | None = None) -> list[Turn]:
        """Return the turns from the first to `turn` (the head, when not given)."""
        end = self.head if turn is None else self._known(turn)
        return self._read(_WAY, end)

    def backwards(self) -> Iterator[Turn]:
        """Yield the turns from the head back to the first, each read only when it is asked for."""
        for turn in self._tree.above(self.head):
            yield from self._read("SELECT ?", turn)

    @property
    def depth(self) -> int:
        """How many turns there are from the first to the head."""
        return sum(1 for _ in self._tree.above(self.head))

    def turns(self) -> list[Turn]:
        """Return every turn of every branch, in the order played."""
        return self._read("SELECT id FROM turns")

    def having(self, *kinds: type[Event], on_way: bool = False) -> list[Turn]:
        """Return the turns that hold an event of these types: of every branch, or only those on the way to the head."""
        ids = f"SELECT id FROM turns WHERE {' OR '.join(['instr(events, ?) > 0'] * len(kinds))}"
        names = [kind.__name__ for kind in kinds]
        turns = self._read(f"{ids} INTERSECT {_WAY}", *names, self.head) if on_way else self._read(ids, *names)
        return [turn for turn in turns if any(isinstance(event, kinds) for event in turn.events)]

    def children(self, turn: int) -> list[Turn]:
        """Return the turns played from `turn` (0: the first turn), in the order played."""
        if turn == 0:
            return self._read("SELECT id FROM turns WHERE parent IS NULL")
        return self._read("SELECT id FROM turns WHERE parent = ?", self._known(turn))

    def names(self) -> list[Named]:
        """Return the names given to moments, in the order of the turns they are given to."""
        with self._mutex, explaining(self.path, "reading"):
            return list(read_names(self._db, self.path))

    # Playing

    def append(
        self,
        events: Sequence[Event],
        *,
        now: datetime,
        story_hash: str,
        note: Mapping[str, Scalar] | None = None,
    ) -> int:
        """Keep a turn played from the head, and return its number: it is the head now, and there is nothing to redo.

        `note` is what is worth knowing about how it was made, such as the model and its tokens; never a key.
        """
        with self._mutex:
            place = self._tree.grown()
            turn = Turn(place.head, self.head, now, tuple(events), story_hash, note)
            try:
                if turn.id > MOST_TURNS:
                    raise Malformed(f"a save holds at most {MOST_TURNS:,} turns")
                row = turn_row(turn)
            except Malformed as error:
                raise SaveError(f"This turn cannot be kept: {error}.", do="The game is as it was before it.") from error
            with self._changing(place) as db:
                db.execute(f"INSERT INTO turns ({TURN}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            return turn.id

    def undo(self) -> Turn | None:
        """Go back to the turn before the head and return it; None when the head is the first."""
        with self._mutex:
            place = self._tree.back()
            return None if place is None else self._move(place)

    def redo(self) -> Turn | None:
        """Go one turn on towards the tip and return it; None when there is nothing to redo."""
        with self._mutex:
            place = self._tree.onward()
            return None if place is None else self._move(place)

    def move_to(self, turn: int) -> Turn:
        """Make any turn the head. Redo leads where it did if `turn` is on that way, else to its newest end."""
        with self._mutex:
            return self._move(self._tree.at(self._known(turn)))

    def move_to_name(self, name: str) -> Turn:
        """Make the moment with this name the head."""
        names = {named.name: named.turn for named in self.names()}
        wanted = tidy(name)
        if wanted not in names:
            near = difflib.get_close_matches(wanted, names, n=1) or list(names)[-MOST_TOLD:]
            told = ", ".join(f'"{name}"' for name in near)
            hint = f"Did you mean {told}?" if near else "Give a name to a moment first."
            raise SaveError(f'No moment of this game has the name "{wanted}".', do=hint)
        return self.move_to(names[wanted])

    def name(self, name: str, turn: int | None = None, *, replace: bool = False) -> None:
        """Give a name to a moment (the head, when not given); another moment's moves only when `replace` says so."""
        wanted = tidy(name)
        with self._mutex:
            moment = self.head if turn is None else self._known(turn)
            if not 0 < len(wanted) <= LONGEST_NAME or wanted.casefold() == LATEST or not moment:
                raise SaveError(
                    f'A moment cannot have the name "{wanted[:LONGEST_NAME]}".',
                    do=f'A name has 1 to {LONGEST_NAME} characters, and "{LATEST}" always means the game played last.',
                )
            taken = {named.name: named for named in self.names()}
            if wanted in taken and not replace:
                if taken[wanted].turn == moment:
                    return
                raise SaveError(
                    f'The name "{wanted}" is given already, to turn {taken[wanted].turn}.',
                    do="Choose another name.",
                )
            if len(taken) >= MOST_NAMES and wanted not in taken:
                raise SaveError(f"This game has {len(taken)} names already.", do="Replace one of them.")
            with self._changing(self._tree.place) as db:
                db.execute("DELETE FROM names WHERE name = ?", (wanted,))
                db.execute(f"INSERT INTO names ({NAME}) VALUES (?, ?, ?)", name_row(wanted, moment))

    # Inside

    @contextmanager
    def _changing(self, place: Place) -> Iterator[sqlite3.Connection]:
        """Make the block's changes and the new place one transaction, if the save still is as we know it."""
        if self._lock is None:
            raise SaveError(f"{self._called} was opened for reading only.", do="Open it to play.")
        with explaining(self.path, "keeping"):
            self._must_be_there()
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._must_be_ours()
                yield self._db
                self._db.execute(f"UPDATE place SET ({PLACE}) = (?, ?, ?, ?)", place_row(place))
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            if place.head in self._tree:
                self._tree.place = place
            else:
                self._tree.grow()

    def _is_there(self) -> bool:
        try:
            return samestat(self.path.stat(), self._file)
        except FileNotFoundError:
            return False

    def _must_be_there(self) -> None:
        """A file that was moved away would take every turn with it, and nobody would know."""
        if not self._is_there():
            raise SaveError(
                f"{self._called} was moved, deleted or replaced while it was being played.",
                do="Put it back, or export this game to another file before you leave.",
            )

    def _must_be_ours(self) -> None:
        query = f"SELECT {PLACE}, (SELECT max(id) FROM turns) FROM place"
        *place, newest = self._db.execute(query).fetchone()
        try:
            known = read_place(tuple(place)) == self._tree.place and (newest or 0) == len(self._tree)
        except Malformed:
            known = False
        if not known:
            raise SaveError(
                f"{self._called}: this game was changed elsewhere while it was open here.",
                do="Nothing was overwritten. Leave, and open it again to go on from what is there.",
            )

    def _move(self, place: Place) -> Turn:
        (turn,) = self._read("SELECT ?", place.head)
        with self._changing(place):
            return turn

    def _read(self, ids: str, *values: int | str) -> list[Turn]:
        with self._mutex, explaining(self.path, "reading"):
            return list(read_turns(self._db, self.path, f"WHERE id IN ({ids})", values))

    def _known(self, turn: int) -> int:
        if turn not in self._tree:
            raise SaveError(f"This game has no turn {turn}.", do=f"Its turns are 1 to {len(self._tree)}.")
        return turn


def tidy(name: str) -> str:
    """Return a typed name as it is kept: on one line, harmless, its accents composed."""
    return unicodedata.normalize("NFC", clean_line(name))
