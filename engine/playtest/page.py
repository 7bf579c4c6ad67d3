"""The report as one page: verdict, heat map over the story's graph, and tables that sort.

The page fetches nothing and sends nothing; its content policy allows its own style and script by their hashes alone.
Every word of a story, a player or a model stands in it escaped.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources

from engine.drawing import picture, read_coverage, write_svg
from engine.drawing.style import STYLE
from engine.drawing.words import escaped
from engine.playtest.parts import KINDS
from engine.playtest.record import described
from engine.playtest.report import Found, at, counted, first, gaps, hanging

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{script}'; \
style-src '{style}' '{drawing}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: playtest</title>
<style>{css}</style>
</head>
<body>
<header><h1 dir="auto">{title}</h1><p class="{looks}">{verdict}</p></header>
<nav>{links}</nav>
<main>
"""
_SECTIONS = {
    "reached": "What was reached", "troubles": "What went wrong or on and on", "endings": "Endings", "map": "Heat map",
    "silence": "Lines without an answer", "lines": "Line by line", "repeats": "Repeats and refusals",
}  # fmt: skip


def page(found: Found) -> str:
    """Return the report as a self-contained HTML page."""
    css, script = _data("playtest.css"), _data("playtest.js")
    bodies = {
        "reached": "".join(_reached(found)),
        "troubles": "".join(_troubles(found)),
        "endings": "".join(_endings(found)),
        "map": _map(found),
        "silence": "".join(_silence(found)),
        "lines": _lines(found),
        "repeats": "".join(_repeats(found)),
    }
    shown = {name: body for name, body in bodies.items() if body}
    head = _HEAD.format(
        title=escaped(found.graph.title),
        looks="bad" if found.wrong else "good",
        verdict=escaped(_verdict(found)),
        links=" ".join(f'<a href="#{name}">{_SECTIONS[name]}</a>' for name in shown),
        css=css,
        script=_hash(script),
        style=_hash(css),
        drawing=_hash(STYLE),
    )
    sections = [f'<section id="{name}"><h2>{_SECTIONS[name]}</h2>\n{body}</section>\n' for name, body in shown.items()]
    return f"{head}{''.join(sections)}</main>\n<script>{script}</script>\n</body>\n</html>\n"


def _verdict(found: Found) -> str:
    tally = found.tally
    wrong = sum(group.count for group in (*tally.errors.values(), *tally.hangs.values()))
    told = f"{wrong:,} broke or hung" if wrong else "none broke or hung"
    off = ", broken off" if found.stopped else ""
    return (
        f"{counted(tally.plays, 'play')}{off}: {told}. {found.percent:.0f} % of the story was reached, examples aside."
    )


def _reached(found: Found) -> Iterator[str]:
    yield '<dl class="bars">'
    for kind, called in KINDS.items():
        got, of = found.covered(kind)
        if of:
            yield (
                f'<dt>{called}</dt><dd><meter min="0" max="{of}" value="{got}"></meter> '
                f"{got:,} of {of:,} ({100 * got / of:.0f} %)</dd>"
            )
    yield "</dl>"
    turns = sorted(found.tally.turns)
    if turns:
        yield (
            f"<p>A play takes {at(turns, 0.5)} turns in the middle, at most {at(turns, 0.95)} in 95 of 100, "
            f"and {turns[-1]} at the longest.</p>"
        )
    who = ", ".join(f"{escaped(name)} {count:,}" for name, count in found.tally.players.items())
    yield f"<p>Players: {who}.</p>"
    if found.tally.tokens:
        dollars = f", ${found.tally.micro / 1e6:.4f}" if found.tally.micro else ""
        yield f"<p>Cost: {found.tally.tokens:,} tokens{dollars}.</p>"


