"""A setup is tried step by step: what works is said to work, and what does not with what to do, at a known price."""

from __future__ import annotations

import asyncio
import datetime
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.llm.abilities import Abilities
from engine.llm.doctor import CALLS, Step, examine, price
from engine.llm.endpoint import Endpoint, Secret
from llm.asking import KEY
from llm.houses import House, open_house
from llm.llama import llama_server

ENDPOINT = Endpoint("http://localhost:1/v1", "m-1")


def examined(endpoint: Endpoint, context: int = 4096, memory: Abilities | None = None) -> dict[str, Step]:
    async def steps() -> dict[str, Step]:
        return {step.name: step async for step in examine(endpoint, context=context, memory=memory)}

    return asyncio.run(steps())


def visited(house: House, *, context: int = 4096, key: str = "", model: str = "m-1", **more: Any) -> dict[str, Step]:
    with open_house(house) as url:
        return examined(replace(ENDPOINT, base_url=url, key=Secret(key), model=model), context, **more)


def test_a_good_server_passes_every_step_at_the_price_that_was_said() -> None:
    house = House(models={"data": [{"id": "m-1", "context_length": 32768}, {"id": "m-2"}]}, key=KEY)
    steps = visited(house, key=KEY)
    # The whole stream may well come in one piece from a server as quick as this one.
    assert {step.outcome for step in steps.values() if step.name != "stream"} <= {"ok", "skipped"}
    names = ["address", "encryption", "key", "model", "reply", "stream", "usage", "limit", "schema", "context", "cache"]
    assert list(steps) == names
    assert "32,768" in steps["context"].says
    assert house.replies == CALLS == price(ENDPOINT)[0]
    sent = sum(len(json.dumps(body["messages"])) // 4 for path, _, body in house.asked if "completions" in path)
    assert sent <= price(ENDPOINT)[1]
    assert all(body["max_tokens"] <= 200 for path, _, body in house.asked if "completions" in path)


def test_nobody_there() -> None:
    steps = examined(Endpoint("http://127.0.0.1:9/v1", "m"))
    assert steps["address"].outcome == "failed"
    assert "Start the model's server" in steps["address"].do
    assert steps["the rest"].outcome == "skipped"


def test_a_wrong_key() -> None:
    house = House(key=KEY)
    steps = visited(house, key="sk-wrong-0123456789")
    assert (steps["key"].outcome, house.replies) == ("failed", 0)
    assert "PALAVER_API_KEY" in steps["key"].do
    assert "sk-wrong" not in str(steps)


def test_a_mistyped_model_is_told_with_the_one_that_was_meant() -> None:
    unknown = (404, {"error": {"message": "The model does not exist", "code": "model_not_found"}})
    steps = visited(House(takes=lambda _: unknown, models={"data": [{"id": "llama3.2"}]}), model="lama3.2")
    assert steps["model"].outcome == "failed"
    assert 'Did you mean "llama3.2"?' in steps["model"].says


def test_a_server_that_takes_any_name_is_no_failure() -> None:
    step = visited(House(), model="whatever")["model"]
    assert step.outcome == "note"
    assert "does not list it" in step.says


def test_a_server_without_a_list_is_no_failure() -> None:
    steps = visited(House(models=None))
    assert (steps["address"].outcome, steps["model"].outcome) == ("ok", "ok")


def test_a_reply_all_at_once_and_uncounted_is_worth_a_note() -> None:
    steps = visited(House(whole=True, usage=lambda *_: None))
    assert (steps["stream"].outcome, steps["usage"].outcome, steps["cache"].outcome) == ("note", "note", "skipped")


def test_a_reply_that_never_finishes_is_a_failure() -> None:
    cut = (200, {"choices": [{"message": {"content": "One, two"}}]})
    steps = visited(House(takes=lambda _: cut))
    assert steps["reply"].outcome == "failed"
    assert "before it was finished" in steps["reply"].says


def test_a_server_without_schemas_reads_in_words() -> None:
    def takes(body: dict[str, Any]) -> tuple[int, Any] | None:
        return (400, {"error": {"message": "response_format is not supported"}}) if "response_format" in body else None

    step = visited(House(takes=takes))["schema"]
    assert step.outcome == "ok"
    assert "in words" in step.says


@pytest.mark.parametrize(
    "verdict",
    ["Green, I think.", '{"colour": "green"}', '{"quote": "", "colour": "grey"}', "{", '{"quote": 1, "colour": "red"}'],
)
def test_an_answer_that_is_not_what_was_asked_for_is_a_failure(verdict: str) -> None:
    step = visited(House(verdict=verdict))["schema"]
    assert step.outcome == "failed"
    assert "judge" in step.do


def test_the_other_name_of_the_limit_is_found_and_remembered(tmp_path: Path) -> None:
    def takes(body: dict[str, Any]) -> tuple[int, Any] | None:
        return (
            (400, {"error": {"message": "use max_completion_tokens, not max_tokens"}}) if "max_tokens" in body else None
        )

    house = House(takes=takes)
    memory = Abilities(tmp_path / "abilities.json", today=lambda: datetime.date(2026, 11, 24))
    with open_house(house) as url:
        endpoint = replace(ENDPOINT, base_url=url)
        assert "max_completion_tokens" in examined(endpoint, memory=memory)["limit"].says
        assert memory.learnt(endpoint) == "2026-11-24"


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ({"/props": {"default_generation_settings": {"n_ctx": 2048}}}, "llama.cpp holds 2,048"),
        ({"/api/show": {"model_info": {"llama.context_length": 131072}}}, "Ollama holds 4,096"),
        ({"/api/show": {"parameters": "num_ctx 2000", "model_info": {}}}, "Ollama holds 2,000"),
        (
            {"/api/show": {}, "/api/ps": {"models": [{"name": "m-1:latest", "context_length": 2222}]}},
            "with room for 2,222",
        ),
    ],
)
def test_a_context_smaller_than_is_set_is_a_failure_with_the_number_to_set(paths: dict[str, Any], said: str) -> None:
    step = visited(House(paths=paths), context=8192)["context"]
    assert step.outcome == "failed"
    assert said in step.says
    assert "Set `context: " in step.do


