"""Every fault of a model's server in a real turn of a real story: what is read, what is kept, what is asked."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.errors import ModelError
from engine.lastly import Unsent
from engine.llm.client import HttpModel
from engine.llm.refusals import Persistent
from engine.llm.scripted import ScriptedActor
from engine.session import Session
from engine.updates import Delayed, TakenBack, Turned, Update
from llm.asking import FINISH, GOOD, KEY, endpoint, sse
from llm.fault_list import FAULTS, Fault, good, page
from llm.fault_server import Asking, FaultServer, free_port, serving
from support.games import QueueModel, begin
from support.stories import EVERYTHING, graph_of

GRAPH = graph_of(EVERYTHING)
LINE = "let me in"
VERDICT = json.dumps({"outcome": "none", "quote": ""})
each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)


async def _now(_: float) -> None:
    """No test waits for a clock."""


def model_at(url: str, **given: Any) -> HttpModel:
    return HttpModel(endpoint(url, **given), sleep=_now, random=lambda: 0.0)


def actor_at(url: str, **given: Any) -> Persistent:
    """The model as a player gets it who has set nothing."""
    return Persistent(model_at(url, **given), scripted=ScriptedActor())


@asynccontextmanager
async def failing(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[FaultServer, str]]:
    """A server with this fault, and the URL at which it is asked."""
    async with serving(*(fault.scenes or (good,)), tls=fault.where == "tls") as server:
        url = server.base_url
        with monkeypatch.context() as patched:
            if fault.where == "nobody":
                url = f"http://127.0.0.1:{free_port()}/v1"
            elif fault.where == "no host":
                patched.setattr(socket, "getaddrinfo", _unknown)
                url = "http://nowhere.invalid/v1"
            yield server, url


def _unknown(*_: object, **__: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def seconds(fault: Fault, name: str) -> str:
    return f"{fault.given.get(name, 0):g}"


async def turn(session: Session, updates: list[Update], *, again: bool = False) -> None:
    async for update in session.retry() if again else session.say(LINE):
        updates.append(update)


@each_fault
def test_what_a_player_reads_keeps_and_pays(fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        async with failing(fault, monkeypatch) as (server, url):
            actor = actor_at(url, **fault.given)
            session = begin(GRAPH, tmp_path, actor, QueueModel(VERDICT, VERDICT))
            session.choose("door")
            head, state, lines = session.store.head, session.state, session.lines
            shown = {
                "host": url.removesuffix("/v1").partition("//")[2],
                "elsewhere": f"localhost:{server.port}",
                "first": seconds(fault, "first_byte_timeout"),
                "idle": seconds(fault, "idle_timeout"),
                "whole": seconds(fault, "reply_timeout"),
            }
            updates: list[Update] = []
            try:
                await turn(session, updates)
                read = ""
            except ModelError as error:
                read = str(error)
            finally:
                await actor.aclose()

            assert read == fault.reads.format(**shown)
            waits = [(update.reason, update.seconds) for update in updates if isinstance(update, Delayed)]
            assert waits == [(reason.format(**shown), seconds) for reason, seconds in fault.waits]
            taken_back = [update.reason for update in updates if isinstance(update, TakenBack)]
            assert taken_back == [reason.format(**shown) for reason in fault.back]
            assert len(server.requests) == fault.asked
            assert KEY not in repr((read, updates))
            if read:
                assert session.unsent == Unsent(LINE)
                assert (session.store.head, session.state, session.lines) == (head, state, lines)
            else:
                assert session.unsent is None
                assert [line.text for line in session.lines[len(lines) :]] == [LINE, fault.answer]
            session.close()

    asyncio.run(play())


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.reads], ids=lambda fault: fault.name)
def test_the_line_that_was_kept_is_answered_once_when_the_server_is_well(
    fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play() -> None:
        async with failing(fault, monkeypatch) as (server, url), serving(good) as well:
            actor, judge = actor_at(url, **fault.given), QueueModel(VERDICT)
            session = begin(GRAPH, tmp_path, actor, judge)
            session.choose("door")
            before = len(session.lines)
            with pytest.raises(ModelError):
                await turn(session, [])
            mended = actor_at(well.base_url)
            updates = [update async for update in session.retry(actor=mended)]
            await actor.aclose()
            await mended.aclose()
            assert isinstance(updates[-1], Turned)
            assert [line.text for line in session.lines[before:]] == [LINE, "Come in."]
            assert (len(server.requests), len(well.requests), len(judge.requests)) == (fault.asked, 1, 1)
            session.close()

    asyncio.run(play())


@each_fault
def test_a_judge_that_fails_costs_no_reply(fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        async with failing(fault, monkeypatch) as (_, url):
            actor, judge = QueueModel('"No."'), model_at(url, **fault.given)
            session = begin(GRAPH, tmp_path, actor, judge)
            session.choose("door")
            head, values = session.store.head, session.state.values
            updates: list[Update] = []
            await turn(session, updates)
            await judge.aclose()
            assert isinstance(updates[-1], Turned)
            assert session.lines[-1].text == '"No."'
            assert session.store.head != head
            assert session.state.values == values
            assert len(actor.requests) == 1
            if fault.reads:
                assert session.notices[0].startswith("The reply could not be read for what it means: ")
            session.close()

    asyncio.run(play())


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
WHOLE = HEAD + GOOD
FINISHED = len(HEAD) + len(sse("Come ", "in.", FINISH, done=False))
"""Bytes after which the reply is whole; what follows is usage."""


def test_a_reset_at_every_byte(tmp_path: Path) -> None:
    """Before the body a request is tried again; from its first byte on it never is, and half a reply is none."""
    cut = 0

    async def reset(asking: Asking) -> None:
        if cut:
            await asking.send(WHOLE[:cut])
        asking.reset()

    async def play() -> None:
        nonlocal cut
        async with serving(reset) as server:
            actor = model_at(server.base_url)
            session = begin(GRAPH, tmp_path, actor, QueueModel(*[VERDICT] * len(WHOLE)))
            session.choose("door")
            head, state = session.store.head, session.state
            for cut in range(len(WHOLE)):
                server.requests.clear()
                before = f"127.0.0.1:{server.port} broke the connection before it answered."
                inside = f"127.0.0.1:{server.port} broke the connection in mid-reply."
                try:
                    await turn(session, [])
                    told = ""
                except ModelError as error:
                    told = error.what
                if told:
                    assert told == (before if cut <= len(HEAD) else inside), cut
                    assert len(server.requests) == (3 if cut <= len(HEAD) else 1), cut
                    assert session.unsent == Unsent(LINE)
                    assert (session.store.head, session.state) == (head, state)
                else:
                    assert cut >= FINISHED - 1, cut
                    assert len(server.requests) == 1, cut
                    assert session.lines[-1].text == "Come in."
                    session.undo()
            assert told == ""
            await actor.aclose()
            session.close()

    asyncio.run(play())


def test_the_page_says_what_the_tests_play() -> None:
    written = Path(__file__).parents[2] / "docs" / "errors.md"
    assert written.read_text("utf-8") == page(), "PYTHONPATH=.:tests python -m llm.fault_list >docs/errors.md"


def test_every_name_is_one_faults_own() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names)
