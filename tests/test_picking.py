"""Whoever the player picks plays at once and is written down; no key and no account is lost or goes astray."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.errors import Refused, Unreachable
from engine.lastly import Unsent
from engine.llm.discover import Listed, Server
from engine.llm.endpoint import Secret
from support.games import QueueModel, begin, cast_of, heard
from support.pickers import picker_at
from support.stories import EVERYTHING, graph_of

KEY = "sk-main-0123456789abcdef"


def test_what_replies_cost_is_told_where_a_price_is_known(tmp_path: Path) -> None:
    picker = picker_at(tmp_path, "prices: {mine: {input: 1, output: 10}}\n")
    here, there = "http://localhost:1/v1", "https://api.openai.com/v1"
    servers = [Server("Ollama", here, (Listed("mine"), Listed("gpt-4o"))), Server("x", there, (Listed("gpt-4o"),))]
    costs = asyncio.run(picker.costs(servers))
    assert costs[here, "mine"] == "about $0.40 for 100 replies"
    assert (here, "gpt-4o") not in costs
    assert costs[there, "gpt-4o"].startswith("about $")


def test_a_variable_that_goes_before_the_file_does_not_stop_a_pick_and_is_told(tmp_path: Path) -> None:
    picker = picker_at(tmp_path, PALAVER_MODEL="m-7", PALAVER_OFFLINE="1")
    picked = picker.pick("http://localhost:1/v1", "m-2")
    assert picked.cast.actor.name.startswith("m-2")
    assert "PALAVER_MODEL is set" in picked.told
    assert picked.cast.meter is not None
    picked.cast.meter.close()


def test_the_account_goes_on_when_another_plays(tmp_path: Path) -> None:
    picker = picker_at(tmp_path, "budget: {session: {tokens: 5000}}\n")
    first = picker.pick("http://localhost:1/v1", "m-1").cast
    offline = picker.pick_scripted(first.meter).cast
    again = picker.pick("http://localhost:2/v1", "m-2", offline.meter).cast
    assert offline.free
    assert first.meter is offline.meter is again.meter
    assert again.meter is not None
    again.meter.close()


def test_the_key_of_another_server_is_not_taken_along(tmp_path: Path) -> None:
    picker = picker_at(tmp_path, f"base_url: http://localhost:1/v1\napi_key: {KEY}\nmodel: m\n")
    picked = picker.pick("http://localhost:2/v1", "m-2")
    assert picker.settings.api_key == Secret()
    assert "api_key" in picked.told
    assert KEY not in picked.told
    assert picked.cast.meter is not None
    picked.cast.meter.close()


def test_a_game_goes_on_with_another_cast_and_keeps_the_line_that_got_no_answer(tmp_path: Path) -> None:
    session = begin(graph_of(EVERYTHING), tmp_path, QueueModel(Unreachable("No connection.")))
    session.choose("door")
    before = session.state
    with pytest.raises(Unreachable):
        heard(session.say("hello"))
    session.recast(cast_of(QueueModel('"Who?"', '{"outcome": "none", "quote": ""}')))
    assert session.unsent == Unsent("hello")
    assert session.state == before
    heard(session.retry())
    assert session.lines[-1].text == '"Who?"'
    session.close()


def test_nobody_is_replaced_in_the_middle_of_an_answer(tmp_path: Path) -> None:
    session = begin(graph_of(EVERYTHING), tmp_path, QueueModel(["One, ", "two."], '{"outcome": "none", "quote": ""}'))
    session.choose("door")
    cast = session.cast

    async def play() -> None:
        async for _ in session.say("hello"):
            with pytest.raises(Refused):
                session.recast(cast_of())

    asyncio.run(play())
    assert session.cast is cast
    session.close()


def test_the_scripted_actor_is_written_as_yaml_has_it_and_leaves_the_model_in_the_file(tmp_path: Path) -> None:
    picker = picker_at(tmp_path, "model: m-1  # mine\nbase_url: http://localhost:1/v1\n")
    assert picker.pick_scripted().cast.free
    assert picker.path.read_text("utf-8") == "model: m-1  # mine\nbase_url: http://localhost:1/v1\noffline: true\n"
    picked = picker.pick("http://localhost:1/v1", "m-1")
    assert not picked.cast.free
    assert picker.path.read_text("utf-8") == "model: m-1  # mine\nbase_url: http://localhost:1/v1\n"
    assert picked.cast.meter is not None
    picked.cast.meter.close()
