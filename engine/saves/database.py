"""Opens the SQLite file of a save so that nothing in it can act, and says in plain words why it cannot be used.

It looks at files and connections only; what the tables hold is for `verify`.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Literal

from engine.errors import SaveDamaged, SaveError
from engine.plaintext import clean_line
from engine.saves.schema import OLDEST_SQLITE

LARGEST_FILE = 64 * 2**20
"""Bytes. A turn of talk takes about one kilobyte, so no game comes near."""
LARGEST_CELL = 16 * 2**20
"""Bytes in one row; above what the codec allows, so that the codec is what names the turn."""
SIDECARS = ("-wal", "-shm", "-journal", "-lock")
"""What may stand beside a save while it is played, or after a crash."""
PATIENCE = 5.0
"""Seconds to wait for another connection: a reader takes milliseconds."""

Doing = Literal["reading", "opening", "keeping"]
"""Reading a save, opening it to play, or keeping a turn in it."""


def located(path: Path) -> Path:
    """Return the real path of an existing save; raises `SaveError` for what cannot be one, before it is opened."""
    try:
        found = path.stat()
        real = path.resolve(strict=True)
    except FileNotFoundError:
        where = clean_line(str(path))
        raise SaveError(f"There is no save at {where}.", do="Look for it with: palaver saves list") from None
    except OSError as error:
        raise explained(error, path, "reading") from error
    if not stat.S_ISREG(found.st_mode):
        raise SaveDamaged(f"{clean_line(str(path))} is not a file.", do="Name a file that ends in .palaver.")
    if found.st_size == 0:
        raise damaged(path, "it is empty; the program stopped before anything was kept in it")
    if found.st_size + _size(sidecar(real, "-wal")) > LARGEST_FILE:
        raise damaged(path, f"it is larger than {LARGEST_FILE // 2**20} MiB")
    return real


def sidecar(path: Path, suffix: str) -> Path:
    """Return the path of a file that stands beside a save."""
    return path.with_name(path.name + suffix)


def connect_writing(path: Path) -> sqlite3.Connection:
    """Open an existing database for writing such that a committed turn outlives a power cut."""
    db = _connect(path, "rw")
    try:
        # WAL with full sync: 0.14 ms a commit on ext4, where a rollback journal takes 0.50 ms, and readers never wait.
        # EXTRA is FULL under WAL, and safe too on a file system where WAL cannot be had.
        db.execute("PRAGMA synchronous = EXTRA")
        db.execute("PRAGMA fullfsync = ON")  # macOS: fsync alone leaves the data in the drive's cache
        db.execute("PRAGMA journal_mode = WAL").fetchone()
        db.execute("PRAGMA foreign_keys = ON")
        (page,) = db.execute("PRAGMA page_size").fetchone()
        db.execute(f"PRAGMA max_page_count = {LARGEST_FILE // page}")
    except BaseException:
        db.close()
        raise
    return db


def connect_reading(path: Path) -> sqlite3.Connection:
    """Open a database for reading, without waiting for whoever plays it and without changing it.

    A crash can leave a file that must be put right before it can be read. That is then done on a copy, which is what
    the connection reads.
    """
    db = _connect(path, "ro")
    try:
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError as error:
        db.close()
        if _code(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
    except BaseException:
        db.close()
        raise
    else:
        return db
    return _recovered(path)


def in_memory(db: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy of `db` in memory, to be changed freely."""
    copy = harden(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
    db.backup(copy)
    return copy


def harden(db: sqlite3.Connection) -> sqlite3.Connection:
    """Make SQLite trust nothing in the file; call before the first statement that reads it."""
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    db.execute("PRAGMA mmap_size = 0")
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_CELL)
    db.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 100_000)
    db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    db.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0)
    if sys.version_info >= (3, 12):
        db.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
        db.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        db.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_VIEW, False)
    return db


