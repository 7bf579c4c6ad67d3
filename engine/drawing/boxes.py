"""Draws one scene as SVG: a head with its title, a row for each thing that may happen, and a large title for afar.

Whatever would stand out of a box is cut off at its edge. Where the box goes is for `layout`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.drawing.heat import Heat, told
from engine.drawing.picture import Box, Row
from engine.drawing.style import MARKS
from engine.drawing.words import counted, escaped, fit, wrapped

WIDTH = 262.0
HEAD = 44.0
"""Pixels of the part of a box that tells its title and kind."""
ENTRY = 15.0
"""How far down a box links enter: beside its title."""
ROW = 21.0
TITLE_ROOM, ROW_ROOM = 26.0, 34.0
"""Letters that fit."""
STAYING = 10
"""Rows drawn of those that lead nowhere: a box is to be read at a glance, and the rest stands in the page's panel."""

KINDS = {"choices": "choices", "talk": "talk", "pool": "pool", "ending": "ending", "end": "END"}


def drawn_rows(box: Box) -> list[Row]:
    """Return the rows of a box that are drawn: all that lead somewhere, and some of those that stay."""
    staying = [row for row in box.rows if not row.links and not row.returns]
    left_out = {row.key for row in staying[STAYING:]}
    return [row for row in box.rows if row.key not in left_out]


def box_height(box: Box, rows: list[Row]) -> float:
    """Return how high a box is that draws these of its rows."""
    more = len(rows) < len(box.rows)
    return HEAD + (8 + ROW * (len(rows) + more) if rows else 0)


def drawn_box(box: Box, rows: list[Row], corner: tuple[float, float], heat: Heat) -> Iterator[str]:
    """Yield a box with its rows as SVG; `rows` are those of it that are drawn, `corner` its top left."""
    left, top = corner
    height = box_height(box, rows)
    visits = heat.visits(box)
    looks = ["scene", *["start"] * box.start]
    # An inner <svg> cuts off whatever would stand out of its box, however wide a font draws it.
    yield (
        f'<svg class="{" ".join(looks)}" data-scene="{escaped(box.id)}" x="{left:.0f}" y="{top:.0f}"'
        f' width="{WIDTH:.0f}" height="{height:.0f}">'
        f"<title>{escaped(_about(box, visits))}</title>"
        f'<rect class="sheet" {_frame(box, height)}/>'
    )
    yield from _head(box, visits, heat)
    if rows:
        yield f'<path class="rule near" d="M6 {HEAD:.0f}H{WIDTH - 1:.0f}"/>'
    numbers = {row.key: number for number, row in enumerate(box.rows)}
    for place, row in enumerate(rows):
        yield from _row(box, row, numbers[row.key], HEAD + 4 + ROW * place, heat.taken(row))
    if len(rows) < len(box.rows):
        more = f"… and {len(box.rows) - len(rows)} more that stay here"
        yield f'<text class="small quiet near" x="28" y="{HEAD + 19 + ROW * len(rows):.0f}">{more}</text>'
    yield from _far(box, height, visits, heat)
    border = "never-box" if visits == 0 else "box"
    yield f'<rect class="{border}" {_frame(box, height)}/>'
    yield "</svg>"


def _far(box: Box, height: float, visits: int | None, heat: Heat) -> Iterator[str]:
    """Yield what takes the place of a box's lines where a page shows it too small for them to be read."""
    yield f'<rect class="far-only {_fill(box, visits, heat)}" {_frame(box, height)}/>'
    if visits == 0:
        yield f'<rect class="far-only hatch" {_frame(box, height)}/>'
    room = int((height - 8) / 33)
    count = told(visits)
    beside = 0.0 if room > 1 else len(count) * 0.9
    lines = wrapped(box.title, 13.5 - beside, max(1, room - bool(count)))
    if count and room > 1:
        lines.append("")
    for place, line in enumerate(lines):
        down = (height - 33 * len(lines)) / 2 + 26 + 33 * place
        yield f'<text class="big" x="16" y="{down:.0f}">{escaped(line)}</text>'
    if count:
        yield f'<text class="big count" x="{WIDTH - 14:.0f}" y="{down:.0f}">{count}</text>'


