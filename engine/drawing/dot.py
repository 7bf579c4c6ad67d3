"""Writes a story in Graphviz's DOT language, for those who lay out and paint their own drawings.

Every text stands in a quoted string, where only quotes and backslashes mean anything to DOT.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.drawing.coverage import Coverage
from engine.drawing.joined import arrows, name, said
from engine.drawing.picture import Picture
from engine.plaintext import clean_line

_SHAPES = {
    "choices": "shape=box",
    "talk": 'shape=box, style=rounded, color="#c2610f"',
    "pool": 'shape=hexagon, color="#8a3d86"',
    "ending": 'shape=box, style=rounded, peripheries=2, color="#1b7a55"',
    "end": 'shape=box, style=rounded, peripheries=2, color="#1b7a55"',
}
_COLOURS = {"choice": "#0b6aa8", "outcome": "#b34700", "limit": "#6d6a64", "draw": "#8a3d86", "goto": "#6d6a64"}


def write_dot(picture: Picture, coverage: Coverage | None = None) -> str:
    """Return the story as a directed graph from left to right."""
    return "\n".join(_lines(picture, coverage)) + "\n"


def _lines(picture: Picture, coverage: Coverage | None) -> Iterator[str]:
    yield "digraph story {"
    yield f"  label={_quoted([clean_line(picture.title)])}; labelloc=t; rankdir=LR;"
    yield '  node [fontname="sans-serif", fontsize=12]; edge [fontname="sans-serif", fontsize=9];'
    for box in picture.boxes.values():
        visits = coverage.scenes.get(box.id, 0) if coverage is not None and box.kind != "end" else None
        looks = [_SHAPES[box.kind], *["penwidth=3"] * box.start, *['fontcolor="#b3261e"'] * (visits == 0)]
        yield f"  {name(box.id)} [label={_quoted(said(box, visits))}, {', '.join(looks)}];"
    for arrow in arrows(picture, coverage):
        looks = [f"label={_quoted(arrow.lines)}", f'color="{_COLOURS[arrow.kind]}"', *["style=dashed"] * arrow.called]
        yield f"  {name(arrow.source)} -> {name(arrow.target)} [{', '.join(looks)}];"
    yield "}"


def _quoted(lines: Sequence[str]) -> str:
    # DOT reads backslashes itself, and HTML's character references in every label.
    told = (line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines)
    return '"' + "\\n".join(told) + '"'
