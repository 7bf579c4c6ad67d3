"""`palaver check` counts what it found in plain English and says when it could not look at everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli import main

STORY = "palaver: 1\ntitle: T\nstart: a\nscenes: {a: {ending: The end}}\n"


def checked(path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    main(["check", str(path)])
    return capsys.readouterr().out.splitlines()


def test_one_of_a_thing_is_not_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tale.yaml").write_text(STORY)

    assert checked(tmp_path / "tale.yaml", capsys) == ["T: sound. 1 scene, 0 characters, 1 ending."]


def test_a_story_that_could_not_be_read_to_its_end_may_hold_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tale.yaml").write_text(STORY.replace("title: T", "title: @T"))

    assert checked(tmp_path / "tale.yaml", capsys)[-1].startswith("1 error. The rest could not be checked")


def test_a_story_that_was_looked_at_to_its_end_holds_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tale.yaml").write_text(STORY.replace("start: a", "start: b"))

    assert checked(tmp_path / "tale.yaml", capsys)[-1] == "1 error"
