"""Every server's JSON is read alike."""

from __future__ import annotations

import json

import pytest

from engine.llm.chunks import Chunk, NotAChunk, ServerError, read_chunk, read_error
from engine.llm.protocol import Usage


def delta(finish: object = None, **words: object) -> str:
    return json.dumps({"choices": [{"index": 0, "delta": words, "finish_reason": finish}]})


@pytest.mark.parametrize(
    ("data", "chunk"),
    [
        (delta(role="assistant"), Chunk()),
        (delta(role="assistant", content=None), Chunk()),
        (delta(content="Hm."), Chunk(text="Hm.")),
        (delta(content=[{"type": "thinking", "thinking": []}, {"type": "text", "text": "Hm."}]), Chunk(text="Hm.")),
        (delta(content=7), Chunk()),
        (delta("stop"), Chunk(finish="stop")),
        (delta("length", content="H"), Chunk(text="H", finish="length")),
        (delta(""), Chunk()),
        (delta("null"), Chunk()),
        (delta(reasoning_content="She lies."), Chunk(reasoned=True)),
        (delta(reasoning="She lies.", content=""), Chunk(reasoned=True)),
        (delta(refusal="I cannot."), Chunk(refusal="I cannot.")),
        (delta(tool_calls=[{"index": 0, "function": {"name": "x", "arguments": "{"}}]), Chunk()),
        ('{"choices": [], "usage": {"prompt_tokens": 7}}', Chunk(usage=Usage(prompt=7))),
        ('{"choices": null, "model": "m"}', Chunk(model="m")),
        ('{"choices": [null, 3]}', Chunk()),
        ('{"choices": [{"delta": "x"}]}', Chunk()),
        ('{"choices": [{"index": 1, "delta": {"content": "other"}}]}', Chunk()),
        ('{"type": "ping"}', Chunk()),
        (
            '{"choices": [{"message": {"content": "Hm."}, "finish_reason": "stop"}], "model": "m"}',
            Chunk(text="Hm.", finish="stop", model="m"),
        ),
    ],
)
def test_chunks(data: str, chunk: Chunk) -> None:
    assert read_chunk(data) == chunk


@pytest.mark.parametrize("data", ["", "{", "7", '"x"', "[]", "null", "[[", "[" * 100_000, '{"a": ' * 100_000])
def test_what_is_no_json_object_is_said_to_be_none(data: str) -> None:
    with pytest.raises(NotAChunk):
        read_chunk(data)


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        ({"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}, Usage(9, 3)),
        ({"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 8}}, Usage(9, None, 8)),
        ({"prompt_tokens": 9, "prompt_tokens_details": None}, Usage(9)),
        ({"prompt_tokens": 9, "prompt_cache_hit_tokens": 4}, Usage(9, None, 4)),
        ({"prompt_tokens": "9", "completion_tokens": -1}, None),
        ({"prompt_tokens": True}, None),
        ({"prompt_tokens": int("9" * 400), "completion_tokens": 3}, Usage(None, 3)),
        ([], None),
        (None, None),
    ],
)
def test_usage_is_taken_where_it_is_a_count(usage: object, read: Usage | None) -> None:
    assert read_chunk(json.dumps({"choices": [], "usage": usage})).usage == read


@pytest.mark.parametrize(
    ("body", "message", "code", "param"),
    [
        ('{"error": {"message": "No.", "type": "t", "code": "c", "param": "p"}}', "No.", "c", "p"),
        ('{"error": {"message": "No.", "code": 429}}', "No.", "429", ""),
        ('{"error": {"message": null, "code": null}}', "", "", ""),
        ('{"error": "No."}', "No.", "", ""),
        ('[{"error": {"message": "No.", "status": "INVALID"}}]', "No.", "INVALID", ""),
        ('{"message": "No.", "code": 400}', "No.", "400", ""),
        ('{"detail": "No."}', "No.", "", ""),
        ('{"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs"}]}', "body.seed: Extra inputs", "", ""),
        ('{"detail": [3, {"msg": "Bad"}]}', "Bad", "", ""),
        ("<html>", "", "", ""),
        ("[1, 2]", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_errors_are_read_however_they_are_spelled(body: str, message: str, code: str, param: str) -> None:
    error = read_error(body)
    assert (error.message, error.code, error.param) == (message, code, param)
    assert error.text == body


@pytest.mark.parametrize(
    ("code", "status"), [("429", 429), ("502", 502), ("insufficient_quota", None), ("", None), ("٤٢٩", None)]
)
def test_an_errors_code_is_a_status_where_it_looks_like_one(code: str, status: int | None) -> None:
    assert ServerError(code=code).status == status


def test_an_error_in_a_chunk_is_seen() -> None:
    chunk = read_chunk('{"error": {"code": 502, "message": "Provider disconnected"}, "choices": []}')
    assert chunk.error is not None
    assert chunk.error.status == 502
    assert read_chunk('{"error": null, "choices": []}').error is None
