"""Counts what goes wrong with models turn after turn, so that the player is told of it once and not at every turn."""

from __future__ import annotations

PATIENCE = 3
"""Readings in a row that may make no sense before the player is told."""


class Troubles:
    """What went wrong in one game so far."""

    def __init__(self) -> None:
        self._warned: set[str] = set()
        self._unread = 0
        """Readings in a row that made no sense."""

    def worth_telling(self, *, fault: str, warning: str) -> list[str]:
        """Return what to tell after a turn: `fault` is why its reading made no sense, `warning` is about the server."""
        told = []
        self._unread = self._unread + 1 if fault else 0
        if self._unread == PATIENCE:
            told.append(
                f"The last {PATIENCE} replies could not be read for what they mean ({fault}): nothing came of "
                "them. A larger model reads better: set `judge` in the config file, or play on with the choices."
            )
        if warning and warning not in self._warned:
            self._warned.add(warning)
            told.append(warning)
        return told
