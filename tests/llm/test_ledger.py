"""Money that was promised to one call is promised to no other, whoever asks, and whoever is killed in between."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ConfigError, ModelError, OverBudget
from engine.llm.budget import SCOPES, Amount, Budget, Cap, read_budget
from engine.llm.ledger import LOST, Ledger, Tags, Taken
from engine.llm.statefile import IN_MEMORY

ME = Tags("session", "game", "pier", "maren", "act", "m-1", "host")


def one_day(_: float) -> str:
    return "2026-11-24"


def taken(tokens: int, micro: int | None = 0) -> Taken:
    return Taken(tokens, 0, micro)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    ledger = Ledger(IN_MEMORY, day=one_day)
    yield ledger
    ledger.close()


STEP = st.tuples(
    st.sampled_from(["reserve", "settle", "release", "renew", "crash"]),
    st.integers(0, 2),
    st.integers(0, 300),
    st.floats(0, 1),
    st.floats(0, 1_000),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEP, max_size=60), st.integers(0, 1_000), st.integers(0, 1_000))
def test_no_interleaving_of_processes_overruns_a_budget(
    steps: list[tuple[str, int, int, float, float]], tokens: int, micro: int
) -> None:
    """Three processes; one that is killed keeps its promise for an hour, and each call takes at most its worst case."""
    budget = Budget(day=Cap(micro, tokens))
    with tempfile.TemporaryDirectory() as folder:
        ledgers = [Ledger(Path(folder) / "ledger.sqlite", day=one_day) for _ in range(3)]
        open_calls: list[list[tuple[int, int, float]]] = [[], [], []]
        lost: list[tuple[int, float]] = []
        settled, now = 0, 0.0
        for what, owner, size, share, passes in steps:
            now += passes
            ledger, calls = ledgers[owner], open_calls[owner]
            for number, (call, promised, _) in enumerate(calls):  # who lives renews in time
                ledger.renew(call, now)
                calls[number] = call, promised, now
            if what == "reserve":
                try:
                    call = ledger.reserve(ME, Taken(size, 0, size), budget, now)
                except OverBudget:
                    pass
                else:
                    calls.append((call, size, now))
            elif what == "crash":
                lost += [(promised, at) for _, promised, at in calls]
                calls.clear()
            elif calls and what in ("settle", "release"):
                call, promised, _ = calls.pop()
                if what == "settle":
                    real = round(promised * share)
                    ledger.settle(call, Taken(real, 0, real))
                    settled += real
                else:
                    ledger.release(call)
            promised_now = sum(promised for theirs in open_calls for _, promised, _ in theirs)
            promised_now += sum(promised for promised, at in lost if at > now - LOST)
            spent = ledgers[0].spent("another", "another", now)["day"]
            assert spent == Amount(settled + promised_now, settled + promised_now, 0)
            # What a killed process was promised may be given out again after an hour; nothing else ever is.
            assert settled + promised_now <= max(tokens, 0)
            assert settled + promised_now <= max(micro, 0) or settled + promised_now == 0
        for ledger in ledgers:
            ledger.close()


def test_what_does_not_fit_is_refused_and_changes_nothing(ledger: Ledger) -> None:
    budget = Budget(session=Cap(tokens=100))
    ledger.reserve(ME, taken(60), budget, 0.0)
    with pytest.raises(OverBudget, match="60 tokens are spent or promised") as caught:
        ledger.reserve(ME, taken(41), budget, 0.0)
    assert (caught.value.scope, caught.value.unit) == ("session", "tokens")
    assert "scripted actor" in caught.value.do
    ledger.reserve(ME, taken(40), budget, 0.0)


@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_counts_its_own(ledger: Ledger, scope: str) -> None:
    budget = read_budget({scope: {"money": 0.0001}})
    ledger.settle(ledger.reserve(ME, taken(1, 100), budget, 0.0), taken(1, 100))
    with pytest.raises(OverBudget):
        ledger.reserve(ME, taken(1, 1), budget, 0.0)
    others = Tags(**{"session": "s2", "game": "g2"})
    if scope == "day":
        with pytest.raises(OverBudget):
            ledger.reserve(others, taken(1, 1), budget, 0.0)
    else:
        ledger.reserve(others, taken(1, 1), budget, 0.0)


def test_a_new_day_begins_with_nothing_spent() -> None:
    ledger = Ledger(IN_MEMORY, day=lambda now: f"2026-11-{int(now) + 1:02}")
    budget = Budget(day=Cap(tokens=10))
    ledger.settle(ledger.reserve(ME, taken(10), budget, 0.0), taken(10))
    with pytest.raises(OverBudget):
        ledger.reserve(ME, taken(1), budget, 0.5)
    ledger.reserve(ME, taken(10), budget, 1.0)
    ledger.close()


def test_a_call_of_unknown_price_counts_against_tokens_only(ledger: Ledger) -> None:
    ledger.settle(ledger.reserve(ME, taken(50, None), Budget(day=Cap(micro=0)), 0.0), taken(50, None))
    spent = ledger.settled("day", "2026-11-24")
    assert spent == Amount(0, 50, 50)
    assert spent.money is None
    assert str(spent) == "50 tokens (price unknown)"


def test_a_promise_is_settled_once_and_a_late_one_still_counts(ledger: Ledger) -> None:
    call = ledger.reserve(ME, taken(100), Budget(), 0.0)
    assert ledger.spent("session", "game", LOST + 1)["day"] == Amount()
    for _ in range(2):
        ledger.settle(call, taken(30))
        ledger.release(call)
    assert ledger.settled("session", "session") == Amount(0, 30, 0)


def test_the_report_says_where_it_went(ledger: Ledger) -> None:
    for who, micro in (("maren", 10), ("odd", 30), ("maren", 5)):
        tags = Tags("s", "g", "pier", who, "act", "m-1", "host")
        ledger.settle(ledger.reserve(tags, taken(1), Budget(), 0.0), Taken(7, 3, micro, 2, estimated=who == "odd"))
    ledger.reserve(ME, taken(1_000), Budget(), 0.0)
    report = ledger.report("character")
    assert [(e.name, e.calls, e.prompt, e.cached, e.completion, e.amount.micro, e.estimated) for e in report] == [
        ("odd", 1, 7, 2, 3, 30, 1),
        ("maren", 2, 14, 4, 6, 15, 0),
    ]
    assert ledger.report("day", "2026-11-25") == []
    assert ledger.days() == ("2026-11-24", "2026-11-24")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="PALAVER_STATE"):
        Ledger(tmp_path / "file" / "ledger.sqlite")


def test_a_ledger_of_another_version_is_left_as_it_is(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l")
    ledger._db.execute("PRAGMA user_version = 9")
    ledger.close()
    with pytest.raises(ConfigError, match="another version"):
        Ledger(tmp_path / "l")


def test_a_file_that_is_no_ledger_is_told(tmp_path: Path) -> None:
    (tmp_path / "l").write_text("something else altogether, and long enough to be read as a header of a database")
    with pytest.raises(ConfigError, match="cannot be used"):
        Ledger(tmp_path / "l")


def test_damage_that_shows_itself_late_is_told(ledger: Ledger) -> None:
    ledger._db.executescript("DROP TABLE calls; DROP TABLE sums")
    for ask in (lambda: ledger.report("model"), ledger.days, lambda: ledger.settled("day", "2026-11-24")):
        with pytest.raises(ModelError, match="cannot be kept: no such table"):
            ask()


def test_an_account_that_cannot_be_written_keeps_the_call_from_being_made(ledger: Ledger) -> None:
    ledger._db.execute("PRAGMA query_only = ON")
    with pytest.raises(ModelError, match="cannot be kept"):
        ledger.reserve(ME, taken(1), Budget(), 0.0)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (5, "write"),
        ({"week": {"money": 1}}, "session, game, day"),
        ({"day": 5}, "day has"),
        ({"day": {"euro": 5}}, "day has"),
        ({"day": {"money": "5"}}, "number of dollars"),
        ({"day": {"money": -5}}, "from 0"),
        ({"day": {"tokens": 1.5}}, "whole number"),
    ],
)
def test_a_mistake_in_a_budget_names_its_part(value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_budget(value)


def test_a_budget_warns_at_four_fifths_and_can_be_raised() -> None:
    budget = read_budget({"session": {"money": 1, "tokens": 1_000}, "game": {}})
    spent = {scope: Amount(799_999, 800) for scope in SCOPES}
    assert budget.near(spent) == {
        ("session", "tokens"): "800 tokens of the 1,000 tokens that this session may take are spent."
    }
    raised = budget.raised("session", micro=500_000, tokens=1_000)
    assert raised.session == Cap(1_500_000, 2_000)
    assert raised.near(spent) == {}
    assert budget.raised("day", micro=5).day == Cap()
