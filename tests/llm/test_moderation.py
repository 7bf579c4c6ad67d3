"""A moderation that the player asks for stands before the model and before the screen; without it nothing is asked."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from engine.errors import ModelError, Withheld
from engine.llm.moderation import LineModerated, Moderator, ReplyModerated, WhenUnreachable
from engine.llm.protocol import Delta, Finished, Notice, Request, Stage, Withdrawn
from engine.llm.refusals import Persistent
from engine.llm.scripted import ScriptedActor
from llm.asking import ACT, JUDGE, KEY, Line, Told, endpoint, listen, no, ok

ASKED = replace(ACT, stage=Stage("maren", "Let me in!", (), ('"Hm."',), (), 7))
WORDS = [Delta("Come "), Delta("in."), Finished("Come in.")]


def says(flagged: object, **kinds: object) -> Any:
    return ok(json.dumps({"results": [{"flagged": flagged, "categories": kinds}]}).encode())


class Actor:
    name = "m-1"

    def __init__(self) -> None:
        self.requests: list[Request] = []

    async def stream(self, request: Request) -> Any:
        self.requests.append(request)
        for piece in WORDS:
            yield piece

    async def aclose(self) -> None:
        return None


class Checked:
    """An actor behind a moderation that gives these answers."""

    def __init__(self, *answers: Any, when_unreachable: WhenUnreachable = "send", reply: bool = False) -> None:
        self.line = Line(*answers)
        self.actor = Actor()
        moderator = Moderator(endpoint(model="mod-1"), transport=httpx.MockTransport(self.line))
        kind = ReplyModerated if reply else LineModerated
        self.model = kind(self.actor, moderator, when_unreachable=when_unreachable)

    def tell(self, request: Request = ASKED) -> Told:
        async def told() -> Told:
            try:
                return await listen(self.model, request)
            finally:
                await self.model.aclose()

        return asyncio.run(told())


def test_a_line_that_passes_is_sent_and_answered() -> None:
    checked = Checked(says(False, violence=False))
    assert checked.tell().pieces == WORDS
    (asked,) = checked.line.requests
    assert str(asked.url) == "https://models.example/v1/moderations"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert checked.line.bodies == [{"model": "mod-1", "input": "Let me in!"}]


def test_a_flagged_line_is_sent_to_no_model_and_the_player_is_told_why() -> None:
    checked = Checked(says(True, violence=True, hate=False))
    with pytest.raises(Withheld, match=r"not sent: models\.example flags it \(violence\)\. Say it another way"):
        checked.tell()
    assert checked.actor.requests == []


FAILING = [no(500), no(429), ok(b"<html>"), ok(b"{}"), ok(b'{"results": []}'), ok(b'{"results": [{"flagged": "no"}]}'),
           ok(b'{"results": [1]}'), httpx.ConnectError("no")]  # fmt: skip


@pytest.mark.parametrize("answer", FAILING)
def test_a_moderation_that_fails_lets_pass_with_a_notice(answer: Any) -> None:
    pieces = Checked(answer).tell().pieces
    assert isinstance(pieces[0], Notice)
    assert "sent all the same" in pieces[0].text
    assert pieces[1:] == WORDS


@pytest.mark.parametrize("answer", FAILING)
def test_or_holds_the_line_when_that_is_set(answer: Any) -> None:
    checked = Checked(answer, when_unreachable="hold")
    with pytest.raises(Withheld, match="It was not sent"):
        checked.tell()
    assert checked.actor.requests == []


def test_no_word_of_a_reply_is_shown_before_it_was_looked_at() -> None:
    checked = Checked(says(True, **{"self-harm\x1b[31m": True}), reply=True)
    heard = Told()
    with pytest.raises(Withheld, match=r"models\.example flags the reply \(self-harm\)"):
        asyncio.run(listen(checked.model, ASKED, heard))
    assert heard.pieces == []
    assert checked.line.bodies[0]["input"] == "Come in."


def test_a_reply_that_passes_comes_in_its_pieces() -> None:
    assert Checked(says(False), reply=True).tell().pieces == WORDS


def test_a_reply_that_could_not_be_looked_at_is_shown_or_held() -> None:
    assert [type(piece) for piece in Checked(no(500), reply=True).tell().pieces] == [Notice, Delta, Delta, Finished]
    with pytest.raises(Withheld):
        Checked(no(500), reply=True, when_unreachable="hold").tell()


def test_a_flagged_reply_goes_up_the_ladder_and_a_flagged_line_does_not() -> None:
    checked = Checked(says(True), reply=True)
    persistent = Persistent(checked.model, scripted=ScriptedActor(), ladder=["authored"])
    told = asyncio.run(listen(persistent, ASKED))
    assert isinstance(told.pieces[0], Withdrawn)
    assert told.words == '"Hm."'
    line = Checked(says(True))
    line.model = LineModerated(persistent, line.model._moderator)
    with pytest.raises(Withheld, match="not sent"):
        line.tell()


@pytest.mark.parametrize("reply", [True, False])
def test_a_judge_is_asked_without_it(reply: bool) -> None:
    checked = Checked(says(True), reply=reply)
    assert checked.tell(JUDGE).pieces == WORDS
    assert checked.line.requests == []


def test_an_error_names_no_key() -> None:
    checked = Checked(no(401, json.dumps({"error": {"message": f"bad key {KEY}"}}).encode()), when_unreachable="hold")
    with pytest.raises(ModelError) as caught:
        checked.tell()
    assert KEY not in str(caught.value)
