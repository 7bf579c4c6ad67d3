"""A small story, a table to play it at, and hands for the keyboard: what every test of the app begins with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from engine.library import Library
from engine.session import Session
from engine.table import Table
from engine.tui.app import PalaverApp
from engine.tui.screens.play import PlayScreen
from engine.tui.widgets.desk import Desk
from engine.tui.widgets.lines import Chosen, Ending, SceneHeading, Spoken
from engine.tui.widgets.marks import Mark
from engine.tui.widgets.prompt import Prompt
from engine.tui.widgets.prose import Prose
from engine.tui.widgets.transcript import Transcript
from support.games import QueueModel, cast_of

NOW = datetime(2000, 1, 1, tzinfo=UTC)
"""Before any save was made, so that every game was played just now and no picture holds a time."""
SKERRY = dedent("""
    palaver: 1
    title: The Lamp at Skerry Point
    author: A. Writer
    about: A storm, a dark lighthouse, and a keeper who will not say why.
    minutes: 40
    notes: [a drowning]
    start: pier
    state:
      has_key: {start: false, shown: A key}
      trust: {start: 2, min: 0, max: 5, shown: Trust}
      name: ""
    characters:
      maren:
        name: Maren
        persona: You are Maren.
        examples:
          - {player: lamp, reply: '"The lamp is mine."'}
          - {player: Erik sent me, reply: '"Get inside, then."', outcome: lets_in}
        fallback: '"Hm."'
      odd: {name: Odd, persona: You are Odd., fallback: Odd shrugs.}
    scenes:
      pier:
        title: The pier
        text: |
          Rain comes in *flat* off the sea.

          A [door](https://example.com/), a mat, <b>a rail</b>.
        choices:
          - {id: knock, text: Knock at the door, goto: door}
          - {id: mat, text: Lift the mat, if: not has_key, set: {has_key: true}, then: 'A key, green with salt.'}
          - {id: rope, text: Throw the rope, enabled_if: has_key, reason: You have no rope.}
          - {id: name, text: Say your name, ask: name, then: 'The wind takes **{{ name }}**.'}
          - {id: sleep, text: Sleep, goto: dawn}
      door:
        title: The door
        talk: [maren, odd]
        text: A bolt slides.
        opening: {maren: '"Light''s out."'}
        hint: She has a brother.
        suggest: [Ask about the lamp, Erik sent me]
        outcomes:
          lets_in: {says: {maren: [get inside]}, then: The chain falls., goto: kitchen}
        choices: [{text: Walk back, goto: pier}]
      kitchen:
        title: The kitchen
        text: Warmth, like a hand.
        choices: [{text: Wait for the boat, goto: boat}]
      boat: {ending: The boat at six, text: You leave with the morning.}
      dawn: {ending: Dawn, text: You sleep on the boards.}
""")


def shelf_of_stories(folder: Path, **more: str) -> Path:
    """Write the story, and others given as `name="yaml"`, and return the folder."""
    stories = folder / "stories"
    stories.mkdir(exist_ok=True)
    for name, text in {"skerry": SKERRY, **more}.items():
        (stories / f"{name}.yaml").write_text(text, "utf-8")
    return stories


def laid_table(folder: Path, actor: QueueModel | None = None, **more: str) -> Table:
    """Return a table with these stories on the shelf, its saves under `folder`."""
    saves = folder / "saves"
    saves.mkdir(exist_ok=True)
    line = "the scripted actor (no key is set)" if actor is None else actor.name
    return Table(Library([shelf_of_stories(folder, **more)]), cast_of(actor), saves, line, seed=1)


class Hands:
    """A player at the keyboard, and what they see."""

    def __init__(self, app: PalaverApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> PlayScreen:
        """The game."""
        assert isinstance(self.app.screen, PlayScreen)
        return self.app.screen

    @property
    def desk(self) -> Desk:
        return self.screen.desk

    @property
    def prompt(self) -> Prompt:
        return self.desk.prompt

    @property
    def session(self) -> Session:
        return self.screen.session

    @property
    def notice(self) -> str:
        """What is told under the text; empty when nothing is."""
        return shown(self.desk.notice)

    @property
    def rows(self) -> list[str]:
        """The numbered list."""
        return [f"{row.number} {row.text}" for row in self.desk.options.rows]

    @property
    def text(self) -> list[str]:
        """The transcript as it stands on the screen."""
        return read(self.desk.transcript)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, line: str) -> None:
        """Type a line and enter it."""
        self.prompt.put(line)
        await self.press("enter")
        await self.done()

    async def until(self, ready: Callable[[], bool]) -> None:
        """Let the app go on until something is so."""
        for _ in range(400):
            if ready():
                return
            await self.pilot.pause()
        raise AssertionError("It never came to that.")

    async def done(self) -> None:
        """Let the app go on until no answer is coming and all is drawn."""
        await self.until(lambda: not isinstance(self.app.screen, PlayScreen) or not self.session.busy)
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()


@asynccontextmanager
async def playing(
    table: Table, session: Session | None = None, *, size: tuple[int, int] = (80, 24), fresh: bool = False
) -> AsyncIterator[Hands]:
    """Run the app on a game, or on the library."""
    app = PalaverApp(table, session, fresh=fresh, now=lambda: NOW)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Hands(app, pilot)


def game(folder: Path, actor: QueueModel | None = None, *, at_door: bool = False) -> tuple[Table, Session]:
    """Begin the story."""
    table = laid_table(folder, actor)
    session = table.begin(table.library.load("skerry"))
    if at_door:
        session.choose("knock")
    return table, session


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run a test that waits for things."""
    asyncio.run(test)


def shown(widget: Static) -> str:
    """Return the words on a widget; empty when it is not shown."""
    return str(widget.render()) if widget.display else ""


def read(transcript: Transcript) -> list[str]:
    """Return each line on the screen: the words of its widgets."""
    return [words for child in transcript.children if (words := _words(child))]


def _words(widget: Widget) -> str:
    match widget:
        case Prose():
            return widget.source
        case Spoken() | Mark() | SceneHeading() | Chosen() | Ending():
            return str(widget.render())
        case Static():
            return str(widget.render())
        case _:
            return ": ".join(filter(None, (_words(child) for child in widget.children)))