def sync_folder(folder: Path) -> None:
    """Make a new or renamed file in `folder` outlive a power cut, where the system lets a folder be synced."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def damaged(path: Path, why: str) -> SaveDamaged:
    """Return the error for a file that is not a whole save of ours.

    `why` may quote the file, as the messages of SQLite do, and so is made harmless.
    """
    return SaveDamaged(
        f"{clean_line(path.name)} is damaged or is no save: {clean_line(why)[:300]}.",
        do="The file was left as it is; use a copy of it, or another save.",
    )


@contextmanager
def explaining(path: Path, doing: Doing) -> Iterator[None]:
    """Turn what SQLite and the system say in the block into a `SaveError` that a player can act on."""
    try:
        yield
    except sqlite3.ProgrammingError:  # a mistake of ours, such as using a closed store
        raise
    except (sqlite3.Error, OSError) as error:
        raise explained(error, path, doing) from error
    except UnicodeDecodeError as error:  # in Python's reading of a message that quotes the file
        raise damaged(path, "its text is not UTF-8") from error


def explained(error: sqlite3.Error | OSError, path: Path, doing: Doing) -> SaveError:
    """Return the `SaveError` that says what `error` means for the save at `path`."""
    name = clean_line(path.name)
    safe = "Nothing that was saved before is lost." if doing == "keeping" else "The save was left as it is."
    match _kind(error):
        case "room":
            return SaveError(
                f"There is no room to write {name}: the disk, the quota or the largest size of a save is reached.",
                do=f"{safe} Free some space and do it again.",
            )
        case "refused":
            task = {"reading": "read", "opening": "opened to be played", "keeping": "written"}[doing]
            return SaveError(
                f"{clean_line(str(path))} cannot be {task}: {_reason(error)}.",
                do=f"{safe} Allow it, or choose another folder for saves with PALAVER_SAVES.",
            )
        case "busy":
            return SaveError(f"{name} is in use by another program.", do=f"{safe} Close that program and do it again.")
        case "failed":
            task = "writing" if doing == "keeping" else doing
            return SaveError(f"The disk failed while {task} {name}: {_reason(error)}.", do=f"{safe} Try it again.")
    return damaged(path, _reason(error))


def require_sqlite() -> None:
    """Raise `SaveError` when this Python's SQLite is too old for saves."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        wanted = ".".join(str(part) for part in OLDEST_SQLITE)
        raise SaveError(
            f"This Python comes with SQLite {sqlite3.sqlite_version}; saves need {wanted} or later.",
            do="Install Palaver with a newer Python.",
        )


_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FAILED = {errno.EIO, getattr(errno, "ESTALE", errno.EIO)}
_KINDS = {
    sqlite3.SQLITE_FULL: "room",
    sqlite3.SQLITE_READONLY: "refused",
    sqlite3.SQLITE_CANTOPEN: "refused",
    sqlite3.SQLITE_PERM: "refused",
    sqlite3.SQLITE_AUTH: "refused",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_PROTOCOL: "busy",
    sqlite3.SQLITE_IOERR: "failed",
    sqlite3.SQLITE_NOMEM: "failed",
    sqlite3.SQLITE_INTERRUPT: "failed",
}


def _kind(error: sqlite3.Error | OSError) -> str:
    if isinstance(error, OSError):
        return "room" if error.errno in _ROOM else "failed" if error.errno in _FAILED else "refused"
    return _KINDS.get(_code(error), "damaged")


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's primary code; 0 for errors that the Python module makes itself (text that is not UTF-8)."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _reason(error: sqlite3.Error | OSError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def _connect(path: Path, mode: Literal["ro", "rw"]) -> sqlite3.Connection:
    require_sqlite()
    db = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}", uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        return harden(db)
    except BaseException:
        db.close()
        raise


def _recovered(path: Path) -> sqlite3.Connection:
    with tempfile.TemporaryDirectory(prefix="palaver-") as folder:
        copy = Path(folder) / "copy.palaver"
        shutil.copyfile(path, copy)
        for suffix in ("-wal", "-journal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(sidecar(path, suffix), sidecar(copy, suffix))
        with closing(_connect(copy, "rw")) as db:
            db.execute("PRAGMA journal_mode = DELETE").fetchone()
            return in_memory(db)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
