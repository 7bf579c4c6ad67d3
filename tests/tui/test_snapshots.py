"""Pictures of the screens at fixed sizes: a change of looks is seen before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.errors import Busy
from engine.tui.app import PalaverApp
from engine.tui.screens.play import PlayScreen
from support.games import QueueModel
from tui.parlour import NOW, game, laid_table

SIZES = [(120, 40), (80, 24), (40, 20), (20, 8)]
Compare = Callable[..., bool]


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
            for _ in range(3):  # what a worker's end changes is laid out, then scrolled to, then drawn
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


def test_help(snap_compare: Compare, tmp_path: Path) -> None:
    app = PalaverApp(*game(tmp_path), now=lambda: NOW)
    assert snap_compare(app, terminal_size=(80, 40), press=["f1"])
