"""The ways of a story joined into one arrow where they lead from the same scene to the same scene.

For forms that lay out their own drawing and have no rows: each arrow is labelled with what may happen, briefly, and
with its condition as the author wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.drawing.coverage import Coverage
from engine.drawing.picture import Box, Picture, Row, RowKind
from engine.drawing.words import fit

LINES = 4
"""Ways told on one arrow; where there are more, their number is."""
ROOM, CONDITION_ROOM = 40, 48
"""Letters of a label, and of a condition under it."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """All ways from one scene to another that are of one sort."""

    source: str
    target: str
    called: bool
    """The target is visited and comes back."""
    kind: RowKind
    """Of the first of them."""
    lines: tuple[str, ...]
    """What to write on it."""


def arrows(picture: Picture, coverage: Coverage | None) -> list[Arrow]:
    """Return the arrows of a drawing, in the order written."""
    found: dict[tuple[str, str, bool], list[Row]] = {}
    for box, number, link in picture.links:
        found.setdefault((box.id, link.target, link.called), []).append(box.rows[number])
    return [
        Arrow(source, target, called, rows[0].kind, tuple(_lines(rows, coverage)))
        for (source, target, called), rows in found.items()
    ]


def said(box: Box, visits: int | None) -> tuple[str, ...]:
    """Return what to write in a scene's box: its title, its people, and how often it was visited if that is known."""
    lines = [fit(box.title, ROOM)]
    if box.people:
        lines.append(fit(f"with {', '.join(box.people)}", ROOM))
    if not box.reached:
        lines.append("no way leads here")
    if visits is not None:
        lines.append(f"{visits:,}×" if visits else "never visited")
    return tuple(lines)


def name(scene: str) -> str:
    """Return a scene's name in a chart: no word of Mermaid's or DOT's, as `end` would be."""
    return f"s_{scene}"


def _lines(rows: list[Row], coverage: Coverage | None) -> list[str]:
    lines = []
    for row in rows[:LINES]:
        taken = coverage.taken(row) if coverage is not None else None
        count = "" if taken is None else (f" ({taken:,}×)" if taken else " (never)")
        lines.append(fit(row.text, ROOM) + count)
        lines += [fit(f"if {test.text}", CONDITION_ROOM) for test in row.tests if test.word == "if"]
    if len(rows) > LINES:
        lines.append(f"and {len(rows) - LINES} more")
    return lines
