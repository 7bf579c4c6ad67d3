"""Wraps models so that each call is estimated, checked against the budget, queued, and settled, whatever becomes of it.

It changes nothing of what is asked or answered, and never sends what the budget does not allow. A call that fails or is
stopped half-way is settled at what it can have cost so far, rather too much than too little.
"""

from __future__ import annotations

import json
import math
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.dialogue.tokens import PRIMING, TokenCounter, count_messages
from engine.errors import ModelError, Unconnected
from engine.llm.budget import Amount
from engine.llm.ledger import Tags, Taken
from engine.llm.limits import pool_of
from engine.llm.meter import Call, Meter, Spent
from engine.llm.prices import Price
from engine.llm.protocol import Delta, Finished, Model, Notice, Piece, Request, Waiting
from engine.llm.queueing import Pass, Queue

if TYPE_CHECKING:
    from engine.llm.endpoint import Endpoint

HEADROOM = 1.2
"""How far above the count of a prompt its worst case lies: servers frame messages in ways that nobody can count."""
UNBOUNDED_REPLY = 4_096
"""Tokens taken for the longest reply where nothing bounds it."""
_LIMIT_NAMES = ("max_tokens", "max_completion_tokens")


def metered(meter: Meter, endpoint: Endpoint, counter: TokenCounter, **client: Any) -> Metered:
    """Return the model behind `endpoint`, metered; `client` goes to `HttpModel` as it is.

    Models of the same endpoint and key share one queue, in this process and with all others on this machine.
    """
    from engine.llm.client import HttpModel

    queue = meter.queue(pool_of(endpoint))
    inner = HttpModel(endpoint, heard=queue.heard, **client)

    def price() -> Price | None:
        return meter.price(endpoint)

    return Metered(inner, meter, queue, counter, price=price, host=endpoint.host, parameters=endpoint.parameters)


