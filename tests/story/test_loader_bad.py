"""Every story in `stories_bad` gives exactly the lines beside it: file, line, column, what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.checking import thoroughly
from engine.errors import StoryError
from engine.story.load import load_story

STORIES = Path(__file__).parent.parent / "stories_bad"
EXPECTED = sorted(STORIES.glob("*.expected"))


def story_of(expected: Path) -> Path:
    folder = expected.with_suffix("")
    return folder if folder.is_dir() else expected.with_suffix(".yaml")


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.stem)
def test_a_bad_story_gives_exactly_its_diagnostics(expected: Path) -> None:
    checked = thoroughly(story_of(expected), base=STORIES)

    assert [str(found) for found in checked.diagnostics] == expected.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.stem)
def test_a_story_with_errors_is_never_loaded(expected: Path) -> None:
    story = story_of(expected)
    errors = [found for found in thoroughly(story).diagnostics if found.severity == "error"]
    if errors:
        with pytest.raises(StoryError) as refused:
            load_story(story)
        assert refused.value.diagnostics == tuple(errors)
    else:
        assert load_story(story).scenes


def test_no_story_is_without_expectations_and_none_is_sound() -> None:
    stories = {path.stem for path in STORIES.iterdir() if path.suffix != ".expected"}

    assert stories == {path.stem for path in EXPECTED}
    assert all(path.read_text(encoding="utf-8") for path in EXPECTED)


def test_messages_are_in_the_authors_words() -> None:
    lines = "".join(path.read_text(encoding="utf-8") for path in EXPECTED)

    for machine_word in (
        "Input should",
        "valid dictionary",
        "NoneType",
        "pydantic",
        "ScannerError",
        "Traceback",
        "dict",
    ):
        assert machine_word not in lines
