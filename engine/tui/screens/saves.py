"""Saved games and the moments named in them: to go on with, or to go back to.

It opens a game only when the player picks one, and a save that cannot be read is listed with the reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList
from textual.widgets.option_list import Option

from engine.errors import PalaverError
from engine.plaintext import clean_line
from engine.saves.shelf import SaveInfo
from engine.saves.store import Named
from engine.session import Session
from engine.table import Table
from engine.tui.widgets.banner import Banner
from engine.tui.widgets.status import Notice
from engine.tui.wording import back_at, briefly, counted, when


@dataclass(frozen=True, slots=True)
class Moment:
    """A named moment of the game that is being played."""

    name: str


@dataclass(frozen=True, slots=True)
class NameIt:
    """The player wants to name the moment they are at."""


Picked = Session | Moment | NameIt | None
"""What the screen gives back: another game, a moment of this one, a wish, or nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """One row: a game where it stands, or a moment in it."""

    info: SaveInfo
    moment: Named | None = None


class SavesScreen(Screen[Picked]):
    """The games of one story, or of all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+q,ctrl+o", "back", "Back", id="saves.back", key_display="esc"),
        Binding("a", "all", "All stories", id="saves.all", tooltip="Show the games of every story, or of this one"),
        Binding("n,ctrl+s", "name", "Name this moment", id="saves.name", key_display="n"),
        Binding("question_mark,f1", "app.help", "Help", id="saves.help", show=False),
    ]

    def __init__(
        self,
        table: Table,
        now: Callable[[], datetime],
        story_id: str,
        title: str,
        places: Mapping[str, str],
        *,
        playing: Session | None = None,
    ) -> None:
        super().__init__()
        self._table = table
        self._now = now
        self._story_id = story_id
        self._title = title
        self._scenes = places
        """Titles of the story's scenes, by id."""
        self._playing = playing
        self._everything = False
        self._places: list[Place | None] = []

    def compose(self) -> ComposeResult:
        """A list under a title."""
        yield Banner("Saves", self._table.model_line, brief=briefly(self._table.model_line))
        saves = OptionList(id="saves", markup=False)
        saves.border_title = "Games"
        yield saves
        yield Notice()
        yield Footer()

    def on_mount(self) -> None:
        """Read the folder."""
        self.query_one(Banner).place(self._title)
        self.read()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A moment can be named only in a game that is being played."""
        return self._playing is not None if action == "name" else True

    @work(exclusive=True, group="saves")
    async def read(self) -> None:
        """List the games anew, off the screen's own time: each is a file to be opened."""
        try:
            infos = await asyncio.to_thread(self._table.saves_of)
        except PalaverError as error:
            self.query_one(Notice).tell(str(error), wrong=True)
            return
        mine = [info for info in infos if self._everything or info.damaged or info.story_id == self._story_id]
        self._list(mine)

    def _list(self, infos: list[SaveInfo]) -> None:
        now = self._now()
        rows: list[Option] = []
        self._places = []
        for info in infos:
            if info.damaged:
                rows.append(Option(_damaged(info), disabled=True))
                self._places.append(None)
                continue
            here = self._playing is not None and info.path == self._playing.store.path
            rows.append(
                Option(_game(info, self._scenes.get(info.scene, info.scene), now, here=here, titled=self._everything))
            )
            self._places.append(Place(info))
            for moment in info.names:
                rows.append(Option(_moment(moment, now)))
                self._places.append(Place(info, moment))
        saves = self.query_one("#saves", OptionList)
        saves.clear_options()
        saves.add_options(rows)
        saves.border_subtitle = "of every story" if self._everything else ""
        notice = self.query_one(Notice)
        if rows:
            notice.clear()
            saves.highlighted = next((i for i, place in enumerate(self._places) if place is not None), None)
        else:
            notice.tell("Nothing is saved here yet. A game is saved from its first turn on.")
        saves.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to the game or moment."""
        place = self._places[event.option_index]
        if place is None:
            return
        playing = self._playing
        if playing is not None and place.info.path == playing.store.path:
            self.dismiss(Moment(place.moment.name) if place.moment else None)
            return
        graph = playing.graph if playing is not None and playing.graph.id == place.info.story_id else None
        try:
            moment = place.moment.name if place.moment is not None else ""
            session = self._table.resume(place.info.path, graph, moment=moment)
            if moment:
                session.notices.append(back_at(moment))
        except PalaverError as error:
            self.query_one(Notice).tell(str(error), wrong=True)
            return
        self.dismiss(session)

    def action_all(self) -> None:
        """Show the games of every story, or only of this one."""
        self._everything = not self._everything
        self.read()

    def action_name(self) -> None:
        """Go back and ask for a name."""
        self.dismiss(NameIt())

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.dismiss(None)


def _game(info: SaveInfo, scene: str, now: datetime, *, here: bool, titled: bool) -> Content:
    facts = [counted(info.turns, "turn")]
    if info.last_played is not None:
        facts.insert(0, when(info.last_played, now))
    if scene:
        facts.append(f"at “{clean_line(scene)}”")
    if here:
        facts.append("being played here")
    head = Content.styled(clean_line(f"{info.title} · {info.name}" if titled else info.name), "bold")
    words = f"\n  {clean_line(info.words)}" if info.words else ""
    return Content.assemble(head, f"\n  {' · '.join(facts)}", Content.styled(words, "italic"))


def _moment(moment: Named, now: datetime) -> Content:
    return Content.assemble("  ◇ ", (clean_line(moment.name), "bold"), f"  named {when(moment.at, now)}")


def _damaged(info: SaveInfo) -> Content:
    return Content(f"⚠ {clean_line(info.name)}\n  {clean_line(info.damaged)}")
