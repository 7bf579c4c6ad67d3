"""Decides whether a database is one of our saves, whole and unaltered, before anything in it is believed.

First its header, then what it declares, compared word for word with what we declare, and only then its rows: a trigger,
a view or a table of a stranger's is never reached by a statement. It changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.errors import SaveError
from engine.plaintext import clean_line
from engine.saves import schema
from engine.saves.codec import Malformed
from engine.saves.database import damaged
from engine.saves.rows import (
    META,
    NAME,
    PLACE,
    TURN,
    Meta,
    Named,
    Turn,
    read_meta,
    read_name,
    read_place,
    read_turn,
)
from engine.saves.tree import Tree

MOST_TURNS = 500_000
MOST_NAMES = 10_000


@dataclass(frozen=True, slots=True)
class Contents:
    """What a save holds, apart from the turns themselves."""

    meta: Meta
    tree: Tree
    last_played: datetime
    """When the newest turn was committed; when the save was made, before the first."""


def identify(db: sqlite3.Connection, path: Path) -> int:
    """Return the version of a save; raises `SaveError` unless it declares exactly what that version does."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if application != schema.APPLICATION_ID:
        raise damaged(path, "it is a database of another program")
    if version > schema.latest():
        raise SaveError(
            f"{clean_line(path.name)} was saved by a newer Palaver: its format is {version}, "
            f"and this one reads up to {schema.latest()}.",
            do="It is fine, and was left as it is: update Palaver to play it.",
        )
    if version < 1:
        raise damaged(path, "it has no format version")
    if db.execute("PRAGMA encoding").fetchone() != ("UTF-8",):
        raise damaged(path, "its text is not UTF-8")
    if schema.declared(db) != schema.expected(version, schema.MIGRATIONS):
        raise damaged(path, "it declares other tables, triggers or views than a save has")
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(path, f"SQLite finds {str(verdict).strip().splitlines()[-1]}")
    return version


def examine(db: sqlite3.Connection, path: Path) -> Contents:
    """Return what an identified save of the latest version holds, every row checked; raises `SaveDamaged`."""
    where = "what it says of itself"
    try:
        meta = read_meta(_one(db, f"SELECT {META} FROM meta"))
        parents: list[int] = []
        last_played = meta.created
        for number, turn in enumerate(read_turns(db, path), 1):
            where = f"turn {number}"
            if turn.id != number or number > MOST_TURNS or (turn.parent == 0) != (number == 1):
                raise Malformed("it is not where it should be")
            parents.append(turn.parent)
            last_played = turn.at
        where = "its place in the game"
        tree = Tree(parents, read_place(_one(db, f"SELECT {PLACE} FROM place")))
        if not tree.holds(tree.place):
            raise Malformed("there is no such turn")
    except Malformed as error:
        raise damaged(path, f"{where}: {error}") from error
    read_names(db, path)
    return Contents(meta, tree, last_played)


def read_turns(
    db: sqlite3.Connection, path: Path, where: str = "", values: tuple[int | str, ...] = ()
) -> Iterator[Turn]:
    """Yield the turns that the SQL condition `where` (ours, never a stranger's) picks, oldest first."""
    for row in db.execute(f"SELECT {TURN} FROM turns {where} ORDER BY id", values):
        try:
            yield read_turn(row)
        except Malformed as error:
            raise damaged(path, f"turn {row[0]}: {error}") from error


def read_names(db: sqlite3.Connection, path: Path) -> tuple[Named, ...]:
    """Return the names given to moments, in the order of the turns they are given to."""
    names: list[Named] = []
    try:
        for row in db.execute(f"SELECT {NAME} FROM names ORDER BY turn, name LIMIT {MOST_NAMES}"):
            name, number = read_name(row)
            turn = next(read_turns(db, path, "WHERE id = ?", (number,)), None)
            if turn is None:
                raise Malformed("there is no such turn")
            names.append(Named(name, number, turn.at))
    except Malformed as error:
        raise damaged(path, f"name {len(names) + 1}: {error}") from error
    return tuple(names)


def _one(db: sqlite3.Connection, query: str) -> tuple[int | str | None, ...]:
    rows = db.execute(query).fetchmany(2)
    if len(rows) != 1:
        raise Malformed(f"it has {'no row' if not rows else 'more than one row'}")
    row: tuple[int | str | None, ...] = rows[0]
    return row
