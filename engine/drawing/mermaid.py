"""Writes a story as a Mermaid flowchart, for a README, a wiki or an editor that draws one.

Ways between the same two scenes share an arrow, as Mermaid would lay each label over the next. What has a meaning in
Mermaid is written as a character reference, so that no text of a story can be read as part of the chart.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from engine.drawing.coverage import Coverage
from engine.drawing.joined import arrows, name, said
from engine.drawing.picture import Picture
from engine.plaintext import clean_line

MOST_ARROWS, MOST_LETTERS = 500, 50_000
"""What Mermaid draws unless whoever runs it allows more; its own page and GitHub's do not."""

_SHAPES = {
    "choices": ('["', '"]'),
    "talk": ('("', '")'),
    "pool": ('{{"', '"}}'),
    "ending": ('(["', '"])'),
    "end": ('(["', '"])'),
}
_STYLES = (
    "classDef talk stroke:#c2610f,stroke-width:2px",
    "classDef pool stroke:#8a3d86,stroke-width:2px",
    "classDef ending stroke:#1b7a55,stroke-width:2px",
    "classDef start stroke-width:4px",
    "classDef never stroke:#b3261e,stroke-width:2px,stroke-dasharray:7 4",
)


def write_mermaid(picture: Picture, coverage: Coverage | None = None) -> str:
    """Return the story as a flowchart from left to right."""
    return "\n".join(_lines(picture, coverage)) + "\n"


def _lines(picture: Picture, coverage: Coverage | None) -> Iterator[str]:
    # JSON's strings are YAML's too, and its escapes leave nothing that Mermaid could take for the end of the header.
    yield from ("---", f"title: {json.dumps(clean_line(picture.title))}", "---", "flowchart LR")
    for box in picture.boxes.values():
        before, after = _SHAPES[box.kind]
        visits = coverage.scenes.get(box.id, 0) if coverage is not None and box.kind != "end" else None
        looks = [box.kind] * (box.kind in ("talk", "pool", "ending")) + ["start"] * box.start
        looks += ["never"] * (visits == 0)
        style = "".join(f"\n  class {name(box.id)} {look}" for look in looks)
        yield f"  {name(box.id)}{before}{_text(said(box, visits))}{after}{style}"
    for arrow in arrows(picture, coverage):
        line = "-.->" if arrow.called else "-->"
        yield f'  {name(arrow.source)} {line}|"{_text(arrow.lines)}"| {name(arrow.target)}'
    yield from (f"  {style}" for style in _STYLES)


def too_much(chart: str, picture: Picture) -> str:
    """Return why Mermaid may refuse a chart as it comes; empty where it will not."""
    number = len(arrows(picture, None))
    if number <= MOST_ARROWS and len(chart) <= MOST_LETTERS:
        return ""
    return (
        f"Mermaid draws at most {MOST_ARROWS} arrows and {MOST_LETTERS:,} characters unless it is set to draw more, "
        f"and this chart has {number:,} and {len(chart):,}. `--format html` draws any story."
    )


def _text(lines: Sequence[str]) -> str:
    return "<br/>".join("".join(map(_letter, line)) for line in lines)


def _letter(letter: str) -> str:
    plain = letter.isalnum() or letter in " .,;:!?'()=-+/" or not letter.isascii()
    return letter if plain and letter != ";" else f"#{ord(letter)};"
