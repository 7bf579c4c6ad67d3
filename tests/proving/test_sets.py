"""Sets of states behave like sets, whatever is put in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.proving.sets import EMPTY, Sets

WIDTH = 4
ROWS = st.frozensets(st.tuples(*[st.integers(0, 2)] * WIDTH), max_size=8)
Row = tuple[int, ...]


def made(sets: Sets, rows: frozenset[Row]) -> int:
    whole = EMPTY
    for row in sorted(rows):
        whole = sets.union(whole, sets.single({slot: code for slot, code in enumerate(row) if code}))
    return whole


def rows_of(sets: Sets, a: int) -> set[Row]:
    return {codes for codes, _ in sets.split(a, tuple(range(WIDTH)))}


@given(ROWS, ROWS)
def test_union_difference_and_overlap(a: frozenset[Row], b: frozenset[Row]) -> None:
    sets = Sets(WIDTH)
    x, y = made(sets, a), made(sets, b)
    assert rows_of(sets, sets.union(x, y)) == a | b
    assert rows_of(sets, sets.minus(x, y)) == a - b
    assert rows_of(sets, sets.both(x, y)) == a & b
    assert sets.count(x) == len(a)
    assert (x == y) == (a == b)


@given(ROWS, st.integers(0, WIDTH - 1), st.integers(0, WIDTH - 1))
def test_letting_through_and_codes(a: frozenset[Row], first: int, second: int) -> None:
    sets = Sets(WIDTH)
    x = made(sets, a)
    slots = tuple(sorted({first, second}))
    kept = sets.where(x, slots, lambda codes: sum(codes) % 2 == 1, {})
    assert rows_of(sets, kept) == {row for row in a if sum(row[slot] for slot in slots) % 2 == 1}
    assert sets.codes(x, first) == {row[first] for row in a}


@given(ROWS, ROWS, st.integers(0, WIDTH - 1))
def test_putting_and_taking_back(a: frozenset[Row], b: frozenset[Row], slot: int) -> None:
    sets = Sets(WIDTH)

    def table(code: int) -> list[int]:
        return [(code + 1) % 3] if code else [1, 2]

    def put(row: Row) -> set[Row]:
        return {(*row[:slot], code, *row[slot + 1 :]) for code in table(row[slot])}

    after = sets.put(made(sets, a), slot, table, {})
    assert rows_of(sets, after) == {new for row in a for new in put(row)}
    before = sets.both(sets.unput(made(sets, b), slot, table, 3), made(sets, a))
    assert rows_of(sets, before) == {row for row in a if put(row) & b}


@given(ROWS, st.frozensets(st.integers(0, WIDTH - 1)))
def test_forgetting_and_setting_free(a: frozenset[Row], slots: frozenset[int]) -> None:
    sets = Sets(WIDTH)
    forgot = sets.forget(made(sets, a), slots, {})
    assert rows_of(sets, forgot) == {tuple(0 if n in slots else code for n, code in enumerate(row)) for row in a}
    free = sets.free(forgot, dict.fromkeys(slots, 3))
    assert sets.count(free) == sets.count(forgot) * 3 ** len(slots)
    assert sets.forget(free, slots, {}) == forgot


@given(ROWS, ROWS)
def test_what_is_wanted_outlives_collecting(a: frozenset[Row], b: frozenset[Row]) -> None:
    sets = Sets(WIDTH)
    x, _ = made(sets, a), made(sets, b)
    sets.collect([x])
    assert rows_of(sets, x) == a
    assert rows_of(sets, made(sets, b)) == b
    assert rows_of(sets, x) == a
