"""Counts what this machine asks of an endpoint in any sliding minute, for all its processes at once, in one file.

It neither waits nor reads a clock: every method is told the time, in seconds, and is one short transaction. It knows
no key (an endpoint and its key are one opaque name, the pool) and no word of what is asked.

A call counts from before it is sent until a whole window after it has ended. So whenever the server notes it, on
arrival or at the end, the server's own count of any window holds no more than was let through here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.llm.limits import Limits
from engine.llm.statefile import open_state, reading, transaction

WINDOW = 60.0
GONE = 5.0
"""Seconds after which a place in the queue whose owner was not heard of is given up: its process was killed."""
LOST = 900.0
"""Seconds after which a call that never ended no longer counts, for the same reason. One that lives, and ends later
still, counts from its end on; the server saw it come long before."""
_VERSION = 1
_TABLES = (
    """\
CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pool TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    begun REAL NOT NULL,
    ended REAL
) STRICT""",
    "CREATE INDEX calls_of_pool ON calls (pool, ended)",
    """\
CREATE TABLE queue (
    ticket INTEGER PRIMARY KEY AUTOINCREMENT,
    pool TEXT NOT NULL,
    kind TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    seen REAL NOT NULL,
    again INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX queue_of_pool ON queue (pool, kind, ticket)",
    """\
CREATE TABLE pools (
    pool TEXT PRIMARY KEY,
    kind TEXT NOT NULL DEFAULT '',
    hold REAL NOT NULL DEFAULT 0,
    requests INTEGER,
    tokens INTEGER,
    hinted REAL NOT NULL DEFAULT 0
) STRICT""",
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the queue; the lower the number, the sooner."""

    number: int
    kind: str
    tokens: int
    again: bool = False
    """Whether it asks once more for what the server put off: the hold that the server asked for is its own, and the
    client waits it out."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What a look at the gate brought."""

    calls: dict[int, int]
    """Of the tickets that were let through, the number of the call."""
    wait: float
    """Seconds until the next one may pass, as far as is known now; 0 where nobody waits."""
    held: bool
    """Whether the server asked for that wait."""


class Gate:
    """One endpoint and key, as seen by one process among those that share it."""

    def __init__(self, path: Path, pool: str, limits: Limits, *, window: float = WINDOW) -> None:
        self._db = open_state(path, _TABLES, durable=False, version=_VERSION)
        self._pool = pool
        self._limits = limits
        self._window = window
        with transaction(self._db):
            self._db.execute("INSERT OR IGNORE INTO pools (pool) VALUES (?)", (pool,))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def enter(self, kind: str, tokens: int, now: float, *, ahead_as: Ticket | None = None) -> Ticket:
        """Take the last place in the queue, or with `ahead_as` the place that one had: it was served and put off."""
        with transaction(self._db):
            number = self._place(ahead_as.number if ahead_as else None, kind, tokens, now, ahead_as is not None)
        return Ticket(number, kind, tokens, ahead_as is not None)

    def leave(self, ticket: Ticket) -> None:
        """Give up a place in the queue."""
        with transaction(self._db):
            self._db.execute("DELETE FROM queue WHERE ticket = ?", (ticket.number,))

    def admit(self, tickets: Iterable[Ticket], now: float) -> Admission:
        """Let through as many of this process's `tickets` as may pass now, in the order of the whole queue.

        The kinds of call (acting, judging) take turns, each in the order of its tickets; whoever is first keeps its
        place until there is room for it, so that a large request is not overtaken for ever by small ones.
        """
        mine = {ticket.number: ticket for ticket in tickets}
        passed: dict[int, int] = {}
        with transaction(self._db):
            self._tidy(mine.values(), now)
            last, hold, limits = self._state(now)
            while (first := self._first(last)) is not None:
                number, kind, tokens, again = first
                held = 0.0 if again else max(0.0, hold - now)
                wait = max(held, self._until_room(tokens, limits, now))
                if wait > 0 or number not in mine:
                    # Another process's turn: it looks soon, and is given up for gone if it does not.
                    return Admission(passed, wait or 0.0, held=held > 0 and held >= wait)
                passed[number] = self._begin(number, tokens, now)
                del mine[number]
                last = kind
                self._db.execute("UPDATE pools SET kind = ? WHERE pool = ?", (kind, self._pool))
        return Admission(passed, 0.0, held=False)

    def most_tokens(self, now: float) -> int | None:
        """Return the most tokens that one window allows; a larger request would wait for ever."""
        with reading():
            return self._state(now)[2].tokens

    def end(self, call: int, tokens: int, now: float) -> None:
        """Note that a call has ended and what it really took."""
        with transaction(self._db):
            self._db.execute(
                "INSERT OR REPLACE INTO calls (id, pool, tokens, begun, ended) VALUES (?, ?, ?, ?, ?)",
                (call, self._pool, tokens, now, now),
            )

    def charge(self, now: float) -> None:
        """Count one more request that was sent without asking here."""
        with transaction(self._db):
            self._db.execute(
                "INSERT INTO calls (pool, tokens, begun, ended) VALUES (?, 0, ?, ?)", (self._pool, now, now)
            )

    def hint(self, limits: Limits, hold: float, now: float) -> None:
        """Lower the limits for all processes for a window, and let nobody pass for `hold` seconds."""
        if limits == Limits() and hold <= 0:
            return
        with transaction(self._db):
            self._db.execute(
                "UPDATE pools SET hold = max(hold, ?), requests = ?, tokens = ?, hinted = ? WHERE pool = ?",
                (now + hold if hold > 0 else 0.0, limits.requests, limits.tokens, now, self._pool),
            )

    # Each of these is called in a transaction

    def _place(self, number: int | None, kind: str, tokens: int, now: float, again: bool) -> int:
        row = self._db.execute(
            "INSERT INTO queue (ticket, pool, kind, tokens, seen, again) VALUES (?, ?, ?, ?, ?, ?)",
            (number, self._pool, kind, tokens, now, again),
        )
        assert row.lastrowid is not None
        return row.lastrowid

    def _tidy(self, mine: Iterable[Ticket], now: float) -> None:
        """Forget what no longer counts; and a clock that was set back makes nobody wait for its old time to return."""
        db, pool = self._db, self._pool
        db.execute(
            "DELETE FROM calls WHERE pool = ? AND (ended <= ? OR (ended IS NULL AND begun <= ?))",
            (pool, now - self._window, now - LOST),
        )
        db.execute("UPDATE calls SET ended = ? WHERE pool = ? AND ended > ?", (now, pool, now + self._window))
        db.execute(
            "UPDATE pools SET hold = 0 WHERE pool = ? AND hold > ?", (pool, now + 2 * max(self._window, WINDOW) + 1)
        )
        for ticket in mine:
            known = db.execute("UPDATE queue SET seen = ? WHERE ticket = ?", (now, ticket.number)).rowcount
            if not known:  # given up for gone while this process was asleep
                self._place(ticket.number, ticket.kind, ticket.tokens, now, ticket.again)
        db.execute("DELETE FROM queue WHERE pool = ? AND (seen < ? OR seen > ?)", (pool, now - GONE, now + GONE))

    def _state(self, now: float) -> tuple[str, float, Limits]:
        row = self._db.execute(
            "SELECT kind, hold, requests, tokens, hinted FROM pools WHERE pool = ?", (self._pool,)
        ).fetchone()
        kind, hold, requests, tokens, hinted = row
        fresh = abs(now - hinted) < self._window
        return kind, hold, self._limits.lowered(Limits(requests, tokens)) if fresh else self._limits

    def _first(self, last: str) -> tuple[int, str, int, bool] | None:
        rows = self._db.execute(
            "SELECT min(ticket), kind, tokens, again FROM queue WHERE pool = ? GROUP BY kind", (self._pool,)
        ).fetchall()
        # Who was put off first; then another kind than the last one; and among those the one that came first.
        return min(rows, key=lambda row: (not row[3], row[1] == last, row[0]), default=None)

    def _until_room(self, tokens: int, limits: Limits, now: float) -> float:
        """Seconds until a call of `tokens` fits; those that still run are taken to end now."""
        if limits == Limits():
            return 0.0
        requests, spent = self._db.execute(
            "SELECT count(*), coalesce(sum(tokens), 0) FROM calls WHERE pool = ?", (self._pool,)
        ).fetchone()
        over_requests = requests + 1 - limits.requests if limits.requests is not None else 0
        over_tokens = spent + tokens - limits.tokens if limits.tokens is not None else 0
        if over_requests <= 0 and over_tokens <= 0:
            return 0.0
        ending = self._db.execute(
            "SELECT tokens, ended FROM calls WHERE pool = ? ORDER BY ended IS NULL, ended", (self._pool,)
        )
        wait = 0.0
        for freed, ended in ending:
            wait = max((now if ended is None else ended) + self._window - now, 0.001)
            over_requests -= 1
            over_tokens -= freed
            if over_requests <= 0 and over_tokens <= 0:
                break
        return max(wait, 0.001)

    def _begin(self, number: int, tokens: int, now: float) -> int:
        self._db.execute("DELETE FROM queue WHERE ticket = ?", (number,))
        row: sqlite3.Cursor = self._db.execute(
            "INSERT INTO calls (pool, tokens, begun) VALUES (?, ?, ?)", (self._pool, tokens, now)
        )
        assert row.lastrowid is not None
        return row.lastrowid
