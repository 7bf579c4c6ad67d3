"""Draws a story as SVG: boxes with a row for everything that may happen in them, and a curve to wherever that leads.

The drawing holds no script and fetches nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.drawing.boxes import ENTRY, HEAD, ROW, WIDTH, box_height, drawn_box, drawn_rows
from engine.drawing.coverage import Coverage
from engine.drawing.heat import Heat
from engine.drawing.layout import Layout, lay_out
from engine.drawing.picture import Picture
from engine.drawing.style import MARKS, STYLE
from engine.drawing.words import escaped

_ARROW = (
    '<marker id="pv-to-{kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
    ' markerUnits="userSpaceOnUse" orient="auto"><path class="mark-{kind}" d="M0 0L8 4L0 8Z"/></marker>'
)


def write_svg(picture: Picture, coverage: Coverage | None = None, *, linked: bool = False) -> str:
    """Return the drawing as one `<svg>` element, to stand in a file of its own or in a page.

    With `linked`, each box is a link to `#scene-ID` of the page around it.
    """
    boxes = [*picture.boxes.values()]
    number = {box.id: place for place, box in enumerate(boxes)}
    shown = [drawn_rows(box) for box in boxes]
    down = [{row.key: HEAD + 4 + ROW * (place + 0.5) for place, row in enumerate(rows)} for rows in shown]
    links = [*picture.links]
    layout = lay_out(
        [box_height(box, rows) for box, rows in zip(boxes, shown, strict=True)],
        WIDTH,
        [(number[box.id], number[link.target], down[number[box.id]][box.rows[row].key]) for box, row, link in links],
        ENTRY,
    )
    size = f"{layout.width:.0f}", f"{layout.height:.0f}"
    heat = Heat(coverage)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pv" width="{size[0]}" height="{size[1]}"'
        f' viewBox="0 0 {size[0]} {size[1]}" role="group" aria-label="{escaped(_name(picture))}">',
        f"<title>{escaped(_name(picture))}</title><style>{STYLE}</style><defs>",
        '<pattern id="pv-hatch" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path class="hatch-line" d="M0 0V9" stroke-width="7"/></pattern>',
        *(_ARROW.format(kind=kind) for kind in MARKS),
        '</defs><rect class="paper" width="100%" height="100%"/><g class="view"><g class="ways">',
        *_ways(picture, layout, heat),
        '</g><g class="boxes">',
    ]
    for box, rows, corner in zip(boxes, shown, layout.corners, strict=True):
        drawn = drawn_box(box, rows, corner, heat)
        link = linked and box.kind != "end"
        parts += [f'<a href="#scene-{escaped(box.id)}">', *drawn, "</a>"] if link else drawn
    return "\n".join([*parts, "</g></g></svg>"])


def _name(picture: Picture) -> str:
    return f"{picture.title}: {picture.counts()}"


def _ways(picture: Picture, layout: Layout, heat: Heat) -> Iterator[str]:
    for (box, number, link), curve in zip(picture.links, layout.curves, strict=True):
        if not curve:
            continue
        row = box.rows[number]
        looks = ["way", f"way-{row.kind}"]
        if link.called:
            looks.append("way-call")
        taken = heat.taken(row)
        if taken is not None:
            looks += ["way-never"] * (not taken) + ["way-much"] * heat.is_much(taken)
        yield (
            f'<path class="{" ".join(looks)}" data-from="{escaped(box.id)}" data-row="{number}"'
            f' data-to="{escaped(link.target)}" marker-end="url(#pv-to-{row.kind})" d="{curve}"/>'
        )
