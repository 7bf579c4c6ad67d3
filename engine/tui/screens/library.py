"""The stories there are, what the player has found in each, and the way into them.

A story with mistakes is listed with the first of them; it cannot be played and hides no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from engine.errors import PalaverError
from engine.library import Entry
from engine.plaintext import clean_line
from engine.saves.shelf import SaveInfo
from engine.session import Session
from engine.table import Table
from engine.tui.messages import PlayGame
from engine.tui.screens.models import ModelScreen
from engine.tui.screens.saves import Picked, SavesScreen
from engine.tui.widgets.banner import Banner
from engine.tui.widgets.status import Notice
from engine.tui.wording import briefly, counted, places_in, when


@dataclass(frozen=True, slots=True)
class Book:
    """A story with what the player has made of it."""

    entry: Entry
    games: tuple[SaveInfo, ...] = ()
    """The last played first."""
    found: frozenset[str] = frozenset()
    """Scene ids of the endings seen."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Titles of its scenes, by id."""

    @property
    def standing(self) -> str:
        """How far the player has come, in a few words."""
        if self.entry.problem:
            return clean_line(self.entry.problem).rpartition("/")[2]
        if not self.games:
            return "new"
        seen = sum(scene in self.found for scene, _ in self.entry.endings)
        return f"{seen} of {counted(len(self.entry.endings), 'ending')}" if self.entry.endings else "begun"


def books(table: Table) -> list[Book]:
    """Read every story and every save. It takes a moment: not to be called on the screen's own time."""
    saves = table.saves_of()
    return [_book(table, entry, saves) for entry in table.library.entries()]


def _book(table: Table, entry: Entry, saves: Sequence[SaveInfo]) -> Book:
    if entry.problem:
        return Book(entry)
    mine = [info for info in saves if info.story_id == entry.id]
    return Book(
        entry,
        tuple(info for info in mine if not info.damaged),
        frozenset(scene for info in mine for scene in info.endings),
        places_in(table.library.load(entry.path)),
    )


