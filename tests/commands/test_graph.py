"""`palaver graph` prints a chart for a pipe, writes what a file's name says, and never over a story."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli import main

STORY = """palaver: 1
title: The inn
start: bar
state: {key: false}
scenes:
  bar: {choices: [{id: up, text: Go up, if: not key, goto: room}, {id: wait, text: Wait}]}
  room: {ending: A bed}
"""


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inn.yaml").write_text(STORY)
    return tmp_path / "inn.yaml"


def test_with_no_file_it_prints_mermaid(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", str(story)]) == 0

    out = capsys.readouterr().out
    assert "flowchart LR\n" in out
    assert 's_bar -->|"Go up<br/>if not key"| s_room' in out


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("a.html", "<!doctype html>"),
        ("a.svg", "<svg "),
        ("a.dot", "digraph story {"),
        ("a.gv", "digraph"),
        ("a.mmd", "---"),
    ],
)
def test_the_name_of_the_file_says_what_to_write(
    story: Path, name: str, begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["graph", str(story), "-o", name]) == 0

    assert Path(name).read_text("utf-8").startswith(begins)
    assert capsys.readouterr().out == f"{name}: The inn, 2 scenes, 1 way between them, 1 ending.\n"


def test_a_page_says_where_a_scene_is_written(story: Path) -> None:
    main(["graph", "inn.yaml", "-o", "inn.html"])

    assert "inn.yaml:6:3" in Path("inn.html").read_text("utf-8")


def test_a_format_goes_before_a_name(story: Path) -> None:
    assert main(["graph", str(story), "--format", "dot", "-o", "chart.txt"]) == 0

    assert Path("chart.txt").read_text("utf-8").startswith("digraph")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["inn.yaml", "-o", "chart.txt"], "does not say what to write"),
        (["inn.yaml", "--format", "html", "-o", "inn.yaml"], "may be a part of a story"),
        (["inn.yaml", "--format", "html", "-o", "other.yml"], "may be a part of a story"),
        (["inn.yaml", "--open", "--format", "dot"], "browser cannot show dot"),
        (["inn.yaml", "--coverage", "none.json"], "none.json cannot be read"),
        (["inn.yaml", "--coverage", "inn.yaml"], "inn.yaml is not JSON"),
        (["nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    story: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["graph", *words]) == 2

    assert said in capsys.readouterr().err
    assert story.read_text() == STORY
    assert [*Path().iterdir()] == [Path("inn.yaml")]


def test_a_story_with_a_mistake_is_not_drawn(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story.write_text(STORY.replace("goto: room", "goto: rom"))

    assert main(["graph", str(story)]) == 1
    assert 'Did you mean "room"?' in capsys.readouterr().err


def test_coverage_of_an_edited_story_is_shown_with_a_warning(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = {"palaver_playtest": 1, "story": {"id": "inn", "hash": "old"}, "plays": 4, "scenes": {"bar": 4}}
    Path("report.json").write_text(json.dumps({**report, "choices": {"bar/choices/up": 3}}))

    assert main(["graph", str(story), "--coverage", "report.json"]) == 0

    captured = capsys.readouterr()
    assert "Go up (3×)" in captured.out
    assert "edited since" in captured.err


def test_open_writes_a_page_named_after_the_story_and_shows_it(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: bool(shown.append(address)) or True)

    assert main(["graph", str(story), "--open"]) == 0

    assert shown == [Path("inn.html").resolve().as_uri()]
    assert Path("inn.html").is_file()
