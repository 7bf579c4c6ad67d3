"""A server is asked again only when that may help, and never sooner than it wishes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.llm.retry import asked_delay, backoff, delay, worth_retrying


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_what_passes_is_tried_again(status: int) -> None:
    assert worth_retrying(status, {})
    assert not worth_retrying(status, {"x-should-retry": "false"})


@pytest.mark.parametrize("status", [301, 400, 401, 402, 403, 404, 413, 422])
def test_what_stays_is_not(status: int) -> None:
    assert not worth_retrying(status, {})
    assert worth_retrying(status, {"x-should-retry": " True "})


def test_waits_double_up_to_eight_seconds() -> None:
    assert [backoff(retried, 0) for retried in range(6)] == [0.5, 1, 2, 4, 8, 8]
    assert backoff(10_000, 0) == 8


@given(st.integers(0, 50), st.floats(0, 1))
def test_chance_takes_off_a_quarter_at_most(retried: int, chance: float) -> None:
    assert backoff(retried, 0) * 0.75 <= backoff(retried, chance) <= backoff(retried, 0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": "Wed, 21 Oct 2026 07:28:30 GMT"}, 0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 -0000", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        *(({"retry-after": value}, None) for value in ["", "soon", "-5", "nan", "inf", "1e9", "0x10"]),
    ],
)
def test_a_wish_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_delay(headers) == seconds


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({"retry-after": "120"}, 120), ({"retry-after": "121"}, None), ({"retry-after": "0"}, 0.5), ({}, 0.5)],
)
def test_a_wish_is_honoured_up_to_two_minutes(headers: dict[str, str], expected: float | None) -> None:
    assert delay(429, headers, retried=0, limit=2, chance=0) == expected


def test_patience_ends() -> None:
    assert delay(503, {}, retried=1, limit=2, chance=0) == 1
    assert delay(503, {}, retried=2, limit=2, chance=0) is None
    assert delay(503, {}, retried=0, limit=0, chance=0) is None
