"""Server-sent events come whole out of bytes cut anywhere, and no server can make the decoder hold too much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.llm.sse import Decoder, EventTooLong, ServerEvent

STREAM = (
    ": OPENROUTER PROCESSING\n\n"
    'data: {"a": "snø ☕ 你好"}\n\n'
    "event: error\r\ndata:no space\r\nid: 7\r\nretry: 10\r\n\r\n"
    "data: one\rdata: two\r\r"
    "data\n\nnonsense\n\n"
    "data: [DONE]\n\n"
).encode()
EVENTS = [
    ServerEvent('{"a": "snø ☕ 你好"}'),
    ServerEvent("no space", "error"),
    ServerEvent("one\ntwo"),
    ServerEvent(""),
    ServerEvent("[DONE]"),
]


def decode(*chunks: bytes) -> list[ServerEvent]:
    decoder = Decoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events + decoder.end()


def test_all_line_ends_comments_and_names_are_understood() -> None:
    assert decode(STREAM) == EVENTS


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_a_cut_anywhere_changes_nothing(cut: int) -> None:
    assert decode(STREAM[:cut], STREAM[cut:]) == EVENTS


def test_byte_by_byte_changes_nothing() -> None:
    assert decode(*(STREAM[at : at + 1] for at in range(len(STREAM)))) == EVENTS


@given(st.lists(st.binary(max_size=40), max_size=8), st.integers(1, 7))
def test_any_bytes_decode_the_same_in_any_pieces(chunks: list[bytes], size: int) -> None:
    whole = b"".join(chunks)
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    assert decode(*pieces) == decode(whole) == decode(*chunks)


def test_invalid_utf8_is_replaced() -> None:
    assert decode(b"data: a\xffb\n\n") == [ServerEvent("a\ufffdb")]


def test_a_byte_order_mark_is_skipped_only_at_the_start() -> None:
    assert decode("\ufeffdata: a\n\n".encode()) == [ServerEvent("a")]
    assert decode(b"\xef", b"\xbb\xbfdata: a\n\ndata: \xef\xbb\xbfb\n\n") == [ServerEvent("a"), ServerEvent("\ufeffb")]


def test_an_event_without_its_last_blank_line_still_counts() -> None:
    assert decode(b"data: a\n\ndata: b\n") == [ServerEvent("a"), ServerEvent("b")]
    assert decode(b"data: a\n\ndata: b") == [ServerEvent("a"), ServerEvent("b")]


def test_a_line_without_end_is_refused() -> None:
    decoder = Decoder(line_limit=100)
    with pytest.raises(EventTooLong):
        for _ in range(200):
            decoder.feed(b"x")


def test_an_event_without_end_is_refused() -> None:
    decoder = Decoder(event_limit=100)
    with pytest.raises(EventTooLong):
        for _ in range(200):
            decoder.feed(b"data: x\n")


def test_limits_count_one_line_and_one_event_not_the_stream() -> None:
    decoder = Decoder(line_limit=20, event_limit=20)
    assert len([event for _ in range(100) for event in decoder.feed(b"data: 0123456789\n\n")]) == 100
