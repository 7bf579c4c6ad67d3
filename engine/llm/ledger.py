"""Keeps account of every call on this machine: reserved before it is sent, settled or released after.

Numbers and names only: no key, no prompt and no word of a reply is ever written here. It decides nothing; whether a
call fits is the budget's to say, inside the same transaction, so that no two processes are promised the same money.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.llm.budget import MOST, SCOPES, Amount, Budget, Scope
from engine.llm.statefile import open_state, reading, transaction

LOST = 3600.0
"""Seconds for which a reservation counts that nobody renews: its process was killed, maybe after it had sent."""
FILE = "ledger.sqlite"
_VERSION = 1
_TABLES = (
    """\
CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    day TEXT NOT NULL,
    session TEXT NOT NULL,
    game TEXT NOT NULL,
    scene TEXT NOT NULL,
    who TEXT NOT NULL,
    purpose TEXT NOT NULL,
    model TEXT NOT NULL,
    host TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'settled')),
    renewed REAL NOT NULL,
    prompt INTEGER NOT NULL,
    cached INTEGER NOT NULL DEFAULT 0,
    completion INTEGER NOT NULL,
    micro INTEGER,
    estimated INTEGER NOT NULL DEFAULT 0
) STRICT""",
    "CREATE INDEX promised ON calls (renewed) WHERE state = 'reserved'",
    "CREATE INDEX calls_of_day ON calls (day)",
    # Sums of what is settled, so that a look at the budget costs the same on the thousandth call as on the first.
    """\
