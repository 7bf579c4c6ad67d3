"""Where things stand in a story's files, and the list of what was found wrong there.

It reads no files and judges nothing; it turns a path through the story's tree into file, line and column.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from engine.plaintext import clean_line
from engine.story.diagnostics import Diagnostic

TreePath = tuple[str | int, ...]
"""Keys and list positions from the story's root, such as `("scenes", "pier", "choices", 0, "goto")`."""


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


@dataclass(slots=True)
class Report:
    """Everything found wrong so far, each thing once."""

    _found: dict[Diagnostic, None] = field(default_factory=dict)
    failed: bool = False
    """An error is among it."""

    def error(self, place: Place, code: str, message: str) -> None:
        """Note a mistake that keeps the story from being played."""
        self._add(place, "error", code, message)
        self.failed = True

    def warning(self, place: Place, code: str, message: str) -> None:
        """Note something that is probably not meant."""
        self._add(place, "warning", code, message)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return what was found by file, line and column."""
        return tuple(sorted(self._found))

    def _add(self, place: Place, severity: Literal["error", "warning"], code: str, message: str) -> None:
        self._found[Diagnostic(place.file, place.line, place.column, severity, code, clean_line(message))] = None
