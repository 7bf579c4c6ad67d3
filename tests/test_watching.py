"""Watching a story's files: an edit is told once, when it is whole, and a mistake is told as `check` tells it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.story.load import load_story
from engine.watching import Edit, Watch
from support.edited import TALE, edit, save


@pytest.fixture
def tale(tmp_path: Path) -> Path:
    path = tmp_path / "inn.yaml"
    path.write_text(TALE, "utf-8")
    return path


def watch(path: Path) -> Watch:
    made = Watch(path, load_story(path).hash)
    assert settled(made) is None
    return made


def settled(watch: Watch) -> Edit | None:
    """Look until the files are at rest."""
    watch.look()
    return watch.look()


def test_an_edit_is_told_once_and_only_when_its_files_are_at_rest(tale: Path) -> None:
    eye = watch(tale)
    edit(tale, "Rain.", "Snow.")
    assert eye.look() is None
    edit(tale, "Snow.", "Hail.")
    assert eye.look() is None
    told = eye.look()
    assert told is not None
    assert told.graph is not None
    assert "Hail." in told.graph.passages["yard"].source
    assert eye.look() is None


def test_touching_a_file_is_no_edit(tale: Path) -> None:
    eye = watch(tale)
    os.utime(tale, (1, 1))
    assert settled(eye) is None
    save(tale, TALE)
    assert settled(eye) is None


def test_a_file_that_is_gone_between_two_steps_of_a_rename_is_waited_for(tale: Path) -> None:
    eye = watch(tale)
    tale.unlink()
    assert eye.look() is None
    save(tale, TALE.replace("Rain.", "Snow."))
    assert eye.look() is None
    told = eye.look()
    assert told is not None
    assert told.graph is not None


def test_a_mistake_is_told_with_its_place_and_mending_it_is_an_edit(tale: Path) -> None:
    eye = watch(tale)
    edit(tale, "goto: bar}", "goto: barr}")
    told = settled(eye)
    assert told is not None
    assert told.graph is None
    (error,) = told.errors
    assert error.place.startswith(f"{tale}:23:")
    assert 'Did you mean "bar"?' in error.message
    assert settled(eye) is None
    edit(tale, "goto: barr}", "goto: bar}")
    mended = settled(eye)
    assert mended is not None
    assert mended.graph is not None


def test_every_file_of_a_folder_is_watched_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "inn"
    folder.mkdir()
    head, scenes = TALE.split("scenes:")
    (folder / "story.yaml").write_text(head, "utf-8")
    (folder / "rooms.yaml").write_text(f"scenes:{scenes}", "utf-8")
    eye = watch(folder)
    (folder / ".rooms.yaml.swp").write_text("x", "utf-8")
    (folder / "notes.txt").write_text("x", "utf-8")
    assert settled(eye) is None
    edit(folder / "rooms.yaml", "Rain.", "Snow.")
    assert settled(eye) is not None


def test_a_story_that_is_gone_is_a_mistake_and_nothing_worse(tale: Path) -> None:
    eye = watch(tale)
    tale.unlink()
    told = settled(eye)
    assert told is not None
    assert "no such file" in told.errors[0].message.lower()
    assert settled(eye) is None


def test_a_file_that_is_read_alone_is_watched_alone(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(TALE, "utf-8")
    eye = watch(path)
    (tmp_path / "rooms.yaml").write_text("scenes: {}", "utf-8")
    assert settled(eye) is None
