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
    for story in arguments.story:
        checked = check_story(Path(story))
        found += checked.diagnostics
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
        print(f"{errors} {'error' if errors == 1 else 'errors'}")
    return 1 if errors else 0


def _summary(graph: StoryGraph) -> str:
    return (
        f"{graph.title}: sound. {len(graph.scenes)} scenes, {len(graph.characters)} characters, "
        f"{len(graph.endings)} endings."
    )
