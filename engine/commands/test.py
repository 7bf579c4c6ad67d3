"""`palaver test`: runs the tests that stand beside stories, and says by its exit code whether all of them hold."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.shared import Commands, named_story
from engine.errors import StoryError

if TYPE_CHECKING:
    from engine.story.diagnostics import Diagnostic
    from engine.storytest.cases import Suite
    from engine.storytest.report import Run

_ABOUT = """\
Plays each test in STORY/tests/NAME.yaml, or in inn.tests/ beside inn.yaml, with no model and no network;
docs/testing.md tells how they are written. Exit codes: 0 all hold, 1 one fails or is written wrongly, 2 there
is none to run."""


def add(commands: Commands) -> None:
    """Register the command."""
    test = commands.add_parser("test", help="run the tests that stand beside a story", description=_ABOUT)
    what = "a story's folder or file, a file of its tests, or the name of a story in the library (the stories here)"
    test.add_argument("story", nargs="*", metavar="STORY", help=what)
    test.add_argument("-k", metavar="WORDS", default="", help="only tests whose file and name have all these words")
    test.add_argument("-x", action="store_true", dest="first", help="stop at the first that fails")
    test.add_argument("--list", action="store_true", help="name the tests and run none")
    test.add_argument("--junit", metavar="FILE", type=Path, help="write JUnit XML for a build server")
    test.add_argument("--json", action="store_true", help="one JSON object")
    test.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the tests; 1 when one fails or is written wrongly, 2 when there is none to run."""
    from engine.atomic import write_atomically
    from engine.storytest.report import as_json, as_junit, failure_lines, verdict

    found: list[Diagnostic] = []
    suites = list(_suites(arguments.story, found))
    wrong = [each for each in found if each.severity == "error"]
    words = arguments.k.casefold().split()
    chosen = [
        (suite, case) for suite in suites for case in suite.cases if all(word in case.id.casefold() for word in words)
    ]
    if arguments.list:
        print("\n".join(case.id for _, case in chosen))
        return 1 if wrong else 0
    begun = time.perf_counter()
    runs = list(_played(suites, {id(case) for _, case in chosen}, first=arguments.first))
    seconds = time.perf_counter() - begun
    if arguments.junit:
        write_atomically(arguments.junit, as_junit(runs, seconds, wrong).encode(), mode=0o644)
    if arguments.json:
        print(json.dumps(as_json(runs, found), indent=2, ensure_ascii=False))
    else:
        if runs:
            print(verdict(runs, seconds))
        for result in (played.result for played in runs if not played.result.passed):
            print("", *failure_lines(result), sep="\n")
    for each in found:
        print(each, file=sys.stderr)
    if wrong:
        print("Tests were left out until that is mended.", file=sys.stderr)
    if wrong or any(not played.result.passed for played in runs):
        return 1
    if not runs:
        print(_nothing(arguments, suites), file=sys.stderr)
        return 2
    return 0


def _suites(named: Sequence[str], found: list[Diagnostic]) -> Iterator[Suite]:
    """Yield the tests of what is named, story by story; `found` takes in what is wrong with either."""
    from engine.storytest.files import stories_here
    from engine.storytest.suites import load_suites

    wanted: dict[Path, dict[Path, None]] = {}
    for path in [named_story(name).path for name in named] or stories_here(Path()):
        story, files = _tests(path)
        wanted.setdefault(story, {}).update(dict.fromkeys(files))
    for story, those in wanted.items():
        try:
            suites = load_suites(story, those)
        except StoryError as error:
            found.extend(error.diagnostics)
            continue
        for suite in suites:
            found.extend(suite.diagnostics)
            yield suite


def _tests(path: Path) -> tuple[Path, Sequence[Path]]:
    """Return the story that is meant by a path, and which files of its tests: one that is named, or all."""
    from engine.story.source import MAIN_FILE
    from engine.storytest.files import files_of, story_of

    if path.is_dir():
        story = story_of(path / MAIN_FILE) or path
        return story, files_of(story)
    if path.name == MAIN_FILE:
        return path.parent, files_of(path)
    story = story_of(path) or path
    return story, files_of(path) if story == path else [path]


def _played(suites: Sequence[Suite], chosen: set[int], *, first: bool) -> Iterator[Run]:
    """Yield the chosen tests as they are run."""
    import asyncio

    from engine.storytest.playing import play
    from engine.storytest.report import Run

    with asyncio.Runner() as runner:
        for suite in suites:
            for case in suite.cases:
                if id(case) in chosen:
                    begun = time.perf_counter()
                    result = runner.run(play(suite.graph, case))
                    yield Run(result, time.perf_counter() - begun)
                    if first and not result.passed:
                        return


def _nothing(arguments: argparse.Namespace, suites: Sequence[Suite]) -> str:
    """Return why there was nothing to run, and what to do."""
    if any(suite.cases for suite in suites):
        return f'No test has the words "{arguments.k}". `palaver test --list` names them.'
    if arguments.story:
        return "There are no tests beside that: write them in STORY/tests/NAME.yaml. See docs/testing.md."
    return "There are no tests here. Name a story: palaver test STORY."
