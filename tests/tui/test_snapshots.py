"""Pictures of the screens at fixed sizes: a change of looks is seen before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.errors import Busy
from engine.llm.budget import Budget, Cap
from engine.llm.discover import Listed, Server
from engine.tui.app import PalaverApp
from engine.tui.screens.play import PlayScreen
from support.games import QueueModel
from support.pickers import picker_at
from tui.parlour import NOW, game, laid_table
from tui.test_limits import SHORT, on_account
from tui.test_richer_talk import NOTHING, WORDS, at_door, judged

SIZES = [(120, 40), (80, 24), (40, 20), (20, 8)]
Compare = Callable[..., bool]
OLLAMA = "http://localhost:11434/v1"


def entering(*lines: str) -> Callable[[Pilot[Any]], Any]:
    """Return what types these lines, one after the other is done."""

    async def go(pilot: Pilot[Any]) -> None:
        for line in lines:
            screen = pilot.app.screen
            assert isinstance(screen, PlayScreen)
            screen.desk.prompt.put(line)
            await pilot.press("enter")
            await pilot.pause()
            await pilot.app.workers.wait_for_complete()
            for _ in range(12):  # what a worker's end changes is laid out, then scrolled to, then drawn
                await pilot.pause()

    return go


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_a_talk(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    table, session = game(tmp_path, at_door=True)
    app = PalaverApp(table, session, now=lambda: NOW)
    assert snap_compare(app, terminal_size=size, run_before=entering("the lamp, please", "Maren, Erik sent me"))


@pytest.mark.parametrize("size", SIZES[:3], ids=lambda size: "x".join(map(str, size)))
def test_choices(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = PalaverApp(*game(tmp_path), fresh=True, now=lambda: NOW)
    assert snap_compare(app, terminal_size=size)


def test_no_answer(snap_compare: Compare, tmp_path: Path) -> None:
    error = Busy("The server is over its limits (429).", do="Wait a minute, or let the scripted actor answer.")
    app = PalaverApp(*game(tmp_path, QueueModel(error), at_door=True), now=lambda: NOW)
    assert snap_compare(app, terminal_size=(80, 24), run_before=entering("hello"))


def test_a_limit_is_reached(snap_compare: Compare, tmp_path: Path) -> None:
    table, session = on_account(tmp_path, QueueModel(SHORT), Budget(Cap(micro=500_000)))
    table.picker = picker_at(tmp_path)
    app = PalaverApp(table, session, now=lambda: NOW)
    assert snap_compare(app, terminal_size=(80, 24), run_before=entering("hello"))


@pytest.mark.parametrize("size", SIZES[1:3], ids=lambda size: "x".join(map(str, size)))
def test_who_plays(
    snap_compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    text = f"model: qwen3:4b\nbase_url: {OLLAMA}\napi_key: sk-main-0123456789abcdef\ntemperature: 0.8\n"
    table = laid_table(tmp_path)
    table.picker = picker_at(tmp_path, text)
    table.picker.path = Path("config.yaml")  # the folder of a test is another each time
    found = Server("Ollama", OLLAMA, (Listed("llama3.2", 131_072), Listed("qwen3:4b", 40_960), Listed("gemma3")))

    async def servers() -> list[Server]:
        return [found]

    async def see(pilot: Pilot[Any]) -> None:
        await pilot.press("m")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    monkeypatch.setattr(table.picker, "servers", servers)
    assert snap_compare(PalaverApp(table, now=lambda: NOW), terminal_size=size, run_before=see)


def test_the_end_on_paper(snap_compare: Compare, tmp_path: Path) -> None:
    app = PalaverApp(*game(tmp_path), now=lambda: NOW)
    app.action_light_or_dark()
    assert snap_compare(app, terminal_size=(80, 24), run_before=entering("5"))


@pytest.mark.parametrize("size", SIZES[:3], ids=lambda size: "x".join(map(str, size)))
def test_the_library(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    table = laid_table(tmp_path)
    session = table.begin(table.library.load("skerry"))
    session.choose("sleep")
    session.close()

    async def wait(pilot: Pilot[Any]) -> None:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    assert snap_compare(PalaverApp(table, now=lambda: NOW), terminal_size=size, run_before=wait)


def pressing(line: str, *keys: str) -> Callable[[Pilot[Any]], Any]:
    """Return what types a line and then presses keys."""

    async def go(pilot: Pilot[Any]) -> None:
        await entering(line)(pilot)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        for _ in range(3):
            await pilot.pause()

    return go


@pytest.mark.parametrize("size", SIZES[:3], ids=lambda size: "x".join(map(str, size)))
def test_a_question_and_a_whisper(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    table, session = at_door(tmp_path, QueueModel("I will not say.", NOTHING, WORDS, judged(sure=False)))
    app = PalaverApp(table, session, now=lambda: NOW)
    lines = ("/whisper Odd ((she lies)) can I trust her?", "@Maren may I come in?")
    assert snap_compare(app, terminal_size=size, run_before=entering(*lines))


@pytest.mark.parametrize("size", SIZES[:3], ids=lambda size: "x".join(map(str, size)))
def test_what_is_remembered(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = PalaverApp(*at_door(tmp_path, None), now=lambda: NOW)
    assert snap_compare(app, terminal_size=size, run_before=pressing("/whisper Odd can I trust her?", "f4", "a"))


@pytest.mark.parametrize("size", SIZES[:3], ids=lambda size: "x".join(map(str, size)))
def test_the_last_turn_taken_apart(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    table, session = at_door(tmp_path, QueueModel(WORDS, judged(sure=True)))

    async def look(pilot: Pilot[Any]) -> None:
        await entering("hello")(pilot)
        exchange = session.last_exchange
        assert exchange is not None
        asked = tuple(replace(asked, seconds=0.0) for asked in exchange.asked)  # they differ from run to run
        session.last_exchange = replace(exchange, asked=asked)
        await pilot.press("f2")
        for _ in range(3):
            await pilot.pause()

    assert snap_compare(PalaverApp(table, session, now=lambda: NOW), terminal_size=size, run_before=look)


def test_help(snap_compare: Compare, tmp_path: Path) -> None:
    app = PalaverApp(*game(tmp_path), now=lambda: NOW)
    assert snap_compare(app, terminal_size=(80, 40), press=["f1"])
