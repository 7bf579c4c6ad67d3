"""The tables of a save, and how an older save becomes one of today.

A version is the number of migrations a file has been through (`user_version`). Migrations are only ever added: one that
has been released is never edited, because the files it made are out there. It reads no row; that is for `rows`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cache

APPLICATION_ID = 0x50414C56
"""`PALV`, at byte 68 of the file: tells a save of ours from any other SQLite file."""
OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step in the life of the format."""

    name: str
    statements: tuple[str, ...]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        "turns with parents",
        (
            """\
CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    playthrough TEXT NOT NULL,
    created TEXT NOT NULL,
    seed INTEGER NOT NULL,
    story_id TEXT NOT NULL,
    story_title TEXT NOT NULL,
    story_hash TEXT NOT NULL,
    story_version TEXT NOT NULL,
    sum INTEGER NOT NULL
) STRICT""",
            """\
CREATE TABLE turns (
    id INTEGER PRIMARY KEY,
    parent INTEGER REFERENCES turns (id) CHECK (parent < id),
    at TEXT NOT NULL,
    story_hash TEXT NOT NULL,
    events TEXT NOT NULL,
    note TEXT,
    sum INTEGER NOT NULL
) STRICT""",
            """\
CREATE TABLE place (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    head INTEGER REFERENCES turns (id),
    tip INTEGER REFERENCES turns (id),
    sum INTEGER NOT NULL
) STRICT""",
            """\
CREATE TABLE names (
    name TEXT PRIMARY KEY,
    turn INTEGER NOT NULL REFERENCES turns (id),
    sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
        ),
    ),
    # The tables are the same; turns may hold events, and fields of events, that an earlier program does not know. What
    # was saved before stays as it is: its rows are summed, and the codec reads them.
    Migration("a richer talk", ()),
)


def latest() -> int:
    """Return the version that this program writes."""
    return len(MIGRATIONS)


def apply(db: sqlite3.Connection, have: int) -> None:
    """Bring a database from version `have` (0 for an empty one) to the latest, inside the caller's transaction."""
    for migration in MIGRATIONS[have:]:
        for statement in migration.statements:
            db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {latest()}")


Schema = frozenset[tuple[str, str, str, str | None]]
"""Type, name, table and SQL of everything a database declares."""


def declared(db: sqlite3.Connection) -> Schema:
    """Return everything that `db` declares, without touching what it declares."""
    return frozenset(db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema"))


@cache
def expected(version: int, migrations: tuple[Migration, ...]) -> Schema:
    """Return what a save of `version` declares, asked of SQLite itself so that spelling cannot differ."""
    db = sqlite3.connect(":memory:")
    try:
        for migration in migrations[:version]:
            for statement in migration.statements:
                db.execute(statement)
        return declared(db)
    finally:
        db.close()
