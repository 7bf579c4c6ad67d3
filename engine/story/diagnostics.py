"""What `palaver check` says of a story: one line a mistake, with its place and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One finding. Prints as `file:line:col: severity: what, and what to do`."""

    file: str
    """Path as the reader can open it: relative to where the story was named from."""
    line: int
    """From 1; 0 when the finding is about the file as a whole."""
    column: int
    """From 1."""
    severity: Literal["error", "warning"]
    code: str
    """A short stable name, such as `unknown-scene`."""
    message: str

    def __str__(self) -> str:
        """The line as printed; what is about a file as a whole has no line and column."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.severity}: {self.message} [{self.code}]"
