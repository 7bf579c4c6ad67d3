"""What a terminal would obey is taken out of a text; what a person reads stays."""

from __future__ import annotations

import pytest

from engine.plaintext import clean


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]0;title\x1b\\after", "after"),
        ("before\x1b]never ended\n", "before"),
        ("\x1b]\r", ""),
        ("\x9b2Jhere", "here"),
        ("left\u202eright", "leftright"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\tb \u0645\u200d \U0001f469\u200d\U0001f680", "a\tb \u0645\u200d \U0001f469\u200d\U0001f680"),
        ("half \ud800", "half \ufffd"),
    ],
)
def test_a_text_is_shown_and_not_obeyed(dirty: str, cleaned: str) -> None:
    assert clean(dirty) == cleaned
    assert clean(cleaned) == cleaned
