"""What `palaver check` says of a story: one line a mistake, with its place and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_QUOTED = re.compile(r'"[^"]*"|\{[^{}]*\}')
_LAST_SENTENCE = re.compile(r'(?<=[.?!])[" ]\s*(?=[A-Z`][^.?!]*[.?!]?$)')


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
    """A short stable name, such as `unknown-scene`; `engine.story.codes` has them all."""
    message: str

    def __str__(self) -> str:
        """The line as printed; what is about a file as a whole has no line and column."""
        return f"{self.place}: {self.severity}: {self.message} [{self.code}]"

    @property
    def place(self) -> str:
        """Where it is, as a reader writes it."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    @property
    def do(self) -> str:
        """What to do: the last sentence of the message, or its part after the colon; empty where it has neither."""
        masked = _QUOTED.sub(lambda quoted: "_" * len(quoted.group()), self.message)
        if (sentence := _LAST_SENTENCE.search(masked)) is not None:
            return self.message[sentence.end() :].strip()
        _, colon, _ = masked.rpartition(": ")
        after = self.message[len(masked.rpartition(": ")[0]) + 2 :] if colon else ""
        return after if self.code == "expression" else after[:1].upper() + after[1:]  # an expression keeps its case
