"""Holds what all models of one session share: the account, the budget, and a queue for each endpoint and key.

It asks no model anything, and knows of a call only its names and numbers.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.dialogue.tokens import TokenCounter
from engine.errors import ConfigError, OverBudget
from engine.llm.budget import SCOPES, Amount, Budget, Scope
from engine.llm.endpoint import Endpoint
from engine.llm.gate import WINDOW, Gate
from engine.llm.ledger import FILE, Ledger, Tags, Taken, local_day
from engine.llm.limits import UNLIMITED, Limits
from engine.llm.prices import PerMillion, Price, price_of, shown
from engine.llm.protocol import Notice
from engine.llm.queueing import Pass, Queue
from engine.llm.statefile import IN_MEMORY

GATE_FILE = "limits.sqlite"
_SCOPES: Mapping[str, Scope] = {scope: scope for scope in SCOPES}
_RENEW = 600.0
"""Seconds between two signs of life of a call under way; a sixth of the hour for which a promise counts without."""


@dataclass(slots=True)
class Call:
    """One call under way."""

    entry: int
    """Its number in the ledger."""
    tags: Tags
    counter: TokenCounter
    counted: int
    """The count of the prompt by `counter`."""
    worst: Taken
    renewed: float
    leave: Pass | None = None
    """Held while the call counts at the gate."""
    sent: bool = False
    text: list[str] = field(default_factory=list)
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """What was taken so far, settled calls only."""

    call: Amount
    """By the last call."""
    session: Amount
    game: Amount
    """By the playthrough that is played, in this session and before."""
    day: Amount


class Meter:
    """The account, the budget and the queues that all models of one session share."""

    def __init__(
        self,
        folder: Path,
        *,
        limits: Limits | None = None,
        budget: Budget | None = None,
        prices: Mapping[str, PerMillion] | None = None,
        clock: Callable[[], float] = time.time,
        day: Callable[[float], str] = local_day,
        window: float = WINDOW,
    ) -> None:
        """Open the account in `folder`; raises `ConfigError` when it cannot be kept and a limit or budget needs it.

        Without either, play goes on with an account in memory, and `warning` says why.
        """
        self.session = uuid.uuid4().hex
        """The name of this session in the ledger."""
        self.budget = budget or Budget()
        """What the player allows; may be replaced at any time by a higher one (`Budget.raised`)."""
        self._first = self.budget
        self.warning = ""
        self._folder, self._limits, self._window = folder, limits or UNLIMITED, window
        self._prices = prices or {}
        self._clock, self._day = clock, day
        self._ledger = self._open_ledger()
        self._queues: dict[str, Queue] = {}
        self._last = Amount()
        self.game = ""
        """The playthrough that `spent` tells of: the one that is played, or that the last call was made for."""
        self._told: set[object] = set()

    @property
    def spent(self) -> Spent:
        """What the last call, this session, its playthrough and this day have taken. A turn's cost is a difference
        of two of the session's."""
        settled = self._ledger.settled
        day = self._day(self._clock())
        return Spent(self._last, settled("session", self.session), settled("game", self.game), settled("day", day))

    def raise_limit(self, refusal: OverBudget) -> str:
        """Let the session spend as much again as the limit that `refusal` names allowed at first, and what was refused
        at least; returns what holds now, in words. The config file keeps its own."""
        scope, more = _SCOPES[refusal.scope], self.as_much_again(refusal)
        if refusal.unit == "money":
            self.budget = self.budget.raised(scope, micro=more)
            return f"The limit is {shown(self.budget.cap(scope).micro or 0)} now."
        self.budget = self.budget.raised(scope, tokens=more)
        return f"The limit is {self.budget.cap(scope).tokens or 0:,} tokens now."

    def as_much_again(self, refusal: OverBudget) -> int:
        """Return by how much `raise_limit` would raise the limit: micro-dollars or tokens."""
        first = self._first.cap(_SCOPES[refusal.scope])
        return max((first.micro if refusal.unit == "money" else first.tokens) or 0, refusal.short)

    def price(self, endpoint: Endpoint) -> Price | None:
        """Return what the endpoint's model costs; None where neither the player nor the list says."""
        if endpoint.local:  # the list knows nothing of this machine, and reading it takes a moment
            return self._prices.get(endpoint.model)
        return price_of(endpoint.model, endpoint.base_url, self._prices)

    def queue(self, pool: str) -> Queue:
        """Return the one queue of this process for a pool."""
        if pool not in self._queues:
            gate = self._open_gate(pool)
            self._queues[pool] = Queue(gate, self._limits, window=self._window, clock=self._clock)
        return self._queues[pool]

    def close(self) -> None:
        """Let go of the files, after the models."""
        self._ledger.close()
        for queue in self._queues.values():
            queue.close()
        self._queues.clear()

    # For Metered

    def reserve(self, tags: Tags, worst: Taken) -> int:
        """Promise a call its worst case; raises `OverBudget`."""
        return self._ledger.reserve(tags, worst, self.budget, self._clock())

    def renew(self, call: Call) -> None:
        """Keep the promise to a call that lives, every ten minutes."""
        now = self._clock()
        if now - call.renewed >= _RENEW:
            call.renewed = now
            self._ledger.renew(call.entry, now)

    def settle(self, call: Call, taken: Taken) -> list[Notice]:
        """Put down what a call took; returns the warnings that are new."""
        self._ledger.settle(call.entry, taken)
        self._last, self.game = taken.amount, call.tags.game
        if not self.budget:
            return []
        spent = self.spent
        sums: dict[Scope, Amount] = {"session": spent.session, "game": spent.game, "day": spent.day}
        near = self.budget.near(sums)
        # A limit that was raised warns anew.
        new = [said for (scope, unit), said in near.items() if self.once((scope, unit, self.budget.cap(scope)))]
        return [Notice(said) for said in new]

    def release(self, call: Call) -> None:
        """Take a promise back."""
        self._ledger.release(call.entry)

    def once(self, what: object) -> bool:
        """Tell whether this is the first time that `what` is to be said."""
        new = what not in self._told
        self._told.add(what)
        return new

    @property
    def now(self) -> float:
        """The time, in seconds since 1970."""
        return self._clock()

    def _open_ledger(self) -> Ledger:
        try:
            return Ledger(self._folder / FILE, day=self._day)
        except ConfigError as problem:
            if self.budget:
                raise
            self.warning = f"Costs are counted for this session only. {problem}"
            return Ledger(IN_MEMORY, day=self._day)

    def _open_gate(self, pool: str) -> Gate:
        try:
            return Gate(self._folder / GATE_FILE, pool, self._limits, window=self._window)
        except ConfigError as problem:
            if self._limits != UNLIMITED:
                raise
            self.warning = self.warning or f"Limits are not shared with other programs. {problem}"
            return Gate(IN_MEMORY, pool, self._limits, window=self._window)
