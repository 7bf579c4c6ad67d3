"""Who is called by name in a group."""

from __future__ import annotations

import pytest

from engine.dialogue.address import addressed

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
        ("That is an oddity", ""),
    ],
)
def test_whoever_is_named_is_meant(line: str, who: str) -> None:
    assert addressed(line, PRESENT) == who
