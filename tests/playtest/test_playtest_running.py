"""Plays are the same whoever plays them, learn from one another only in rounds, and are told apart by how they end."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import PalaverError, Unreachable
from engine.llm.scripted import ScriptedActor
from engine.play.movefile import played
from engine.playtest import running
from engine.playtest.actor import Watched
from engine.playtest.attacks import ATTACKS
from engine.playtest.parts import parts
from engine.playtest.players import PLAYERS, Move, Pick, Seen, Speak, takeable
from engine.playtest.playing import play
from engine.playtest.record import described
from engine.playtest.report import Found, lines, moves
from engine.playtest.running import Job, load, rehearse, rehearse_with, replayed, scripted_cast, waves
from engine.playtest.tally import Tally

LAMP = Path("stories/lamp")
PLANTED = Path(__file__).parent.parent / "stories_planted"
INN = """palaver: 1
title: The inn
start: bar
state: {warm: {start: 0, max: 3}}
characters:
  ana:
    name: Ana
    persona: You are Ana.
    examples:
      - {player: hello, reply: '"Evening."'}
      - {player: [a room, is there a bed], reply: '"Number four."', outcome: gives_key}
    fallback: ['"Mm."', She wipes the bar.]
scenes:
  bar:
    title: The bar
    text: |
      Rain. {% if visits > 1 %}Again.{% elif warm > 2 %}It is warm.{% else %}Nobody.{% endif %}
    talk: ana
    suggest: [What is under the bar?]
    outcomes:
      gives_key: {when: Ana gives the player a key, goto: room}
    choices: [{id: out, text: Go back out, goto: road}]
    limit: {turns: 8, goto: road}
  room: {ending: A bed, text: The sheets are dry.}
  road: {ending: The road}
