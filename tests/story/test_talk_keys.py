"""What an author writes of several in a talk, of what they see, and of when lore comes up, reaches the graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.story.graph import StoryGraph
from engine.story.load import check_story, load_story

EVERY_KEY = Path(__file__).parent.parent / "stories_good" / "every_key"
HEAD = "palaver: 1\ntitle: T\nstart: a\n"


def load(folder: Path, text: str) -> StoryGraph:
    path = folder / "tale.yaml"
    path.write_text(text, encoding="utf-8")
    return load_story(path)


@pytest.fixture(scope="module")
def every_key() -> StoryGraph:
    return load_story(EVERY_KEY)


def test_what_is_seen_varies_like_a_text_and_is_none_where_nothing_is_written(every_key: StoryGraph) -> None:
    door = every_key.scenes["door"]
    lets_in, sends_away = door.outcomes
    leave, limit = door.choices[0], door.limit

    assert lets_in.way.seen is not None
    assert lets_in.way.seen.source == "The chain falls. {{ name }} comes in."
    assert lets_in.way.seen.reads == {"name"}
    assert leave.way.seen is not None
    assert limit is not None
    assert limit.way.seen is not None
    assert sends_away.way.seen is None
    assert lets_in.ask == "Did Maren just ask you in?"
    assert sends_away.ask == ""


def test_a_talk_says_who_answers_how_often_and_who_breaks_in(every_key: StoryGraph) -> None:
    door = every_key.scenes["door"]
    first, second = door.interrupts

    assert (door.order, door.replies, door.crosstalk) == ("model", 3, True)
    assert (first.who, first.keys, second.who, second.keys) == ("odd", ("boat", "row out"), "maren", ("lamp",))
    assert first.condition is not None
    assert second.condition is None
    assert [who for who in door.talk if every_key.characters[who].narrator] == ["night"]


def test_a_talk_that_says_nothing_of_it_goes_by_turns_with_one_reply_each(tmp_path: Path) -> None:
    graph = load(
        tmp_path,
        HEAD
        + "characters: {m: {persona: You are M., fallback: Hm.}, n: {persona: You are N., fallback: Hm.}}\n"
        + "scenes: {a: {talk: [m, n], limit: {turns: 1, goto: END}}}\n",
    )
    scene = graph.scenes["a"]

    assert (scene.order, scene.replies, scene.crosstalk, scene.interrupts) == ("turns", 1, False, ())
    assert not graph.characters["m"].narrator


def test_lore_keeps_when_it_comes_up_and_what_it_may_cost(every_key: StoryGraph) -> None:
    wreck, storm, landing = every_key.lore

    assert (wreck.keys, wreck.beside, wreck.always) == (("annika", "wreck"), ("march", "drowned"), False)
    assert (wreck.depth, wreck.sticky, wreck.priority) == (6, 3, 10)
    assert (storm.beside, storm.depth, storm.sticky, storm.priority) == ((), None, None, 0)
    assert (landing.keys, landing.always) == ((), True)
    assert every_key.lore_budget == 400


def test_a_narrator_alone_may_tell_a_scene(tmp_path: Path) -> None:
    path = tmp_path / "tale.yaml"
    path.write_text(
        HEAD
        + "characters: {night: {persona: You tell., narrator: true, fallback: Nothing.}}\n"
        + "scenes: {a: {talk: night, opening: {night: Dark.}, limit: {turns: 1, goto: b}}, b: {ending: The end}}\n"
    )

    assert check_story(path).diagnostics == ()


def test_a_fact_told_only_while_it_is_unlocked_is_no_leak(tmp_path: Path) -> None:
    path = tmp_path / "tale.yaml"
    secret = "You put the lamp out yourself."
    path.write_text(
        HEAD
        + "state: {trust: 0}\n"
        + f"characters: {{m: {{persona: You are M., fallback: Hm., knows: [{{if: trust > 1, fact: {secret}}}],\n"
        + "  examples: [{player: the lamp, reply: '\"I put the lamp out myself.\"', if: trust > 1}]},\n"
        + f"  n: {{persona: '{secret}', fallback: Hm.}}}}\n"
        + f"lore: [{{keys: lamp, text: {secret}, if: trust > 1}}, {{keys: lamp, text: {secret}, who: n}}]\n"
        + "scenes: {a: {talk: [m, n], set: {trust: 2}, limit: {turns: 1, goto: b}}, b: {ending: The end}}\n"
    )

    assert check_story(path).diagnostics == ()
