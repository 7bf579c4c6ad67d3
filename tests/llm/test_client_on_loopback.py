"""The client against a server that fails over real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable

import pytest

from engine.errors import BadRequest, BrokenReply, Busy, KeyRefused, ModelError, OutOfCredit, Unreachable
from engine.llm.client import HttpModel
from engine.llm.endpoint import Secret
from engine.llm.protocol import Delta, Usage
from llm.asking import ACT, FINISH, GOOD, KEY, USAGE, Told, endpoint, error, listen, sse
from llm.fault_server import Asking, FaultServer, Scene, free_port, serving


async def _now(_: float) -> None:
    """No test waits for a clock."""


def model_at(url: str, **given: object) -> HttpModel:
    return HttpModel(endpoint(url, **given), sleep=_now, random=lambda: 0.0)


def play(*scenes: Scene, told: Told | None = None, times: int = 1, **given: object) -> tuple[Told, FaultServer]:
    """Ask a server that plays these scenes; the last answer, and the server as it was left."""

    async def asked() -> tuple[Told, FaultServer]:
        async with serving(*scenes) as server:
            model = model_at(server.base_url, **given)
            try:
                for _ in range(times):
                    heard = await listen(model, ACT, told)
            finally:
                await model.aclose()
            return heard, server

    return asyncio.run(asked())


def fails(kind: type[ModelError], *scenes: Scene, **given: object) -> tuple[ModelError, Told]:
    told = Told()
    with pytest.raises(kind) as caught:
        play(*scenes, told=told, **given)
    assert "127.0.0.1" in caught.value.what
    assert KEY not in str(caught.value)
    return caught.value, told


async def good(asking: Asking) -> None:
    await asking.stream(GOOD)


def says(status: int, body: bytes = b"", **headers: str) -> Scene:
    return lambda asking: asking.answer(status, body, **headers)


def streams(*chunks: bytes) -> Scene:
    return lambda asking: asking.stream(*chunks)


def test_a_whole_reply() -> None:
    told, server = play(good)
    assert told.words == told.finished.text == "Come in."
    assert told.finished.usage == Usage(21, 3)
    assert server.requests[0].header("authorization") == f"Bearer {KEY}"
    assert server.requests[0].json["messages"][1]["content"] == "Let me in!"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_a_reply_in_chunks_of_any_size(size: int) -> None:
    told, _ = play(streams(*(GOOD[at : at + size] for at in range(0, len(GOOD), size))))
    assert told.finished.text == "Come in."


def test_a_connection_is_kept_between_turns() -> None:
    _, server = play(good, times=3)
    assert (server.connections, len(server.requests)) == (1, 3)


def test_nobody_there() -> None:
    told = Told()

    async def asked() -> None:
        model = model_at(f"http://127.0.0.1:{free_port()}/v1")
        try:
            await listen(model, ACT, told)
        finally:
            await model.aclose()

    with pytest.raises(Unreachable, match=r"Nothing answers at 127\.0\.0\.1"):
        asyncio.run(asked())
    assert [wait.seconds for wait in told.waits] == [0.5, 1.0]


def test_no_such_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    async def asked() -> None:
        model = model_at("http://nowhere.invalid/v1", retries=0)
        try:
            await listen(model)
        finally:
            await model.aclose()

    with pytest.raises(Unreachable, match=r"no host nowhere\.invalid"):
        asyncio.run(asked())


@pytest.mark.parametrize(
    ("scene", "kind", "said"),
    [
        (says(401, error(f"Incorrect API key provided: {KEY}")), KeyRefused, "does not accept the key"),
        (says(403, error("You may not use this model")), KeyRefused, "does not allow"),
        (says(404, error("The model `m-1` does not exist", code="model_not_found")), BadRequest, 'no model "m-1"'),
        (says(404, b"404 page not found"), BadRequest, "mostly in /v1"),
        (says(429, error("You exceeded your current quota", code="insufficient_quota")), OutOfCredit, "credit"),
        (says(502, b"<html><center>nginx</center></html>"), Busy, "502"),
        (says(200, b"<html>Welcome</html>"), BrokenReply, "web page"),
        (says(200), BrokenReply, "no words"),
        (says(200, error("Provider returned error", code=502)), Busy, "Provider returned error"),
        (says(302, location="http://elsewhere.invalid/v1/chat/completions"), BadRequest, "elsewhere.invalid"),
        (streams(sse("Come ", done=True)), BrokenReply, "before it was finished"),
        (streams(sse("Come ", done=False)), BrokenReply, "before it was finished"),
        (streams(sse("Come ", {"error": {"message": "Overheated"}})), BrokenReply, "Overheated"),
        (streams(sse("Come ", done=False), b"data: {oops}\n\n", sse(FINISH)), BrokenReply, "cannot be read"),
    ],
)
def test_what_goes_wrong_is_told(scene: Scene, kind: type[ModelError], said: str) -> None:
    fault, _ = fails(kind, scene, retries=0)
    assert said in str(fault)


def test_a_limit_is_waited_out_as_long_as_the_server_asks() -> None:
    told, server = play(says(429, error("Slow down"), retry_after="3"), good)
    assert [wait.seconds for wait in told.waits] == [3]
    assert told.words == "Come in."
    assert len(server.requests) == 2


def test_a_failing_server_recovers() -> None:
    told, _ = play(says(500), says(503), good)
    assert [wait.seconds for wait in told.waits] == [0.5, 1.0]
    assert told.words == "Come in."


def test_a_redirect_takes_the_key_nowhere() -> None:
    async def asked() -> tuple[FaultServer, FaultServer]:
        async with serving(good) as thief:
            target = f"{thief.base_url}/chat/completions"
            async with serving(says(307, location=target)) as server:
                model = model_at(server.base_url)
                with pytest.raises(BadRequest, match="not followed"):
                    await listen(model)
                await model.aclose()
                return server, thief

    server, thief = asyncio.run(asked())
    assert len(server.requests) == 1
    assert not thief.requests


async def stall(asking: Asking) -> None:
    await asking.until_left()


async def stall_in_mid_reply(asking: Asking) -> None:
    await asking.begin()
    await asking.chunk(sse("Come ", done=False))
    await asking.until_left()


def test_a_server_that_never_begins() -> None:
    fails(Unreachable, stall, first_byte_timeout=0.05)


def test_a_server_that_falls_silent() -> None:
    _, told = fails(BrokenReply, stall_in_mid_reply, idle_timeout=0.05)
    assert told.words == "Come"


async def reset_in_mid_reply(asking: Asking) -> None:
    await asking.begin()
    await asking.chunk(sse("Come ", done=False))
    asking.reset()


async def close_in_mid_reply(asking: Asking) -> None:
    await asking.begin()
    await asking.chunk(sse("Come ", done=False))
    asking.hang_up()


@pytest.mark.parametrize("scene", [reset_in_mid_reply, close_in_mid_reply])
def test_a_broken_reply_is_not_asked_for_again(scene: Callable[[Asking], Awaitable[object]]) -> None:
    _, told = fails(BrokenReply, scene, good)
    assert not told.waits


async def drop(asking: Asking) -> None:
    asking.hang_up()


async def reset(asking: Asking) -> None:
    asking.reset()


@pytest.mark.parametrize("scene", [drop, reset])
def test_a_kept_connection_that_the_server_dropped_is_not_felt(scene: Scene) -> None:
    told, server = play(good, scene, good, times=2, retries=0)
    assert told.words == "Come in."
    assert not told.waits
    assert (server.connections, len(server.requests)) == (2, 3)


def test_a_server_that_always_drops_is_given_up() -> None:
    fault, told = fails(Unreachable, drop)
    assert "before it answered" in fault.what
    assert len(told.waits) == 2


async def end_without_closing(asking: Asking) -> None:
    await asking.begin()
    await asking.chunk(GOOD)
    await asking.until_left()


def test_a_whole_reply_is_not_held_up_by_a_connection_left_open() -> None:
    assert play(end_without_closing)[0].words == "Come in."


@pytest.mark.parametrize(
    ("chunks", "usage"),
    [
        ([FINISH, USAGE], Usage(21, 3)),
        ([{**FINISH, "usage": {"prompt_tokens": 8}}], Usage(8)),
        ([FINISH], Usage()),
        ([FINISH, {"choices": [], "usage": None}], Usage()),
    ],
)
def test_usage_in_every_manner(chunks: list[object], usage: Usage) -> None:
    assert play(streams(sse("Come in.", *chunks)))[0].finished.usage == usage


def test_stopping_the_reply_hangs_up_at_once() -> None:
    async def asked() -> bool:
        async with serving(stall_in_mid_reply) as server:
            model = model_at(server.base_url)
            stream = model.stream(ACT)
            assert await anext(stream) == Delta("Come")
            await stream.aclose()
            async with asyncio.timeout(5):
                await server.left.wait()
            await model.aclose()
            return server.left.is_set()

    assert asyncio.run(asked())


def test_stopping_while_nothing_comes_hangs_up_at_once() -> None:
    async def asked() -> bool:
        async with serving(stall) as server:
            model = model_at(server.base_url)
            stream = model.stream(ACT)
            # As the session does it: each piece is awaited by a task of its own, which may be cancelled.
            coming = asyncio.ensure_future(anext(stream))
            await server.asked.wait()
            coming.cancel()
            with pytest.raises(asyncio.CancelledError):
                await coming
            await stream.aclose()
            async with asyncio.timeout(5):
                await server.left.wait()
            await model.aclose()
            return server.left.is_set()

    assert asyncio.run(asked())


def test_pieces_may_be_awaited_by_different_tasks() -> None:
    async def asked() -> str:
        async with serving(streams(sse("Come ", done=False), sse("in.", FINISH))) as server:
            model = model_at(server.base_url)
            stream = model.stream(ACT)
            words = ""
            while (piece := await asyncio.ensure_future(anext(stream, None))) is not None:
                words += piece.text if isinstance(piece, Delta) else ""
            await model.aclose()
            return words

    assert asyncio.run(asked()) == "Come in."


def test_two_replies_at_once() -> None:
    async def asked() -> list[str]:
        async with serving(good) as server:
            model = model_at(server.base_url)
            both = await asyncio.gather(listen(model), listen(model))
            await model.aclose()
            return [told.words for told in both]

    assert asyncio.run(asked()) == ["Come in.", "Come in."]


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert play(good)[0].words == "Come in."


def test_no_key_is_sent_where_none_is_set() -> None:
    _, server = play(good, key=Secret())
    assert server.requests[0].header("authorization") == ""


async def explain_without_end(asking: Asking) -> None:
    await asking.send(b"HTTP/1.1 400 X\r\ntransfer-encoding: chunked\r\n\r\n")
    for _ in range(200):
        await asking.chunk(b"x" * 1024)
    await asking.until_left()


def test_an_endless_error_page_is_left() -> None:
    fails(BadRequest, explain_without_end)


def test_json_for_a_stream() -> None:
    document = {"choices": [{"message": {"content": "Come in."}, "finish_reason": "stop"}]}
    assert play(says(200, b"\n\n" + json.dumps(document).encode()))[0].finished.text == "Come in."
