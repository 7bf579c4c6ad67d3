"""Words may be shown as they come: no escape, control or thought gets through, wherever a reply is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.llm.prose import Cleaner, Prose
from engine.plaintext import clean

NASTY = st.text(alphabet="\x1b\x9b\x9c\x07\r\n\\[]()P^_0;m Aé\u202e☕", max_size=24)


def cleaned(*pieces: str) -> str:
    cleaner = Cleaner()
    return "".join([*map(cleaner.feed, pieces), cleaner.end()])


def shown(*pieces: str) -> tuple[str, str]:
    prose = Prose()
    words = "".join([*map(prose.feed, pieces), prose.end()])
    return words, prose.text


@given(st.lists(NASTY, max_size=6))
def test_cleaning_in_pieces_is_cleaning_the_whole(pieces: list[str]) -> None:
    assert cleaned(*pieces) == clean("".join(pieces))


def test_no_escape_is_shown_before_it_is_known_to_be_none() -> None:
    cleaner = Cleaner()
    assert cleaner.feed("red \x1b[3") == "red "
    assert cleaner.feed("1mwine") == "wine"


def test_an_endless_terminal_string_costs_no_memory_and_swallows_only_itself() -> None:
    cleaner = Cleaner()
    assert cleaner.feed("a\x1b]0;") == "a"
    assert all(cleaner.feed("title" * 100) == "" for _ in range(100))
    assert cleaner.feed("\x1b") == ""
    assert cleaner.feed("\\b") == "b"
    assert len(cleaner._held) == 0


def test_an_endless_escape_is_let_go_harmless() -> None:
    text = cleaned("\x1b[", *["1" * 50] * 20, "mx")
    assert "\x1b" not in text
    assert text.endswith("mx")


@pytest.mark.parametrize("name", ["think", "thinking", "THINK", "reasoning"])
def test_thoughts_are_kept_out(name: str) -> None:
    text = f'<{name}>She lies.\n\n</{name}>\n\n"I know nothing."'
    assert shown(text) == ('"I know nothing."', '"I know nothing."')
    assert shown(*text) == ('"I know nothing."', '"I know nothing."')


def test_a_thought_in_the_middle_is_kept_out() -> None:
    assert shown(*"Yes <think>no</think>and no.")[0] == "Yes and no."


def test_a_thought_without_end_is_kept_out() -> None:
    assert shown("Well. <think>I must not", " say </thi")[0] == "Well."


def test_a_thought_that_the_prompt_opened_is_no_part_of_the_reply() -> None:
    words, text = shown("Let me see... ", "she would lie.</think>", ' "No."')
    assert text == '"No."'
    assert words.endswith('"No."')


def test_what_only_looks_like_a_tag_is_shown() -> None:
    assert shown(*"a <b> c < d <thin ice> e <")[0] == "a <b> c < d <thin ice> e <"


def test_white_space_around_a_reply_is_dropped_and_inside_kept() -> None:
    assert shown("\n\n ", " A\n", "\n", "B ", " \n") == ("A\n\nB", "A\n\nB")


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "<th", "ink>", " ", "\n", "word", "<", "\x1b[", "m"]), max_size=10)
)
def test_pieces_do_not_change_what_a_reply_says(pieces: list[str]) -> None:
    whole = "".join(pieces)
    assert shown(*pieces)[1] == shown(whole)[1] == shown(*whole)[1]


@given(st.lists(st.sampled_from(["<think>", "a</think>", "b", " ", "\n", "\x1b[3", "1m"]), max_size=10))
def test_what_was_shown_is_the_text_unless_a_thought_came_to_light_too_late(pieces: list[str]) -> None:
    words, text = shown(*pieces)
    assert words.endswith(text)
