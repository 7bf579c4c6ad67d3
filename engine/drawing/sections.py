"""The words beside a drawing: a section for every scene, and one for the whole.

Each is plain HTML with every word of the story escaped; it has no script and needs none.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.drawing.boxes import KINDS
from engine.drawing.coverage import Coverage
from engine.drawing.picture import Box, Picture, Row
from engine.drawing.style import MARKS
from engine.drawing.words import counted, escaped, opening
from engine.story.graph import END

TEXT, ASIDE = 600, 240
"""Characters shown of a scene's text, and of what else it tells: enough to know it again."""

LISTED = 40
"""Scenes named in one list of the overview."""

_ROWS = {
    "choice": "a choice of the player's",
    "outcome": "an outcome of the talk",
    "limit": "the limit of a talk",
    "draw": "a draw of a pool",
    "goto": "straight on",
}


def overview(drawn: Picture, coverage: Coverage | None) -> str:
    """Return the section about the story as a whole: how to read the drawing, its endings, and what was never seen."""
    boxes = [box for box in drawn.boxes.values() if box.kind != "end"]
    parts = ['<section id="overview">', "<h2>How to read this</h2>"]
    parts.append(
        "<p>Each box is a scene; each line in it is something that may happen there. Lines leave at the right where "
        "the story goes on, and at the left where it goes back. Greyed lines stay in the scene; dashed ones visit a "
        "scene and come back. Point at a line for its conditions, pick a box for all of it.</p>"
    )
    parts.append(
        '<p class="keys">Wheel or + and − zoom, dragging or the arrows move, f shows all of it, s goes to the start, '
        "/ searches texts and conditions too (Enter goes through what is found), Tab goes from scene to scene.</p>"
    )
    parts.append('<ul class="marks">')
    parts += [f"<li>{_mark(kind)}{told}</li>" for kind, told in _ROWS.items()]
    parts.append("</ul>")
    if coverage is not None:
        never = [box for box in boxes if not coverage.scenes.get(box.id)]
        parts.append(f"<h3>Never visited in {counted(coverage.plays, 'play')}: {len(never)} of {len(boxes)}</h3>")
        parts.append(_list(_first([_to(box) for box in never])))
        parts.append("<h3>Colours</h3>")
        parts.append(_ramp(max(coverage.scenes.values(), default=0)))
    endings = [box for box in boxes if box.kind == "ending"]
    if endings:
        parts.append("<h3>Endings</h3>")
        parts.append(_list([_visits(box, coverage) + _to(box) for box in endings]))
    lost = [box for box in boxes if not box.reached]
    if lost:
        parts.append("<h3>No way leads here</h3>")
        parts.append(_list(_first([_to(box) for box in lost])))
    return "\n".join([*parts, "</section>"])


def sections(drawn: Picture, coverage: Coverage | None) -> Iterator[str]:
    """Yield a section for each scene: what it tells, who is there, what may happen, and where it is come from."""
    sources: dict[str, dict[tuple[str, str], str]] = {}
    for box, number, link in drawn.links:
        text = box.rows[number].text
        words = f"{_to(box)} <span class='about' dir='auto'>{escaped(text)}</span>"
        sources.setdefault(link.target, {})[box.id, text] = words
    for box in drawn.boxes.values():
        if box.kind != "end":
            yield "\n".join(_section(drawn, box, [*sources.get(box.id, {}).values()], coverage))


def _section(drawn: Picture, box: Box, sources: list[str], coverage: Coverage | None) -> Iterator[str]:
    yield f'<section id="scene-{escaped(box.id)}">{_visits(box, coverage)}<h2 dir="auto">{escaped(box.title)}</h2>'
    about = ["start"] * box.start + [KINDS[box.kind]] + ["no way leads here"] * (not box.reached)
    people = f" with {escaped(', '.join(box.people))}" if box.people else ""
    yield f'<p class="about"><span class="id">{escaped(box.id)}</span> · {" · ".join(about)}{people}</p>'
    if box.place:
        yield f'<p class="id about">{escaped(box.place)}</p>'
    yield from _sets(box.sets, "p")
    if box.passage:
        yield f'<p class="text" dir="auto">{escaped(opening(box.passage, TEXT))}</p>'
    for word, text in (("direction", box.direction), ("hint", box.hint)):
        if text:
            yield f'<p class="told"><span class="word">{word}</span> {escaped(opening(text, ASIDE))}</p>'
    yield from (f'<p class="told" dir="auto">{escaped(opening(line, ASIDE))}</p>' for line in box.opening)
    if box.rows:
        yield "<h3>What may happen</h3>"
        yield _list(["\n".join(_row(drawn, row, coverage)) for row in box.rows])
    if sources:
        yield "<h3>Comes from</h3>"
        yield _list(sources)
    yield "</section>"


def _row(drawn: Picture, row: Row, coverage: Coverage | None) -> Iterator[str]:
    taken = coverage.taken(row) if coverage is not None else None
    when = '<span class="word">when</span> ' if row.kind == "outcome" else ""
    yield f'{_count(taken)}{_mark(row.kind)}{when}<span dir="auto">{escaped(row.text)}</span>'
    if row.kind in ("choice", "outcome"):
        yield f'<span class="id about">{escaped(row.key.rpartition("/")[2])}</span>'
    for test in row.tests:
        yield f'<span class="test"><span class="word">{test.word}</span> {escaped(test.text)}</span>'
    yield from _sets(row.sets, "span")
    if row.passage:
        yield f'<span class="told" dir="auto">{escaped(opening(row.passage, ASIDE))}</span>'
    for link in row.links:
        to = _to(drawn.boxes[link.target])
        yield f'<span class="set">→ {to}{" and back" if link.called else ""}</span>'
    if row.returns:
        yield '<span class="set">→ back to where this scene was called</span>'


def _sets(sets: tuple[str, ...], tag: str) -> Iterator[str]:
    for told in sets:
        yield f'<{tag} class="set"><span class="word">set</span> {escaped(told)}</{tag}>'


def _to(box: Box) -> str:
    if box.id == END:
        return "END"
    return f'<a href="#scene-{escaped(box.id)}" dir="auto">{escaped(box.title)}</a>'


def _list(items: list[str]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{item}</li>" for item in items) + "\n</ul>"


def _first(items: list[str]) -> list[str]:
    more = len(items) - LISTED
    return [*items[:LISTED], f"and {more:,} more"] if more > 0 else items


def _ramp(most: int) -> str:
    """Return how colours stand for numbers; in every box the number itself stands beside its colour."""
    swatches = "".join(
        f'<rect class="heat-{level}" x="{22 * level - 22}" width="22" height="14"/>' for level in range(1, 6)
    )
    return (
        f'<p class="marks">once <svg class="pv" width="110" height="14" aria-hidden="true">{swatches}</svg>'
        f"{counted(most, 'visit')}</p>"
    )


def _visits(box: Box, coverage: Coverage | None) -> str:
    return "" if coverage is None else _count(coverage.scenes.get(box.id, 0))


def _count(number: int | None) -> str:
    if number is None:
        return ""
    return f'<span class="count">{number:,}×</span>' if number else '<span class="count never">never</span>'


def _mark(kind: str) -> str:
    return (
        '<svg class="pv" width="11" height="12" aria-hidden="true">'
        f'<path class="mark-{kind}" fill-rule="evenodd" d="{MARKS[kind]}"/></svg>'
    )
