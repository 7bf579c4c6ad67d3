"""Keys and the palette: each does something, says what, and can be given another key."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from textual.app import App
from textual.binding import Binding
from textual.command import DiscoveryHit, Hit
from textual.screen import Screen
from textual.widget import Widget

from engine.console import COMMANDS
from engine.tui.app import PalaverApp
from engine.tui.commands import ANYWHERE, LIBRARY, MODELS, PLAY, SAVES, Commands
from engine.tui.screens.help import HelpScreen
from engine.tui.screens.library import LibraryScreen
from engine.tui.screens.models import ModelScreen
from engine.tui.screens.play import PlayScreen
from engine.tui.screens.saves import SavesScreen
from engine.tui.widgets.desk import Desk
from engine.tui.widgets.marks import Mark
from tui.parlour import game, playing, run

ROOT = Path(__file__).parents[2]
HOLDERS: list[type[App[None]] | type[Screen[None]] | type[Widget]] = [
    *(PalaverApp, LibraryScreen, PlayScreen, HelpScreen, Desk, Mark)
]


def does(holder: type, action: str) -> bool:
    """Tell whether an action named in a binding exists."""
    name = action.partition("(")[0]
    place, _, rest = name.rpartition(".")
    return hasattr(PalaverApp if place == "app" else holder, f"action_{rest}")


@pytest.mark.parametrize("holder", [*HOLDERS, SavesScreen, ModelScreen], ids=lambda holder: holder.__name__)
def test_every_key_does_something(holder: type[Widget]) -> None:
    for binding in holder.BINDINGS:
        assert isinstance(binding, Binding)
        assert does(holder, binding.action), binding.action


def test_the_keys_of_a_game_have_names_and_say_what_they_do() -> None:
    for binding in PlayScreen.BINDINGS:
        assert isinstance(binding, Binding)
        assert binding.id
        assert binding.tooltip or not binding.show


@pytest.mark.parametrize(
    ("holder", "commands"),
    [(LibraryScreen, LIBRARY), (PlayScreen, PLAY), (SavesScreen, SAVES), (ModelScreen, MODELS), (PalaverApp, ANYWHERE)],
)
def test_every_command_of_the_palette_exists(holder: type, commands: dict[str, tuple[str, str]]) -> None:
    for action, meaning in commands.values():
        assert does(holder, action), action
        assert meaning


def test_every_typed_command_does_something(tmp_path: Path) -> None:
    async def play() -> None:
        for usage in COMMANDS:
            (folder := tmp_path / usage.split()[0]).mkdir()
            async with playing(*game(folder)) as hands:
                before = (hands.notice, hands.prompt.placeholder, hands.app.screen, hands.desk.transcript.scroll_y)
                await hands.type("2")
                await hands.type(f"/{usage.split()[0]}")
                await hands.pilot.pause()
                if isinstance(hands.app.screen, PlayScreen) and hands.app.is_running:
                    now = (hands.notice, hands.prompt.placeholder, hands.app.screen, hands.desk.transcript.scroll_y)
                    assert now != before, usage

    run(play())


def test_the_palette_finds_commands_by_a_few_letters(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            provider = Commands(hands.screen)
            found = [hit async for hit in provider.search("undo")]
            assert [str(hit.text) for hit in found if isinstance(hit, Hit)] == ["Undo: take the last turn back"]
            every = [hit.text async for hit in provider.discover() if isinstance(hit, DiscoveryHit)]
            assert every == [*PLAY, *ANYWHERE]
            await hands.type("2")
            await found[0].command()
            assert hands.session.view.turns == 0

    run(play())


def test_the_palette_the_footer_and_typed_commands_use_the_same_words(tmp_path: Path) -> None:
    assert {binding.description for binding in PlayScreen.BINDINGS if isinstance(binding, Binding) and binding.show} - {
        name.partition(":")[0] for name in [*PLAY, *ANYWHERE]
    } == set()
    told = " ".join([*PLAY, *(meaning for _, meaning in PLAY.values())]).casefold()
    typed = {usage.split()[0] for usage in COMMANDS} - {"help"}
    assert [word for word in typed if f"/{word}" not in told] == []

    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            for query, first in {"retry": "Retry", "sav": "Save", "load": "Saves", "quit": "Quit"}.items():
                hits = [hit async for hit in Commands(hands.screen).search(query) if isinstance(hit, Hit)]
                names = [str(hit.text) for hit in sorted(hits, key=lambda hit: -hit.score)]
                assert first in {name.partition(":")[0] for name in names}, query

    run(play())


def test_importing_the_command_line_does_not_import_the_app() -> None:
    script = "import sys, engine.cli; print('textual' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout.strip() == "False"


def test_help_is_read_to_its_end_and_back_by_the_keys_for_that(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.press("f1", "end")
            page = hands.app.screen.query_one("#help")
            assert page.scroll_y == page.max_scroll_y > 0
            await hands.press("home")
            assert page.scroll_y == 0

    run(play())
