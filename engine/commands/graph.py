"""`palaver graph`: draws a story, as a page to explore or in a form that other programs draw."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.shared import STORY, Commands, named_story
from engine.errors import PalaverError
from engine.plaintext import clean_line

if TYPE_CHECKING:
    from engine.drawing import Coverage
    from engine.story.graph import StoryGraph

FORMATS = ("mermaid", "dot", "svg", "html")
_ENDINGS = {
    ".html": "html", ".htm": "html", ".svg": "svg", ".dot": "dot", ".gv": "dot",
    ".mmd": "mermaid", ".mermaid": "mermaid",
}  # fmt: skip


def add(commands: Commands) -> None:
    """Register the command."""
    graph = commands.add_parser(
        "graph",
        help="draw a story as a page, SVG, Mermaid or DOT",
        description="Draws a story's scenes, what may happen in them and where it leads. Without a file, the drawing "
        "is printed, as Mermaid unless another format is named.",
    )
    graph.add_argument("story", metavar="STORY", help=STORY)
    graph.add_argument("--format", choices=FORMATS, help="what to write (what FILE's name says, else mermaid)")
    graph.add_argument("-o", "--output", type=Path, metavar="FILE", help="write there: .html, .svg, .dot or .mmd")
    graph.add_argument("--coverage", type=Path, metavar="REPORT", help="show what was reached: playtest --json REPORT")
    graph.add_argument(
        "--open", action="store_true", help="show it in the browser; writes STORY.html if no FILE is named"
    )
    graph.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Draw the story; 2 when what was asked for cannot be done."""
    output: Path | None = arguments.output
    try:
        form = _format(arguments)
        path = named_story(arguments.story).path
        coverage = _coverage(arguments.coverage) if arguments.coverage else None
        if output is not None:
            _refuse(output, path)
    except PalaverError as error:
        print(error, file=sys.stderr)
        return 2
    from engine.story.load import load_story

    graph = load_story(path)
    if output is None and arguments.open:
        output = Path(f"{graph.id}.{form}")
    doubt = coverage.doubt(graph.id, graph.hash) if coverage is not None else ""
    text, note = _drawn(graph, path, form, coverage)
    for said in filter(None, (doubt, note)):
        print(said, file=sys.stderr)
    if output is None:
        print(text, end="")
        return 0
    output.write_text(text, "utf-8")
    print(_verdict(graph, output))
    if arguments.open:
        _show(output)
    return 0


def _format(arguments: argparse.Namespace) -> str:
    output: Path | None = arguments.output
    said: str | None = arguments.format
    if arguments.open and said not in (None, "html", "svg"):
        raise PalaverError(f"A browser cannot show {said}.", do="Leave --format out, or write html or svg.")
    if said is not None:
        return said
    if output is None:
        return "html" if arguments.open else "mermaid"
    known = _ENDINGS.get(output.suffix.lower())
    if known is None:
        raise PalaverError(
            f'The name "{output.name}" does not say what to write.',
            do="End it in .html, .svg, .dot or .mmd, or say --format.",
        )
    return known


def _refuse(output: Path, story: Path) -> None:
    """Refuse to write over what an author wrote: a slip of the command line must not cost a story."""
    if output.suffix.lower() in (".yaml", ".yml") or (output.exists() and output.samefile(story)):
        raise PalaverError(f"{output} may be a part of a story.", do="Name another file to write to.")


def _coverage(path: Path) -> Coverage:
    import json

    from engine.drawing import read_coverage

    try:
        report = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise PalaverError(
            f"{path} is not JSON: {error}.", do="Write a report: palaver playtest STORY --json FILE"
        ) from error
    except OSError as error:
        raise PalaverError(f"{path} cannot be read: {error.strerror}.") from error
    return read_coverage(report)


def _drawn(graph: StoryGraph, path: Path, form: str, coverage: Coverage | None) -> tuple[str, str]:
    """Return the drawing, and what whoever uses it should know."""
    from engine.drawing import picture, write_dot, write_mermaid, write_page, write_svg
    from engine.drawing.mermaid import too_much
    from engine.story.keyplaces import KeyPlaces

    if form == "html":
        places = KeyPlaces(path, graph)
        return write_page(picture(graph, lambda scene: str(places.of(scene) or "")), coverage), ""
    drawn = picture(graph)
    if form == "svg":
        return write_svg(drawn, coverage) + "\n", ""
    if form == "dot":
        return write_dot(drawn, coverage), ""
    chart = write_mermaid(drawn, coverage)
    return chart, too_much(chart, drawn)


def _verdict(graph: StoryGraph, output: Path) -> str:
    from engine.drawing import picture

    return f"{clean_line(str(output))}: {graph.title}, {picture(graph).counts()}."


def _show(output: Path) -> None:
    import webbrowser

    if not webbrowser.open(output.resolve().as_uri()):
        print(f"No browser was found to show it: open {output} yourself.", file=sys.stderr)
