"""Words typed instead of a number."""

from __future__ import annotations

import pytest

from engine.choosing import meant
from engine.view import Option, View

YARD = (
    "Knock at the house",
    "Go over to the hut with the blue shutter",
    "Look over the wall at the sea",
    "Go up the steps",
)
LAMP = ("Open the drawer under the bench", "Get ready to light the lamp", "Down the ladder")


def view(*options: str, talk: bool = False) -> View:
    offered = tuple(Option(number, text) for number, text in enumerate(options, 1))
    present = (("maren", "Maren"),) if talk else ()
    return View("", "", "", offered, present, (), "", over=False, ending="", turns=0)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("sea", 3), ("the sea", 3), ("hut", 2), ("knock", 1), ("KNOCK!", 1), ("go up", 4), ("steps", 4),
        ("look at the sea over the wall", 3), ("blue shuter hut", 2), ("sing", None), ("go", None), ("", None),
        ("🙂", None),
    ],
)  # fmt: skip
def test_words_pick_the_one_choice_they_mean(typed: str, number: int | None) -> None:
    option = meant(typed, view(*YARD))
    assert (option and option.number) == number


def test_words_of_something_else_pick_nothing() -> None:
    assert meant("take down the burner", view(*LAMP)) is None


def test_in_a_talk_only_a_choices_own_words_pick_it() -> None:
    assert meant("sea", view(*YARD, talk=True)) is None
    option = meant("knock at the house.", view(*YARD, talk=True))
    assert option is not None
    assert option.number == 1


def test_words_that_two_choices_share_word_for_word_pick_the_first() -> None:
    option = meant("Go", view("Go", "Go"))
    assert option is not None
    assert option.number == 1
