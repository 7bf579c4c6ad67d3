"""A game of a story that is being written: it goes on through edits, and no model is asked twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import PalaverError
from engine.opening import Opening, read_opening
from engine.rehearsal import Rehearsal, beginning_of
from engine.saves import shelf
from engine.session import Session
from engine.story.graph import StoryGraph
from engine.story.load import load_story
from engine.watching import Watch
from support.edited import TALE, edit
from support.games import QueueModel, cast_of, heard


@pytest.fixture
def tale(tmp_path: Path) -> Path:
    path = tmp_path / "inn.yaml"
    path.write_text(TALE, "utf-8")
    return path


def rehearsal(tale: Path, opening: Opening | None = None) -> Rehearsal:
    graph = load_story(tale)
    return Rehearsal(Watch(tale, graph.hash), opening or Opening(graph.id), tale.parent)


def edited(tale: Path, old: str, new: str) -> StoryGraph:
    edit(tale, old, new)
    return load_story(tale)


def test_the_moves_so_far_are_played_again_and_no_model_is_asked(tale: Path) -> None:
    actor = QueueModel('"Sit."', '{"evidence": "", "outcome": "none"}')
    game = rehearsal(tale)
    session = game.begin(load_story(tale), cast_of(actor), 1)
    session.choose("pay")
    session.choose("enter")
    heard(session.say("hello"))
    asked = len(actor.requests)
    again = game.again(session, edited(tale, "A fire.", "A cold hearth."))
    assert [line.text for line in again.lines[-3:]] == ["A cold hearth.", "hello", '"Sit."']
    assert again.state.values["coins"] == 2
    assert again.notices == ["3 moves played again."]
    assert len(actor.requests) == asked
    assert list(tale.parent.iterdir()) == [tale]


def test_what_an_edit_cuts_short_comes_back_with_the_edit_that_mends_it(tale: Path) -> None:
    game = rehearsal(tale)
    session = game.begin(load_story(tale), cast_of(), 1)
    session.choose("pay")
    session.choose("enter")
    cut = game.again(session, edited(tale, "id: enter, text", "id: enter, if: wet, text"))
    assert cut.state.scene == "yard"
    assert cut.notices[0].startswith('1 of 2 moves played again. Move 2, "Go in", cannot be made now: ')
    assert game.again(cut, edited(tale, "if: wet, ", "")).state.scene == "bar"


def test_a_player_who_went_on_after_a_cut_keeps_the_new_way(tale: Path) -> None:
    game = rehearsal(tale)
    session = game.begin(load_story(tale), cast_of(), 1)
    session.choose("enter")
    cut = game.again(session, edited(tale, "id: enter, text", "id: enter, if: wet, text"))
    cut.choose("pay")
    again = game.again(cut, edited(tale, "if: wet, ", ""))
    assert again.state.scene == "yard"
    assert again.state.values["coins"] == 2


def test_it_begins_again_where_it_was_asked_to(tale: Path) -> None:
    graph = load_story(tale)
    game = rehearsal(tale, read_opening(graph, "bar", ["coins=7"]))
    session = game.begin(graph, cast_of(), 1)
    again = game.again(session, edited(tale, "A fire.", "Lamps, {{ coins }}."))
    assert again.lines[-1].text == "Lamps, 7."
    with pytest.raises(PalaverError, match='cannot begin at "bar" any more'):
        game.again(again, without_bar(tale))
    assert again.state.scene == "bar"


def test_a_scene_that_was_renamed_is_begun_in_under_its_new_name(tale: Path) -> None:
    graph = load_story(tale)
    game = rehearsal(tale, read_opening(graph, "bed", ["coins=7"]))
    session = game.begin(graph, cast_of(), 1)
    edit(tale, "goto: bed}", "goto: loft}")
    edit(tale, "  coins: {start", "  money: {renamed_from: coins, start")
    edit(tale, "set: {coins: coins - 1}", "set: {money: money - 1}")
    edit(tale, "{{ coins }}", "{{ money }}")
    edit(tale, "      coins: {by", "      money: {by")
    again = game.again(session, edited(tale, "  bed: {", "  loft: {renamed_from: bed, "))
    assert (again.state.scene, again.state.values["money"]) == ("loft", 7)


def without_bar(tale: Path) -> StoryGraph:
    edit(tale, "  bar:\n", "  pub:\n")
    return edited(tale, "goto: bar}", "goto: pub}")


def test_moments_keep_their_names_and_costs_are_of_one_game(tale: Path) -> None:
    game = rehearsal(tale)
    session = game.begin(load_story(tale), cast_of(), 1)
    session.choose("pay")
    session.name("paid")
    session.choose("enter")
    again = game.again(session, edited(tale, "A fire.", "A lamp."))
    assert again.store.meta.playthrough == session.store.meta.playthrough
    again.load("paid")
    assert again.state.scene == "yard"


def test_a_saved_game_can_be_rehearsed_from_and_stays_as_it_is(tale: Path, tmp_path: Path) -> None:
    graph, path = load_story(tale), tmp_path / "saves" / "game.palaver"
    path.parent.mkdir()
    saved = Session.begin(graph, cast_of(), path, seed=4, values={"coins": 8})
    saved.choose("pay")
    saved.name("paid")
    saved.choose("enter")
    saved.close()
    before = path.read_bytes()
    opening, turns = beginning_of(graph, shelf.find(path.parent, "paid"))
    game = rehearsal(tale, opening)
    game.follow(turns)
    session = game.begin(graph, cast_of(), 1)
    assert (session.state.scene, session.state.values["coins"], session.state.seed) == ("yard", 7, 4)
    assert path.read_bytes() == before
