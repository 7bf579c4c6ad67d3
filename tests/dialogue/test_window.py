from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dialogue.window import Cut, Window

TURN = st.integers(0, 300).flatmap(
    lambda asked: st.tuples(st.just(asked), st.integers(asked, asked + 400), st.booleans())
)
TURNS = st.lists(TURN, max_size=60)


def reference_dialogue(note: int) -> tuple[int, int, int]:
    """Play 200 turns (persona 800, line 40, reply 80, budget 4,096, low mark 60 %), with `note` tokens at the very end.

    Returns the tokens sent, those not cached (all of a prompt but the longest beginning it shares with the one before),
    and how often the history was cut.
    """
    window = Window(4_096)
    sent = uncached = breaks = 0
    before: list[object] = []
    for turn in range(200):
        cut = window.cut(800 + note, 40)
        prompt: list[object] = ["persona"] * 800
        for kept in range(cut.start, turn):
            prompt += [("line", kept)] * 40 + [("reply", kept)] * 80
        prompt += [("line", turn)] * 40 + [("note", turn)] * note
        shared = next((at for at, (a, b) in enumerate(zip(before, prompt, strict=False)) if a != b), len(before))
        assert len(prompt) == cut.tokens <= 4_096
        sent += len(prompt)
        uncached += len(prompt) - shared
        breaks += shared == 800
        before = prompt
        window.add(40, 120)
    return sent, uncached, breaks


def test_the_reference_dialogue_costs_the_least_that_any_trimming_with_this_floor_can() -> None:
    assert reference_dialogue(note=0) == (622_800, 42_480, 12)


def test_a_note_at_the_very_end_costs_itself_and_the_turns_it_displaces() -> None:
    _, uncached, breaks = reference_dialogue(note=60)
    assert (uncached, breaks) == (53_040, 12)


def filled(turns: list[tuple[int, int, bool]], budget: int, low_mark: float) -> Window:
    window = Window(budget, low_mark)
    for asked, whole, pinned in turns:
        window.add(asked, whole, pinned=pinned)
    return window


@given(TURNS, st.integers(1, 3_000), st.floats(0.1, 1), st.integers(0, 2_000), st.integers(0, 300))
def test_what_stays_is_whole_turns_with_every_pinned_one_and_fits_if_it_can(
    turns: list[tuple[int, int, bool]], budget: int, low_mark: float, fixed: int, asked: int
) -> None:
    cut = filled(turns, budget, low_mark).cut(fixed, asked)
    kept = [*cut.pinned, *range(cut.start, len(turns))]
    assert kept == sorted(set(kept))
    assert [number for number, turn in enumerate(turns) if turn[2] and number < cut.start] == list(cut.pinned)
    assert cut.pinned_tokens == sum(turns[number][1] for number in cut.pinned)
    assert cut.kept_tokens == sum(whole for _, whole, _ in turns[cut.start :])
    assert cut.tokens == fixed + cut.pinned_tokens + cut.kept_tokens + asked
    assert cut.over == max(0, cut.tokens - budget)
    if cut.over:  # nothing is left that might have been dropped
        assert cut.start == len(turns)


@given(TURNS, st.integers(1, 3_000), st.floats(0.1, 1), st.lists(st.integers(0, 2_000), min_size=1, max_size=4))
def test_a_game_that_is_loaded_again_is_cut_where_it_was_cut_before(
    turns: list[tuple[int, int, bool]], budget: int, low_mark: float, fixed: list[int]
) -> None:
    played = Window(budget, low_mark)
    for number, (asked, whole, pinned) in enumerate(turns):
        now = fixed[number % len(fixed)]  # what stands beside the history changes from turn to turn
        assert played.cut(now, asked) == filled(turns[:number], budget, low_mark).cut(now, asked)
        played.add(asked, whole, pinned=pinned)


@given(TURNS, st.integers(1, 3_000), st.integers(0, 2_000))
def test_it_cuts_as_a_plain_reading_of_the_rule_does(
    turns: list[tuple[int, int, bool]], budget: int, fixed: int
) -> None:
    window, start = Window(budget), 0
    for number, (asked, whole, pinned) in enumerate(turns):

        def size(first: int, number: int = number, asked: int = asked) -> int:
            kept = (w for at, (_, w, p) in enumerate(turns[:number]) if p or at >= first)
            return fixed + sum(kept) + asked

        if size(start) > budget:
            start = next((first for first in range(start, number) if size(first) <= int(budget * 0.6)), number)
        assert window.cut(fixed, asked).start == start
        window.add(asked, whole, pinned=pinned)


@given(TURNS.filter(bool), TURN, st.integers(1, 3_000), st.integers(0, 2_000))
def test_a_turn_that_was_added_to_counts_as_if_it_had_been_so_from_the_first(
    turns: list[tuple[int, int, bool]], last: tuple[int, int, bool], budget: int, fixed: int
) -> None:
    window = filled(turns, budget, 0.6)
    window.cut(fixed, 40)
    window.amend(last[0], last[1], pinned=last[2])
    assert window.cut(fixed, 40) == filled([*turns[:-1], last], budget, 0.6).cut(fixed, 40)


def test_asking_again_in_the_same_turn_changes_nothing() -> None:
    window = filled([(40, 120, False)] * 50, 4_096, 0.6)
    assert window.cut(800, 40) == window.cut(800, 40)


def test_it_says_by_how_much_a_prompt_is_too_long_when_nothing_more_may_go() -> None:
    window = filled([(10, 500, True), (10, 50, False)], 1_000, 0.6)
    assert window.cut(700, 100) == Cut(start=2, pinned=(0,), pinned_tokens=500, kept_tokens=0, tokens=1_300, over=300)


def calls(action: object) -> int:
    """Count the function calls, also C ones, that `action` makes: a measure of work that no busy machine disturbs."""
    count = 0

    def tally(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tally)
    try:
        action()  # type: ignore[operator]
    finally:
        sys.setprofile(None)
    return count


def test_a_turn_takes_the_same_work_after_ten_thousand_as_after_ten() -> None:
    def most_work(length: int) -> int:
        window = filled([(40, 120, False)] * length, 4_096, 0.6)
        window.cut(800, 40)
        work = []
        for _ in range(30):
            work.append(calls(lambda: window.cut(800, 40)))
            window.add(40, 120)
        return max(work)

    assert most_work(10_000) <= most_work(30) + 2


@pytest.mark.parametrize(("budget", "low_mark"), [(0, 0.6), (-5, 0.6), (100, 0.0), (100, 1.5)])
def test_a_window_without_room_is_refused(budget: int, low_mark: float) -> None:
    with pytest.raises(ValueError, match="budget above 0"):
        Window(budget, low_mark)


def test_a_turn_cannot_have_asked_with_more_than_it_holds() -> None:
    with pytest.raises(ValueError, match="120 tokens"):
        Window(100).add(121, 120)
