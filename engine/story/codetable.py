"""What a code of `palaver check` is, and how a table of them is written. It has no table itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding."""

    name: str
    severity: Literal["error", "warning"]
    says: str
    """What is wrong and why it matters, for the documentation."""
    bad: str = ""
    """A line of a story that brings it up; empty where no single line does."""
    good: str = ""
    """What to write instead."""


def table(severity: Literal["error", "warning"], rows: str) -> tuple[Code, ...]:
    """Return codes from rows of `name`, `says` and, if any, `bad` and `good` lines, with a blank line between."""
    found = []
    for row in rows.strip().split("\n\n"):
        name, says, *lines = row.split("\n")
        bad, good = (line[2:] for line in lines) if lines else ("", "")
        found.append(Code(name, severity, says, bad, good))
    return tuple(found)
