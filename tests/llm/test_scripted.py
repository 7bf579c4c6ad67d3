"""Without a model the characters speak their authors' lines: sensibly, in variety, and the same for the same game."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.llm.protocol import Delta, Finished, Model, Request, Stage
from engine.llm.scripted import EVIDENCE_LIMIT, SILENCES, ScriptedActor, perform
from engine.play.moves import Claim, Read
from engine.story.graph import Example
from llm.asking import JUDGE, listen


def example(player: str | Sequence[str], *replies: str, outcome: str = "", moves: tuple[str, ...] = ()) -> Example:
    phrasings = (player,) if isinstance(player, str) else tuple(player)
    return Example(phrasings, replies, "maren", outcome=outcome, moves=moves)


LAMP = example("why is the lamp dark", '"Burner."', '"Defective."', '"I wrote it down."')
BROTHER = example("I knew your brother, Erik", '"...Erik. Get inside, then."', outcome="lets_in", moves=("trust_1",))
TEA = example("may I have some tea", '"It is black."')
ROOM = example("may I have some tea and bread", '"There is bread."')
STAGE = Stage("maren", "Why is the lamp dark?", ((LAMP, BROTHER), (TEA,)), ('"Hm."', "She listens to the wind."), (), 7)


def says(stage: Stage = STAGE, **changed: object) -> str:
    return perform(replace(stage, **changed))[0]


def test_it_is_a_model_like_any_other() -> None:
    actor: Model = ScriptedActor()
    told = asyncio.run(listen(actor, Request("act", (), stage=replace(STAGE, line="I knew Erik, your brother."))))
    assert actor.name == "scripted"
    assert [type(piece) for piece in told.pieces] == [Delta] * (len(told.pieces) - 1) + [Finished]
    assert told.words == told.finished.text == '"...Erik. Get inside, then."'
    assert told.finished.reading == Read(
        Claim("lets_in", told.words), (Claim("trust_1", told.words),), who="maren", by="example"
    )
    asyncio.run(actor.aclose())


def test_a_long_reply_comes_in_several_pieces_that_join_to_it() -> None:
    long = "One, two.\n\n" + "word " * 40 + "end."
    stage = replace(STAGE, repertoire=((example("tell me", long),),), line="tell me")
    told = asyncio.run(listen(ScriptedActor(), Request("act", (), stage=stage)))
    assert len(told.pieces) > 3
    assert told.words == told.finished.text == long


def test_the_same_stage_is_played_the_same() -> None:
    assert {says() for _ in range(20)} == {says()}
    assert {says(seed=seed) for seed in range(30)} == set(LAMP.replies)


def test_evidence_is_the_replys_own_words() -> None:
    long = '"Come in, ' + "and in, " * 60 + '"'
    text, reading = perform(
        replace(STAGE, repertoire=((example("let me in", long, outcome="lets_in"),),), line="let me in!")
    )
    assert reading.outcome is not None
    assert reading.outcome.evidence in text
    assert 0 < len(reading.outcome.evidence) <= EVIDENCE_LIMIT


def test_what_nobody_wrote_gets_a_fallback_that_moves_nothing() -> None:
    for line in ("What is the capital of Portugal?", "", "...", "🙂"):
        text, reading = perform(replace(STAGE, line=line))
        assert text in STAGE.fallback
        assert reading == Read(who="maren", by="example")


def test_no_line_is_said_twice_in_a_row() -> None:
    said: list[str] = []
    for turn in range(40):
        line = ["Why is the lamp dark?", "some tea?", "pizza"][turn // 14]
        said.append(says(line=line, said=tuple(said), seed=turn))
    assert all(one != other for one, other in pairwise(said))


def test_every_reply_is_heard_before_one_comes_again() -> None:
    said: list[str] = []
    for turn in range(6):
        said.append(says(said=tuple(said), seed=turn))
    assert set(said[:3]) == set(said[3:]) == set(LAMP.replies)


def test_an_only_reply_just_said_gives_way_to_the_next_near_one_or_to_a_fallback() -> None:
    both = replace(STAGE, line="may I have some tea", repertoire=((TEA, ROOM),))
    assert says(both) == '"It is black."'
    assert says(both, said=('"It is black."',)) == '"There is bread."'
    assert says(both, repertoire=((TEA,),), said=('"It is black."',)) in STAGE.fallback


def test_a_reply_said_lately_gives_way_to_one_about_as_near() -> None:
    sister = example("may I have tea", '"You had some."')
    stage = replace(STAGE, line="may I have tea", repertoire=((TEA, sister),))
    assert says(stage, said=('"You had some."', '"Hm."')) == '"It is black."'


def test_the_scenes_examples_come_before_the_characters() -> None:
    here = example("may I have some tea", '"Not at this door."')
    stage = replace(STAGE, line="can I have some tea, please", repertoire=((here,), (TEA,)))
    assert says(stage) == '"Not at this door."'
    # But not before one that is much nearer.
    far = example("may I have the key to the tower", '"In the morning."')
    assert says(stage, repertoire=((far,), (TEA,))) == '"It is black."'


def test_of_two_alike_the_one_that_moves_the_story_is_said() -> None:
    plain = example("let me in", '"No."')
    opens = example("let me in", '"Come in, then."', outcome="lets_in")
    for order in ((plain, opens), (opens, plain)):
        assert says(line="let me in", repertoire=(order,)) == '"Come in, then."'


def test_without_any_authored_fallback_there_is_breath() -> None:
    assert says(line="pizza", fallback=()) in SILENCES
    assert says(line="pizza", fallback=('"Hm."',), said=('"Hm."',)) != '"Hm."'
    assert says(line="pizza", repertoire=(), fallback=()) in SILENCES


def test_authored_lines_are_as_harmless_as_any() -> None:
    stage = replace(STAGE, line="tell me", repertoire=((example("tell me", " \x1b[31mred\x07 \n"),),))
    assert says(stage) == "red"


def test_a_judges_question_gets_no_answer() -> None:
    for request in (JUDGE, Request("act", ()), replace(JUDGE, stage=STAGE)):
        told = asyncio.run(listen(ScriptedActor(), request))
        assert told.pieces == [Finished("", model="scripted", reading=Read(by="example"))]


TEXT = st.text(max_size=40)


@given(
    line=TEXT,
    said=st.lists(st.sampled_from([*LAMP.replies, '"Hm."', '"It is black."', ""]), max_size=6),
    fallback=st.lists(TEXT, max_size=2),
    seed=st.integers(),
)
def test_there_is_always_something_to_say(line: str, said: list[str], fallback: list[str], seed: int) -> None:
    stage = replace(STAGE, line=line, said=tuple(said), fallback=tuple(fallback), seed=seed)
    text, reading = perform(stage)
    assert text.strip() == text != ""
    assert not said or text != said[-1]
    assert reading.by == "example"
    assert all(claim.evidence in text for claim in (reading.outcome, *reading.moved) if claim)


@pytest.mark.parametrize("who", ["maren", "odd"])
def test_a_characters_own_name_is_only_an_address(who: str) -> None:
    stage = replace(STAGE, who=who, line=f"{who.title()}, why is the lamp dark?")
    assert says(stage) in LAMP.replies
