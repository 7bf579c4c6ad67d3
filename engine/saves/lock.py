"""Lets one process at a time play a save.

The lock is the operating system's, on a file beside the save, so it ends with the process however that dies. It is not
on the save itself: closing any handle of a file drops SQLite's own locks on it, and on BSD and macOS the two kinds
collide. The lock file goes when the lock does; what a killed process leaves behind locks nothing. Reading needs no
lock. (`filelock` does the same, but takes 39 ms to import and leaves its file lying about.)
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from engine.errors import SaveLocked
from engine.plaintext import clean_line


class PlayLock:
    """The right to play one save, held from construction to `release`."""

    def __init__(self, save: Path) -> None:
        """Take the lock; raises `SaveLocked` at once when another process or window has it, and `OSError`."""
        self._file = save.with_name(save.name + "-lock")
        while True:
            handle = os.open(self._file, _FLAGS, 0o666)
            try:
                taken = _lock(handle)
                if taken and self._is_ours(handle):
                    self._handle = handle
                    return
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)
            if not taken:
                raise SaveLocked(
                    f"{clean_line(save.name)} is being played in another window.",
                    do="Close it there, or start a new game here.",
                )
            # Its last holder removed the file between our opening and locking it: that lock guards nothing.

    def release(self) -> None:
        """Give the right back and remove the lock file."""
        if sys.platform == "win32":  # an open file cannot be removed there
            os.close(self._handle)
            with suppress(OSError):
                self._file.unlink()
            return
        with suppress(OSError):  # a folder that became read-only must not keep the lock held
            if self._is_ours(self._handle):
                self._file.unlink()
        os.close(self._handle)

    def _is_ours(self, handle: int) -> bool:
        """Whether the locked file is the one that has the name now."""
        try:
            named = self._file.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(named, os.fstat(handle))


_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
