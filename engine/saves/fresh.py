"""Makes new save files: empty ones to play in, and copies written row by row from what was read and checked.

A copy carries values, never another file's pages or tables, so whatever else that file held stays behind. It
overwrites nothing that it was not asked to.
"""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
import unicodedata
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from engine.errors import SaveError
from engine.saves import schema
from engine.saves.database import SIDECARS, harden, require_sqlite, sidecar, sync_folder
from engine.saves.lock import PlayLock
from engine.saves.rows import (
    META,
    NAME,
    PLACE,
    TURN,
    Meta,
    Named,
    Turn,
    meta_row,
    name_row,
    place_row,
    turn_row,
)
from engine.saves.tree import Place

SUFFIX = ".palaver"
LONGEST_STEM = 60
"""Characters of a name or id that go into a file's name: leaves room for a date, a number and SQLite's endings."""
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d|latest")
"""Names that Windows keeps for devices, whatever their ending, and the one that means the game played last."""


def build(
    path: Path, meta: Meta, turns: Iterable[Turn] = (), names: Iterable[Named] = (), place: Place | None = None
) -> None:
    """Write a whole save at `path`, which is missing or empty; on the disk for good when this returns.

    Raises `sqlite3.Error` or `OSError`, and `Malformed` for what no save holds.
    """
    require_sqlite()
    with closing(harden(sqlite3.connect(path, isolation_level=None))) as db:
        db.execute("PRAGMA synchronous = EXTRA")
        db.execute("PRAGMA fullfsync = ON")
        db.execute("BEGIN EXCLUSIVE")
        schema.apply(db, 0)
        db.execute(*_insert("meta", META, meta_row(meta)))
        for turn in turns:
            db.execute(*_insert("turns", TURN, turn_row(turn)))
        for named in names:
            db.execute(*_insert("names", NAME, name_row(named.name, named.turn)))
        db.execute(*_insert("place", PLACE, place_row(place or Place())))
        db.execute("COMMIT")
    sync_folder(path.parent)


def safe_stem(text: str) -> str:
    """Return `text` as it can stand in a file's name on any system; empty when nothing of it can."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    stem = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-")[:LONGEST_STEM].rstrip("-")
    return f"save-{stem}" if _RESERVED.fullmatch(stem) else stem


def reserve(folder: Path, stem: str) -> Path:
    """Create and return a new empty file `stem.palaver`, or `stem-2.palaver` and so on; never one that is there.

    Two processes that ask at once get two files. Raises `OSError`.
    """
    number = 1
    while True:
        path = folder / (f"{stem}-{number}{SUFFIX}" if number > 1 else f"{stem}{SUFFIX}")
        if claim(path):
            return path
        number += 1


def claim(path: Path) -> bool:
    """Create `path` empty; False when it, or what a vanished save of that name left behind, is there."""
    if any(os.path.lexists(sidecar(path, suffix)) for suffix in SIDECARS):
        return False  # SQLite would take an old -wal for the new file's
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except FileExistsError:
        return False
    return True


def scratch(folder: Path) -> Path:
    """Create and return an empty hidden file in `folder`, for a save to be built in before it gets its name."""
    handle, name = tempfile.mkstemp(prefix=".palaver-", suffix=".tmp", dir=folder)
    os.close(handle)
    return Path(name)


def publish(built: Path, to: Path) -> None:
    """Give a finished save the name `to`, which `claim` has reserved, in one step."""
    _like_any_new_file(built)
    built.replace(to)
    sync_folder(to.parent)


def replace(built: Path, to: Path) -> None:
    """Put a finished save in the place of the one at `to`; raises `SaveError` when that one is being played."""
    lock = PlayLock(to)
    try:
        if any(os.path.lexists(sidecar(to, suffix)) for suffix in ("-wal", "-journal")):
            raise SaveError(
                f"{to.name} was not closed properly, and may hold more than its file shows.",
                do="Open it once with Palaver before you replace it, or choose another name.",
            )
        publish(built, to)
    finally:
        lock.release()


def discard(path: Path) -> None:
    """Remove a file of ours that came to nothing, with what SQLite left beside it."""
    for left in (path, sidecar(path, "-journal")):
        with suppress(OSError):
            left.unlink()


def _insert(table: str, columns: str, row: tuple[object, ...]) -> tuple[str, tuple[object, ...]]:
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})", row


def _like_any_new_file(path: Path) -> None:
    """Give a scratch file, which only its maker may read, the rights that any new file gets."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
