"""A story is named in the same way in every command, and a name that nothing has is told in the same words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli import main

STORY = """palaver: 1
title: The inn
start: bar
scenes:
  bar: {choices: [{text: Go up, goto: room}]}
  room: {ending: A bed}
"""
HALF = """palaver: 1
title: The inn
start: bar
scenes:
  bar: {choices: [{text: Go up, goto: room}]}
"""
COMMANDS = ["play --plain --offline", "check", "test", "graph", "prove", "playtest", "judge", "probe --offline"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PALAVER_SAVES", str(tmp_path / "saves"))
    monkeypatch.setenv("PALAVER_CONFIG", str(tmp_path / "config.yaml"))
    for name in ("PALAVER_BASE_URL", "PALAVER_MODEL", "PALAVER_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config.yaml").write_text("{}\n")
    return tmp_path


@pytest.mark.parametrize("command", [*COMMANDS, "diff inn"])
def test_a_story_that_is_nowhere_is_a_wrong_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("inn.yaml").write_text(STORY)

    assert main([*command.split(), "nowhere"] if command != "diff inn" else ["diff", "inn.yaml", "nowhere"]) == 2
    assert capsys.readouterr().err.startswith('There is no story "nowhere": neither here nor in the library.')


@pytest.mark.parametrize("command", [*COMMANDS[3:5], "check"])
def test_a_story_of_the_library_is_known_by_its_name(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("stories").mkdir()
    Path("stories/inn.yaml").write_text(STORY)

    assert main([*command.split(), "inn"]) == 0
    assert "The inn" in capsys.readouterr().out


@pytest.mark.parametrize("command", [*COMMANDS[:2], *COMMANDS[3:]])
def test_mistakes_are_told_by_the_name_that_was_given(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("tale").mkdir()
    Path("tale/story.yaml").write_text(HALF)

    assert main([*command.split(), "tale"]) == 1
    told = capsys.readouterr()
    assert 'tale/story.yaml:5:39: error: There is no scene "room".' in told.out.replace("\\", "/") + told.err
    assert str(Path.cwd()) not in told.out + told.err


@pytest.mark.parametrize("command", ["play --plain --offline", "prove", "graph", "playtest"])
def test_a_file_that_needs_those_beside_it_says_that_it_was_read_alone(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("tale").mkdir()
    Path("tale/story.yaml").write_text(HALF)
    Path("tale/rooms.yaml").write_text("scenes: {room: {ending: A bed}}\n")

    assert main([*command.split(), "tale/story.yaml"]) == 1
    assert "name its folder, and the files beside it are read too. [read-alone]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["chekc", "inn.yaml"], 'There is no command "chekc". Did you mean "palaver check"?\n'),
        (["prov"], 'There is no command "prov". Did you mean "palaver prove"?\n'),
        (["list", "inn.yaml"], 'There is no command "list". `palaver --help` names them all.\n'),
    ],
)
def test_a_mistyped_command_is_told_as_one(typed: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(typed) == 2
    assert capsys.readouterr().err == told


def test_a_story_may_be_called_almost_like_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    Path("stories").mkdir()
    Path("stories/tests.yaml").write_text(STORY)

    assert main(["tests", "--moves", "nothing.moves", "--load", "x"]) == 2
    assert capsys.readouterr().err.startswith("--moves begins a new game")


def test_a_story_is_looked_for_whatever_is_wrong_with_the_settings(folder: Path) -> None:
    (folder / "config.yaml").write_text("nonsense: 1\n")
    Path("stories").mkdir()
    Path("stories/inn.yaml").write_text(STORY)

    assert [main([command, "inn"]) for command in ("check", "prove", "graph")] == [0, 0, 0]


@pytest.mark.parametrize("command", ["graph inn.yaml -o", "schema -o"])
def test_a_file_in_a_folder_that_is_not_there_is_told_by_its_name(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("inn.yaml").write_text(STORY)

    assert main([*command.split(), "far/off.json", *(["--format", "svg"] if "graph" in command else [])]) == 2
    err = capsys.readouterr().err
    assert err == "There is no folder far for off.json. Make that folder first, or name another.\n"


def test_a_move_that_names_no_choice_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    Path("inn.yaml").write_text(STORY)
    Path("a.moves").write_text("seed 1\nchoose go_upp\n")
    Path("b.moves").write_text("seed 1\nchoose steal\n")

    assert [main(["inn.yaml", "--plain", "--offline", "--moves", name]) for name in ("a.moves", "b.moves")] == [1, 1]
    err = capsys.readouterr().err
    assert 'Did you mean "go_up"?\n' in err
    assert 'There is "go_up".\n' in err


@pytest.mark.parametrize("command", ["prove inn.yaml", "probe inn.yaml --offline", "playtest inn.yaml --plays 2"])
def test_json_is_printed_by_the_same_flag(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("inn.yaml").write_text(STORY)

    assert main([*command.split(), "--json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), dict)