def _frame(box: Box, height: float) -> str:
    return f'x="1.5" y="1.5" width="{WIDTH - 3:.0f}" height="{height - 3:.0f}" rx="{_corner(box)}"'


def _fill(box: Box, visits: int | None, heat: Heat) -> str:
    return f"head-{box.kind}" if visits is None else f"heat-{heat.level(visits)}"


def _corner(box: Box) -> str:
    return {"talk": "12", "ending": "21", "end": "21"}.get(box.kind, "4")


def _about(box: Box, visits: int | None) -> str:
    words = [f"{box.title} ({box.id}, {KINDS[box.kind]})"]
    if not box.reached:
        words.append("no way leads here")
    if visits is not None:
        words.append(f"visited {counted(visits, 'time')}" if visits else "never visited")
    return ": ".join(words)


def _head(box: Box, visits: int | None, heat: Heat) -> Iterator[str]:
    frame = _frame(box, HEAD)
    yield f'<rect class="near {_fill(box, visits, heat)}" {frame}/>'
    if visits == 0:
        yield f'<rect class="near hatch" {frame}/>'
    inset = 8 if box.kind in ("ending", "end") else 5
    yield f'<rect class="bar-{box.kind}" x="{inset}" y="7" width="4" height="{HEAD - 14:.0f}" rx="2"/>'
    count = told(visits)
    room = TITLE_ROOM - 1.3 * len(count)
    kind = KINDS[box.kind] + (f" with {', '.join(box.people)}" if box.people else "")
    if box.start:
        kind = f"start · {kind}"
    if not box.reached:
        kind = f"no way leads here · {kind}"
    yield f'<text class="title near" x="17" y="20">{escaped(fit(box.title, room))}</text>'
    look = "warn" if not box.reached else ("quiet" if visits is None else "")  # grey is hard to read on a strong colour
    yield f'<text class="kind near {look}" x="17" y="36">{escaped(fit(kind, 36))}</text>'
    if count:
        look = "count near" if visits else "count near warn"
        yield f'<text class="{look}" x="{WIDTH - 12:.0f}" y="20">{count}</text>'


def _row(box: Box, row: Row, number: int, top: float, taken: int | None) -> Iterator[str]:
    tests = "\n".join(f"{test.word} {test.text}".strip() for test in row.tests)
    whole = f"{row.text}\n{tests}".strip()
    yield f'<g class="near" data-row="{number}"><title>{escaped(whole)}</title>'
    yield f'<rect x="6" y="{top:.0f}" width="{WIDTH - 8:.0f}" height="{ROW:.0f}" fill="none" pointer-events="all"/>'
    mark = f'class="mark-{row.kind}" fill-rule="evenodd" d="{MARKS[row.kind]}"'
    yield f'<path {mark} transform="translate(13 {top + 5:.0f})"/>'
    tail = " · ".join(filter(None, (*_notes(box, row), told(taken))))
    text = fit(row.text, ROW_ROOM - 1.1 * len(tail) - bool(tail))
    looks = "row" if row.links or row.returns else "row quiet"
    yield f'<text class="{looks}" x="29" y="{top + 15:.0f}">{escaped(text)}</text>'
    if tail:
        warn = " warn" if taken == 0 else " quiet"
        yield f'<text class="small{warn}" text-anchor="end" x="{WIDTH - 9:.0f}" y="{top + 15:.0f}">{tail}</text>'
    yield "</g>"


def _notes(box: Box, row: Row) -> list[str]:
    """Return what is worth knowing of a row without asking, in marks: a condition, a call, a way back."""
    notes = ["if"] * any(test.word in ("if", "enabled if") for test in row.tests)
    notes += ["call"] * any(link.called for link in row.links)
    notes += ["again"] * any(link.target == box.id for link in row.links)
    notes += ["return"] * row.returns
    return notes
