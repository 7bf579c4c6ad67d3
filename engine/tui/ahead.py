"""A line that was entered while an answer was still coming, and whether it still means what it was typed for.

It waits for nothing and sends nothing: the screen keeps it, and asks here once the answer is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.console import Pick, interpret
from engine.tui.rows import Row
from engine.view import View

MOVED_ON = "The scene moved on before your line was sent: it is back in the line."
ASKED = "You are asked something first: your line is back in the line."
CHANGED = "What can be chosen has changed: your number is back in the line."


@dataclass(frozen=True, slots=True)
class Ahead:
    """A line to be sent once the turn is done."""

    line: str
    scene: str
    """Where it was typed."""
    row: str = ""
    """For a number: the text of the row that it meant."""

    @classmethod
    def of(cls, line: str, view: View, rows: Sequence[Row]) -> Ahead:
        """Keep `line` with what stood on the screen when it was entered."""
        return cls(line, view.scene, _row(line, rows))

    def stale(self, view: View, rows: Sequence[Row]) -> str:
        """Return why it must not be sent any more, in a sentence for the player; empty when it may."""
        if view.over or view.scene != self.scene:
            return MOVED_ON
        if view.doubt:
            return ASKED
        return CHANGED if _row(self.line, rows) != self.row else ""


def _row(line: str, rows: Sequence[Row]) -> str:
    typed = interpret(line)
    if not isinstance(typed, Pick):
        return ""
    return next((row.text for row in rows if row.number == typed.number), "")
