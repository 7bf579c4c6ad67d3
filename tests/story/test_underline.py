"""An underline ends where what it is about ends, as near as a line alone can tell, and editors count in UTF-16."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.story.underline import end_of, utf16


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("  goto: dor", "dor"),
        ("  goto: dor  # for now", "dor"),
        ("  text: Nobody, but the rain.   ", "Nobody, but the rain."),
        ("- {text: Knock, goto: dor, once: true}", "dor"),
        ("- {text: Knock, goto: dor}", "dor"),
        ("- {edning: The end}", "edning"),
        ("  edning: The end", "edning"),
        ('  text: "A: b", goto: c', '"A: b"'),
        ("  when: 'It''s open'", "'It''s open'"),
        ("  set: {a: [1, 2], b: 3} # both", "{a: [1, 2], b: 3}"),
        ("  pool: [a, b", "[a, b"),
        ("  if: trust >= 9", "trust >= 9"),
        ("# palaver: ignore[x]  ", "# palaver: ignore[x]"),
        ("persona: |", "|"),
    ],
)
def test_what_is_marked(line: str, marked: str) -> None:
    start = line.rindex(marked)

    assert line[start : end_of(line, start + 1) - 1] == marked


@given(st.text(st.characters(exclude_characters="\n"), max_size=60), st.integers(0, 80))
def test_any_place_of_any_line_has_an_end_after_it(line: str, column: int) -> None:
    assert end_of(line, column) > column


@given(st.text(st.characters(exclude_characters="\n"), max_size=60), st.integers(1, 80))
def test_utf_16_counts_what_python_counts_and_once_more_for_each_astral_letter(line: str, column: int) -> None:
    before = line[: column - 1]

    assert utf16(line, column) == column - 1 + sum(ord(letter) > 0xFFFF for letter in before)


@pytest.mark.parametrize("line", ["{" * 50_000, "'" * 50_000, '"\\' * 50_000, " #" * 50_000, "a" * 50_000])
def test_a_hostile_line_costs_no_time(line: str) -> None:
    assert end_of(line, 1) > 1
