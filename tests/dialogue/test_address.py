"""Who answers in a group."""

from __future__ import annotations

import pytest

from engine.dialogue.address import answerer

PRESENT = {"maren": "Maren Voss", "odd": "Odd", "father": "Father Élie"}


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("Odd, is it true?", "odd"),
        ("Is Odd lying, Maren?", "maren"),
        ("what does odd's boat cost", "odd"),
        ("Good evening, Ms Voss.", "maren"),
        ("elie, please", "father"),
        ("ODD!", "odd"),
        ("That is an oddity", "maren"),
    ],
)
def test_whoever_is_named_answers(line: str, who: str) -> None:
    assert answerer(line, PRESENT, 0) == who


def test_when_nobody_is_named_they_take_turns() -> None:
    assert [answerer("and then?", PRESENT, turn) for turn in range(4)] == ["maren", "odd", "father", "maren"]
    assert answerer("", {"maren": "Maren"}, 3) == "maren"