def _troubles(found: Found) -> Iterator[str]:
    tally = found.tally
    rows = [(f"It broke: {error}", group) for error, group in sorted(tally.errors.items())]
    rows += [(f"It hangs: {hanging(found, *key)}", group) for key, group in sorted(tally.hangs.items())]
    rows += [(f'Not over after {found.most} turns: scene "{scene}"', g) for scene, g in sorted(tally.stalls.items())]
    rows += [(f"Given up: {why}", group) for why, group in sorted(tally.lost.items())]
    if rows:
        yield _table(("What", "Plays", "See it"), [(what, g.count, found.replay(g)) for what, g in rows], code=(2,))


def _endings(found: Found) -> Iterator[str]:
    endings = found.tally.endings
    over = sum(group.count for group in endings.values())
    rows: list[tuple[str | int, ...]] = []
    for scene in found.graph.endings:
        if scene.id not in endings:
            rows.append((scene.ending, 0, "never", "", ""))
    for scene_id, group in endings.items():
        name = found.graph.scenes[scene_id].ending or f"END from {scene_id}"
        share = f"{100 * group.count / over:.1f} %"
        rows.append((name, group.count, share, group.shown.turns, found.replay(group)))
    rows.sort(key=lambda row: -int(row[1]))
    yield _table(("Ending", "Plays", "Share", "Shortest, in turns", "See it"), rows, code=(4,))


def _map(found: Found) -> str:
    drawn = write_svg(picture(found.graph), read_coverage(described(found)))
    return (
        "<p>Each box is a scene, stronger where more plays came by; dashed and hatched where none did. "
        '<label><input type="checkbox" id="large"> In full size</label></p>\n'
        f'<div class="map" tabindex="0" role="region" aria-label="Heat map">{drawn}</div>'
    )


def _silence(found: Found) -> Iterator[str]:
    rows = [
        (gap.scene, found.graph.characters[gap.who].name, each.line, each.origin, times, f"{100 * gap.share:.0f} %")
        for gap in gaps(found.tally)
        for each, times in gap.lines
    ]
    if rows:
        yield (
            "<p>Lines to which the scripted actor found nothing written, so that a fallback was said; "
            "suggestions first. The share is of all that was said to this character there.</p>"
        )
        head = ("Scene", "Character", "Line", "Said as", "Times", "Unanswered there")
        yield _table(head, rows[:2_000])


def _lines(found: Found) -> str:
    rows = []
    for part in found.parts:
        place = found.place(part)
        where = f"{place.file}:{place.line}" if place is not None else ""
        rows.append((where, part.kind, part.about, found.tally.hits[part.key]))
    return (
        '<p><label><input type="checkbox" id="never"> Only what was never reached</label> '
        "(of a branch, plays that showed it are counted)</p>\n"
        + _table(("Place", "Kind", "What", "Reached"), rows, code=(0,))
    )


def _repeats(found: Found) -> Iterator[str]:
    tally = found.tally
    if tally.repeated:
        rows = [(who, text, times) for (who, text), times in first(tally.repeated, 200)]
        yield _table(("Character", "Reply given again in the same play", "Times"), rows)
    if tally.refused:
        refused = [(*key, times) for key, times in first(tally.refused, 200)]
        yield _table(("Scene", "Reading proposed", "Refused because", "Times"), refused)


def _table(head: Sequence[str], rows: Iterable[Sequence[str | int]], code: Sequence[int] = ()) -> str:
    """Return a table; a cell that is a number sorts as one."""
    parts = ["<div class='wide'><table><thead><tr>", *(f"<th scope='col'>{name}</th>" for name in head)]
    parts.append("</tr></thead><tbody>\n")
    for row in rows:
        never = ' class="never"' if isinstance(row[-1], int) and row[-1] == 0 else ""
        parts.append(f"<tr{never}>")
        for number, cell in enumerate(row):
            if isinstance(cell, int):
                parts.append(f'<td class="number" data-sort="{cell}">{cell:,}</td>')
            elif number in code:
                parts.append(f"<td><code>{escaped(cell)}</code></td>")
            else:
                parts.append(f'<td dir="auto">{escaped(cell)}</td>')
        parts.append("</tr>\n")
    return "".join([*parts, "</tbody></table></div>\n"])


@cache
def _data(name: str) -> str:
    return resources.files("engine.playtest").joinpath("data", name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
