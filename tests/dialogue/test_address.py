"""Who is called by name in a group."""

from __future__ import annotations

import pytest

from engine.dialogue.address import addressed, called

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


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("Voss, a word!", ""),
        ("Tuva Voss?", "tuva"),
        ("Voss and Maren", "maren"),
        ("小明，你好", "ming"),
        ("你好小明", "ming"),
    ],
)
def test_a_name_that_two_share_calls_nobody_and_any_script_is_read(line: str, who: str) -> None:
    assert addressed(line, {"maren": "Maren Voss", "tuva": "Tuva Voss", "ming": "小明"}) == who


@pytest.mark.parametrize(
    ("reply", "who"),
    [
        ('"Is that so, Odd?"', "odd"),
        ('"Odd, tell them."', "odd"),
        ('She turns. "Odd."', "odd"),
        ('"Ask him. Father Élie! You saw it."', "father"),
        ('"Ask Odd."', ""),
        ('"Odd has a boat."', ""),
        ('She looks at Odd. "Soup."', ""),
        ('Odd, she thinks. "Soup."', ""),
        ("Well, Odd? Say it.", "odd"),
        ("“Odd, no. Élie, you.”", "father"),
        ("", ""),
    ],
)
def test_whoever_a_reply_speaks_to_is_called_not_whoever_it_speaks_of(reply: str, who: str) -> None:
    assert called(reply, PRESENT) == who


def test_a_title_that_others_may_be_called_by_as_well_calls_nobody() -> None:
    present = {"ida": "Aunt Ida", "bo": "Uncle Bo"}
    assert addressed("Is it true, aunt?", present) == called('"Yes, Uncle."', present) == ""
    assert addressed("Is it true, Aunt Ida?", present) == addressed("Ida?", present) == "ida"
    assert called('"Yes, Uncle Bo."', present) == "bo"
