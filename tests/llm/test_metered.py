"""Each call is paid for what it took, refused before it could cost too much, and waits its turn with a word why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from engine.dialogue.messages import Message
from engine.dialogue.tokens import Estimate
from engine.errors import BadRequest, BrokenReply, Busy, ConfigError, ModelError, OverBudget, Unconnected, Unreachable
from engine.llm.budget import Amount, Budget, Cap
from engine.llm.ledger import FILE
from engine.llm.limits import Limits
from engine.llm.meter import Meter
from engine.llm.metered import Metered, metered
from engine.llm.prices import PerMillion
from engine.llm.protocol import Delta, Finished, Notice, Piece, Request, Usage, Waiting
from llm.asking import GOOD, KEY, MESSAGES, Line, endpoint, listen, ok, sse

ACT = Request("act", MESSAGES, {"max_tokens": 50}, game="g", scene="pier", who="maren")
DOLLAR = PerMillion(Decimal(1), Decimal(1))
COUNTED = 20
"""At least so many tokens are counted of the prompt."""


class Says:
    """A model that yields these pieces; an error among them is raised."""

    name = "m-1"

    def __init__(self, *pieces: Piece | Exception) -> None:
        self.pieces = pieces
        self.asked = 0

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        self.asked += 1
        await asyncio.sleep(0)  # others get their turn
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def aclose(self) -> None:
        return None


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(tmp_path: Path) -> Iterator[Meter]:
    meter = Meter(tmp_path)
    yield meter
    meter.close()


def around(meter: Meter, *pieces: Piece | Exception, price: PerMillion | None = DOLLAR) -> Metered:
    return Metered(Says(*pieces), meter, meter.queue("pool"), Estimate(), price=lambda: price, host="host")


def asked(model: Metered, request: Request = ACT) -> list[Piece]:
    return asyncio.run(listen(model, request)).pieces


def fails(model: Metered, kind: type[ModelError]) -> None:
    with pytest.raises(kind):
        asked(model)


def test_what_the_server_counts_is_what_is_paid(meter: Meter) -> None:
    asked(around(meter, Delta("Hm."), Finished("Hm.", usage=Usage(100, 10, 40))))
    assert meter.spent.call == Amount(110, 110)
    assert meter.spent == replace(meter.spent, session=Amount(110, 110), game=Amount(110, 110), day=Amount(110, 110))


def test_the_cost_of_a_turn_is_a_difference(meter: Meter) -> None:
    model = around(meter, Finished("Hm.", usage=Usage(100, 10)))
    asked(model)
    before = model.spent.session
    asked(model)
    asked(model, replace(ACT, purpose="judge"))
    assert model.spent.session - before == Amount(220, 220)


def test_without_a_word_of_the_server_it_is_estimated(meter: Meter) -> None:
    asked(around(meter, Finished("Hm, hm, hm, hm.")))
    assert meter.spent.call.tokens > COUNTED
    (entry,) = meter._ledger.report("model")
    assert entry.estimated == 1


def test_an_unknown_price_counts_tokens(meter: Meter) -> None:
    asked(around(meter, Finished("Hm.", usage=Usage(100, 10)), price=None))
    assert meter.spent.call == Amount(0, 110, 110)


def test_an_unknown_price_under_a_limit_in_money_is_said_once(tmp_path: Path) -> None:
    meter = Meter(tmp_path, budget=Budget(day=Cap(micro=5)))
    model = around(meter, Finished("Hm.", usage=Usage(100, 10)), price=None)
    (notice,) = [piece for piece in asked(model) if isinstance(piece, Notice)]
    assert "m-1 at host" in notice.text
    assert not [piece for piece in asked(model) if isinstance(piece, Notice)]
    meter.close()


def test_a_call_that_could_pass_the_limit_is_not_sent(tmp_path: Path) -> None:
    meter = Meter(tmp_path, budget=Budget(session=Cap(tokens=60)))
    model = around(meter, Finished("Hm.", usage=Usage(5, 1)))
    fails(model, OverBudget)
    assert model._inner.asked == 0  # type: ignore[attr-defined]  # it is a `Says`
    meter.budget = meter.budget.raised("session", tokens=60)
    asked(model)
    assert meter.spent.session.tokens == 6
    meter.close()


@pytest.mark.parametrize("cap", [Cap(tokens=60), Cap(tokens=0), Cap(micro=0), Cap(micro=60)])
def test_a_limit_that_is_raised_lets_the_refused_call_pass(tmp_path: Path, cap: Cap) -> None:
    meter = Meter(tmp_path, budget=Budget(day=cap))
    model = around(meter, Finished("Hm.", usage=Usage(5, 1)))
    with pytest.raises(OverBudget) as caught:
        asked(model)
    assert "The limit is" in meter.raise_limit(caught.value)
    asked(model)
    assert meter.spent.day.tokens == 6
    meter.close()


def test_at_four_fifths_there_is_one_warning(tmp_path: Path) -> None:
    meter = Meter(tmp_path, budget=Budget(session=Cap(tokens=1_000)))
    model = around(meter, Finished("Hm.", usage=Usage(400, 1)))
    said = [[p.text for p in asked(model) if isinstance(p, Notice)] for _ in range(2)]
    assert said == [[], ["802 tokens of the 1,000 tokens that this session may take are spent."]]
    assert [type(piece) for piece in asked(model)] == [Finished]
    meter.close()


def test_an_answer_that_is_left_is_paid_for_its_prompt_and_what_came(meter: Meter) -> None:
    model = around(meter, Delta("word " * 40), Delta("never"), Finished("", usage=Usage(1, 1)))

    async def leave() -> None:
        async with aclosing(model.stream(ACT)) as pieces:
            async for _ in pieces:
                return

    asyncio.run(leave())
    assert COUNTED + 40 < meter.spent.call.tokens < COUNTED + 100


@pytest.mark.parametrize("error", [Busy("429", status=429), BadRequest("400", status=400), Unconnected("nobody there")])
def test_what_the_server_refused_or_never_saw_costs_nothing(meter: Meter, error: ModelError) -> None:
    fails(around(meter, error), type(error))
    assert meter.spent.session == Amount()
    assert meter._ledger.report("model") == []


@pytest.mark.parametrize("error", [Unreachable("silent"), BrokenReply("cut"), BadRequest("withheld")])
def test_what_the_server_may_have_answered_costs_its_prompt(meter: Meter, error: ModelError) -> None:
    fails(around(meter, error), type(error))
    assert meter.spent.session.tokens >= COUNTED


def test_a_broken_reply_costs_what_came_of_it(meter: Meter) -> None:
    fails(around(meter, Delta("word " * 40), Busy("overloaded", status=529)), Busy)
    assert meter.spent.session.tokens > COUNTED + 40


def test_a_reply_of_thoughts_alone_costs_what_the_server_counted(meter: Meter) -> None:
    thoughts = {"choices": [{"index": 0, "delta": {"reasoning_content": "Hm."}, "finish_reason": "length"}]}
    counted = {"choices": [], "usage": {"prompt_tokens": 21, "completion_tokens": 500}}
    line = Line(ok(sse(thoughts, counted)))
    model = metered(meter, endpoint(), Estimate(), transport=httpx.MockTransport(line))
    fails(model, BrokenReply)
    assert meter.spent.session.tokens == 521


def test_each_request_that_may_have_been_read_is_paid_for(tmp_path: Path) -> None:
    meter = Meter(tmp_path, budget=Budget(session=Cap(tokens=150)))
    asked(around(meter, Waiting("broke", 0.0, read=True), Finished("Hm.", usage=Usage(30, 10))))
    assert meter.spent.session.tokens >= 40 + COUNTED
    again = around(meter, Waiting("broke", 0.0, read=True), Finished("Hm.", usage=Usage(30, 10)))
    fails(again, OverBudget)
    assert meter.spent.session.tokens <= 150
    meter.close()


def test_more_than_a_minute_allows_is_refused_with_what_to_do(tmp_path: Path) -> None:
    meter = Meter(tmp_path, limits=Limits(tokens=60))
    model = around(meter, Finished("Hm."))
    with pytest.raises(BadRequest, match="limit is 60 a minute"):
        asked(model)
    assert meter.spent.session == Amount()
    assert meter._ledger.spent(meter.session, "g", 0.0)["session"] == Amount()
    meter.close()


def test_who_waits_is_told_why_and_how_long(tmp_path: Path) -> None:
    meter = Meter(tmp_path, limits=Limits(requests=1), window=0.4)
    model = around(meter, Finished("Hm.", usage=Usage(1, 1)))
    assert [type(piece) for piece in asked(model)] == [Finished]
    wait, _ = asked(model)
    assert isinstance(wait, Waiting)
    assert "limit of 1 requests a minute is used up" in wait.reason
    assert 0 < wait.seconds <= 0.4
    meter.close()


def test_who_gives_up_waiting_keeps_nobody_waiting(tmp_path: Path) -> None:
    meter = Meter(tmp_path, limits=Limits(requests=1), window=0.3)
    model = around(meter, Finished("Hm.", usage=Usage(1, 1)))

    async def play() -> None:
        await listen(model, ACT)
        async with aclosing(model.stream(ACT)) as pieces:
            assert isinstance(await anext(pieces), Waiting)
        waited = asyncio.ensure_future(listen(model, ACT))
        await asyncio.wait_for(waited, 5)

    asyncio.run(play())
    assert meter.spent.session.tokens == 4
    meter.close()


def test_a_request_asked_again_is_one_more_for_the_limit(tmp_path: Path) -> None:
    meter = Meter(tmp_path, limits=Limits(requests=2), window=0.5)
    model = around(meter, Waiting("busy", 0.0), Finished("Hm.", usage=Usage(1, 1)))
    first = asked(model)
    assert [type(piece) for piece in first] == [Waiting, Finished]
    assert isinstance(asked(model)[0], Waiting)
    (entry,) = meter._ledger.report("model")
    assert entry.calls == 2
    meter.close()


def test_the_estimate_does_not_drift_when_many_ask_at_once(meter: Meter) -> None:
    """What one call teaches of the tokens of a prompt, the next ones, counted before, do not teach once more."""
    model = around(meter, Finished("Hm.", usage=Usage(250, 1)))
    long = replace(ACT, messages=(Message("user", "words " * 200),))

    async def play() -> None:
        await asyncio.gather(*(listen(model, long) for _ in range(30)))

    asyncio.run(play())
    assert 250 <= model.worst(long).tokens - 50 <= 350


def test_the_ledger_knows_for_whom_and_no_key(tmp_path: Path) -> None:
    meter = Meter(tmp_path)
    line = Line(ok(GOOD))
    model = metered(meter, endpoint(), Estimate(), transport=httpx.MockTransport(line))
    asyncio.run(listen(model, ACT))
    for by, name in (("game", "g"), ("scene", "pier"), ("character", "maren"), ("purpose", "act"), ("model", "m-1")):
        assert [entry.name for entry in meter._ledger.report(by)] == [name]
    assert meter.spent.session == Amount(0, 24, 24)
    meter.close()
    for path in tmp_path.iterdir():
        assert KEY.encode() not in path.read_bytes()


def test_a_server_that_asks_for_time_holds_the_whole_queue(tmp_path: Path) -> None:
    meter = Meter(tmp_path, limits=Limits(requests=50))
    refused = asyncio.Event()

    def busy(_: httpx.Request) -> httpx.Response:
        refused.set()
        return httpx.Response(429, content=b"{}", headers={"retry-after": "0.3"})

    line = Line(busy, ok(GOOD))
    model = metered(meter, endpoint(), Estimate(), transport=httpx.MockTransport(line))

    async def another() -> list[Piece]:
        await refused.wait()
        return (await listen(model, ACT)).pieces

    async def both() -> tuple[list[Piece], list[Piece]]:
        first, second = await asyncio.gather(listen(model, ACT), another())
        return first.pieces, second

    first, second = asyncio.run(both())
    assert isinstance(first[0], Waiting)
    assert isinstance(second[0], Waiting)
    assert "server asks to wait" in second[0].reason
    assert len(line.requests) == 3
    meter.close()


def test_two_games_on_one_machine_share_the_day(tmp_path: Path) -> None:
    one, other = Meter(tmp_path), Meter(tmp_path, budget=Budget(day=Cap(tokens=1_000)))
    asked(around(one, Finished("Hm.", usage=Usage(990, 1))))
    fails(around(other, Finished("Hm.")), OverBudget)
    assert other.spent.session == Amount()
    one.close()
    other.close()


def test_play_goes_on_where_no_account_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    meter = Meter(tmp_path / "file")
    asked(around(meter, Finished("Hm.", usage=Usage(1, 1))))
    assert meter.spent.session.tokens == 2
    assert "this session only" in meter.warning
    meter.close()


def test_a_budget_that_cannot_be_kept_is_not_promised(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="PALAVER_STATE"):
        Meter(tmp_path / "file", budget=Budget(day=Cap(tokens=5)))


def test_a_call_that_lives_long_keeps_its_promise(tmp_path: Path, clock: Clock) -> None:
    meter = Meter(tmp_path, clock=clock)
    model = around(meter, *[Delta("a")] * 12, Finished("a" * 12, usage=Usage(100, 10)))

    async def slow() -> None:
        async for _ in model.stream(ACT):
            clock.now += 700
            assert meter._ledger.spent(meter.session, "g", clock.now)["session"].tokens > 0

    asyncio.run(slow())
    assert meter.spent.session.tokens == 110
    assert (tmp_path / FILE).exists()
    meter.close()
