"""Lets pytest run the tests that stand beside stories, one item a test.

It takes only files that its user names: those matching the ini option `palaver_stories`, and those given on pytest's
command line that stand beside a story. No other YAML is looked at, and nothing of Palaver is imported before that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from engine.story.load import Checked
    from engine.storytest.cases import Case, Suite
    from engine.storytest.playing import Result

OPTION = "palaver_stories"
_STORIES: pytest.StashKey[dict[Path, Checked]] = pytest.StashKey()
"""Each story is loaded once, however many files of tests it has."""


class NotAsExpected(Exception):
    """A story's test failed; `result` says how."""

    def __init__(self, result: Result) -> None:
        super().__init__("; ".join(f"expected {each.expected}; found: {each.found}" for each in result.failures))
        self.result = result


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the option."""
    what = "Files of Palaver story tests, as patterns under the root folder: stories/*/tests/*.yaml"
    parser.addini(OPTION, what, type="linelist", default=[])


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> StoryTests | None:
    """Take a file that is asked for."""
    if file_path.suffix != ".yaml":
        return None
    if not parent.session.isinitpath(file_path) and not _asked_for(file_path, parent.config):
        return None
    from engine.storytest.files import story_of

    if story_of(file_path) is None:
        return None
    found: StoryTests = StoryTests.from_parent(parent, path=file_path)
    return found


def _asked_for(path: Path, config: pytest.Config) -> bool:
    inside = path.relative_to(config.rootpath).as_posix() if path.is_relative_to(config.rootpath) else path.as_posix()
    return any(fnmatch(inside, pattern) for pattern in config.getini(OPTION))


class StoryTests(pytest.File):
    """A file of tests beside a story."""

    def collect(self) -> Iterator[StoryTest]:
        """Yield its tests; a mistake in them or in their story fails the collection, with every place."""
        from engine.errors import PalaverError
        from engine.storytest.suites import load_suite

        try:
            known = self.config.stash.setdefault(_STORIES, {})
            suite = load_suite(self.path, base=self.config.rootpath, known=known)
        except PalaverError as error:
            raise self.CollectError(str(error)) from None
        for case in suite.cases:
            yield StoryTest.from_parent(self, name=case.name, suite=suite, case=case)


class StoryTest(pytest.Item):
    """One test of a story."""

    def __init__(self, *, suite: Suite, case: Case, **known: Any) -> None:
        super().__init__(**known)
        self._suite = suite
        self._case = case

    def runtest(self) -> None:
        """Play it; raises `NotAsExpected`."""
        from engine.storytest.playing import play

        result = asyncio.run(play(self._suite.graph, self._case))
        if not result.passed:
            raise NotAsExpected(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what was expected and found, in place of a traceback."""
        if isinstance(excinfo.value, NotAsExpected):
            from engine.storytest.report import failure_lines

            return "\n".join(failure_lines(excinfo.value.result))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where it stands, for reports."""
        return self.path, max(self._case.place.line - 1, 0), self.name
