"""The client in front of servers of every kind, without a network."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from engine.errors import BadRequest, BrokenReply, Busy, KeyRefused, ModelError, OutOfCredit, Unreachable
from engine.llm.client import HttpModel
from engine.llm.endpoint import Secret
from engine.llm.protocol import Delta, Finished, Usage
from llm.asking import ACT, FINISH, GOOD, JUDGE, KEY, USAGE, Told, ask, endpoint, error, no, ok, sse, stream_of


def test_a_reply_comes_piece_by_piece_and_then_whole() -> None:
    told = ask(stream_of("Come ", "in.", FINISH, USAGE)).tell()
    assert told.words == "Come in."
    assert told.finished == Finished("Come in.", "stop", Usage(21, 3), "m-1-2026")


def test_what_is_sent() -> None:
    asked = ask(ok(), to=endpoint(headers={"X-Title": "Palaver"}, query={"api-version": "3"}, parameters={"seed": 7}))
    asked.tell()
    (request,) = asked.line.requests
    assert request.method == "POST"
    assert str(request.url) == "https://models.example/v1/chat/completions?api-version=3"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["x-title"] == "Palaver"
    assert request.headers["accept-encoding"] == "identity"
    assert asked.line.bodies[0]["seed"] == 7


def test_no_key_sends_no_header() -> None:
    asked = ask(ok(), to=endpoint(key=Secret()))
    asked.tell()
    assert "authorization" not in asked.line.requests[0].headers


def test_text_that_utf8_cannot_hold_is_sent_all_the_same() -> None:
    asked = ask(ok())
    asked.tell(replace(ACT, messages=(replace(ACT.messages[1], content="half \ud83d"),)))
    assert asked.line.bodies[0]["messages"][0]["content"] == "half ?"


def test_a_whole_json_reply_to_a_streaming_request_is_taken() -> None:
    document = {"choices": [{"message": {"content": "Come in."}, "finish_reason": "stop"}], "model": "m"}
    assert ask(ok(json.dumps(document).encode())).tell().finished.text == "Come in."


def test_the_player_sees_each_wait_before_it_is_waited() -> None:
    asked = ask(no(500), no(429, error("Slow down"), retry_after="7"), ok())
    told = asked.tell()
    assert told.words == "Come in."
    assert [wait.seconds for wait in told.waits] == asked.slept == [0.5, 7]
    assert "Slow down" in told.waits[1].reason


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
def test_a_busy_server_is_asked_three_times(status: int) -> None:
    asked = ask(no(status))
    with pytest.raises(Busy):
        asked.tell()
    assert len(asked.line.requests) == 3


@pytest.mark.parametrize("status", [307, 400, 401, 402, 403, 404, 413, 422])
def test_a_refusal_is_not_asked_again(status: int) -> None:
    asked = ask(no(status))
    with pytest.raises(ModelError) as caught:
        asked.tell()
    assert caught.value.status == status
    assert len(asked.line.requests) == 1
    assert not asked.slept


def test_spent_credit_is_not_asked_again_though_it_is_a_429() -> None:
    asked = ask(no(429, error("You exceeded your quota", code="insufficient_quota"), x_should_retry="true"))
    with pytest.raises(OutOfCredit, match="credit"):
        asked.tell()
    assert len(asked.line.requests) == 1


def test_a_wait_longer_than_two_minutes_is_left_to_the_player() -> None:
    asked = ask(no(429, retry_after="3600"))
    with pytest.raises(Busy):
        asked.tell()
    assert not asked.slept


def test_a_redirect_is_not_followed() -> None:
    asked = ask(no(302, location="https://evil.example/v1/chat/completions"), ok())
    with pytest.raises(BadRequest, match="evil"):
        asked.tell()
    assert len(asked.line.requests) == 1


def test_a_connection_that_fails_is_tried_again_and_then_told() -> None:
    asked = ask(httpx.ConnectError("refused"))
    with pytest.raises(Unreachable, match="No connection"):
        asked.tell()
    assert asked.slept == [0.5, 1.0]


def test_a_kept_connection_that_was_dropped_costs_no_wait_and_no_retry() -> None:
    dropped = httpx.RemoteProtocolError("Server disconnected without sending a response.")
    asked = ask(ok(), dropped, ok(), to=endpoint(retries=0))

    async def twice() -> list[str]:
        return [(await _words(asked.model)), (await _words(asked.model))]

    assert asyncio.run(twice()) == ["Come in.", "Come in."]
    assert len(asked.line.requests) == 3
    assert not asked.slept


def test_a_first_connection_that_was_dropped_is_waited_for() -> None:
    asked = ask(httpx.RemoteProtocolError("gone"), ok())
    told = asked.tell()
    assert [wait.seconds for wait in told.waits] == [0.5]


async def _words(model: HttpModel) -> str:
    return "".join([piece.text async for piece in model.stream(ACT) if isinstance(piece, Delta)])


class Body(httpx.AsyncByteStream):
    """Sends chunks, then fails or hangs; remembers whether it was closed."""

    def __init__(self, *chunks: bytes, then: BaseException | None = None, hang: bool = False) -> None:
        self.chunks, self.then, self.hang = chunks, then, hang
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk
        if self.hang:
            await asyncio.Event().wait()
        if self.then is not None:
            raise self.then

    async def aclose(self) -> None:
        self.closed = True


def body(*chunks: bytes, then: BaseException | None = None, hang: bool = False) -> httpx.Response:
    return httpx.Response(200, stream=Body(*chunks, then=then, hang=hang))


def test_nothing_is_sent_again_once_a_byte_came() -> None:
    asked = ask(body(sse("Come ", done=False), then=httpx.ReadError("reset")), ok())
    told = Told()
    with pytest.raises(BrokenReply, match="mid-reply"):
        asked.tell(told=told)
    assert told.words == "Come"
    assert len(asked.line.requests) == 1


def test_a_tls_error_is_told_like_any_break() -> None:
    with pytest.raises(BrokenReply, match="mid-reply"):
        ask(body(sse("Come ", done=False), then=ssl.SSLError(1, "record layer failure"))).tell()
    with pytest.raises(Unreachable, match="before it answered"):
        ask(ssl.SSLError(1, "record layer failure"), to=endpoint(retries=0)).tell()


def test_a_body_that_broke_before_its_first_byte_is_asked_for_again() -> None:
    asked = ask(body(then=httpx.ReadError("reset")), ok())
    assert asked.tell().words == "Come in."


def test_a_connection_that_broke_after_the_reply_was_whole_spoils_nothing() -> None:
    asked = ask(body(sse("Hm.", FINISH, done=False), then=httpx.RemoteProtocolError("incomplete chunked read")))
    assert asked.tell().finished.text == "Hm."


def test_a_server_that_keeps_the_line_open_after_its_last_word_is_not_waited_for() -> None:
    asked = ask(body(GOOD, hang=True))
    assert asked.tell().finished.usage == Usage(21, 3)


@pytest.mark.parametrize(
    ("chunks", "kind", "said"),
    [
        ((), Unreachable, "said nothing"),
        ((b": keep-alive\n\n",), BrokenReply, "silent in mid-reply"),
        ((sse("Come ", done=False),), BrokenReply, "silent in mid-reply"),
    ],
)
def test_silence_has_an_end(chunks: tuple[bytes, ...], kind: type[ModelError], said: str) -> None:
    asked = ask(body(*chunks, hang=True), to=endpoint(first_byte_timeout=0.02, idle_timeout=0.02))
    with pytest.raises(kind, match=said):
        asked.tell()
    assert len(asked.line.requests) == 1


def test_a_trickle_has_an_end() -> None:
    asked = ask(body(*[b": ping\n\n"] * 50), to=endpoint(reply_timeout=10), clock=[0, 1, 2, 3, 20])
    with pytest.raises(BrokenReply, match="not finished after 10 s"):
        asked.tell()


def test_closing_the_reply_closes_the_connection_at_once() -> None:
    held = Body(sse("Come ", done=False), hang=True)
    asked = ask(httpx.Response(200, stream=held))

    async def interrupt() -> bool:
        stream = asked.model.stream(ACT)
        assert await anext(stream) == Delta("Come")
        await stream.aclose()
        return held.closed

    assert asyncio.run(interrupt())


def test_cancelling_whoever_waits_for_a_word_closes_the_connection_too() -> None:
    held = Body(sse("Come ", done=False), hang=True)
    asked = ask(httpx.Response(200, stream=held))

    async def interrupt() -> bool:
        stream = asked.model.stream(ACT)
        await anext(stream)
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return held.closed

    assert asyncio.run(interrupt())


def test_an_error_page_is_not_a_crash() -> None:
    with pytest.raises(Busy, match="502"):
        ask(no(502, b"<html><body>Bad gateway</body></html>" * 10_000)).tell()
    with pytest.raises(BrokenReply, match="web page"):
        ask(ok(b"<!doctype html><title>Welcome</title>")).tell()


def test_what_a_server_refuses_is_said_otherwise_and_remembered() -> None:
    picky = [
        no(400, error("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", param="max_tokens")),
        no(400, error("Unsupported value: 'temperature' does not support 0.9 with this model.", param="temperature")),
        no(422, b'{"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}'),
    ]
    asked = ask(*picky, ok())
    request = replace(ACT, settings={"temperature": 0.9, "max_tokens": 160})

    async def twice() -> None:
        async for _ in asked.model.stream(request):
            pass
        async for _ in asked.model.stream(request):
            pass

    asyncio.run(twice())
    assert len(asked.line.requests) == 5
    assert not asked.slept
    assert asked.line.bodies[3] == asked.line.bodies[4]
    assert asked.line.bodies[4]["max_completion_tokens"] == 160
    assert not {"max_tokens", "temperature", "stream_options"} & set(asked.line.bodies[4])


def test_other_words_that_were_refused_too_are_not_remembered() -> None:
    asked = ask(no(400, error("max_tokens and max_completion_tokens are both bad")))
    with pytest.raises(BadRequest):
        asked.tell(replace(ACT, settings={"max_tokens": 160}))
    assert len(asked.line.requests) == 2
    assert asked.model.dialect.limit == "max_tokens"


def test_a_schema_that_is_refused_is_asked_for_in_words() -> None:
    answer = '{"outcome": "none", "quote": ""}'
    asked = ask(no(400, error("response_format is not supported")), stream_of(answer, FINISH))
    assert json.loads(asked.tell(JUDGE).finished.text) == {"outcome": "none", "quote": ""}
    assert "response_format" not in asked.line.bodies[1]
    assert "lets_in" in asked.line.bodies[1]["messages"][-1]["content"]
    assert not asked.model.dialect.schema


def test_a_hostile_reply_is_shown_harmless() -> None:
    told = ask(stream_of("Come \x1b", "[31min", "\x1b]0;title", "\x07.", "\u202e", FINISH)).tell()
    assert told.words == told.finished.text == "Come in."


def test_thoughts_are_neither_shown_nor_kept() -> None:
    thought = {"choices": [{"delta": {"reasoning_content": "I must lie."}}]}
    told = ask(stream_of(thought, "<thi", "nk>lie</think>", "Come in.", FINISH)).tell()
    assert told.words == told.finished.text == "Come in."


def test_the_key_shows_nowhere_even_when_everything_fails(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [no(401, error(f"Incorrect key {KEY}")), ok(error(f"bad {KEY}")), httpx.ConnectError(f"with {KEY}")]
    for answer in answers:
        asked = ask(answer, to=endpoint(retries=0))
        with pytest.raises(ModelError) as caught:
            asked.tell()
        seen = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value)) + repr(vars(asked.model))
        assert KEY not in seen.replace("with " + KEY, "")
    assert KEY not in caplog.text


def test_a_key_that_is_refused_says_so() -> None:
    with pytest.raises(KeyRefused, match="PALAVER_API_KEY"):
        ask(no(401)).tell()


def test_errors_carry_the_servers_name_for_the_request() -> None:
    with pytest.raises(BadRequest) as caught:
        ask(no(400, x_request_id="req-42")).tell()
    assert caught.value.request_id == "req-42"


def test_a_proxy_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://proxy:1")
    model = HttpModel(endpoint())
    with pytest.raises(Unreachable, match="proxy"):
        asyncio.run(_words(model))


def test_one_client_is_kept_and_let_go() -> None:
    asked = ask(ok())

    async def play() -> bool:
        await _words(asked.model)
        first = asked.model._client
        await _words(asked.model)
        kept = asked.model._client is first is not None
        await asked.model.aclose()
        await asked.model.aclose()
        return kept and first is not None and first.is_closed

    assert asyncio.run(play())


def test_nothing_is_imported_or_opened_until_it_is_asked() -> None:
    assert HttpModel(endpoint())._client is None
