"""`palaver prove` tells its verdict first, exits by it, and writes ways that `palaver play --moves` plays."""

from __future__ import annotations

import inspect
import io
import json
import re
from pathlib import Path

import pytest

from engine.cli import main
from engine.commands.prove import ADVICE
from engine.proving import proof

PLANTED = Path(__file__).parent.parent / "stories_planted"
STUCK = str(PLANTED / "faulty" / "soft_lock_key_left_behind.yaml")
SOUND = str(PLANTED / "sound" / "trust_high_enough.yaml")
MODEL = str(PLANTED / "faulty" / "goodwill_only_ending.yaml")


def test_a_sound_story_is_proved(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", SOUND]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Planted: proved. Whatever is said or done, an end can be reached.\n")
    assert "trust: -2 to 3\n" in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_a_soft_lock_is_told_with_its_place_and_a_way_into_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", STUCK]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert out.startswith("Planted: 1 thing can go wrong.")
    assert "soft_lock_key_left_behind.yaml:11:3: error:" in out
    assert "[soft-lock]" in out
    assert "choose down_the_hole" in out


def test_warnings_do_not_fail(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", MODEL]) == 0
    assert "needs a model" in capsys.readouterr().out


def test_json_holds_all_that_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", STUCK, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["whole"], told["notes"]) == (True, [])
    (finding,) = told["findings"]
    assert (finding["code"], finding["line"], finding["moves"]) == ("soft-lock", 11, ["choose down_the_hole"])
    (ending,) = told["endings"]
    assert (ending["name"], ending["without_models"], ending["tried"]) == ("Out", True, True)


def test_ways_are_written_and_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["prove", STUCK, "--moves-to", str(tmp_path / "ways")]) == 1
    way = tmp_path / "ways" / "soft-lock-cellar.moves"
    assert f"moves: {way}" in capsys.readouterr().out
    assert way.read_text("utf-8").splitlines()[-2:] == ["seed 1", "choose down_the_hole"]
    ways = sorted((tmp_path / "ways").iterdir())
    for each in ways:
        monkeypatch.setattr("sys.stdin", io.StringIO(""))
        assert (
            main(["play", STUCK, "--plain", "--offline", "--saves", str(tmp_path / "saves"), "--moves", str(each)]) == 0
        )
    told = capsys.readouterr().out
    assert "> " in told.partition("1. Wait")[2]  # the player stands where it got stuck
    assert "The end: Out" in told
    assert len(list((tmp_path / "saves").glob("*.palaver"))) == len(ways)


def test_moves_that_cannot_be_leave_no_save(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moves = tmp_path / "wrong.moves"
    moves.write_text("choose fly\n", "utf-8")
    saves = tmp_path / "saves"
    assert main(["play", STUCK, "--plain", "--offline", "--saves", str(saves), "--moves", str(moves)]) == 1
    assert 'Move 1, "choose fly", cannot be made in scene "hall"' in capsys.readouterr().err
    assert not list(saves.glob("*.palaver"))


@pytest.mark.parametrize("wrong", [["--memory", "0"], ["--states", "0"], ["--memory", "x"]])
def test_wrong_use_is_2(wrong: list[str]) -> None:
    try:
        code: object = main(["prove", SOUND, *wrong])
    except SystemExit as left:
        code = left.code
    assert code == 2


def test_stopping_before_the_end_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", STUCK, "--states", "1"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Planted: nothing was found so far that can go wrong, and not all was explored.\n")
    assert "Stopped before the end" in out
    assert "not found so far" in out


def test_every_finding_says_what_to_do() -> None:
    codes = set(re.findall(r'Finding\(\s*"([a-z-]+)"', inspect.getsource(proof)))

    assert codes
    assert codes <= set(ADVICE)
