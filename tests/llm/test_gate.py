"""No sliding minute ever holds more than the limit, however many share it; and everybody's turn comes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.llm.gate import GONE, LOST, WINDOW, Gate, Ticket
from engine.llm.limits import Limits
from engine.llm.statefile import IN_MEMORY


@contextmanager
def gates(number: int, limits: Limits) -> Iterator[list[Gate]]:
    """So many processes' views of one limit."""
    with tempfile.TemporaryDirectory() as folder:
        made = [Gate(Path(folder) / "limits.sqlite", "pool", limits) for _ in range(number)]
        try:
            yield made
        finally:
            for gate in made:
                gate.close()


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate(IN_MEMORY, "pool", Limits(2, 1_000))
    yield gate
    gate.close()


def passed(gate: Gate, ticket: Ticket, now: float) -> int | None:
    return gate.admit([ticket], now).calls.get(ticket.number)


@dataclass
class Asked:
    kind: str
    owner: int
    at: float
    tokens: int
    lasts: float
    used: float
    """Which share of the tokens it really takes."""
    ticket: Ticket | None = None
    call: int | None = None
    begun: float = 0.0
    ended: float | None = None


@dataclass
class Server:
    """Counts what it is sent as servers do, in any sliding minute."""

    seen: list[tuple[float, int]] = field(default_factory=list)

    def most(self) -> tuple[int, int]:
        """The most requests and tokens in any window."""
        windows = [[tokens for at, tokens in self.seen if start <= at < start + WINDOW] for start, _ in self.seen] or [
            []
        ]
        return max(map(len, windows)), max(map(sum, windows))


ASKED = st.builds(
    Asked,
    kind=st.sampled_from(["act", "judge", "summary"]),
    owner=st.integers(0, 2),
    at=st.floats(0, 90),
    tokens=st.integers(1, 400),
    lasts=st.floats(0, 70),
    used=st.floats(0, 1),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ASKED, min_size=1, max_size=25), st.integers(1, 6), st.integers(400, 1_200))
def test_no_window_holds_more_than_the_limit_and_everybody_is_served(
    asked: list[Asked], requests: int, tokens: int
) -> None:
    """Whether the server counts a call when it comes or when it ends, and while three processes share the limit."""
    with gates(3, Limits(requests, tokens)) as shared:
        now, step = 0.0, 0.5
        while any(a.ended is None for a in asked):
            now += step
            assert now < (len(asked) + 4) * 140, "somebody starves"
            for a in asked:
                if a.call is not None and a.ended is None and now >= a.begun + a.lasts:
                    shared[a.owner].end(a.call, round(a.tokens * a.used), now)
                    a.ended = now
                if a.ticket is None and a.at <= now:
                    a.ticket = shared[a.owner].enter(a.kind, a.tokens, now)
            for owner, gate in enumerate(shared):
                mine = {
                    a.ticket.number: a for a in asked if a.ticket is not None and a.call is None and a.owner == owner
                }
                found = gate.admit([a.ticket for a in mine.values() if a.ticket], now)
                for number, call in found.calls.items():
                    mine[number].call, mine[number].begun = call, now
    on_arrival, at_end = Server(), Server()
    for a in asked:
        assert a.ended is not None
        on_arrival.seen.append((a.begun, round(a.tokens * a.used)))
        at_end.seen.append((a.ended, round(a.tokens * a.used)))
    for server in (on_arrival, at_end):
        assert server.most() <= (requests, 10**9)
        assert server.most()[1] <= tokens


def test_first_come_first_served_within_a_kind_and_the_kinds_take_turns() -> None:
    with gates(1, Limits(1)) as (gate,):
        tickets = [gate.enter(kind, 1, 0.0) for kind in ["act"] * 4 + ["judge"] * 2]
        order: list[int] = []
        now = 0.0
        while len(order) < len(tickets):
            found = gate.admit([t for t in tickets if t.number not in order], now)
            for number, call in found.calls.items():
                order.append(number)
                gate.end(call, 1, now)
            now += WINDOW
        assert [tickets[number - 1].kind for number in order] == ["act", "judge", "act", "judge", "act", "act"]
        for kind in ("act", "judge"):
            of_kind = [number for number in order if tickets[number - 1].kind == kind]
            assert of_kind == sorted(of_kind)


def test_a_large_request_is_not_overtaken_for_ever_by_small_ones(gate: Gate) -> None:
    first = gate.enter("act", 600, 0.0)
    call = passed(gate, first, 0.0)
    assert call is not None
    large, small = gate.enter("act", 900, 1.0), gate.enter("act", 10, 1.0)
    assert gate.admit([large, small], 1.0).calls == {}
    gate.end(call, 600, 2.0)
    assert set(gate.admit([large, small], 2.0 + WINDOW).calls) == {large.number, small.number}


def test_the_wait_is_told(gate: Gate) -> None:
    for _ in range(2):
        call = passed(gate, gate.enter("act", 1, 0.0), 0.0)
        assert call is not None
        gate.end(call, 1, 10.0)
    assert gate.admit([gate.enter("act", 1, 15.0)], 15.0).wait == pytest.approx(WINDOW - 5)


