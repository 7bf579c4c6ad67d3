"""`palaver check`: prints every mistake of a story, and says by its exit code whether there was one."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.shared import Commands

if TYPE_CHECKING:
    from engine.story.diagnostics import Diagnostic
    from engine.story.graph import StoryGraph


def add(commands: Commands) -> None:
    """Register the command."""
    check = commands.add_parser("check", help="find every mistake in a story")
    check.add_argument("story", nargs="+", metavar="STORY", help="a folder or a file")
    check.add_argument("--json", action="store_true", help="one JSON array of findings")
    check.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check each story; 1 when one has an error."""
    from engine.story.load import check_story

    found: list[Diagnostic] = []
    whole = True
    for story in arguments.story:
        checked = check_story(Path(story))
        found += checked.diagnostics
        whole = whole and checked.whole
        if not arguments.json:
            for diagnostic in checked.diagnostics:
                print(diagnostic)
            if checked.graph is not None:
                print(_summary(checked.graph))
    if arguments.json:
        fields = ("file", "line", "column", "severity", "code", "message")
        print(json.dumps([{name: getattr(d, name) for name in fields} for d in found], indent=2, ensure_ascii=False))
    errors = sum(diagnostic.severity == "error" for diagnostic in found)
    if errors and not arguments.json:
        rest = "" if whole else ". The rest could not be checked: once this is mended, more may be found."
        print(f"{_counted(errors, 'error')}{rest}")
    return 1 if errors else 0


def _summary(graph: StoryGraph) -> str:
    counts = (
        _counted(len(graph.scenes), "scene"),
        _counted(len(graph.characters), "character"),
        _counted(len(graph.endings), "ending"),
    )
    return f"{graph.title}: sound. {', '.join(counts)}."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
