"""What a real server said is played back piece by piece, after it has gone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from engine.llm.cassette import Cassette, Recorder
from engine.llm.client import HttpModel
from engine.llm.endpoint import Endpoint
from engine.llm.protocol import Model
from llm.asking import ACT, JUDGE, Told, listen
from llm.llama import llama_server

REQUESTS = (replace(ACT, settings={"max_tokens": 24, "seed": 7}), replace(JUDGE, settings={"max_tokens": 400}))


def told(model: Model) -> list[Told]:
    async def listened() -> list[Told]:
        try:
            return [await listen(model, request) for request in REQUESTS]
        finally:
            await model.aclose()

    return asyncio.run(listened())


def test_a_real_answer_is_played_back_without_its_server(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with llama_server() as url:
        live = told(Recorder(HttpModel(Endpoint(url, "tiny")), path))
    assert "127.0.0.1" not in path.read_text("utf-8")
    assert told(Cassette(path)) == live