class LibraryScreen(Screen[None]):
    """Pick a story."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "find", "Find", id="library.find", key_display="/", tooltip="Narrow the list by a few letters"
        ),
        Binding("c", "go_on", "Continue", id="library.continue", tooltip="Go on with the game played last"),
        Binding("b", "begin", "Begin anew", id="library.begin", tooltip="Begin the story in a new save"),
        Binding("m", "model", "Model", id="library.model", tooltip="Who plays the characters"),
        Binding("s", "saves", "Saves", id="library.saves", tooltip="Saved games and named moments"),
        Binding(
            "question_mark,f1",
            "app.help",
            "Help",
            id="library.help",
            key_display="?",
            tooltip="What can be typed and pressed",
        ),
        Binding("q,ctrl+q", "app.quit", "Quit", id="library.quit", key_display="q", tooltip="Quit; every game is kept"),
        Binding("escape", "unfind", show=False),
    ]

    def __init__(self, table: Table, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._table = table
        self._now = now
        self._books: list[Book] = []
        self._listed: list[Book] = []
        self._seen: Path | None = None
        """The story that was under the cursor last."""

    def compose(self) -> ComposeResult:
        """List on the left, the story on the right."""
        yield Banner("Palaver", self._table.model_line, brief=briefly(self._table.model_line))
        with Horizontal(id="shelves"):
            stories = OptionList(id="stories", markup=False)
            stories.border_title = "Stories"
            yield stories
            with Vertical(id="book"):
                yield Static(id="book-title", markup=False)
                with Horizontal(id="ways"):  # above the text, so that no length of it pushes them out of sight
                    yield Button("Continue", id="continue", compact=True)
                    yield Button("Begin anew", id="begin", compact=True)
                    yield Button("Saves…", id="see-saves", compact=True)
                with VerticalScroll(id="book-page", can_focus=False):
                    yield Static(id="book-text", markup=False)
        yield Notice()
        find = Input(placeholder="find a story", id="find", compact=True, select_on_focus=False)
        find.display = False
        yield find
        yield Footer()

    def on_mount(self) -> None:
        """Say that stories are being read; that they are is seen when the screen comes up."""
        self.query_one("#ways").display = False
        self.query_one("#book-text", Static).update("Reading the stories…")

    def on_screen_resume(self) -> None:
        """Read the stories and saves anew: a game may have been played in between."""
        self._say_who_plays()
        self.read()

    def _say_who_plays(self) -> None:
        self.query_one(Banner).tell(self._table.model_line, brief=briefly(self._table.model_line))

    @work(exclusive=True, group="library")
    async def read(self) -> None:
        """Fill the list."""
        try:
            self._books = await asyncio.to_thread(books, self._table)
        except PalaverError as error:
            self.query_one(Notice).tell(str(error), wrong=True)
            return
        self._list(self.query_one("#find", Input).value)

    def _list(self, wanted: str) -> None:
        stories = self.query_one("#stories", OptionList)
        chosen = self._book
        folded = wanted.casefold().strip()
        self._listed = [book for book in self._books if folded in _searched(book.entry)]
        stories.clear_options()
        stories.add_options([Option(_row(book)) for book in self._listed])
        if self._listed:
            paths = [book.entry.path for book in self._listed]
            stories.highlighted = paths.index(chosen.entry.path) if chosen and chosen.entry.path in paths else 0
        self._show(self._book)

    @property
    def _book(self) -> Book | None:
        place = self.query_one("#stories", OptionList).highlighted
        return self._listed[place] if place is not None and place < len(self._listed) else None

    def _show(self, book: Book | None) -> None:
        text, title = self.query_one("#book-text", Static), self.query_one("#book-title", Static)
        title.display = book is not None
        title.update(Content.styled(clean_line(book.entry.title) if book else "", "bold"))
        if book is None:
            text.update("No story is called that." if self._books else "There are no stories here yet.")
        else:
            text.update(_described(book, self._now()))
        self.query_one("#ways").display = book is not None and not book.entry.problem
        has_games = bool(book and book.games)
        self.query_one("#continue").display = has_games
        self.query_one("#see-saves").display = has_games
        self.query_one("#book-page").scroll_home(animate=False)

    # What the player does

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the story under the cursor; what was told stands until that is another."""
        path = self._book.entry.path if self._book is not None else None
        if path != self._seen:
            self.query_one(Notice).clear()
        self._seen = path
        self._show(self._book)

    def on_option_list_option_selected(self) -> None:
        """Go on with the story, or begin it."""
        book = self._book
        if book is not None and book.games:
            self.action_go_on()
        else:
            self.action_begin()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        match event.button.id:
            case "continue":
                self.action_go_on()
            case "begin":
                self.action_begin()
            case _:
                self.action_saves()
        self.query_one("#stories").focus()

    def action_go_on(self) -> None:
        """Go on with the game played last."""
        book = self._sound_book()
        if book is not None and not book.games:
            self.query_one(Notice).tell("There is no game of it yet: enter begins one.")
        elif book is not None:
            graph = partial(self._table.library.load, book.entry.path)
            self._play(lambda: self._table.resume(book.games[0].path, graph()))

    def action_begin(self) -> None:
        """Begin the story in a new save."""
        book = self._sound_book()
        if book is not None:
            graph = partial(self._table.library.load, book.entry.path)
            self._play(lambda: self._table.begin(graph()), fresh=True)

    def action_saves(self) -> None:
        """Show the games of the story."""
        book = self._book
        if book is None:
            return
        screen = SavesScreen(self._table, self._now, book.entry.id, clean_line(book.entry.title), book.places)
        self.app.push_screen(screen, self._picked)

    def action_model(self) -> None:
        """Show who plays the characters, and pick another."""
        with self.query_one(Notice).telling():
            self.app.push_screen(ModelScreen.at(self._table), self._recast)

    def _recast(self, told: str | None) -> None:
        if told:
            self.query_one(Notice).tell(told)

    def action_find(self) -> None:
        """Narrow the list by a few letters."""
        find = self.query_one("#find", Input)
        find.display = True
        find.focus()

    def action_unfind(self) -> None:
        """Show every story again."""
        find = self.query_one("#find", Input)
        find.value = ""
        find.display = False
        self.query_one("#stories").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._list(event.value)

    def on_input_submitted(self) -> None:
        """Go to what was found."""
        self.query_one("#stories").focus()

    def _picked(self, picked: Picked) -> None:
        if isinstance(picked, Session):
            self.post_message(PlayGame(picked))

    def _play(self, made: Callable[[], Session], *, fresh: bool = False) -> None:
        try:
            session = made()
        except PalaverError as error:
            self.query_one(Notice).tell(str(error), wrong=True)
        else:
            self.post_message(PlayGame(session, fresh=fresh))

    def _sound_book(self) -> Book | None:
        book = self._book
        if book is not None and book.entry.problem:
            self.query_one(Notice).tell(f"It cannot be played. {clean_line(book.entry.problem)}", wrong=True)
            return None
        return book


def _searched(entry: Entry) -> str:
    return f"{entry.title} {entry.id} {entry.author} {entry.about}".casefold()


def _row(book: Book) -> Content:
    title = clean_line(book.entry.title)
    name = f"⚠ {title}" if book.entry.problem else title
    return Content.assemble((name, "bold"), f"\n  {book.standing}")


def _described(book: Book, now: datetime) -> Content:
    entry = book.entry
    if entry.problem:
        return Content(f"⚠ It has a mistake and cannot be played yet:\n{entry.problem}")
    facts = [f"By {clean_line(entry.author)}." if entry.author else ""]
    facts.append(f"About {counted(entry.minutes, 'minute')}." if entry.minutes else "")
    parts = [clean_line(entry.about), " ".join(fact for fact in facts if fact)]
    parts += [f"Contains: {'; '.join(clean_line(note) for note in entry.notes)}." if entry.notes else ""]
    if entry.endings:
        known = [clean_line(name) if scene in book.found else "" for scene, name in entry.endings]
        marks = "\n".join(f"  ● {name}" for name in known if name)
        left = sum(not name for name in known)
        parts.append(
            "\n".join(part for part in ("Endings", marks, f"  {'○ ' * left}not found yet" if left else "") if part)
        )
    game = book.games[0] if book.games else None
    if game is not None and game.last_played is not None:
        place = f", at “{book.places.get(game.scene, game.scene)}”" if game.scene else ""
        parts.append(f"Last played {when(game.last_played, now)}{place}")
    return Content("\n\n".join(part for part in parts if part))
