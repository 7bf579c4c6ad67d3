"""The player is never kept from typing: what is entered while an answer comes waits for it, and is never lost."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.errors import Unreachable
from engine.llm.protocol import Delta, Piece, Request
from engine.tui.ahead import CHANGED, MOVED_ON
from engine.tui.screens.help import HelpScreen
from support.games import QueueModel
from tui.parlour import Hands, game, playing, run, shown


class BreaksOff(QueueModel):
    """Loses its connection after its first words, once."""

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        if not self.requests:
            self.requests.append(request)
            yield Delta("First")
            await self.pause.wait()
            raise Unreachable("The connection was lost.")
        async for piece in super().stream(request):
            yield piece


@asynccontextmanager
async def answering(folder: Path, *more: str, first: str = "First words,") -> AsyncIterator[Hands]:
    """Be in the middle of an answer; `more` are the answers after it."""
    model = QueueModel([first, " and the rest."], *more)
    async with playing(*game(folder, model, at_door=True)) as hands:
        model.pause.clear()
        await hands.press(*"hello", "enter")
        await hands.until(lambda: f"{first}▌" in hands.text[-1])
        yield hands


async def go_on(hands: Hands) -> None:
    """Let the answer, and what waits for it, come to an end."""
    model = hands.session.cast.actor
    assert isinstance(model, QueueModel)
    model.pause.set()
    await hands.until(lambda: not hands.session.busy and not hands.screen._due)
    await hands.done()


def test_a_line_entered_meanwhile_is_said_when_the_answer_is_there(tmp_path: Path) -> None:
    async def play() -> None:
        async with answering(tmp_path, "Second.") as hands:
            await hands.press(*"and now?", "enter")
            assert hands.prompt.value == ""
            assert shown(hands.desk.held) == "next and now?  (esc takes it back)"
            await go_on(hands)
            assert hands.text[-4:] == [
                "YOU: hello",
                "MAREN: First words, and the rest.",
                "YOU: and now?",
                "ODD: Second.",
            ]
            assert shown(hands.desk.held) == ""

    run(play())


def test_a_line_for_a_scene_that_is_left_goes_back_into_the_prompt_before_what_was_typed_since(tmp_path: Path) -> None:
    async def play() -> None:
        async with answering(tmp_path, first="Get inside, then,") as hands:
            await hands.press(*"what lamp", "enter", *"then?")
            await go_on(hands)
            assert hands.session.view.scene == "kitchen"
            assert hands.prompt.value == "what lamp then?"
            assert hands.notice == f"· {MOVED_ON}"
            assert shown(hands.desk.held) == ""

    run(play())


def test_a_number_waits_for_the_row_it_meant(tmp_path: Path) -> None:
    async def play() -> None:
        async with answering(tmp_path) as hands:
            await hands.press("9", "enter")
            assert hands.notice == "! The numbers go from 1 to 3."
            await hands.press("1", "enter")
            await go_on(hands)
            assert "› Walk back" in hands.text

    run(play())


def test_a_number_whose_row_is_another_now_is_given_back(tmp_path: Path) -> None:
    async def play() -> None:
        async with answering(tmp_path) as hands:
            await hands.press("1", "enter")
            await hands.desk.options.offer(hands.desk.options.rows[1:])
            assert hands.screen._ahead is not None
            assert hands.screen._ahead.stale(hands.session.view, hands.desk.options.rows) == CHANGED
            await hands.press("escape")
            await go_on(hands)

    run(play())


def test_escape_takes_the_waiting_line_back_first_and_then_stops_the_answer(tmp_path: Path) -> None:
    async def play() -> None:
        async with answering(tmp_path) as hands:
            await hands.press(*"wait", "enter", "escape")
            assert hands.prompt.value == "wait"
            assert hands.session.busy
            await hands.press("escape")
            await hands.done()
            assert hands.text[-1] == "MAREN: First words, — broken off"
            assert hands.prompt.value == "wait"

    run(play())


def test_a_second_line_stays_in_the_prompt_while_one_waits(tmp_path: Path) -> None:
    async def play() -> None:
        async with answering(tmp_path, "Second.") as hands:
            await hands.press(*"one", "enter", *"two", "enter")
            assert hands.prompt.value == "two"
            assert "One line waits already" in hands.notice
            await go_on(hands)
            assert hands.text[-2] == "YOU: one"
            assert hands.prompt.value == "two"

    run(play())


def test_what_asks_for_nothing_is_done_at_once_and_what_cannot_be_is_kept(tmp_path: Path) -> None:
    async def play() -> None:
        async with answering(tmp_path) as hands:
            await hands.press(*"/hint", "enter")
            assert hands.notice == "· She has a brother."
            await hands.press(*"/help", "enter")
            assert isinstance(hands.app.screen, HelpScreen)
            await hands.press("escape")
            await hands.press(*"/undo", "enter")
            assert "An answer is coming" in hands.notice
            assert hands.prompt.value == "/undo"
            await go_on(hands)
            assert hands.notice == "", "no answer is coming any more"

    run(play())


@pytest.mark.parametrize(("way", "said"), [("1", ["hello", "again"]), ("good evening", ["good evening", "again"])])
def test_a_line_outlasts_an_answer_that_does_not_come(tmp_path: Path, way: str, said: list[str]) -> None:
    async def play() -> None:
        model = BreaksOff()
        async with playing(*game(tmp_path, model, at_door=True)) as hands:
            model.pause.clear()
            await hands.press(*"hello", "enter")
            await hands.until(lambda: "▌" in hands.text[-1])
            await hands.press(*"again", "enter")
            model.pause.set()
            await hands.until(lambda: hands.desk.trouble.display)
            assert shown(hands.desk.held).startswith("next again")
            model.answers = ["One.", "Two."]
            await hands.press(*way, "enter")
            await hands.until(lambda: "Two." in hands.text[-1])
            assert [line.removeprefix("YOU: ") for line in hands.text if line.startswith("YOU: ")] == said
            await hands.done()

    run(play())
