"""Opens a save once all of it has been checked, and brings an older one up to date.

The check is made on a connection that cannot write, so a damaged file is never touched. An older save that is only
read is brought up to date in memory.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from engine.saves import schema
from engine.saves.database import connect_reading, connect_writing, in_memory
from engine.saves.verify import Contents, examine, identify


def open_reading(path: Path) -> tuple[sqlite3.Connection, Contents]:
    """Return a connection for reading and what the save holds; raises `SaveError` and `sqlite3.Error`."""
    db = connect_reading(path)
    try:
        db.execute("BEGIN")  # one view of the file, though another process may be playing on
        if identify(db, path) < schema.latest():
            older, db = db, in_memory(db)
            older.close()
            db.execute("BEGIN")
            schema.apply(db, identify(db, path))
        contents = examine(db, path)
        db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db, contents


def open_writing(path: Path) -> tuple[sqlite3.Connection, Contents]:
    """Return a connection for playing and what the save holds; the caller has the right to play it."""
    db, contents = open_reading(path)
    db.close()
    db = connect_writing(path)
    try:
        have = identify(db, path)
        if have < schema.latest():
            db.execute("BEGIN IMMEDIATE")
            schema.apply(db, have)
            db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db, contents
