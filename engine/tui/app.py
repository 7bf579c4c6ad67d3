"""The terminal app: which screen is shown, and what they share. It plays nothing itself."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from engine.errors import PalaverError
from engine.plaintext import clean_line
from engine.saves.fleeting import Fleeting
from engine.session import Session
from engine.story.source import story_id as id_of
from engine.table import Table
from engine.tui.commands import Commands
from engine.tui.messages import PlayGame
from engine.tui.screens.help import HelpScreen
from engine.tui.screens.library import LibraryScreen
from engine.tui.screens.play import PlayScreen
from engine.tui.theme import LAMPLIGHT, PAPER, first_theme, voice_variables
from engine.tui.wording import back_at

if TYPE_CHECKING:
    from engine.saves.shelf import Found
    from engine.story.graph import StoryGraph


WIDTHS = [(0, "-narrow"), (60, "-medium"), (100, "-wide")]
"""Columns from which a screen counts as wider; the panel is there from 100 on."""
HEIGHTS = [(0, "-short"), (14, "-tall")]


class PalaverApp(App[None], inherit_bindings=False):
    """Palaver in a terminal: the library, or one game at once."""

    TITLE = "Palaver"
    CSS_PATH = "palaver.tcss"
    COMMANDS = {Commands}  # noqa: RUF012 - as Textual has it
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", show=False),
        Binding("ctrl+p", "command_palette", "Commands", id="app.commands", show=False, priority=True),
        Binding("ctrl+c", "say_how_to_quit", show=False, system=True),
    ]

    def __init__(
        self,
        table: Table,
        session: Session | None = None,
        *,
        fresh: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        super().__init__()
        self._table = table
        self._first = session
        self._first_is_fresh = fresh
        self._now = now
        self.played: tuple[Path, str] | None = None
        """The save of the game played last and the id of its story; None when none was played."""
        self.ended = False
        """The system ended the app, not the player."""
        self.animation_level = "none"  # a page that turns at once reads better than one that slides
        self.register_theme(LAMPLIGHT)
        self.register_theme(PAPER)
        self.theme = os.environ.get("TEXTUAL_THEME") or first_theme(os.environ)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give themes that are not ours the colours of speakers."""
        return voice_variables(dark=self.current_theme.dark)

    async def on_mount(self) -> None:
        """Show the game that was asked for, or the library."""
        if self._first is not None:
            await self.push_screen(self._screen_of(self._first, fresh=self._first_is_fresh))
        else:
            await self.push_screen(LibraryScreen(self._table, self._now))

    async def on_play_game(self, message: PlayGame) -> None:
        """Play a game, in place of the one that is being played."""
        screen = self._screen_of(message.session, fresh=message.fresh, typed=message.typed)
        if isinstance(self.screen, PlayScreen):
            await self.switch_screen(screen)
        else:
            await self.push_screen(screen)

    def _screen_of(self, session: Session, *, fresh: bool, typed: str = "") -> PlayScreen:
        if not isinstance(session.store, Fleeting):  # there is no save to go on with
            self.played = session.store.path, session.graph.id
        return PlayScreen(self._table, session, self._now, fresh=fresh, typed=typed)

    async def on_leave_game(self) -> None:
        """Go back to the library when the game was begun there, else out."""
        if any(isinstance(screen, LibraryScreen) for screen in self.screen_stack):
            await self.pop_screen()
        else:
            self.exit()

    async def on_open_library(self) -> None:
        """Show the library in place of the game."""
        if any(isinstance(screen, LibraryScreen) for screen in self.screen_stack):
            await self.pop_screen()
        else:
            await self.switch_screen(LibraryScreen(self._table, self._now))

    def end(self) -> None:
        """Leave because the system says so: there may be nobody left to tell anything."""
        self.ended = True
        self.exit()

    def action_help(self) -> None:
        """Show what can be typed and pressed."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    def action_light_or_dark(self) -> None:
        """Change between lamplight and paper."""
        self.theme = PAPER.name if self.current_theme.dark else LAMPLIGHT.name

    def action_say_how_to_quit(self) -> None:
        """Ctrl+C copies in a terminal app; say what leaves."""
        self.notify("ctrl+q leaves; everything is saved.", markup=False, timeout=3)


def run(
    table: Table,
    *,
    story: StoryGraph | None = None,
    resume: Found | None = None,
    source: str = "",
    saves: str = "",
) -> int:
    """Play in the terminal until the player leaves; returns the exit code.

    Begins `story`, or goes on with `resume`; without either, shows the library. `source` and `saves` are how the
    command line named the story and the folder of saves, if it did. Raises `PalaverError` when there is no terminal or
    the game cannot be opened.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        raise PalaverError("The app needs a terminal.", do="Add --plain to play line by line, through a pipe too.")
    session = None
    if resume is not None:
        moment = resume.moment.name if resume.moment is not None else ""
        session = table.resume(resume.save.path, story, moment=moment)
        if moment:
            session.notices.append(back_at(moment))
    elif story is not None:
        session = table.begin(story)
    app = PalaverApp(table, session, fresh=resume is None)
    asyncio.run(_run(app, table))
    if app.played is not None and not app.ended:
        print(farewell(table, *app.played, story=source, saves=saves))
    return app.return_code or 0


def farewell(table: Table, path: Path, story_id: str, *, story: str = "", saves: str = "") -> str:
    """Return where the game is kept and what goes on with it.

    `story` names its story on the command line, which a story outside the library needs; `saves` the folder of saves,
    where it was given.
    """
    called = clean_line(path.stem)
    known = [id_of(path) for path in table.library.paths()]
    outside = [story] if story and story_id not in known else []
    folder = ["--saves", saves] if saves else []
    return f"Saved: {called}. Go on with: {shlex.join(['palaver', 'play', *outside, '--load', called, *folder])}"


async def _run(app: PalaverApp, table: Table) -> None:
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError, AttributeError):  # Windows has neither
        for ending in (signal.SIGTERM, signal.SIGHUP):  # a shutdown, a closed window: leave the terminal as it was
            loop.add_signal_handler(ending, app.end)
    try:
        await app.run_async()
    finally:
        await table.cast.aclose()
