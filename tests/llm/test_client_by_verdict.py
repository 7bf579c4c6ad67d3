"""An independent server of faults (PyPI `llmock`) grades the client's manners."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from engine.errors import BadRequest, BrokenReply, Busy, ModelError
from engine.llm.client import HttpModel
from engine.llm.protocol import Request
from llm.asking import ACT, JUDGE, Told, endpoint, listen

if TYPE_CHECKING:
    from llmock.pytest_plugin import LLMock

pytest.importorskip("llmock")


def play(llmock: LLMock, request: Request = ACT, told: Told | None = None, **given: object) -> Told:
    async def asked() -> Told:
        model = HttpModel(endpoint(llmock.base_url("openai"), model="gpt-4o-mini", **given))
        try:
            return await listen(model, request, told)
        finally:
            await model.aclose()

    return asyncio.run(asked())


def test_a_good_server_is_heard_to_the_end(llmock: LLMock) -> None:
    told = play(llmock)
    assert told.words == told.finished.text != ""
    assert told.finished.finish == "stop"
    assert told.finished.usage.prompt
    llmock.assert_resilient(strict=True)


def test_a_scripted_answer_comes_through_word_for_word(llmock: LLMock) -> None:
    llmock.reply('She opens. "Come in," she says — and that\'s all. ☕')
    assert play(llmock).finished.text == 'She opens. "Come in," she says — and that\'s all. ☕'


def test_a_limit_is_waited_out(llmock: LLMock) -> None:
    llmock.rate_limit(times=1, retry_after=0.1)
    told = play(llmock)
    assert [wait.seconds for wait in told.waits] == [0.1]
    llmock.assert_resilient(strict=True)


def test_a_failing_server_is_asked_again(llmock: LLMock) -> None:
    llmock.fail(503, times=1)
    assert play(llmock).finished.text
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_what_cannot_be_mended_is_not_asked_again(llmock: LLMock, status: int) -> None:
    llmock.fail(status, times=None)
    with pytest.raises(ModelError):
        play(llmock)
    llmock.assert_resilient(strict=True)


def test_an_outage_ends_in_words_for_the_player(llmock: LLMock) -> None:
    llmock.outage()
    with pytest.raises(Busy, match="overloaded"):
        play(llmock, retries=1)


def test_too_long_a_prompt_is_said_to_be_that(llmock: LLMock) -> None:
    llmock.context_overflow()
    with pytest.raises(BadRequest, match="`context` lower"):
        play(llmock)
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize("fault", ["disconnect", "truncate", "corrupt"])
def test_a_damaged_stream_is_never_taken_for_a_reply(llmock: LLMock, fault: str) -> None:
    getattr(llmock, fault)(after_chunks=3)
    told = Told()
    with pytest.raises(BrokenReply):
        play(llmock, told=told)
    assert told.words


def test_a_stalled_stream_is_left(llmock: LLMock) -> None:
    llmock.stall(after_chunks=3, seconds=30)
    with pytest.raises(BrokenReply, match="silent"):
        play(llmock, idle_timeout=0.1)


def test_a_schema_is_sent_where_it_is_taken(llmock: LLMock) -> None:
    finished = play(llmock, JUDGE).finished
    assert finished.text.startswith("{")
    llmock.assert_resilient(strict=True)
