"""A model stays in its part: it stops before it speaks for others, and does not say the same thing twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from engine.dialogue.messages import Message
from engine.errors import NoWords
from engine.llm.incharacter import InCharacter
from engine.llm.protocol import Delta, Finished, Notice, Piece, Request, Stage, Withdrawn
from engine.llm.refusals import Persistent
from engine.llm.scripted import ScriptedActor
from support.games import QueueModel

STAGE = Stage(
    "maren", "Let me in!", (), ('"Hm. Not tonight."', '"The rain has not stopped."'), (), 7, "Maren Voss", ("Odd Berg",)
)
ACT = Request("act", (Message("system", "You are Maren."), Message("user", "Let me in!")), stage=STAGE)
SAID = '"I told you that the lamp stays dark, and I will not say it again."'


def taken(model: InCharacter | Persistent, request: Request = ACT) -> list[Piece]:
    async def take() -> list[Piece]:
        return [piece async for piece in model.stream(request)]

    return asyncio.run(take())


def shown(pieces: list[Piece]) -> str:
    """What stands on the screen in the end."""
    text = ""
    for piece in pieces:
        text = "" if isinstance(piece, Withdrawn) else text + piece.text if isinstance(piece, Delta) else text
    return text


def finished(pieces: list[Piece]) -> Finished:
    assert isinstance(pieces[-1], Finished)
    return pieces[-1]


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ('"Come in." She steps back.', '"Come in." She steps back.'),
        ('"Come in."\nYou: Thank you!\nMaren: "Sit."', '"Come in."'),
        ('"Come in."\n\nOdd Berg: "Who is it?"', '"Come in."'),
        ('Maren Voss: "Come in."', '"Come in."'),
        ('"Come in." You step inside and say, "Thank you."', '"Come in."'),
        ('"Come in."\n<|im_start|>user\nThanks', '"Come in."'),
    ],
)
def test_a_reply_ends_before_it_speaks_or_acts_for_others(reply: str, kept: str) -> None:
    for pieces in ([reply], list(reply), reply.split(" ")):
        words = [piece if len(pieces) != len(reply.split(" ")) else f"{piece} " for piece in pieces]
        model = QueueModel(words)
        heard = taken(InCharacter(model))
        assert shown(heard).strip() == kept
        assert finished(heard).text.strip() == kept
        assert model.closed == 1, "what is not wanted is not waited for, nor paid for"


def test_a_reply_that_is_all_somebody_elses_is_asked_again_and_then_given_up() -> None:
    model = QueueModel('Odd Berg: "Aye."', '"Aye yourself."')
    heard = taken(InCharacter(model))
    assert [piece.reason for piece in heard if isinstance(piece, Withdrawn)] == [
        "Maren Voss only spoke for somebody else. It is asked once more."
    ]
    assert shown(heard) == '"Aye yourself."'
    assert model.requests[1].messages[0] == model.requests[0].messages[0], "the beginning stays cached"
    assert model.requests[1].messages[-1].content.startswith(model.requests[0].messages[-1].content)
    with pytest.raises(NoWords):
        taken(InCharacter(QueueModel('Odd Berg: "Aye."', 'You: "No."')))


def test_where_it_says_nothing_of_its_own_the_author_does() -> None:
    stand_in = Persistent(
        InCharacter(QueueModel('Odd: "Aye."', 'Odd: "Aye."', 'Odd: "Aye."', 'Odd: "Aye."')), scripted=ScriptedActor()
    )
    assert shown(taken(stand_in)) in STAGE.fallback


def test_what_was_said_already_is_asked_again_once_and_then_the_author_speaks() -> None:
    request = replace(ACT, stage=replace(STAGE, said=(SAID, STAGE.fallback[0])))
    nearly = SAID.replace("will not", "won't")
    heard = taken(InCharacter(QueueModel(nearly, '"Go home."')), request)
    assert shown(heard) == finished(heard).text == '"Go home."'
    heard = taken(InCharacter(QueueModel(nearly, SAID)), request)
    assert shown(heard) == finished(heard).text == STAGE.fallback[1]
    nothing_left = replace(request, stage=replace(STAGE, fallback=(), said=(SAID,)))
    heard = taken(InCharacter(QueueModel(SAID, SAID)), nothing_left)
    assert shown(heard) == SAID
    assert any(isinstance(piece, Notice) for piece in heard)


def test_a_reply_that_goes_round_in_a_circle_is_broken_off() -> None:
    model = QueueModel(['"Wait." ', *['"I said no, and I mean no." '] * 400])
    heard = taken(InCharacter(model))
    assert len(finished(heard).text) < 300
    assert model.closed == 1


def test_what_is_no_part_passes_as_it_is() -> None:
    odd = "You: I said\nYou: I said"
    judge = replace(ACT, purpose="judge")
    assert shown(taken(InCharacter(QueueModel(odd)), judge)) == odd
    assert shown(taken(InCharacter(QueueModel(odd)), replace(ACT, stage=None))) == odd