def test_a_prompt_cut_without_a_word_shows_in_the_count() -> None:
    step = visited(House(usage=lambda prompt, _: {"prompt_tokens": min(prompt, 40), "completion_tokens": 3}))["context"]
    assert step.outcome == "failed"
    assert "cut" in step.says


def test_a_cache_that_is_not_used_is_worth_a_note() -> None:
    def usage(prompt: int, _: int) -> dict[str, Any]:
        return {"prompt_tokens": prompt, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 0}}

    assert visited(House(usage=usage))["cache"].outcome == "note"


def test_a_busy_server_is_told_of_and_not_waited_for() -> None:
    steps = visited(House(takes=lambda _: (429, {"error": {"message": "slow down"}})))
    assert steps["reply"].outcome == "failed"
    assert "too many requests" in steps["reply"].says


def test_a_key_in_the_open_is_worth_a_note() -> None:
    from engine.llm.doctor import _encryption

    open_air = Endpoint("http://models.example/v1", "m", key=Secret(KEY))
    assert (_encryption(open_air).outcome, "key" in _encryption(open_air).says) == ("note", True)


def test_a_real_server_is_examined_to_the_end() -> None:
    with llama_server() as url:
        steps = examined(Endpoint(url, "tiny"), context=2048)
    assert {
        name: step.outcome for name, step in steps.items() if name not in {"schema", "encryption", "model"}
    } == dict.fromkeys(("address", "key", "reply", "stream", "usage", "limit", "context", "cache"), "ok")
    assert steps["schema"].outcome in {"ok", "note"}


def test_a_wrong_address_is_not_blamed_on_the_model() -> None:
    steps = visited(House(models=None, takes=lambda _: (404, {"detail": "Not Found"})))
    assert "nothing at that address" in steps["reply"].says
    assert "base URL" in steps["reply"].do


def test_a_server_without_tls_is_told_where_tls_was_asked_for() -> None:
    with open_house(House()) as url:
        steps = examined(replace(ENDPOINT, base_url=url.replace("http://", "https://")))
    assert steps["encryption"].outcome == "failed"
    assert "http://" in steps["encryption"].do
