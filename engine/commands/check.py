"""`palaver check`: prints every mistake of a story, and says by its exit code whether there was one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.shared import STORY, Commands, lenient_settings, named_story

if TYPE_CHECKING:
    from engine.story.load import Checked

_NARROWEST = 40
_ABOUT = """\
Errors keep a story from being played; warnings tell what is probably not meant. A comment quiets a warning:
`# palaver: ignore[code]` on its line or the line above, `# palaver: ignore-all[code]` in the whole story.
docs/checks.md explains every code. Exit codes: 0 sound, 1 errors (with --strict also warnings), 2 a wrong command."""


def add(commands: Commands) -> None:
    """Register the command."""
    check = commands.add_parser("check", help="find every mistake in a story", description=_ABOUT)
    check.add_argument("story", nargs="+", metavar="STORY", help=STORY)
    check.add_argument("--strict", action="store_true", help="let warnings fail, too")
    check.add_argument("--context", type=int, metavar="N", help="tokens that a prompt has to fit into")
    check.add_argument("--format", choices=("text", "json", "lsp"), default="text", help="lsp is for editors")
    check.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    check.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check each story; 1 when one has an error."""
    from engine.checking import DEFAULT_CONTEXT, LEAST_CONTEXT, thoroughly

    if arguments.context is not None and arguments.context < LEAST_CONTEXT:
        print(f"--context {arguments.context} is too small: a prompt needs {LEAST_CONTEXT} or more.", file=sys.stderr)
        return 2
    settings = lenient_settings()
    contexts = (arguments.context,) if arguments.context else (DEFAULT_CONTEXT, settings.context)
    paths = [named_story(name, settings).path for name in arguments.story]
    results = [(path, thoroughly(path, contexts=contexts)) for path in paths]
    if arguments.format == "text":
        for number, (path, checked) in enumerate(results):
            _print(path, checked, first=number == 0)
    else:
        _print_for_programs(arguments.format, results)
    failing = ("error", "warning") if arguments.strict else ("error",)
    return 1 if any(found.severity in failing for _, checked in results for found in checked.diagnostics) else 0


def _print(path: Path, checked: Checked, *, first: bool) -> None:
    from engine.plaintext import clean_line

    if not first:
        print()
    title = checked.graph.title if checked.graph is not None else clean_line(str(path))
    print(f"{title}: {_verdict(checked)}")
    for found in checked.diagnostics:
        print(_wrapped(str(found)))


def _verdict(checked: Checked) -> str:
    """Return in one line how the story stands."""
    severities = [found.severity for found in checked.diagnostics]
    errors, warnings = severities.count("error"), severities.count("warning")
    warned = f"{_counted(warnings, 'warning')}" if warnings else ""
    if errors:
        rest = "" if checked.whole else " The rest could not be checked: once this is mended, more may be found."
        return f"{', '.join(filter(None, (_counted(errors, 'error'), warned)))}.{rest}"
    graph = checked.graph
    if graph is None:
        return "nothing could be checked."
    counts = (
        _counted(len(graph.scenes), "scene"),
        _counted(len(graph.characters), "character"),
        _counted(len(graph.endings), "ending"),
    )
    return f"sound{f', with {warned}' if warned else ''}. {', '.join(counts)}."


def _wrapped(line: str) -> str:
    """Fold a line for a person at a terminal; programs and editors that read it want one line each."""
    if not sys.stdout.isatty():
        return line
    import shutil
    import textwrap

    width = max(_NARROWEST, min(shutil.get_terminal_size().columns, 100))
    return textwrap.fill(line, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _print_for_programs(form: str, results: Iterable[tuple[Path, Checked]]) -> None:
    import json

    from engine.problems import as_json, as_lsp

    made = [one for path, checked in results for one in (as_lsp(checked, path) if form == "lsp" else as_json(checked))]
    print(json.dumps(made, indent=2, ensure_ascii=False))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
