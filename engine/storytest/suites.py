"""Loads stories with their tests: each story once, each file of tests against it, every mistake at its place."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.errors import PalaverError, StoryError
from engine.story.load import Checked, check_story
from engine.storytest.cases import Suite
from engine.storytest.files import story_of
from engine.storytest.reading import read_tests


def load_suites(story: Path, files: Iterable[Path], *, base: Path | None = None) -> tuple[Suite, ...]:
    """Return the tests in `files`, all of the story at `story`; raises `StoryError` where the story has mistakes."""
    checked = check_story(story, base=base)
    return tuple(_read(file, story, checked, base) for file in files)


def load_suite(file: Path, *, base: Path | None = None, known: dict[Path, Checked] | None = None) -> Suite:
    """Return the tests in one file with the story they stand beside; raises `StoryError` for mistakes in either.

    `known` are stories that were checked before; this one is added.
    """
    story = story_of(file)
    if story is None:
        raise PalaverError(
            f"{file} stands beside no story.",
            do="Tests are in STORY/tests/NAME.yaml, or in inn.tests/ beside inn.yaml.",
        )
    checked = (known or {}).get(story) or check_story(story, base=base)
    if known is not None:
        known[story] = checked
    suite = _read(file, story, checked, base)
    if suite.mistakes:
        raise StoryError(suite.mistakes)
    return suite


def _read(file: Path, story: Path, checked: Checked, base: Path | None) -> Suite:
    if checked.graph is None or checked.names is None:
        raise StoryError(checked.reasons)
    root = story if story.is_dir() else story.parent
    return read_tests(file, checked.graph, checked.names, root=root, base=base)
