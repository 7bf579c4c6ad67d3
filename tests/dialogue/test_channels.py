"""What a typed line says, what it keeps aside, and whether it is a deed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dialogue.channels import Heard, deed, heard


@pytest.mark.parametrize(
    ("typed", "said", "aside"),
    [
        ("Good evening.", "Good evening.", ""),
        ("((tea, back in five))", "", "tea, back in five"),
        (
            "Good evening. ((is this the right door?)) It is late.",
            "Good evening. It is late.",
            "is this the right door?",
        ),
        ("((one)) a ((two)) b", "a b", "one two"),
        ("((outer ((inner)) still)) said", "said", "outer ((inner)) still"),
        ("（（等一下））你好", "你好", "等一下"),
        ("(quietly) Come in.", "(quietly) Come in.", ""),
        ("((never closed", "((never closed", ""),
        ("never opened))", "never opened))", ""),
        ("a ((b", "a ((b", ""),
        ("(((three)))", "", "(three)"),
        ("((with (one) inside))", "", "with (one) inside"),
        ("((ends in (one)))", "", "ends in (one)"),
        ("(( ))", "", ""),
        ("_I wait._ ((sure?))", "*I wait.*", "sure?"),
        ("*I wait.*", "*I wait.*", ""),
        ("", "", ""),
    ],
)
def test_double_brackets_are_never_heard(typed: str, said: str, aside: str) -> None:
    assert heard(typed) == Heard(said, aside)


@given(st.text(alphabet="()（）ab ", max_size=40))
def test_no_letter_is_lost_and_none_is_heard_twice(typed: str) -> None:
    taken = heard(typed)
    letters = [letter for letter in typed if letter in "ab"]
    assert sorted(letter for letter in taken.said + taken.aside if letter in "ab") == sorted(letters)


@pytest.mark.parametrize("typed", ["*I try the window*", " _I wait._ ", "*Ich warte.*\n"])
def test_a_whole_line_between_asterisks_is_a_deed(typed: str) -> None:
    assert deed(typed)


@pytest.mark.parametrize("typed", ["I *try* it", "*a* and *b*", "**", "*", "**bold**", "*a", "", "_*"])
def test_anything_else_is_said(typed: str) -> None:
    assert not deed(typed)