"""


def story(folder: Path, text: str = INN) -> Path:
    path = folder / "inn.yaml"
    path.write_text(text, "utf-8")
    return path


def tallied(path: Path, job: Job, workers: int = 1) -> Tally:
    tally, told = Tally(), []
    rehearse(path, load(path), job, tally, told.append, workers=workers)
    assert sum(told) == tally.plays
    return tally


def test_every_player_brings_a_small_story_to_its_end(tmp_path: Path) -> None:
    tally = tallied(story(tmp_path), Job(dict.fromkeys(PLAYERS, 10)))
    assert tally.plays == 50
    assert sum(group.count for group in tally.endings.values()) == 50
    assert {"room", "road"} == set(tally.endings)
    assert not tally.hangs
    assert not tally.errors


def test_workers_find_what_one_process_finds(tmp_path: Path) -> None:
    path = story(tmp_path)
    job = Job({"random": 12, "coverage": 15})
    alone, together = tallied(path, job), tallied(path, job, workers=2)
    alone.turns.sort()
    together.turns.sort()
    assert alone == together


def test_a_seed_gives_the_same_play_and_another_one_does_not() -> None:
    counted = load(LAMP)
    job = Job({"random": 2})
    first, again, other = (replayed(counted, job, "random", seed) for seed in (1, 1, 2))
    assert first == again
    assert first.turns_of != other.turns_of


def test_a_coverage_play_is_replayed_after_what_it_learnt_from(tmp_path: Path) -> None:
    path = story(tmp_path)
    counted, job = load(path), Job({"coverage": 30}, seed=4)
    tally = tallied(path, job)
    for group in tally.endings.values():
        shown = group.shown
        assert replayed(counted, job, shown.player, shown.seed).turns == shown.turns


def test_each_seed_of_each_player_is_played_once() -> None:
    job = Job({"coverage": 23, "random": 7, "silent": 1}, seed=5)
    chunks = [chunk for wave in waves(job) for chunk in wave]
    for name, count in job.players.items():
        assert sorted(seed for who, seeds in chunks if who == name for seed in seeds) == list(range(5, 5 + count))


def test_branches_suggestions_and_examples_are_counted(tmp_path: Path) -> None:
    path = story(tmp_path)
    counted = load(path)
    tally = tallied(path, Job({"coverage": 20}))
    reached = {part.key for part in parts(counted.graph, counted.arms) if tally.hits[part.key]}
    assert {"bar#2", "bar/suggest/0", "@ana/examples/0", "@ana/examples/1", "bar/outcomes/gives_key"} <= reached
    assert not {"bar#0", "bar#1"} & reached  # the bar is entered once, and nothing is ever warm
    assert [arm.words for arm in counted.arms][:2] == ["if visits > 1: Again.", "if warm > 2: It is warm."]


def test_counting_branches_changes_nothing_that_is_told() -> None:
    counted = load(LAMP)
    from engine.story.load import load_story

    plain = load_story(LAMP)
    assert counted.graph.hash == plain.hash
    done = replayed(counted, Job({"random": 1}), "random", 3)
    from engine.play.transcript import tell

    assert done.lines == tell(plain, [event for turn in done.turns_of for event in turn])


def test_a_line_that_nobody_answered_is_kept_with_its_kind(tmp_path: Path) -> None:
    tally = tallied(story(tmp_path), Job({"coverage": 20}))
    assert any(each.line == "What is under the bar?" and each.origin == "suggested" for each in tally.fallen)
    assert tally.fallen.total() <= tally.replies["bar", "ana"]


def test_a_soft_lock_hangs_and_the_way_into_it_is_kept() -> None:
    path = PLANTED / "faulty" / "soft_lock_key_left_behind.yaml"
    tally = tallied(path, Job({"random": 10}, most=40))
    assert list(tally.hangs) == [("turns", "cellar")]
    shown = tally.hangs["turns", "cellar"].shown
    assert shown.way is not None
    *_, last = played(load(path).graph, shown.seed, shown.way)
    assert last.steps[-1].state.scene == "cellar"


def test_a_long_play_that_could_still_be_ended_does_not_hang(tmp_path: Path) -> None:
    text = INN.replace("    limit: {turns: 8, goto: road}\n", "").replace("    suggest", "    hint: Ask.\n    suggest")
    tally = tallied(story(tmp_path, text), Job({"stubborn": 10}, most=5))
    assert tally.stalls["bar"].count + sum(group.count for group in tally.endings.values()) == 10
    assert not tally.hangs


def test_ways_to_endings_are_played_again_by_the_rules_alone() -> None:
    graph = load(LAMP).graph
    tally = tallied(LAMP, Job({"random": 8, "adversarial": 4}))
    for ending, group in tally.endings.items():
        assert group.shown.way is not None
        *_, last = played(graph, group.shown.seed, group.shown.way)
        assert last.steps[-1].state.ending == ending


def test_attacks_are_answered_and_bring_about_nothing_by_their_words(tmp_path: Path) -> None:
    tally = tallied(story(tmp_path), Job({"adversarial": 40}))
    assert not tally.errors
    assert not tally.hits["bar/outcomes/gives_key"]
    assert len(set(ATTACKS)) == len(ATTACKS)


def test_what_breaks_in_the_engine_is_reported_with_its_play(tmp_path: Path) -> None:
    class Broken(ScriptedActor):
        def stream(self, request):  # type: ignore[no-untyped-def]
            raise ZeroDivisionError("in the actor")

    counted = load(story(tmp_path))
    actor = Watched(counted.graph, Broken())
    cast = replace(scripted_cast(counted), actor=actor, judge=actor, scripted=actor)
    done = asyncio.run(play(counted, cast, "stubborn", 1, most=20, known={}))
    assert done.error.startswith("ZeroDivisionError: in the actor (test_playtest_running.py:")


def test_a_model_that_cannot_be_reached_ends_the_run_and_not_the_report(tmp_path: Path) -> None:
    class Away(ScriptedActor):
        def stream(self, request):  # type: ignore[no-untyped-def]
            raise Unreachable("No server answers.")

    counted, tally = load(story(tmp_path)), Tally()
    cast = replace(scripted_cast(counted), actor=Away())
    asyncio.run(rehearse_with(counted, cast, Job({"stubborn": 5}), tally, lambda plays: None))
    assert tally.plays == 1
    assert tally.lost["No server answers."].count == 1


class Leaving:
    """Stands for a model as player: takes what can be taken."""

    def move(self, seen: Seen) -> Move:
        options = takeable(seen.view)
        return Pick(options[-1]) if options else Speak("...", "model")


def test_a_play_that_a_model_had_a_part_in_is_not_said_to_be_played_again_by_its_seed(tmp_path: Path) -> None:
    counted, tally = load(story(tmp_path)), Tally()
    job = Job({"model": 2})
    asyncio.run(rehearse_with(counted, scripted_cast(counted), job, tally, lambda plays: None, guest=Leaving))
    found = Found(counted.graph, parts(counted.graph), tally, 1, 300, 0.0, lambda part: None, "palaver playtest inn")
    assert tally.endings
    for group in tally.endings.values():
        assert found.replay(group) == ""
        assert "--play" not in moves(found, group, "ends here")
    assert "--play" not in "\n".join(lines(found))
    assert all(shown["replay"] == "" for shown in described(found)["shortest"].values())


def test_plays_beside_a_model_learn_as_others_do_so_that_they_can_be_played_again() -> None:
    job, beside = Job({"coverage": 25}), Tally()
    counted = load(LAMP)
    asyncio.run(rehearse_with(counted, scripted_cast(counted), job, beside, lambda plays: None))
    assert beside == tallied(LAMP, job)


def test_a_story_edited_while_workers_start_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = story(tmp_path)
    counted = load(path)
    for edited in (INN.replace("Rain.", "Snow."), "palaver: ["):
        path.write_text(edited, "utf-8")
        with pytest.raises(PalaverError, match="edited just now"):
            rehearse(path, counted, Job({"random": 5}), Tally(), lambda plays: None, workers=2)


def test_a_worker_that_dies_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = story(tmp_path)
    monkeypatch.setattr(running, "_tallied", _die)
    with pytest.raises(PalaverError, match="--workers 1"):
        rehearse(path, load(path), Job({"random": 5}), Tally(), lambda plays: None, workers=2)


def _die(*given: object) -> None:
    os._exit(9)