class Metered:
    """A `Model` whose calls are counted, paid for and take their turn."""

    def __init__(
        self,
        inner: Model,
        meter: Meter,
        queue: Queue,
        counter: TokenCounter,
        *,
        price: Callable[[], Price | None],
        host: str = "",
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        self._inner = inner
        self._meter = meter
        self._queue = queue
        self._counter = counter
        self._find_price = price
        self._host = host
        self._parameters = parameters or {}

    @property
    def name(self) -> str:
        """The model's name."""
        return self._inner.name

    @property
    def spent(self) -> Spent:
        """What was taken so far, by all models of the session."""
        return self._meter.spent

    async def aclose(self) -> None:
        """Let go of connections; the meter is closed by who made it."""
        await self._inner.aclose()

    @cached_property
    def _price(self) -> Price | None:
        """Found at the first call: to read the list takes about 110 ms, which the start of a game need not wait for."""
        return self._find_price()

    def worst(self, request: Request) -> Amount:
        """Return what `request` can take at most, to tell before it is sent."""
        return self._worst(request, self._count(request)).amount

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """Answer, piece by piece; raises `OverBudget` before anything is sent, and else what the inner model does."""
        call = self._begin(request)
        try:
            if self._price is None and self._meter.budget.counts_money and self._meter.once(("price", self.name)):
                yield Notice(
                    f"The price of {self.name} at {self._host} is not known, so no limit in money counts it. "
                    "Set `prices` in the config file, or limit tokens."
                )
            async with aclosing(self._turn(call)) as waits:
                async for wait in waits:
                    yield wait
            async with aclosing(self._inner.stream(request)) as pieces:
                call.sent = True
                async for piece in pieces:
                    self._meter.renew(call)
                    if isinstance(piece, Delta):
                        call.text.append(piece.text)
                    elif isinstance(piece, Finished):
                        for notice in self._finish(call, piece):
                            yield notice
                    elif isinstance(piece, Waiting) and piece.read:
                        # What comes next is another call, to be paid beside this one.
                        self._abandon(call)
                        call = self._begin(request)
                    elif isinstance(piece, Waiting):
                        call.sent = False
                    yield piece
                    if isinstance(piece, Waiting):
                        # The server did not take it: asked once more, it is one more request, and first in line.
                        async with aclosing(self._turn(call)) as waits:
                            async for wait in waits:
                                yield wait
                        call.sent = True
        except ModelError as error:
            self._fail(call, error)
            raise
        finally:
            self._abandon(call)

    def _begin(self, request: Request) -> Call:
        meter = self._meter
        counted = self._count(request)
        worst = self._worst(request, counted)
        # What is not said to be of a playthrough has only the session to be counted by.
        game = request.game or meter.session
        tags = Tags(meter.session, game, request.scene, request.who, request.purpose, self.name, self._host)
        return Call(meter.reserve(tags, worst), tags, self._counter, counted, worst, meter.now)

    async def _turn(self, call: Call) -> AsyncGenerator[Waiting]:
        """Wait for leave to send; a call that had it gives it back and is first in line."""
        before, call.leave = call.leave, None
        tokens = call.worst.prompt + call.worst.completion
        if before is not None:
            self._queue.end(before.call, tokens)
        async with aclosing(self._queue.wait(call.tags.purpose, tokens, put_off=before)) as waits:
            async for wait in waits:
                if isinstance(wait, Pass):
                    call.leave = wait
                    return
                self._meter.renew(call)
                yield wait

    def _finish(self, call: Call, finished: Finished) -> list[Notice]:
        usage = finished.usage
        if usage.prompt:
            # By the counter that counted it: others may have learnt meanwhile, and to correct theirs by the same error
            # once more would drive it away from the truth.
            self._counter = call.counter.corrected(call.counted, usage.prompt)
        prompt = usage.prompt or call.worst.prompt
        completion = usage.completion or self._counter.count(finished.text)
        estimated = not usage.prompt or (not usage.completion and bool(finished.text))
        return self._settle(call, self._taken(prompt, completion, usage.cached or 0, estimated=estimated))

    def _fail(self, call: Call, error: ModelError) -> None:
        """Settle a call that failed: free when the server refused it or was never reached.

        A reply of thoughts alone is billed like any other: what the server counted for it is what it took.
        """
        if error.took is not None and call.sent and not call.closed:
            prompt, cached, completion = error.took
            self._settle(call, self._taken(prompt, completion, cached))
            return
        refused = error.status is not None and error.status >= 300
        if call.sent and not call.text and (refused or isinstance(error, Unconnected)):
            call.sent = False
        self._abandon(call)

    def _abandon(self, call: Call) -> None:
        """Settle a call that did not finish: at its prompt and the words that came, or at nothing if none was sent."""
        if call.closed:
            return
        if call.sent:
            words = self._counter.count("".join(call.text))
            self._settle(call, self._taken(call.worst.prompt, words, 0, estimated=True), at_gate=_all(call.worst))
            return
        call.closed = True
        self._meter.release(call)
        if call.leave is not None:
            self._queue.end(call.leave.call, _all(call.worst))

    def _settle(self, call: Call, taken: Taken, *, at_gate: int | None = None) -> list[Notice]:
        call.closed = True
        try:
            return self._meter.settle(call, taken)
        finally:
            if call.leave is not None:
                # A server that is left goes on for a while: at the gate a call counts whole unless it said its tokens.
                self._queue.end(call.leave.call, _all(taken) if at_gate is None else at_gate)

    def _count(self, request: Request) -> int:
        schema = json.dumps(request.schema, ensure_ascii=False) if request.schema is not None else ""
        return count_messages(request.messages, self._counter) + PRIMING + self._counter.count(schema)

    def _worst(self, request: Request, counted: int) -> Taken:
        given = [of.get(name) for of in (self._parameters, request.settings) for name in _LIMIT_NAMES]
        bounds = [limit for limit in given if isinstance(limit, int)]
        return self._taken(math.ceil(counted * HEADROOM), max(bounds, default=UNBOUNDED_REPLY), 0)

    def _taken(self, prompt: int, completion: int, cached: int, *, estimated: bool = False) -> Taken:
        micro = None if self._price is None else self._price.cost(prompt, cached, completion)
        return Taken(prompt, completion, micro, cached, estimated)


def _all(taken: Taken) -> int:
    return taken.prompt + taken.completion
