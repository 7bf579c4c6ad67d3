"""A reply is whole when a finish_reason was seen, whatever a server's manners; a fault says what is wrong."""

from __future__ import annotations

import json

import pytest

from engine.llm.protocol import Finished, Usage
from engine.llm.reply import BadReply, Kind, ReplyReader

FINISH = 'data: {"choices": [{"delta": {}, "finish_reason": "stop"}], "model": "m-1"}\n\n'
USAGE = 'data: {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3}}\n\n'
DONE = "data: [DONE]\n\n"


def say(text: str) -> str:
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': text}}]}, ensure_ascii=False)}\n\n"


def read(*chunks: bytes) -> tuple[str, Finished]:
    reader = ReplyReader()
    words = "".join(map(reader.feed, chunks))
    last, finished = reader.end()
    return words + last, finished


def fault(*chunks: str) -> Kind:
    with pytest.raises(BadReply) as caught:
        read(*(chunk.encode() for chunk in chunks))
    return caught.value.kind


STREAM = (
    ": keep-alive\r\n\r\n"
    'data: {"choices": [{"delta": {"role": "assistant", "content": null}, "finish_reason": null}]}\r\n\r\n'
    + say("Snø, ")
    + say("☕ \x1b[31mand 你好 ")
    + say("<think>lie</think>so.")
    + FINISH
    + USAGE
    + DONE
).encode()
WHOLE = "Snø, ☕ and 你好 so."


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_a_stream_cut_into_pieces_anywhere_reads_the_same(cut: int) -> None:
    words, finished = read(STREAM[:cut], STREAM[cut:])
    assert words == finished.text == WHOLE
    assert finished == Finished(WHOLE, "stop", Usage(9, 3), "m-1")


@pytest.mark.parametrize("at", range(0, len(STREAM), 7))
def test_a_stream_that_ends_too_early_is_never_a_reply(at: int) -> None:
    ends_after_finish = at >= STREAM.index(b'"stop"')
    try:
        words, finished = read(STREAM[:at])
    except BadReply as problem:
        assert problem.kind in {Kind.CUT, Kind.EMPTY, Kind.MALFORMED}
        assert at < STREAM.index(USAGE.encode())
    else:
        assert ends_after_finish
        assert words == finished.text == WHOLE


def test_done_is_not_needed_and_proves_nothing() -> None:
    assert read((say("Hm.") + FINISH).encode())[1].text == "Hm."
    assert fault(say("Hm.") + DONE) is Kind.CUT


def test_usage_may_stand_on_the_finishing_chunk() -> None:
    chunk = {"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 5}}
    assert read((say("Hm.") + f"data: {json.dumps(chunk)}\n\n").encode())[1].usage == Usage(5)


def test_an_empty_last_usage_does_not_erase_an_earlier_one() -> None:
    assert read((say("Hm.") + USAGE + FINISH + 'data: {"usage": {}}\n\n').encode())[1].usage == Usage(9, 3)


def test_a_json_document_is_a_reply_too() -> None:
    document = {
        "model": "m-1",
        "choices": [{"message": {"role": "assistant", "content": " Hm."}, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 3},
    }
    body = b"\n \n" + json.dumps(document).encode()
    for cut in range(len(body)):
        assert read(body[:cut], body[cut:])[1] == Finished("Hm.", "length", Usage(9, 3), "m-1")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", Kind.EMPTY),
        ("\n\n", Kind.EMPTY),
        (": ping\n\n: ping\n\n", Kind.EMPTY),
        (DONE, Kind.EMPTY),
        (FINISH, Kind.EMPTY),
        (say("  \n") + FINISH, Kind.EMPTY),
        (say("Hm."), Kind.CUT),
        (say("Hm.") + 'data: {"choices": [{"del', Kind.MALFORMED),
        (say("Hm.") + "data: {oops}\n\n" + FINISH, Kind.MALFORMED),
        ("data: 7\n\n", Kind.MALFORMED),
        ('{"choices": [', Kind.MALFORMED),
        ("<!DOCTYPE html><html>", Kind.WEB_PAGE),
        (say("<think>hm") + FINISH, Kind.THOUGHT_ONLY),
        ('data: {"choices": [{"delta": {"reasoning": "hm"}}]}\n\n' + FINISH, Kind.THOUGHT_ONLY),
        (say("Hm.") + 'data: {"error": {"message": "Gone", "code": 502}}\n\n', Kind.ERROR),
        ('{"error": {"message": "Gone"}}', Kind.ERROR),
        ('data: {"choices": [{"delta": {"refusal": "I cannot."}, "finish_reason": "stop"}]}\n\n', Kind.WITHHELD),
        ('data: {"choices": [{"delta": {}, "finish_reason": "content_filter"}]}\n\n', Kind.WITHHELD),
        ('data: {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}\n\n', Kind.EMPTY),
        ("data: " + "x" * 2_000_000, Kind.TOO_LONG),
    ],
)
def test_what_is_wrong_is_told_apart(body: str, kind: Kind) -> None:
    assert fault(body) is kind


def test_what_comes_after_a_whole_reply_cannot_spoil_it() -> None:
    late = 'data: {"error": {"message": "late"}}\n\ndata: {"choices": [{"de'
    assert read((say("Hm.") + FINISH + late).encode())[1].text == "Hm."
    assert read((say("Hm.") + FINISH + DONE + "data: {oops}\n\n").encode())[1].text == "Hm."


def test_a_refusal_after_words_is_told_by_the_finish() -> None:
    refusal = 'data: {"choices": [{"delta": {"refusal": "No more."}, "finish_reason": "stop"}]}\n\n'
    assert read((say("Hm.") + refusal).encode())[1].finish == "refusal"


def test_a_reply_has_a_greatest_length() -> None:
    reader = ReplyReader(text_limit=100)
    with pytest.raises(BadReply) as caught:
        for _ in range(30):
            reader.feed(say("word ").encode())
    assert caught.value.kind is Kind.TOO_LONG


def test_refusals_message_is_kept() -> None:
    with pytest.raises(BadReply) as caught:
        read(b'{"choices": [{"message": {"content": null, "refusal": "I cannot."}, "finish_reason": "stop"}]}')
    assert caught.value.error.message == "I cannot."