CREATE TABLE sums (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    micro INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID""",
)
_SPENT = "coalesce(sum(micro), 0), coalesce(sum(prompt + completion), 0)"
_UNPRICED = "coalesce(sum((prompt + completion) * (micro IS NULL)), 0)"
GROUPS: Mapping[str, str] = {
    "game": "game",
    "scene": "scene",
    "character": "who",
    "model": "model",
    "day": "day",
    "purpose": "purpose",
}
"""By what a report may be grouped, and the column that holds it."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Whom a call was made for."""

    session: str
    game: str = ""
    scene: str = ""
    who: str = ""
    purpose: str = ""
    model: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a call took, or may take at most."""

    prompt: int
    completion: int
    micro: int | None
    """Micro-dollars; None where the price is not known."""
    cached: int = 0
    estimated: bool = False
    """Whether the server did not say, so that the counts are ours."""

    @property
    def amount(self) -> Amount:
        """The same as a sum."""
        tokens = self.prompt + self.completion
        return Amount(self.micro or 0, tokens, tokens if self.micro is None else 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a report."""

    name: str
    calls: int
    prompt: int
    cached: int
    completion: int
    amount: Amount
    estimated: int
    """Calls whose tokens are our own count."""


def local_day(now: float) -> str:
    """Return the date on this machine's calendar at a time in seconds since 1970."""
    return datetime.fromtimestamp(now).astimezone().date().isoformat()


class Ledger:
    """The account book of this machine. Times are in seconds since 1970."""

    def __init__(self, path: Path, *, day: Callable[[float], str] = local_day) -> None:
        self._db = open_state(path, _TABLES, durable=True, version=_VERSION)
        self._day = day

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def reserve(self, tags: Tags, worst: Taken, budget: Budget, now: float) -> int:
        """Promise a call what it may take at most and return its number; raises `OverBudget`, and promises nothing."""
        day = self._day(now)
        with transaction(self._db):
            if budget:
                refusal = budget.refusal(self._spent(tags.session, tags.game, day, now), worst.amount)
                if refusal is not None:
                    raise refusal
            row = self._db.execute(
                "INSERT INTO calls (at, day, session, game, scene, who, purpose, model, host, state, renewed, prompt,"
                " completion, micro) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'reserved', ?, ?, ?, ?)",
                (
                    *(now, day, tags.session, tags.game, tags.scene, tags.who, tags.purpose, tags.model, tags.host),
                    *(now, worst.prompt, worst.completion, worst.micro),
                ),
            )
        assert row.lastrowid is not None
        return row.lastrowid

    def renew(self, call: int, now: float) -> None:
        """Say that a reserved call is still under way."""
        with transaction(self._db):
            self._db.execute("UPDATE calls SET renewed = ? WHERE id = ? AND state = 'reserved'", (now, call))

    def settle(self, call: int, taken: Taken, model: str = "") -> None:
        """Put what a call really took in place of what was promised it; a second time changes nothing."""
        prompt, completion = min(taken.prompt, MOST), min(taken.completion, MOST)
        with transaction(self._db):
            row = self._db.execute(
                "UPDATE calls SET state = 'settled', prompt = ?, cached = ?, completion = ?, micro = ?, estimated = ?,"
                " model = CASE model WHEN '' THEN ? ELSE model END WHERE id = ? AND state = 'reserved'"
                " RETURNING session, game, day",
                (prompt, taken.cached, completion, taken.micro, taken.estimated, model, call),
            ).fetchone()
            if row is None:
                return
            amount = taken.amount
            for scope, name in zip(SCOPES, row, strict=True):
                self._db.execute(
                    "INSERT INTO sums VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET micro = micro + excluded.micro,"
                    " tokens = tokens + excluded.tokens, unpriced = unpriced + excluded.unpriced",
                    (scope, name, amount.micro, amount.tokens, amount.unpriced),
                )

    def release(self, call: int) -> None:
        """Take a promise back: nothing was sent, or the server refused it unread."""
        with transaction(self._db):
            self._db.execute("DELETE FROM calls WHERE id = ? AND state = 'reserved'", (call,))

    def spent(self, session: str, game: str, now: float) -> dict[Scope, Amount]:
        """Return what a session, a playthrough and the day have taken, with what is promised."""
        return self._spent(session, game, self._day(now), now)

    def settled(self, scope: Scope, name: str) -> Amount:
        """Return what was really taken so far."""
        with reading():
            row = self._db.execute(
                "SELECT micro, tokens, unpriced FROM sums WHERE scope = ? AND name = ?", (scope, name)
            ).fetchone()
        return Amount(*row) if row else Amount()

    def report(self, by: str, since: str = "") -> list[Entry]:
        """Return what was taken from the day `since` (YYYY-MM-DD) on, grouped by a key of `GROUPS`, the dearest first.

        What a killed process had been promised is in none of it.
        """
        column = GROUPS[by]
        with reading():
            rows = self._db.execute(
                f"SELECT {column}, count(*), sum(prompt), sum(cached), sum(completion), sum(estimated),"
                f" {_SPENT}, {_UNPRICED}"
                f" FROM calls WHERE state = 'settled' AND day >= ? GROUP BY {column}"
                f" ORDER BY {'1' if by == 'day' else '7 DESC, 8 DESC, 1'}",
                (since,),
            ).fetchall()
        return [
            Entry(name, calls, prompt, cached, completion, Amount(*amount), estimated)
            for name, calls, prompt, cached, completion, estimated, *amount in rows
        ]

    def days(self, since: str = "") -> tuple[str, str] | None:
        """Return the first and last day that a report covers; None for an empty one."""
        with reading():
            first, last = self._db.execute(
                "SELECT min(day), max(day) FROM calls WHERE state = 'settled' AND day >= ?", (since,)
            ).fetchone()
        return (first, last) if first else None

    def _spent(self, session: str, game: str, day: str, now: float) -> dict[Scope, Amount]:
        names: dict[Scope, str] = {"session": session, "game": game, "day": day}
        promised: sqlite3.Cursor = self._db.execute(
            "SELECT session, game, day, micro, prompt + completion FROM calls WHERE state = 'reserved' AND renewed > ?",
            (now - LOST,),
        )
        spent = {scope: self.settled(scope, name) for scope, name in names.items()}
        for *theirs, micro, tokens in promised:
            for scope, name in zip(SCOPES, theirs, strict=True):
                if name == names[scope]:
                    spent[scope] += Amount(micro or 0, tokens, tokens if micro is None else 0)
        return spent
