from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.game import Words
from engine.dialogue.abridge import abridged, sentences
from engine.dialogue.tokens import Exact

COUNTER = Exact(Words())
SENTENCES = st.lists(st.text("ab ", min_size=1, max_size=20).filter(str.strip).map(lambda text: f"{text.strip()}."))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two!  Three?\nFour", ["One.", "Two!", "Three?", "Four"]),
        ('He said "no." She left.', ['He said "no."', "She left."]),
        ("Wait... She left…", ["Wait...", "She left…"]),
        ("Version 1.5 is out.", ["Version 1.5 is out."]),
        ("她走了。他没有。", ["她走了。", "他没有。"]),
        (" \n ", []),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text: str, found: list[str]) -> None:
    assert sentences(text) == found


def test_what_does_not_fit_goes_whole_from_the_end_or_from_the_beginning() -> None:
    parts = ["a b.", "c d e.", "f."]
    assert abridged(parts, 5, COUNTER) == "a b. c d e."
    assert abridged(parts, 4, COUNTER, newest=True) == "c d e. f."
    assert abridged(parts, 0, COUNTER) == ""


def test_a_sentence_too_long_by_itself_does_not_keep_the_others_out() -> None:
    parts = ["a b c d e f.", "g."]
    assert abridged(parts, 3, COUNTER) == abridged(parts, 3, COUNTER, newest=True) == "g."


@given(SENTENCES, st.integers(0, 30), st.booleans())
def test_it_fits_and_every_sentence_is_one_of_those_given(parts: list[str], room: int, newest: bool) -> None:
    kept = abridged(parts, room, COUNTER, newest=newest)
    assert COUNTER.count(kept) <= room
    assert all(f"{part}." in parts for part in kept.split(". ")[:-1])
