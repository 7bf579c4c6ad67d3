"""Opens the small databases that Palaver keeps for this machine: what was spent, and what is being asked right now.

They hold no key and no word that anybody said. Several processes write them at once, each in transactions of well
under a millisecond. A save never lives here.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine.errors import ConfigError, ModelError
from engine.plaintext import clean_line

PATIENCE = 5.0
"""Seconds to wait for another process's transaction."""
IN_MEMORY = Path(":memory:")
"""In place of a path: a database that nobody shares and that is gone afterwards."""


def open_state(path: Path, statements: Sequence[str], *, durable: bool, version: int) -> sqlite3.Connection:
    """Open or make the database at `path`; raises `ConfigError` that names it.

    `statements` make the tables of this `version` where there are none. A `durable` one outlives a power cut; any one
    outlives a crash of the program.
    """
    try:
        if path != IN_MEMORY:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as problem:
        raise _unusable(path, problem) from None
    try:
        _use_wal(db)
        db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        with _whole(db):
            (found,) = db.execute("PRAGMA user_version").fetchone()
            if found == 0:
                for statement in statements:
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {version}")
            elif found != version:
                raise ConfigError(
                    f"{clean_line(str(path))} was written by another version of Palaver.",
                    do="Use that version, or move the file away to begin a new one.",
                )
    except sqlite3.Error as problem:
        db.close()
        raise _unusable(path, problem) from None
    except BaseException:
        db.close()
        raise
    return db


def _use_wal(db: sqlite3.Connection) -> None:
    """Switch to write-ahead logging. When two processes do that to a new file at once, SQLite refuses one of them
    without waiting, since both hold what the other wants: that one tries again."""
    for pause in (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, None):
        try:
            db.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as problem:
            if pause is None or problem.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            time.sleep(pause)


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Do the block whole or not at all, with nobody writing in between: what it reads still holds when it writes.

    Raises `ModelError` when the file cannot be written: what was to be asked is then not asked.
    """
    with reading(), _whole(db):
        yield


@contextmanager
def reading() -> Iterator[None]:
    """Do the block, which only reads; raises `ModelError` when the file cannot be read: damage shows itself late."""
    try:
        yield
    except sqlite3.Error as problem:
        raise ModelError(
            f"The account of what is asked and spent cannot be kept: {clean_line(str(problem))}.",
            do="Free some space on the disk, or name another folder with PALAVER_STATE; a damaged file may be deleted.",
        ) from problem


@contextmanager
def _whole(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _unusable(path: Path, problem: Exception) -> ConfigError:
    return ConfigError(
        f"{clean_line(str(path))} cannot be used: {clean_line(str(problem))}.",
        do="Check its permissions and the disk, or name another folder with PALAVER_STATE.",
    )
