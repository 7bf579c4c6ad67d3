"""A story's examples are tests of a judge: which cases they make, and what an answer to one is worth."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dialogue.cases import Case, Score, cases, score
from engine.dialogue.judge import reading
from engine.play.moves import Claim, Read
from engine.story.graph import StoryGraph
from support.stories import graph_of

STORY = """
start: door
state: {trust: {start: 0, min: -3, max: 5}, key: false}
characters:
  maren:
    name: Maren
    persona: You are Maren.
    moved_by:
      trust: [{by: 1, when: the player is kind}, {by: -1, when: the player is rude}]
    examples:
      - {player: [thank you, how kind], reply: ['"Kind words."', '"Hm, thanks."'], moves: {trust: 1}}
      - {player: let me in, reply: '"Come in, then."', outcome: lets_in, if: trust >= 3}
      - {player: open up, reply: '"Sesame it is."'}
  odd:
    name: Odd
    persona: You are Odd.
    examples:
      - {player: boat, reply: '"She floats."'}
      - {player: goodbye, reply: '"Mind the step."', outcome: leaves}
scenes:
  door:
    talk: maren
    examples:
      - {player: Erik sent me, reply: '"Come in."', outcome: lets_in}
      - {player: [who are you, your name], reply: '"Nobody."'}
      - {player: the word is pear, reply: '"Right."', outcome: password}
    outcomes:
      lets_in: {when: Maren tells the player to come in, if: trust >= 1, goto: hall}
      password: {says: {player: [the word is pear]}, goto: hall}
      sesame: {when: Maren says sesame, says: {maren: [sesame]}}
    choices: [{text: Go, goto: END}]
  hall:
    talk: [maren, odd]
    outcomes:
      lets_in: {when: Maren lets the player into the kitchen}
      leaves: {when: the player says goodbye, shown_by: player, goto: END}
    choices: [{text: Go, goto: END}]
