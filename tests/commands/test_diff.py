"""`palaver diff`: each saved game is foretold as it then turns out, and none is touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main
from engine.saves import shelf
from engine.session import Session
from engine.story.load import load_story
from support.edited import TALE, edit
from support.games import cast_of, heard


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return written(tmp_path / "old", TALE)


@pytest.fixture
def saves(tmp_path: Path) -> Path:
    folder = tmp_path / "saves"
    folder.mkdir()
    return folder


def written(folder: Path, text: str) -> Path:
    path = folder / "inn.yaml"
    folder.mkdir()
    path.write_text(text, "utf-8")
    return path


def edited(old: Path, *edits: tuple[str, str]) -> Path:
    path = written(old.parent.parent / "new", old.read_text("utf-8"))
    for before, now in edits:
        edit(path, before, now)
    return path


def game(story: Path, saves: Path, *choices: str, name: str = "game", coins: int = 0) -> Session:
    values = {"coins": coins} if coins else None
    session = Session.begin(load_story(story), cast_of(), saves / f"{name}.palaver", seed=1, values=values)
    for choice in choices:
        session.choose(choice, "Eva")
    return session


def foretold(old: Path, new: Path, saves: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = main(["diff", str(old), str(new), "--saves", str(saves), "--json"])
    return code, json.loads(capsys.readouterr().out)


def report(old: Path, new: Path, saves: Path | None, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["diff", str(old), str(new), *(["--saves", str(saves)] if saves else [])])
    told = capsys.readouterr()
    assert told.err == ""
    assert all(len(line) <= 80 for line in told.out.splitlines())
    return code, " ".join(told.out.split())


GONE = [("  bar:\n", "  pub:\n"), ("goto: bar}", "goto: pub}")]


def test_a_game_goes_on_where_nothing_it_needs_changed(
    old: Path, saves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game(old, saves, "pay", "enter").close()
    code, out = report(old, edited(old, ("A fire.", "Embers."), ("text: Leave", "text: Go")), saves, capsys)
    assert code == 0
    assert out.startswith("The inn: the saved game goes on where it was.")
    assert 'game: goes on where it was: turn 2, at "The bar". 1 text told in it reads otherwise now.' in out


def test_a_game_in_a_scene_that_is_gone_goes_back_and_is_told_the_name_it_may_have(
    old: Path, saves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game(old, saves, "pay", "enter").close()
    new = edited(old, *GONE)
    code, out = report(old, new, saves, capsys)
    assert code == 1
    assert out.startswith("The inn: 1 of 1 saved game would lose something by this edit.")
    back = 'game: goes back to turn 1 of 2, at "The yard": scene "bar" is gone.'
    assert f'{back} Is it "pub" now? Write under that: renamed_from: bar' in out
    edit(new, "  pub:\n", "  pub:\n    renamed_from: bar\n")
    assert report(old, new, saves, capsys)[0] == 0


def test_what_is_foretold_is_what_happens(old: Path, saves: Path, capsys: pytest.CaptureFixture[str]) -> None:
    game(old, saves, "pay", "enter", name="one").close()
    session = game(old, saves, "name", "enter", name="two", coins=8)
    heard(session.say("hello"))
    session.close()
    game(old, saves, name="three").close()
    new = edited(old, *GONE, ("max: 9", "max: 5"), ("  wet: false\n", "  lamp: 2\n"))
    _, told = foretold(old, new, saves, capsys)
    assert len(told["games"]) == 3
    for each in told["games"]:
        again = Session.resume(load_story(new), cast_of(), saves / f"{each['name']}.palaver")
        assert again.state.scene == each["scene"]
        assert again.store.depth - 1 == each["kept"]
        for moved in each["values"]:
            assert again.state.values.get(moved["name"]) == moved["now"]
        again.close()


def test_no_save_is_changed_by_looking_at_it(old: Path, saves: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = game(old, saves, "pay", "enter")
    session.name("inside")
    session.close()
    (saves / "other.palaver").write_bytes(b"no save")
    before = {path.name: path.read_bytes() for path in saves.iterdir()}
    report(old, edited(old, *GONE), saves, capsys)
    assert {path.name: path.read_bytes() for path in saves.iterdir()} == before


def test_a_game_that_is_being_played_can_be_looked_at(
    old: Path, saves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = game(old, saves, "enter")
    assert report(old, edited(old, *GONE), saves, capsys)[0] == 1
    session.choose("leave")
    session.close()


def test_values_that_do_not_fit_any_more_are_told_with_the_bound(
    old: Path, saves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game(old, saves, coins=8).close()
    new = edited(old, ("max: 9", "max: 5"), ("  wet: false\n", "  lamp: 2\n"))
    code, out = report(old, new, saves, capsys)
    assert code == 0
    assert 'variable "coins" was 8, and is 5 now, 5 being the most it can be.' in out
    assert 'variable "wet" is gone; it was no.' in out
    assert 'variable "lamp" is new, and 2.' in out


def test_a_choice_taken_under_an_id_that_is_gone_can_be_taken_again_and_that_is_told(
    old: Path, saves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game(old, saves, "pay").close()
    _, out = report(old, edited(old, ("id: pay, text: Pay", "text: Pay up")), saves, capsys)
    told = 'choice "yard/pay" was taken, and is gone. It may be "yard/pay_up", which counts as not taken yet.'
    assert told in out


def test_a_scene_that_was_visited_under_a_name_that_is_gone_counts_as_not_visited_and_that_is_told(
    old: Path, saves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game(old, saves, "enter", "leave").close()
    code, out = report(old, edited(old, *GONE), saves, capsys)
    assert code == 0
    assert 'scene "bar" was visited, and is gone. It may be "pub", which counts as not visited yet.' in out
    assert 'choice "bar/leave"' not in out


def test_a_named_moment_that_cannot_be_come_back_to_is_a_loss(
    old: Path, saves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = game(old, saves, "enter")
    session.name("inside")
    session.choose("leave")
    session.choose("pay")
    session.close()
    code, out = report(old, edited(old, *GONE), saves, capsys)
    assert code == 1
    assert 'goes on where it was: turn 3, at "The yard".' in out
    assert 'moment "inside" is lost: scene "bar" is gone.' in out


def test_a_game_that_stands_where_nothing_can_be_done_any_more_is_stuck(
    old: Path, saves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game(old, saves, "pay").close()
    new = edited(
        old,
        ("id: name, text", "id: name, if: wet, text"),
        ("id: enter, text", "id: enter, if: coins > 2, text"),
        ("    choices:\n      - {id: name", "    goto: bar\n    choices:\n      - {id: name"),
    )
    code, out = report(old, new, saves, capsys)
    assert code == 1
    assert 'game: is stuck at turn 1, at "The yard": nothing can be chosen there.' in out


def test_a_story_in_which_the_game_cannot_even_begin_ends_it(
    old: Path, saves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game(old, saves, "pay").close()
    new = edited(old, ("  yard:\n", "  court:\n"), ("start: yard", "start: court"), ("goto: yard}", "goto: court}"))
    code, out = report(old, new, saves, capsys)
    assert code == 1
    assert 'game: cannot go on: scene "yard" is gone. Is it "court" now?' in out


def test_characters_and_endings_that_are_gone_are_told(
    old: Path, saves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = game(old, saves, "enter")
    heard(session.say("hello"))
    session.choose("leave")
    session.close()
    slept = Session.begin(load_story(old), cast_of(), saves / "slept.palaver", seed=1, scene="bed")
    slept.close()
    new = edited(
        old,
        ("  ana:\n", "  kit:\n"), ("name: Ana", "name: Kit"), ("talk: ana", "talk: kit"), ("{ana: [", "{kit: ["),
        ("  bed: {ending: A bed, text: The sheets are dry.}", "  bed: {text: Dry., choices: [{text: Up, goto: yard}]}"),
    )  # fmt: skip
    _, out = report(old, new, saves, capsys)
    assert 'character "ana" spoke in it, and is gone. It may be "kit", who remembers nothing of it.' in out
    assert 'ending "bed" was found in it, and is gone.' in out
    assert "slept: is over, and stays so" in out


def test_saves_that_cannot_be_read_are_named_and_hold_nothing_up(
    old: Path, saves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game(old, saves, "pay").close()
    (saves / "torn.palaver").write_bytes(b"SQLite format 3\0 and then nothing")
    code, out = report(old, edited(old, ("A fire.", "Embers.")), saves, capsys)
    assert code == 0
    assert "torn: cannot be read." in out


def test_games_of_other_stories_are_left_out(old: Path, saves: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = old.parent / "mill.yaml"
    other.write_text(TALE.replace("The inn", "The mill"), "utf-8")
    game(other, saves).close()
    code, out = report(old, edited(old, *GONE), saves, capsys)
    assert code == 0
    assert out.startswith("The inn: there are no saved games of it there.")


def test_without_saves_it_tells_what_changed(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = report(old, edited(old, ("once: true, ", "if: coins > 0, ")), None, capsys)
    assert code == 0
    assert out == (
        "The inn: 1 change. The story (+ new, - gone, = renamed, ~ changed): "
        "~ choice yard/pay if: none -> coins > 0 once: yes -> no"
    )
    assert report(old, old, None, capsys)[1] == "The inn: nothing changed that a game could notice."


@pytest.mark.parametrize("arguments", [["nosuch"], ["bad"], ["same", "--saves", "nosuch"]])
def test_a_wrong_command_is_told_apart_from_a_loss(
    old: Path, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(old.parent)
    named = {"nosuch": "nosuch.yaml", "same": "inn.yaml", "bad": "bad.yaml"}
    Path("bad.yaml").write_text(TALE.replace("goto: bar}", "goto: barr}"), "utf-8")
    assert main(["diff", "inn.yaml", named[arguments[0]], *arguments[1:]]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    reasons = ("neither here nor in the library", 'Did you mean "bar"?', "there is no folder nosuch")
    assert any(reason in told.err for reason in reasons)


def test_nothing_in_a_story_or_a_save_reaches_the_terminal_as_an_order(
    old: Path, saves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = game(old, saves, "enter")
    session.name("in\x1b[31mside")
    session.close()
    new = edited(old, *GONE)
    main(["diff", str(old), str(new), "--saves", str(saves)])
    assert "\x1b" not in capsys.readouterr().out
    assert shelf.list_saves(saves)[0].playable
