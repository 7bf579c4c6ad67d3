"""A report of rehearsals is read with care: what it counts is shown, what it is not is said."""

from __future__ import annotations

from typing import Any

import pytest

from engine.drawing.coverage import read_coverage
from engine.drawing.picture import Row
from engine.errors import PalaverError

REPORT: dict[str, Any] = {
    "palaver_playtest": 1,
    "story": {"id": "tale", "hash": "abc"},
    "plays": 20,
    "scenes": {"a": 20, "b": 0},
    "choices": {"a/choices/go": 7},
    "outcomes": {},
    "endings": {"c": 3},
}


def test_counts_are_read_and_what_is_missing_was_never_reached() -> None:
    coverage = read_coverage(REPORT)

    assert coverage.plays == 20
    assert coverage.scenes == {"a": 20, "b": 0}
    assert coverage.taken(Row("choice", "a/choices/go", "Go")) == 7
    assert coverage.taken(Row("choice", "a/choices/stay", "Stay")) == 0


def test_what_a_report_does_not_count_is_no_nought() -> None:
    assert read_coverage(REPORT).taken(Row("limit", "a/limit", "After 3 turns")) is None
    assert read_coverage({**REPORT, "limits": {"a": 2}}).taken(Row("limit", "a/limit", "After 3 turns")) == 2


def test_the_report_of_this_very_story_raises_no_doubt() -> None:
    coverage = read_coverage(REPORT)

    assert coverage.doubt("tale", "abc") == ""
    assert "edited since" in coverage.doubt("tale", "other")
    assert 'another story, "tale"' in coverage.doubt("fable", "other")


@pytest.mark.parametrize("wrong", [None, [], "x", {}, {"palaver_playtest": 2}, {"palaver_playtest": "1"}])
def test_what_is_no_report_is_refused_with_what_to_do(wrong: Any) -> None:
    with pytest.raises(PalaverError, match="palaver playtest STORY --json FILE"):
        read_coverage(wrong)


def test_what_cannot_be_a_count_is_left_out() -> None:
    scenes = {"a": True, "b": -1, "c": "9", "d": 10**30, "e": 4}

    assert read_coverage({**REPORT, "scenes": scenes, "choices": 3}).scenes == {"e": 4}
