"""Makes one page of a story: its drawing, and beside it what every scene tells and where it leads.

The page fetches nothing and sends nothing: its content policy allows its own style and its own script, by their
hashes, and forbids everything else. The script never reads a story's words as code or markup; all of them are in the
page as escaped text, so that it can be read, searched and printed with scripts off too.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib import resources

from engine.drawing.coverage import Coverage
from engine.drawing.picture import Picture, picture
from engine.drawing.sections import overview, sections
from engine.drawing.style import STYLE
from engine.drawing.svg import write_svg
from engine.drawing.words import escaped
from engine.story.graph import StoryGraph

_HEAD = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{script_hash}'; \
style-src '{style_hash}' '{drawing_hash}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1 dir="auto">{title}</h1>
<p>{counts}</p>
<div class="tools">
<input id="search" type="search" placeholder="Search" aria-label="Search scenes, texts and conditions" title="Press /">
<output id="found" for="search"></output>
<button type="button" value="-" aria-label="Smaller" title="Smaller (-)">−</button>
<button type="button" value="+" aria-label="Larger" title="Larger (+)">+</button>
<button type="button" value="f" title="Show all of it (f)">Fit</button>
<button type="button" value="s" title="Go to the start (s)">Start</button>
</div>
</header>
"""


def page(graph: StoryGraph, coverage: Coverage | None = None) -> str:
    """Return a story as one self-contained HTML page, with a heat map where there is coverage."""
    return write_page(picture(graph), coverage)


def write_page(drawn: Picture, coverage: Coverage | None = None) -> str:
    """Return a picture as a page: see `page`."""
    style, script = _data("page.css"), _data("page.js")
    parts = [
        _HEAD.format(
            language=escaped(drawn.language),
            title=escaped(drawn.title),
            counts=drawn.counts() if coverage is None else f"{drawn.counts()}; {coverage.plays:,} plays",
            style=style,
            style_hash=_hash(style),
            drawing_hash=_hash(STYLE),
            script_hash=_hash(script),
        )
    ]
    if coverage is not None and (doubt := coverage.doubt(drawn.id, drawn.hash)):
        parts.append(f'<p class="doubt" role="alert">{escaped(doubt)}</p>')
    parts += [
        '<main>\n<div class="map">',
        write_svg(drawn, coverage, linked=True),
        '</div>\n<aside aria-label="What the scenes tell">',
        overview(drawn, coverage),
        *sections(drawn, coverage),
        f"</aside>\n</main>\n<script>{script}</script>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


@cache
def _data(name: str) -> str:
    return resources.files("engine.drawing").joinpath("data", name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