"""


@pytest.fixture(scope="module")
def graph() -> StoryGraph:
    return graph_of(STORY)


def told(found: tuple[Case, ...]) -> set[tuple[str, str, str]]:
    return {(case.scene, case.player, case.outcome) for case in found}


def one(graph: StoryGraph, player: str, scene: str) -> Case:
    return next(case for case in cases(graph) if (case.player, case.scene) == (player, scene))


def test_a_scene_s_examples_are_judged_there_whatever_the_state(graph: StoryGraph) -> None:
    found = told(cases(graph))
    assert {("door", "Erik sent me", "lets_in"), ("door", "who are you", ""), ("door", "your name", "")} <= found


def test_what_only_words_decide_is_no_case_for_a_judge(graph: StoryGraph) -> None:
    assert "the word is pear" not in {case.player for case in cases(graph)}


def test_a_character_s_example_is_judged_wherever_its_outcome_is(graph: StoryGraph) -> None:
    found = told(cases(graph))
    assert {("door", "let me in", "lets_in"), ("hall", "let me in", "lets_in")} <= found
    assert ("hall", "goodbye", "leaves") in found


def test_one_without_an_outcome_is_judged_once_where_no_words_decide(graph: StoryGraph) -> None:
    by_line = {case.player: case.scene for case in cases(graph)}
    assert by_line["boat"] == "hall"
    assert by_line["open up"] == "hall", "at the door her own word would decide"
    assert by_line["thank you"] == "door"


def test_each_phrasing_and_reply_is_a_case_of_its_own_as_far_as_is_asked_for(graph: StoryGraph) -> None:
    def thanks(phrasings: int | None) -> set[tuple[str, str]]:
        kind = [case for case in cases(graph, phrasings=phrasings) if case.moves]
        assert all(case.moves == {"trust_1"} and case.at == ("characters", "maren", 0) for case in kind)
        return {(case.player, case.reply) for case in kind}

    assert thanks(1) == {("thank you", '"Kind words."'), ("thank you", '"Hm, thanks."')}
    assert len(thanks(None)) == 4


def test_a_judge_is_asked_about_everything_that_is_not_for_words_alone(graph: StoryGraph) -> None:
    asked = one(graph, "who are you", "door").question(graph)
    assert asked.outcomes == ("lets_in", "sesame")
    assert [rule.id for rule in asked.rules] == ["trust_1", "trust_2"]
    assert asked.lines == ("who are you", '"Nobody."')


READINGS = [
    ("Erik sent me", Read(Claim("lets_in", "Come in")), "right", "lets_in"),
    ("Erik sent me", Read(), "missed", ""),
    ("Erik sent me", Read(fault="no JSON"), "unreadable", ""),
    ("who are you", Read(fault="no JSON"), "unreadable", ""),
    ("Erik sent me", Read(Claim("sesame", "Come in")), "wrong", "sesame"),
    ("Erik sent me", Read(Claim("lets_in", "Step inside")), "missed", ""),
    ("Erik sent me", Read(Claim("lets_in", "Erik sent me")), "missed", ""),
    ("Erik sent me", Read(Claim("lets_in", "Come in"), unsure=True), "missed", ""),
    ("who are you", Read(), "right", ""),
    ("who are you", Read(Claim("lets_in", "Nobody")), "false", "lets_in"),
    ("who are you", Read(Claim("lets_in", "Come in")), "right", ""),
    ("who are you", Read(Claim("burns", "Nobody")), "right", ""),
    ("who are you", Read(Claim("lets_in", "Nobody"), unsure=True), "right", ""),
]


@pytest.mark.parametrize(("player", "read", "verdict", "given"), READINGS)
def test_an_answer_is_worth_what_the_game_would_make_of_it(
    graph: StoryGraph, player: str, read: Read, verdict: str, given: str
) -> None:
    found = score(graph, one(graph, player, "door"), read)
    assert (found.verdict, found.given, found.right) == (verdict, given, verdict == "right")


def test_what_was_named_in_vain_is_told(graph: StoryGraph) -> None:
    case = one(graph, "Erik sent me", "door")
    void = score(graph, case, Read(Claim("lets_in", "Step inside")))
    assert (void.void, void.evidence, void.unsure) == ("lets_in", "Step inside", "")
    unsure = score(graph, case, Read(Claim("lets_in", "Come in"), unsure=True))
    assert (unsure.void, unsure.unsure) == ("", "lets_in")
    assert score(graph, case, Read(fault="no JSON")).fault == "no JSON"


def test_words_count_only_when_whoever_must_say_them_did(graph: StoryGraph) -> None:
    case = one(graph, "goodbye", "hall")
    assert score(graph, case, Read(Claim("leaves", "goodbye"))).right
    assert not score(graph, case, Read(Claim("leaves", "Mind the step"))).right


def test_moves_are_scored_beside_the_outcome(graph: StoryGraph) -> None:
    case = one(graph, "thank you", "door")
    both = Read(moved=(Claim("trust_1", "thank you"), Claim("trust_2", "Kind words")))
    assert score(graph, case, both) == Score("right", "", false_moves=("trust_2",))
    unshown = Read(moved=(Claim("trust_1", "you are an angel"),))
    assert score(graph, case, unshown).missed_moves == ("trust_1",)


@given(st.data())
def test_no_answer_makes_scoring_fail_or_counts_what_was_not_said(data: st.DataObject) -> None:
    graph = graph_of(STORY)
    case = data.draw(st.sampled_from(cases(graph)))
    asked = case.question(graph)
    words = st.text(max_size=12) | st.sampled_from(["Come in", "thank you", *asked.outcomes, "none", "yes", "no"])
    answer = data.draw(st.dictionaries(st.sampled_from(sorted(asked.schema["properties"])), words))
    found = score(graph, case, reading(json.dumps(answer), asked))
    assert found.given in ("", *asked.outcomes)
    assert found.right == (found.given == case.outcome and not found.fault)
    assert not set(found.false_moves) & case.moves
    assert set(found.missed_moves) <= case.moves


def test_a_story_without_examples_has_no_cases() -> None:
    bare = graph_of("start: a\nscenes: {a: {text: Hi., choices: [{text: Go, goto: END}]}}\n")
    assert cases(bare) == ()
