"""Where things stand in a story's files, and the list of what was found wrong there.

It reads no files and judges nothing; it turns a path through the story's tree into file, line and column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from engine.plaintext import clean_line
from engine.story.diagnostics import Diagnostic

TreePath = tuple[str | int, ...]
"""Keys and list positions from the story's root, such as `("scenes", "pier", "choices", 0, "goto")`."""

MOST_ERRORS = 1_000
"""Errors reported in one story. Each may cost 5 ms, for its suggestion is looked for among all of a story's names."""
_LONG_MESSAGE = 400
_LONG_NAME = re.compile(r'("[^"]{60})[^"]{20,}(?=")')
_OVERLONG = re.compile(r'("[^"\s]{60})[^"\s]{20,}(?=")')


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One file of a story, read and decoded."""

    name: str
    """As shown to the reader."""
    text: str
    """Its text: no byte order mark, and a line ends in LF."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file; line and column count from 1, line 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 1

    def __str__(self) -> str:
        """The place as a reader writes it: `file:line:column`."""
        return f"{self.file}:{self.line}:{self.column}"


class TooManyError(Exception):
    """There are so many mistakes that looking for more helps nobody."""


@dataclass(slots=True)
class Report:
    """Everything found wrong so far, each thing once. Raises `TooManyError` past `MOST_ERRORS`."""

    _found: dict[Diagnostic, None] = field(default_factory=dict)
    _errors: int = 0
    failed: bool = False
    """An error is among it."""

    def error(self, place: Place, code: str, message: str) -> None:
        """Note a mistake that keeps the story from being played."""
        self.failed = True
        if self._errors >= MOST_ERRORS:
            self._add(Place(place.file), "error", "too-many", f"There are {MOST_ERRORS:,} mistakes: mend these first.")
            raise TooManyError
        self._errors += 1
        self._add(place, "error", code, message)

    def warning(self, place: Place, code: str, message: str) -> None:
        """Note something that is probably not meant."""
        self._add(place, "warning", code, message)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return what was found by file, line and column."""
        return tuple(sorted(self._found))

    def _add(self, place: Place, severity: Literal["error", "warning"], code: str, message: str) -> None:
        message = _OVERLONG.sub(r"\1…", clean_line(message))
        if len(message) > _LONG_MESSAGE:  # somebody's whole paragraph was taken for a key
            message = _LONG_NAME.sub(r"\1…", message)
        self._found[Diagnostic(place.file, place.line, place.column, severity, code, message)] = None
