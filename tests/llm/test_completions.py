"""A server that only goes on with text plays a character as one that takes messages does."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from engine.errors import BrokenReply
from engine.llm.client import HttpModel
from engine.llm.endpoint import Endpoint
from engine.llm.templates import TEMPLATES, TemplateName
from llm.asking import ACT, JUDGE, Told, ask, endpoint, listen, no, ok, sse
from llm.llama import llama_server

PLAIN = endpoint("http://localhost:8080/v1", api="completions")


def said(text: str, finish: str | None = None) -> dict[str, object]:
    return {"choices": [{"index": 0, "text": text, "finish_reason": finish}], "object": "text_completion"}


GOOD = ok(sse(said("Come "), said("in."), said("", "stop")))


def test_messages_go_as_one_text_with_where_to_stop() -> None:
    asked = ask(GOOD, to=PLAIN)
    told = asked.tell(replace(ACT, settings={"max_tokens": 40, "stop": ["\n\n"]}))
    assert told.words == told.finished.text == "Come in."
    assert asked.line.requests[0].url.path == "/v1/completions"
    (body,) = asked.line.bodies
    assert body["prompt"].endswith("<|im_start|>user\nLet me in!<|im_end|>\n<|im_start|>assistant\n")
    assert body["stop"] == ["<|im_end|>", "<|im_start|>", "\n\n"]
    assert body["max_tokens"] == 40
    assert "messages" not in body


def test_a_schema_is_given_by_both_names_that_servers_know() -> None:
    asked = ask(ok(sse(said('{"outcome": "none", "quote": ""}', "stop"))), to=PLAIN)
    asked.tell(JUDGE)
    (body,) = asked.line.bodies
    assert body["json_schema"] == JUDGE.schema
    assert body["response_format"]["json_schema"]["schema"] == JUDGE.schema


def test_a_server_without_schemas_is_asked_in_words() -> None:
    refusal = no(400, b'{"error": {"message": "unknown field json_schema"}}')
    asked = ask(refusal, ok(sse(said('{"outcome": "none", "quote": ""}', "stop"))), to=PLAIN)
    asked.tell(JUDGE)
    body = asked.line.bodies[1]
    assert not {"json_schema", "response_format"} & set(body)
    assert "valid against this JSON Schema" in body["prompt"]


def test_a_cut_stream_is_no_reply_here_either() -> None:
    with pytest.raises(BrokenReply):
        ask(ok(sse(said("Come "), done=False)), to=PLAIN).tell()


@pytest.mark.parametrize("template", tuple(TEMPLATES))
def test_a_real_server_goes_on_with_the_text_and_keeps_a_schema(template: TemplateName) -> None:
    async def asked(url: str) -> tuple[Told, Told]:
        model = HttpModel(Endpoint(url, "tiny", api="completions", template=template))
        try:
            told = await listen(model, replace(ACT, settings={"max_tokens": 16}))
            return told, await listen(model, replace(JUDGE, settings={"max_tokens": 500, "seed": 11}))
        finally:
            await model.aclose()

    with llama_server() as url:
        spoken, read = asyncio.run(asked(url))
    assert spoken.words
    assert spoken.finished.usage.completion
    if read.finished.finish == "stop":
        assert json.loads(read.finished.text)["outcome"] in {"lets_in", "none"}
