"""What a player can do where their own limit on money or tokens stops an answer, and what they see of costs."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import OverBudget
from engine.llm.budget import CHOICES, Budget, Cap
from engine.llm.ledger import Tags, Taken
from engine.llm.meter import Meter
from engine.llm.protocol import Delta, Finished, Piece, Request, Waiting
from engine.session import Session
from engine.spending import spent_briefly
from engine.table import Table
from engine.tui.widgets.side import Card
from support.games import QueueModel
from tui.parlour import Hands, game, playing, run, shown

SHORT = OverBudget(
    "The answer may take $0.02, and this session may take $0.01 in all: nothing is spent yet.",
    do=CHOICES,
    scope="session",
    unit="money",
    short=10_000,
)


def on_account(folder: Path, model: QueueModel, budget: Budget) -> tuple[Table, Session]:
    """A game whose model is metered."""
    table, session = game(folder, model, at_door=True)
    table.cast = replace(table.cast, meter=Meter(folder / "state", budget=budget))
    session.recast(table.cast)
    return table, session


def rows(hands: Hands) -> list[str]:
    return [row.partition(" ")[2] for row in hands.rows]


WAYS = ["Raise the limit", "Let the scripted actor answer this line", "Edit what you said"]


def test_enter_raises_the_limit_by_what_is_proposed_and_the_line_is_asked_again(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel(SHORT, '"Paid for."')
        async with playing(*on_account(tmp_path, model, Budget(Cap(micro=500_000)))) as hands:
            await hands.type("hello")
            assert rows(hands) == WAYS
            assert "/budget 1" in shown(hands.desk.trouble.query("Static").last())
            await hands.type("1")
            assert "Enter allows $0.50 more" in hands.notice
            assert hands.rows == []
            await hands.press("enter")
            await hands.done()
            assert hands.text[-2:] == ["YOU: hello", 'MAREN: "Paid for."']
            assert hands.notice == "· The limit is $1.00 now."

    run(play())


@pytest.mark.parametrize("typed", ["0.25", "/budget 0.25"])
def test_another_amount_can_be_typed(tmp_path: Path, typed: str) -> None:
    async def play() -> None:
        model = QueueModel(SHORT, '"Paid for."')
        async with playing(*on_account(tmp_path, model, Budget(Cap(micro=500_000)))) as hands:
            await hands.type("hello")
            if not typed.startswith("/"):
                await hands.type("1")
            await hands.type(typed)
            assert hands.text[-1] == 'MAREN: "Paid for."'
            assert hands.session.cast.meter is not None
            assert hands.session.cast.meter.budget.session.micro == 750_000

    run(play())


def test_what_is_no_amount_is_asked_for_again_and_escape_offers_the_ways_anew(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel(SHORT)
        async with playing(*on_account(tmp_path, model, Budget(Cap(micro=500_000)))) as hands:
            await hands.type("hello")
            await hands.type("1")
            await hands.type("a lot")
            assert hands.notice.startswith('! "a lot" is no amount.')
            assert "how much more?" in hands.prompt.placeholder
            await hands.press("escape")
            assert rows(hands) == WAYS
            assert hands.text[-1] == "YOU: hello"
            await hands.type("2")
            assert hands.text[-2:] == ["YOU: hello", 'MAREN: "Hm."']

    run(play())


def test_undoing_leaves_the_question_of_an_amount(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel(SHORT)
        async with playing(*on_account(tmp_path, model, Budget(Cap(micro=500_000)))) as hands:
            await hands.type("hello")
            await hands.type("1")
            await hands.press("ctrl+z")
            assert hands.desk.asking is None
            assert not hands.desk.trouble.display
            assert hands.prompt.value == "hello"

    run(play())


def test_a_limit_can_be_raised_before_it_is_reached_and_not_where_there_is_none(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*on_account(tmp_path, QueueModel(), Budget(Cap(tokens=9_000)))) as hands:
            await hands.screen.run_action("budget")
            await hands.type("1000 tokens")
            assert hands.notice == "· Raised by 1,000 tokens until you leave."
            await hands.type("/budget")
            await hands.press("enter")
            assert hands.notice == "· The limit stays as it is."
        (tmp_path / "free").mkdir()
        async with playing(*game(tmp_path / "free")) as hands:
            await hands.screen.run_action("budget")
            assert hands.notice.startswith("! There is no limit to raise.")
            assert hands.desk.asking is None

    run(play())


@pytest.mark.parametrize(
    ("budget", "taken", "said"),
    [
        (Budget(), None, "nothing spent yet"),
        (Budget(), Taken(700, 212, micro=14_000), "912 tok · $0.014"),
        (Budget(Cap(micro=500_000)), Taken(700, 212, micro=14_000), "912 tok · $0.014 of $0.50"),
        (Budget(Cap(tokens=5_000)), Taken(700, 212, None), "912 of 5,000 tok · price unknown"),
        (Budget(Cap(micro=2_000_000)), None, "0 tok · $0.00 of $2.00"),
    ],
)
def test_the_panel_tells_what_the_session_took(tmp_path: Path, budget: Budget, taken: Taken | None, said: str) -> None:
    table, session = on_account(tmp_path, QueueModel(), budget)
    meter = table.cast.meter
    assert meter is not None
    if taken is not None:
        number = meter.reserve(Tags(session=meter.session), taken)
        meter._ledger.settle(number, taken)
    assert spent_briefly(table.cast) == said

    async def play() -> None:
        async with playing(table, session, size=(120, 30)) as hands:
            card = hands.screen.query(Card).last()
            assert [shown(part) for part in card.query("Static")] == ["queue-model", said, "1 turn"]

    run(play())


def test_where_nothing_is_counted_the_panel_speaks_of_no_cost(tmp_path: Path) -> None:
    assert spent_briefly(game(tmp_path)[0].cast) == ""


class Held(QueueModel):
    """Waits for its turn before it answers."""

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        yield Waiting("60 requests a minute are sent already.", 12.0)
        await self.pause.wait()
        yield Delta("At last.")
        yield Finished("At last.", model=self.name)


def test_a_wait_is_counted_down_and_then_the_character_thinks_again(tmp_path: Path) -> None:
    async def play() -> None:
        model = Held()
        async with playing(*game(tmp_path, model, at_door=True)) as hands:
            seconds, status = [0.0], hands.desk.status
            status._clock = lambda: seconds[0]
            model.pause.clear()
            await hands.press(*"hello", "enter")
            await hands.until(lambda: "waiting" in shown(status))
            assert shown(status) == "waiting: 60 requests a minute are sent already, 12 s · esc stops"
            seconds[0] = 3.5
            status.tick()
            assert shown(status).endswith("already, 9 s · esc stops")
            seconds[0] = 13.0
            status.tick()
            assert shown(status) == "Maren is thinking, 13 s · esc stops"
            await hands.press(*"so?")
            assert hands.prompt.value == "so?"
            model.pause.set()
            await hands.done()
            assert hands.text[-1] == "MAREN: At last."

    run(play())
