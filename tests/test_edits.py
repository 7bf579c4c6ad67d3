"""A watched story played line by line: edits are told at once, and the game goes on in them between two lines."""

from __future__ import annotations

import asyncio
import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.edits import Edits
from engine.opening import Opening
from engine.plain import PlainGame
from engine.rehearsal import Rehearsal
from engine.story.load import load_story
from engine.watching import Watch
from support.edited import TALE, edit
from support.games import cast_of
from support.processes import palaver


@pytest.fixture
def tale(tmp_path: Path) -> Path:
    path = tmp_path / "inn.yaml"
    path.write_text(TALE, "utf-8")
    return path


class Typing(io.StringIO):
    """Lines typed by somebody who edits the story in between."""

    def __init__(self, *lines: str | Callable[[], None]) -> None:
        super().__init__()
        self._lines = list(lines)

    def readline(self, size: int | None = -1, /) -> str:
        while self._lines and not isinstance(self._lines[0], str):
            self._lines.pop(0)()  # type: ignore[operator]
        return f"{self._lines.pop(0)}\n" if self._lines else ""


def played(tale: Path, *lines: str | Callable[[Callable[[], None]], None]) -> str:
    graph, out = load_story(tale), io.StringIO()
    rehearsal = Rehearsal(Watch(tale, graph.hash), Opening(graph.id), tale.parent)
    edits = Edits(rehearsal, out)

    def look() -> None:
        edits.look()
        edits.look()

    look()
    steps = [line if isinstance(line, str) else (lambda line=line: line(look)) for line in lines]
    game = PlainGame(rehearsal.begin(graph, cast_of(), 1), Typing(*steps), out, edits)
    asyncio.run(game.play(opening="The inn."))
    return out.getvalue()


def test_an_edit_is_told_and_the_next_line_plays_on_in_it(tale: Path) -> None:
    def save(look: Callable[[], None]) -> None:
        edit(tale, "A fire.", "A cold hearth.")
        look()

    out = played(tale, "3", save, "", "1")
    assert "(The story was edited: enter plays on in it.)" in out
    told = out.partition("enter plays on")[2]
    assert "== The bar ==\nA cold hearth.\n(1 move played again.)" in told
    assert "You chose: Leave" not in told
    assert "== The yard ==" in told


def test_a_number_typed_for_the_story_before_is_not_taken_for_another_choice(tale: Path) -> None:
    def save(look: Callable[[], None]) -> None:
        edit(tale, "      - {id: pay, ", "      - {id: sing, text: Sing}\n      - {id: pay, ")
        look()

    out = played(tale, save, "2", "/quit")
    assert "What you typed was meant for the story before that: type it again." in out
    assert "2. Sing" in out
    assert "3 coins" in out.rpartition("The story was edited.")[2]


def test_a_line_that_means_the_same_in_the_edited_story_is_taken(tale: Path) -> None:
    def save(look: Callable[[], None]) -> None:
        edit(tale, "then: Paid.", "then: Paid in full.")
        look()

    assert "Paid in full." in played(tale, save, "2", "/quit")


def test_a_mistake_is_told_with_its_place_and_the_game_goes_on_as_it_was(tale: Path) -> None:
    def break_it(look: Callable[[], None]) -> None:
        edit(tale, "goto: bar}", "goto: barr}")
        look()

    def mend(look: Callable[[], None]) -> None:
        edit(tale, "goto: barr}", "goto: bar}")
        look()

    out = played(tale, break_it, "2", mend, "", "/quit")
    assert "(The edited story has a mistake; the game goes on as it was.)" in out
    assert f"({tale}:23:" in out
    assert 'Did you mean "bar"?' in out
    assert "Paid." in out
    assert "(1 move played again.)" in out.rpartition("Paid.")[2]


def watched(tale: Path, moves: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return palaver("play", tale, "--plain", "--offline", "--saves", tale.parent / "saves", *arguments, moves=moves,
                   home=tale.parent)  # fmt: skip


def test_the_command_keeps_no_save_of_a_watched_game(tale: Path) -> None:
    done = watched(tale, "2\n2\n", "--watch")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "A fire." in done.stdout
    assert list((tale.parent / "saves").iterdir()) == []


def test_the_command_begins_at_any_scene_with_any_state(tale: Path) -> None:
    done = watched(tale, "/quit\n", "--scene", "yard", "--set", "coins=8", "--set", "wet=true")
    assert "Rain. 8 coins." in done.stdout
    listed = palaver("saves", "list", "--saves", tale.parent / "saves", home=tale.parent)
    assert "The inn (rehearsal), turn 0" in listed.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--scene", "barr"], 'Did you mean "bar"?'),
        (["--set", "coins=99"], "9 or less"),
        (["--scene", "bar", "--load", "latest"], "Give one or the other."),
        (["--scene", "bar", "--moves", "x.moves"], "Give one or the other."),
        (["--load", "latest", "--moves", "x.moves"], "Give one of them."),
    ],
)
def test_a_wrong_command_says_what_to_do_and_plays_nothing(tale: Path, arguments: list[str], said: str) -> None:
    done = watched(tale, "", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_moves_of_a_file_and_a_saved_game_can_be_watched_from(tale: Path) -> None:
    moves = tale.parent / "way.moves"
    moves.write_text("seed 3\nchoose pay\nchoose enter\n", "utf-8")
    assert "(2 moves played again.)" in watched(tale, "", "--watch", "--moves", moves).stdout
    watched(tale, "2\n2\n")
    assert "(2 moves played again.)" in watched(tale, "", "--watch", "--load", "latest").stdout
