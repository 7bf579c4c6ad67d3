"""A real server, loaded with a toy model, is asked as a game asks: for a reply, for a reading, and to stop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.dialogue.messages import Message
from engine.errors import BadRequest
from engine.llm.client import HttpModel
from engine.llm.endpoint import Endpoint
from engine.llm.protocol import Delta, Finished, Request
from llm.asking import ACT, JUDGE, Told, listen
from llm.llama import llama_server


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with llama_server() as url:
        yield url


def play(base_url: str, *requests: Request) -> list[Told]:
    async def asked() -> list[Told]:
        model = HttpModel(Endpoint(base_url, "tiny"))
        try:
            return [await listen(model, request) for request in requests]
        finally:
            await model.aclose()

    return asyncio.run(asked())


def test_a_character_answers_in_a_stream(base_url: str) -> None:
    (told,) = play(base_url, replace(ACT, settings={"max_tokens": 24, "temperature": 0.8, "seed": 7}))
    assert told.words == told.finished.text != ""
    assert told.finished.finish in {"stop", "length"}
    assert told.finished.usage.prompt
    assert told.finished.usage.completion
    assert told.finished.model


def test_a_limit_is_kept_and_told(base_url: str) -> None:
    (told,) = play(base_url, replace(ACT, settings={"max_tokens": 4}))
    assert told.finished.finish == "length"
    assert told.finished.usage.completion == 4


def test_a_reading_is_held_to_its_schema_even_by_random_weights(base_url: str) -> None:
    (told,) = play(base_url, replace(JUDGE, settings={"max_tokens": 400, "seed": 11}))
    if told.finished.finish == "stop":
        answer = json.loads(told.finished.text)
        assert set(answer) == {"outcome", "quote"}
        assert answer["outcome"] in {"lets_in", "none"}
    else:
        assert told.finished.text.lstrip().startswith("{")


def test_the_same_prompt_is_read_from_the_cache(base_url: str) -> None:
    long = (Message("system", "You are Maren, keeper of the light. " * 20), ACT.messages[1])
    request = replace(ACT, messages=long, settings={"max_tokens": 4})
    first, second = play(base_url, request, request)
    assert first.finished.usage.prompt == second.finished.usage.prompt
    assert (second.finished.usage.cached or 0) > 0


def test_many_turns_on_one_connection(base_url: str) -> None:
    told = play(base_url, *[replace(ACT, settings={"max_tokens": 2})] * 40)
    assert len(told) == 40
    assert all(isinstance(one.pieces[-1], Finished) for one in told)


def test_a_prompt_too_long_for_it_is_said_to_be_that(base_url: str) -> None:
    with pytest.raises(BadRequest, match="`context` lower"):
        play(base_url, replace(ACT, messages=(Message("user", "word " * 20_000),)))


def test_stopping_frees_the_server_for_the_next_line(base_url: str) -> None:
    async def asked() -> str:
        model = HttpModel(Endpoint(base_url, "tiny"))
        try:
            stream = model.stream(replace(ACT, settings={"max_tokens": 1500}))
            async for piece in stream:
                if isinstance(piece, Delta):
                    break
            await stream.aclose()
            return (await listen(model, replace(ACT, settings={"max_tokens": 2}))).words
        finally:
            await model.aclose()

    assert asyncio.run(asked())
