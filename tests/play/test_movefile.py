"""A file of moves reads as it was written, says which line is wrong, and goes only where the rules let it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import PalaverError
from engine.play.movefile import Line, parsed, played, written
from engine.story.load import load_story

LINES = [
    Line(choice="knock"),
    Line(choice="name", typed="Anna of the = sign"),
    Line(),
    Line(moved=(("maren", "trust_1"), ("odd", "odd_ease_2"))),
    Line(moved=(("maren", "trust_1"),), outcome="lets_in"),
    Line(outcome="lets_in", doubted=True),
    Line(outcome="tells", said=("player", "the sow: has moved, they say")),
    Line(waited=True),
]
STORY = """\
palaver: 1
title: Two
start: hall
state: {trust: {start: 0, min: 0, max: 2}, kind: false}
characters:
  ana: {persona: You are Ana., moved_by: {trust: {by: 1, when: the player is kind}}}
  bob: {persona: You are Bob.}
scenes:
  hall:
    talk: [ana, bob]
    replies: 2
    outcomes:
      warms: {when: Ana smiles, if: trust >= 1, ask: Did Ana smile?, set: {kind: true}}
      asks: {when: the player asks for tea, shown_by: player, goto: tea}
      pours: {says: {bob: [tea it is]}, goto: tea}
      wild: {says: [so it is], goto: tea}
    limit: {turns: 3, goto: out}
  tea: {ending: Tea}
  out: {ending: Out}
"""


def play(tmp_path: Path, text: str) -> tuple[str, str, dict[str, object]]:
    story = tmp_path / "two.yaml"
    story.write_text(STORY, "utf-8")
    seed, lines = parsed(text)
    state = list(played(load_story(story), seed, lines))[-1].steps[-1].state
    return state.scene, state.ending, dict(state.values)


def test_it_reads_as_it_was_written() -> None:
    assert parsed(written(LINES, seed=-7, about=["a way", "to somewhere"])) == (-7, LINES)


@pytest.mark.parametrize("line", ["chose x", "talk maren", "talk ->", "seed x", "choose", "wait 3", "talk a.b -> c d"])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(PalaverError, match="Line 2 of the moves cannot be read"):
        parsed(f"wait\n{line}\n")


@pytest.mark.parametrize(
    ("moves", "ending", "trust"),
    [
        ("wait", "out", 0),
        ("talk\nwait", "out", 0),
        ("talk ana.trust_1 -> warms\ntalk -> asks", "tea", 1),
        ("talk -> pours, bob says: tea it is", "tea", 0),
        ("talk ana.trust_1 -> pours, bob says: tea it is", "tea", 1),
        ("talk ana.trust_1\ntalk\ntalk -> warms?\nwait", "out", 1),
    ],
)
def test_it_goes_where_it_says(tmp_path: Path, moves: str, ending: str, trust: int) -> None:
    _, reached, values = play(tmp_path, moves)
    assert (reached, values["trust"]) == (ending, trust)


def test_it_goes_nowhere_that_the_rules_do_not_allow(tmp_path: Path) -> None:
    with pytest.raises(PalaverError, match='Move 1, "choose door", cannot be made in scene "hall"'):
        play(tmp_path, "choose door")
    assert play(tmp_path, "talk -> warms")[2]["kind"] is False  # trust is too low, and the engine says so
    with pytest.raises(PalaverError, match="there is nobody to talk to"):
        play(tmp_path, "talk -> asks\ntalk")
