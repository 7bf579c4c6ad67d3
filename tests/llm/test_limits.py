"""What the player sets as a limit is what holds; what a server hints at can only lower it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.llm.limits import PRESETS, Limits, pool_of, read_hint, read_limits
from llm.asking import KEY, endpoint


def test_the_published_tiers_are_known_by_name() -> None:
    assert read_limits("free-trial") == Limits(20, 40_000)
    assert read_limits("first-48-hours") == Limits(60, 60_000)
    assert read_limits("pay-as-you-go") == Limits(3_500, 90_000)


def test_any_numbers_will_do_and_one_may_be_left_out() -> None:
    assert read_limits({"requests": 7, "tokens": 1_000}) == Limits(7, 1_000)
    assert read_limits({"tokens": 1_000}) == Limits(None, 1_000)
    assert read_limits(None) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("gold", ", ".join(PRESETS)),
        ({"requests": 0}, "whole number"),
        ({"requests": True}, "whole number"),
        ({"tokens": 1.5}, "whole number"),
        ({"calls": 3}, "`requests` and `tokens`"),
        (20, "a preset's name"),
    ],
)
def test_a_mistake_says_what_is_allowed(value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_limits(value)


def test_lowering_takes_the_stricter_of_each_number() -> None:
    assert Limits(20, None).lowered(Limits(30, 500)) == Limits(20, 500)


def test_one_key_is_one_pool_and_the_pool_does_not_tell_the_key() -> None:
    assert pool_of(endpoint()) == pool_of(endpoint(model="another"))
    assert pool_of(endpoint()) != pool_of(endpoint("https://other.example/v1"))
    assert KEY not in pool_of(endpoint())


def headers(**given: str) -> dict[str, str]:
    return {f"x-ratelimit-{name.replace('_', '-')}": value for name, value in given.items()}


@pytest.mark.parametrize(
    ("reset", "seconds"), [("1s", 1), ("20ms", 0.02), ("1m30s", 90), ("7", 7), ("soon", 0), ("6h0m0s", 120), ("-3", 0)]
)
def test_nothing_is_sent_while_nothing_is_left(reset: str, seconds: float) -> None:
    hint = read_hint(200, headers(limit_requests="60", remaining_requests="0", reset_requests=reset), None)
    assert hint.hold == seconds
    assert hint.limits == Limits(60, None)


@pytest.mark.parametrize("odd", ["0", "-1", "", "many", "9" * 40])
def test_odd_headers_are_no_hints(odd: str) -> None:
    hint = read_hint(200, headers(limit_tokens=odd, remaining_tokens="0", reset_tokens="30s"), None)
    assert (hint.limits, hint.hold) == (Limits(), 0)


def test_a_refusal_that_asks_for_time_gets_it() -> None:
    assert read_hint(429, {}, 12.0).hold == 12
    assert read_hint(200, {}, 12.0).hold == 0
    assert read_hint(503, {}, float("inf")).hold == 0
