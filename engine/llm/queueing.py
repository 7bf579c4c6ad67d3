"""Lets the calls of one process wait for their turn at a gate, and says to whoever waits why and how long.

It counts nothing itself and sends nothing. However many wait, one of them looks at the gate for all, at most every
`POLL` seconds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass

from engine.errors import BadRequest
from engine.llm.gate import WINDOW, Admission, Gate, Ticket
from engine.llm.limits import UNLIMITED, Limits, read_hint
from engine.llm.protocol import Waiting
from engine.llm.retry import asked_delay

POLL = 0.05
"""Seconds between two looks at the gate. A look takes well under a millisecond."""
TELL = 1.0
"""Seconds between two words to whoever waits."""
_REASKED = frozenset({400, 404, 422, 501})


@dataclass(frozen=True, slots=True)
class Pass:
    """Leave to send one request now."""

    call: int
    ticket: Ticket


class Queue:
    """The calls of this process to one endpoint and key."""

    def __init__(
        self,
        gate: Gate,
        limits: Limits = UNLIMITED,
        *,
        window: float = WINDOW,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._gate = gate
        self._limits = limits
        self._window = window
        self._clock = clock
        self._waiting: dict[int, tuple[Ticket, asyncio.Event]] = {}
        self._passed: dict[int, int] = {}
        self._seen = Admission({}, 0.0, held=False)
        self._looked = float("-inf")

    async def wait(self, kind: str, tokens: int, *, put_off: Pass | None = None) -> AsyncGenerator[Waiting | Pass]:
        """Yield why and how long it waits, every second or so, and at last the `Pass`; closing it gives up the place.

        `put_off` is the pass of a request that the server did not serve and that is asked again: it comes first.
        Raises `BadRequest` for a request that no window has room for.
        """
        most = self._gate.most_tokens(self._clock())
        if most is not None and tokens > most:
            raise BadRequest(
                f"This may take {tokens:,} tokens, and the limit is {most:,} a minute.",
                do="Set `context` or `max_tokens` lower, or `limits` higher if your provider allows it.",
            )
        ticket = self._gate.enter(kind, tokens, self._clock(), ahead_as=put_off.ticket if put_off else None)
        called = asyncio.Event()
        self._waiting[ticket.number] = ticket, called
        taken = False
        try:
            self._look()
            while ticket.number not in self._passed:
                yield self._explained(ticket)
                await self._rest(ticket, called)
            taken = True
            yield Pass(self._passed.pop(ticket.number), ticket)
        finally:
            if not taken:
                self._give_up(ticket)

    def end(self, call: int, tokens: int) -> None:
        """Note that a call has ended and what it took, and let in whoever fits now."""
        self._gate.end(call, tokens, self._clock())
        if self._waiting:
            self._look()

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """Take in what an answer's status and headers say; lower-case names."""
        hint = read_hint(status, headers, asked_delay(headers))
        self._gate.hint(hint.limits, hint.hold, self._clock())
        if status in _REASKED:
            # The client may ask again at once in other words; the server counts that too.
            self._gate.charge(self._clock())

    def close(self) -> None:
        """Let go of the gate."""
        self._gate.close()

    def _give_up(self, ticket: Ticket) -> None:
        self._waiting.pop(ticket.number, None)
        call = self._passed.pop(ticket.number, None)
        if call is not None:
            self.end(call, 0)
            return
        self._gate.leave(ticket)
        self._call_first()

    async def _rest(self, ticket: Ticket, called: asyncio.Event) -> None:
        """Sleep until it is time to be told again or to go; whoever waits longest looks at the gate for all."""
        until = self._clock() + TELL
        while ticket.number not in self._passed and (left := until - self._clock()) > 0:
            first = ticket.number == next(iter(self._waiting))
            nap = min(left, max(POLL, self._looked + self._seen.wait - self._clock())) if first else left
            try:
                async with asyncio.timeout(nap):
                    await called.wait()
                called.clear()
            except TimeoutError:
                if self._clock() - self._looked >= POLL:
                    self._look()

    def _look(self) -> None:
        self._looked = self._clock()
        self._seen = self._gate.admit([ticket for ticket, _ in self._waiting.values()], self._looked)
        for number, call in self._seen.calls.items():
            self._passed[number] = call
            self._waiting.pop(number)[1].set()
        self._call_first()

    def _call_first(self) -> None:
        """Wake who waits longest, to look as soon as somebody may pass: it may have been another's task so far."""
        for _, called in self._waiting.values():
            called.set()
            return

    def _explained(self, ticket: Ticket) -> Waiting:
        ahead = sum(number < ticket.number for number in self._waiting)
        seconds = max(self._seen.wait, POLL)
        if self._limits.requests:
            seconds += ahead // self._limits.requests * self._window
        if self._seen.held:
            return Waiting("The server asks to wait before anything more is sent.", seconds)
        names = ((self._limits.requests, "requests"), (self._limits.tokens, "tokens"))
        said = " and ".join(f"{number:,} {name}" for number, name in names if number is not None)
        behind = f", behind {ahead} more" if ahead else ""
        return Waiting(f"Your limit of {said} a minute is used up{behind}." if said else "Others are first.", seconds)
