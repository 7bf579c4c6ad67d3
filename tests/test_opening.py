"""Beginning anywhere: what can be set is said, and what is found there is not counted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.errors import PalaverError
from engine.laying import laid
from engine.opening import read_opening
from engine.saves import shelf
from engine.session import Session
from support.edited import TALE
from support.games import cast_of
from support.stories import graph_of

GRAPH = graph_of(TALE)


def test_values_are_read_as_the_author_declared_them() -> None:
    opening = read_opening(GRAPH, "bar", ["coins=7", "mood=warm", "wet=true", "name=Eva = me"])
    assert opening.values == {"coins": 7, "mood": "warm", "wet": True, "name": "Eva = me"}


@pytest.mark.parametrize(
    ("scene", "assignment", "said"),
    [
        ("barr", "", '--scene: "The inn" has no scene "barr". Did you mean "bar"?'),
        ("xyz", "", '--scene: "The inn" has no scene "xyz". Its scenes: "yard", "bar" or "bed".'),
        ("", "coin=1", '--set coin=1: "The inn" has no variable "coin". Did you mean "coins"?'),
        ("", "zzz=1", 'has no variable "zzz". It has "coins", "mood", "wet" or "name".'),
        ("", "coins", '--set coins: there is no "=" in it. Write it as NAME=VALUE: --set trust=2.'),
        ("", "coins=10", "Write a whole number, 0 or more, 9 or less."),
        ("", "coins=many", '--set coins=many: "coins" holds a whole number'),
        ("", "wet=yes", "Write true or false."),
        ("", "mood=angry", 'Write one of "wary" or "warm".'),
        ("", "coins=99999999999999999999", "numbers go to"),
    ],
)
def test_a_name_or_value_that_the_story_has_not_is_refused_with_what_it_has(
    scene: str, assignment: str, said: str
) -> None:
    with pytest.raises(PalaverError) as refused:
        read_opening(GRAPH, scene, [assignment] if assignment else [])
    assert said in str(refused.value)


def test_a_game_begun_elsewhere_enters_the_scene_as_in_play_and_counts_no_ending(tmp_path: Path) -> None:
    session = Session.begin(
        GRAPH, cast_of(), tmp_path / "game.palaver", seed=1, scene="yard", values={"coins": 7}
    )  # fmt: skip
    assert session.lines[-1].text == "Rain. 7 coins."
    session.close()
    ended = Session.begin(GRAPH, cast_of(), tmp_path / "bed.palaver", seed=1, scene="bed")
    assert ended.state.over
    ended.close()
    info = shelf.describe(tmp_path / "bed.palaver")
    assert info.rehearsal
    assert info.endings == ()
    again = Session.resume(GRAPH, cast_of(), tmp_path / "game.palaver")
    assert again.state.values["coins"] == 7
    again.close()


def test_a_game_from_the_beginning_is_no_rehearsal(tmp_path: Path) -> None:
    Session.begin(GRAPH, cast_of(), tmp_path / "game.palaver", seed=1).close()
    assert not shelf.describe(tmp_path / "game.palaver").rehearsal


def test_a_game_whose_moves_come_from_a_file_counts_no_ending(tmp_path: Path) -> None:
    moves, save = tmp_path / "way.moves", tmp_path / "way.palaver"
    moves.write_text("choose enter\ntalk -> asked_in\n", "utf-8")
    laid(GRAPH, moves, save, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    info = shelf.describe(save)
    assert (info.scene, info.rehearsal, info.endings) == ("bed", True, ())
