"""The values that a proof says a variable takes, beside those that it takes where every move is really made."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.proving.proof import prove
from engine.proving.ranges import Range
from engine.story.graph import StoryGraph
from engine.story.load import load_story
from support.brute import enumerated

PLANTED = sorted((Path(__file__).parent.parent / "stories_planted").glob("*/*.yaml"))
SHOP = """
palaver: 1
title: The shop
start: shop
state:
  trust: 0
  coins: {start: 1, min: 0, max: 5}
  asked: false
characters:
  ana:
    name: Ana
    persona: You are Ana.
    fallback: ['"Mm."']
    moved_by:
      trust: {by: 1, when: the player is kind}
scenes:
  shop:
    choices:
      - {text: Buy, if: coins > 0, set: {coins: coins - 1, asked: true}, goto: yard}
      - {text: Sell, set: {coins: coins + 2}, goto: yard}
  yard:
    text: You have {{ coins }}.
    talk: ana
    limit: {turns: 3, goto: home}
    choices:
      - {text: Go home, if: trust > 1, set: {coins: coins + 1}, goto: home}
  home:
    ending: Home
    text: You have {{ coins }}.
"""


def ranges_of(tmp_path: Path, text: str) -> dict[str, Range]:
    path = tmp_path / "story.yaml"
    path.write_text(text, "utf-8")
    return {each.name: each for each in prove(load_story(path)).ranges}


def held(graph: StoryGraph, name: str) -> set[object]:
    return {graph.variables[name].start} | {
        state.values[name] for state in enumerated(graph, range(1, 9)).states.values() if state.scene
    }


def test_what_is_counted_on_where_nothing_asks_any_more_is_told_too(tmp_path: Path) -> None:
    found = ranges_of(tmp_path, SHOP)
    assert set(found["coins"].values) >= {0, 1, 3, 4}
    assert not found["coins"].exact
    assert found["asked"].values == (False, True)


def test_what_is_set_on_the_way_out_is_told_exactly(tmp_path: Path) -> None:
    text = SHOP.replace("if: trust > 1", "if: coins < 3")
    found = ranges_of(tmp_path, text)["coins"]
    assert (found.values, found.exact, found.more) == ((0, 1, 3), True, False)


def test_an_exploration_that_was_stopped_says_that_there_may_be_more(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(SHOP, "utf-8")
    proof = prove(load_story(path), states=1)
    assert not proof.whole
    assert all(each.more for each in proof.ranges if each.name in ("coins", "trust"))


@pytest.mark.parametrize("path", PLANTED, ids=lambda path: path.stem)
def test_ranges_agree_with_an_enumeration(path: Path) -> None:
    graph = load_story(path)
    proof = prove(graph)
    refused = any(finding.code == "endless-circle" for finding in proof.findings)  # the rules refuse a way into one
    for each in proof.ranges:
        if graph.variables[each.name].kind == "text":
            continue  # what is typed stands for every text
        taken = held(graph, each.name)
        assert each.more or taken <= set(each.values), each
        if each.exact and not each.more and not refused:
            assert set(each.values) == taken, each