def test_what_was_really_taken_makes_room_at_once(gate: Gate) -> None:
    call = passed(gate, gate.enter("act", 900, 0.0), 0.0)
    assert call is not None
    waiting = gate.enter("act", 500, 0.0)
    assert passed(gate, waiting, 0.0) is None
    gate.end(call, 100, 1.0)
    assert passed(gate, waiting, 1.0) is not None


def test_the_place_of_a_killed_process_is_given_up() -> None:
    with gates(2, Limits(1)) as (killed, alive):
        killed.enter("act", 1, 0.0)
        ticket = alive.enter("act", 1, 0.1)
        assert passed(alive, ticket, 0.2) is None
        assert passed(alive, ticket, GONE + 0.3) is not None


def test_a_call_of_a_killed_process_counts_for_a_quarter_of_an_hour() -> None:
    with gates(2, Limits(1)) as (killed, alive):
        assert passed(killed, killed.enter("act", 1, 0.0), 0.0) is not None
        ticket = alive.enter("act", 1, LOST - 1)
        assert passed(alive, ticket, LOST - 1) is None
        assert passed(alive, ticket, LOST + 1) is not None


def test_a_call_that_lived_longer_than_anybody_waited_counts_when_it_ends() -> None:
    with gates(2, Limits(1)) as (slow, other):
        call = passed(slow, slow.enter("act", 1, 0.0), 0.0)
        assert call is not None
        other.admit([], LOST + 1)
        slow.end(call, 1, LOST + 2)
        assert passed(other, other.enter("act", 1, LOST + 3), LOST + 3) is None


def test_one_who_slept_long_gets_its_own_place_back() -> None:
    with gates(2, Limits(1)) as (sleeper, other):
        ticket = sleeper.enter("act", 1, 0.0)
        call = passed(other, other.enter("act", 1, 100.0), 100.0)
        assert call is not None
        later = other.enter("act", 1, 101.0)
        other.admit([later], 101.0)
        assert passed(sleeper, ticket, 102.0) is None
        other.end(call, 1, 103.0)
        free = 103.0 + WINDOW
        assert other.admit([later], free - 1).calls == {}
        assert passed(sleeper, ticket, free - 1) is None
        assert passed(other, later, free) is None
        assert passed(sleeper, ticket, free) is not None


def test_a_server_that_asks_for_time_holds_everybody_but_the_one_it_told() -> None:
    with gates(2, Limits(5)) as (told, other):
        first = told.enter("act", 1, 0.0)
        call = passed(told, first, 0.0)
        assert call is not None
        told.hint(Limits(), 30.0, 1.0)
        told.end(call, 1, 1.0)
        waiting = other.enter("act", 1, 1.0)
        found = other.admit([waiting], 1.0)
        assert (found.calls, found.wait, found.held) == ({}, 30.0, True)
        assert passed(told, told.enter("act", 1, 2.0, ahead_as=first), 2.0) is not None
        assert other.admit([waiting], 4.0).calls == {}
        assert other.admit([waiting], 8.0).calls == {}
        assert passed(other, other.enter("act", 1, 31.0), 31.0) is not None


def test_who_was_put_off_is_not_kept_by_the_hold_of_those_behind(gate: Gate) -> None:
    first = gate.enter("act", 1, 0.0)
    call = passed(gate, first, 0.0)
    assert call is not None
    gate.hint(Limits(), 30.0, 1.0)
    gate.end(call, 1, 1.0)
    judge = gate.enter("judge", 1, 1.0)
    again = gate.enter("act", 1, 1.0, ahead_as=first)
    assert set(gate.admit([judge, again], 1.0).calls) == {again.number}


def test_a_hint_lowers_for_a_window_and_never_raises(gate: Gate) -> None:
    gate.hint(Limits(100, 300), 0.0, 0.0)
    assert gate.most_tokens(1.0) == 300
    assert gate.most_tokens(WINDOW + 1) == 1_000
    gate.hint(Limits(100, 5_000), 0.0, 100.0)
    assert gate.most_tokens(101.0) == 1_000


def test_a_clock_set_back_makes_nobody_wait_for_its_old_time() -> None:
    with gates(1, Limits(1)) as (gate,):
        call = passed(gate, gate.enter("act", 1, 1e6), 1e6)
        assert call is not None
        gate.end(call, 1, 1e6)
        ticket = gate.enter("act", 1, 10.0)
        assert 0 < gate.admit([ticket], 10.0).wait <= WINDOW
        assert passed(gate, ticket, 10.0 + WINDOW) is not None


def test_whoever_leaves_is_waited_for_by_nobody(gate: Gate) -> None:
    gone, next_one = gate.enter("act", 1, 0.0), gate.enter("act", 1, 0.0)
    assert passed(gate, next_one, 0.0) is None
    gate.leave(gone)
    assert passed(gate, next_one, 0.0) is not None


def test_a_request_sent_without_asking_counts(gate: Gate) -> None:
    gate.charge(0.0)
    gate.charge(0.0)
    assert passed(gate, gate.enter("act", 1, 1.0), 1.0) is None


def test_two_keys_do_not_wait_for_each_other() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "limits.sqlite"
        one, other = Gate(path, "one", Limits(1)), Gate(path, "other", Limits(1))
        assert passed(one, one.enter("act", 1, 0.0), 0.0) is not None
        assert passed(other, other.enter("act", 1, 0.0), 0.0) is not None
        one.close()
        other.close()
