"""Words are shortened, cleaned and escaped for wherever they are drawn."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from engine.drawing.words import counted, escaped, fit, opening, wrapped, written


@given(st.text())
def test_whatever_is_escaped_is_well_formed_and_holds_no_markup(text: str) -> None:
    found = ElementTree.fromstring(f'<a b="{escaped(text)}">{escaped(text)}</a>')

    assert not [*found]


def test_short_words_stay_and_long_ones_end_in_an_ellipsis() -> None:
    assert fit("The yard", 12) == "The yard"
    assert fit("The yard behind the house", 12) == "The yard be…"


def test_wide_letters_take_the_room_of_two_and_marks_on_letters_are_not_endless() -> None:
    assert len(fit("字" * 40, 12)) == 6
    assert len(fit("e" + "\u0301" * 900, 12)) < 60


def test_a_title_is_broken_between_words() -> None:
    assert wrapped("Under the landing wall", 13, 2) == ["Under the", "landing wall"]
    assert wrapped("Under the landing wall", 13, 1) == ["Under the lan…"]


def test_tags_of_a_text_become_readable() -> None:
    source = "{# a note #}{% if a > 1 %}Stay{% elif b %}Go{% else %}Wait{% endif %}, {{ name }}"

    assert written(source) == "Stay / Go / Wait, {name}"


def test_a_long_text_is_cut_between_words_and_keeps_its_paragraphs() -> None:
    assert opening("One line\nwrapped.\n\nAnother.\n- a list", 100) == "One line wrapped.\n\nAnother.\n- a list"
    assert opening("word " * 50, 22) == "word word word word …"


def test_numbers_have_their_nouns() -> None:
    assert [counted(1, "way"), counted(2, "way"), counted(1200, "way")] == ["1 way", "2 ways", "1,200 ways"]
