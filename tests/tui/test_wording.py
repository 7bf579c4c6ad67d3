"""Small phrases: how long ago, how much of a number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.story.graph import Variable
from engine.tui.wording import counted, shown, when
from engine.view import Note

HERE = timezone(timedelta(hours=2))
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=HERE)


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (NOW + timedelta(days=3), "just now"),
        (NOW - timedelta(seconds=20), "just now"),
        (NOW - timedelta(minutes=2), "2 minutes ago"),
        (NOW - timedelta(minutes=59, seconds=40), "60 minutes ago"),
        (NOW - timedelta(hours=3), "today at 07:30"),
        (NOW.astimezone(UTC) - timedelta(hours=3), "today at 07:30"),
        (NOW - timedelta(hours=12), "yesterday at 22:30"),
        (NOW - timedelta(days=4), "4 days ago"),
        (datetime(2026, 3, 5, tzinfo=HERE), "5 March 2026"),
    ],
)
def test_how_long_ago_something_was(then: datetime, said: str) -> None:
    assert when(then, NOW) == said


def test_nouns_follow_their_number() -> None:
    assert [counted(number, "turn") for number in (0, 1, 2, 1_000)] == ["0 turns", "1 turn", "2 turns", "1,000 turns"]


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        (Variable("v", "bool", False), True, "✓ It"),
        (Variable("v", "bool", False), False, "○ It"),
        (Variable("v", "int", 0, 0, 5), 2, "It  ●●○○○ 2"),
        (Variable("v", "int", 0, 0, 5), 5, "It  ●●●●● 5"),
        (Variable("v", "int", 0, -3, 5), -2, "It  ○○○○○ −2"),
        (Variable("v", "int", 0, 0, 100), 1_000, "It  1,000"),
        (Variable("v", "int", 0, -5, 0), -2, "It  −2"),
        (Variable("v", "int", 0), 7, "It  7"),
        (Variable("v", "float", 0.5, 0, 5), 0.25, "It  0.25"),
        (Variable("v", "text", ""), "", "It: –"),
        (Variable("v", "text", ""), "[red]warm", "It: [red]warm"),
    ],
)
def test_a_journal_entry_is_shown_as_a_sign_and_a_number(variable: Variable, value: object, said: str) -> None:
    assert shown(Note("It", value, variable)) == said  # type: ignore[arg-type] # any value, by its variable's kind
