from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dialogue.messages import Message
from engine.dialogue.tokens import (
    PER_MESSAGE,
    UNCUT,
    Estimate,
    Exact,
    count_messages,
    counter_for,
    uses_o200k,
)


class Letters:
    def encode_ordinary(self, text: str) -> Sequence[int]:
        return list(map(ord, text))


@pytest.mark.parametrize(
    "model",
    ["gpt-4o", "gpt-4o-mini-2024-07-18", "openai/gpt-4o", "ft:gpt-4o-mini:me::1", "gpt-4.1", "gpt-5-nano", "o3-mini",
     "chatgpt-4o-latest", "openai/gpt-oss-20b", "gpt-5.2"],
)  # fmt: skip
def test_openai_models_are_counted_with_their_table(model: str) -> None:
    assert uses_o200k(model)
    assert isinstance(counter_for(model, Letters()), Exact)
    assert isinstance(counter_for(model), Estimate)


@pytest.mark.parametrize("model", ["llama3.1:8b", "gpt-4", "gpt-3.5-turbo", "qwen-o1ish", "mistral", "", "foo4"])
def test_other_models_are_estimated_even_when_a_table_is_at_hand(model: str) -> None:
    assert isinstance(counter_for(model, Letters()), Estimate)


def test_an_estimate_keeps_above_four_bytes_a_token_in_any_script() -> None:
    assert Estimate().count("x" * 400) == 113
    assert Estimate().count("漢" * 400) == 338
    assert Estimate().count("") == 0
    assert Estimate().count("\ud800") == 1


def test_an_estimate_learns_from_the_server_and_then_agrees_with_it() -> None:
    text = "x" * 4_000
    counter = Estimate()
    learnt = counter.corrected(counter.count(text), 1_400)
    assert 1_400 <= learnt.count(text) <= 1_400 * 1.04


def test_a_small_difference_is_left_alone_so_that_the_history_is_not_recut() -> None:
    counter = Estimate().corrected(1_100, 1_200)
    text = "x" * 4_000
    assert counter.corrected(counter.count(text), round(counter.count(text) * 0.95)) is counter


def test_a_long_prompt_counted_short_teaches_nothing_for_the_server_may_have_cut_it() -> None:
    counter = Estimate()
    assert counter.corrected(8_000, UNCUT) is counter
    assert counter.corrected(2_000, UNCUT - 1) is not counter
    assert counter.corrected(8_000, 9_000) is not counter


@pytest.mark.parametrize("actual", [None, 0, -5])
def test_a_server_that_says_nothing_teaches_nothing(actual: int | None) -> None:
    counter = Estimate()
    assert counter.corrected(1_000, actual) is counter


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(-5, 1_000_000)), max_size=20))
def test_no_sequence_of_readings_makes_an_estimate_absurd(readings: list[tuple[int, int]]) -> None:
    counter = Estimate()
    for counted, actual in readings:
        counter = counter.corrected(counted, actual)
    assert 100 * 0.25 <= counter.count("x" * 400) <= 100 * 4 * 1.125


def test_an_exact_counter_never_changes() -> None:
    counter = Exact(Letters())
    assert counter.count("four") == 4
    assert counter.corrected(10, 1_000) is counter


def test_messages_are_counted_with_their_framing() -> None:
    messages = (Message("system", "abc"), Message("user", "de"))
    assert count_messages(messages, Exact(Letters())) == 5 + 2 * PER_MESSAGE
