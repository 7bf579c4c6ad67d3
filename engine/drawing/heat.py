"""Turns coverage into what a drawing shows of it: numbers and steps of colour. It draws nothing itself."""

from __future__ import annotations

from engine.drawing.coverage import Coverage
from engine.drawing.picture import Box, Row


class Heat:
    """What coverage, if there is any, says of each thing drawn."""

    def __init__(self, coverage: Coverage | None) -> None:
        self._coverage = coverage
        self._most = max(coverage.scenes.values(), default=0) if coverage is not None else 0
        self._busiest = max(coverage.rows.values(), default=0) if coverage is not None else 0

    def visits(self, box: Box) -> int | None:
        """Return how often a scene was visited; None where that was not counted."""
        if self._coverage is None or box.kind == "end":
            return None
        return self._coverage.scenes.get(box.id, 0)

    def level(self, visits: int) -> int:
        """Return 0 for never, else 1 to 5: by powers, as a hub is visited a hundred times as often as an ending."""
        if not visits:
            return 0
        return 1 + min(4, int(5 * (visits.bit_length() - 1) / max(1, self._most.bit_length())))

    def taken(self, row: Row) -> int | None:
        """Return how often a row was taken; None where that was not counted."""
        return None if self._coverage is None else self._coverage.taken(row)

    def is_much(self, taken: int) -> bool:
        """Tell whether a row was taken at least a quarter as often as the one that was taken most."""
        return taken * 4 >= self._busiest


def told(count: int | None) -> str:
    """Return a count as it is drawn; empty where nothing was counted."""
    return "" if count is None else (f"{count:,}×" if count else "never")
