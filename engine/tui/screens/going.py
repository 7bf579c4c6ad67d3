"""The half of a game's screen that moves about in it: back and forth, to named moments, other saves, other players.

It reads no typed line and asks for no answer but the one that another player of the characters was picked for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from engine.errors import SaveError
from engine.plaintext import clean_line
from engine.saves.store import tidy
from engine.session import Session
from engine.table import Table
from engine.tui.asking import Name, Replace
from engine.tui.messages import PlayGame
from engine.tui.screens.answering import COMING, Answering
from engine.tui.screens.models import ModelScreen
from engine.tui.screens.saves import Moment, NameIt, Picked, SavesScreen
from engine.tui.wording import back_at, no_such_moment, places_in


class Going(Answering):
    """A screen on which one can go elsewhere in a game."""

    def __init__(self, table: Table, session: Session, now: Callable[[], datetime]) -> None:
        super().__init__(table, session)
        self._now = now

    async def action_undo(self) -> None:
        """Take the last turn back, or the line that got no answer."""
        if self.desk.trouble.display:
            await self._drop()
        else:
            await self._go(self.session.undo, "The last turn is taken back. ctrl+y does it again.")

    async def action_redo(self) -> None:
        """Do again what was taken back."""
        await self._go(self.session.redo, "Done again.")

    async def _load(self, name: str) -> None:
        store, wanted = self.session.store, tidy(name)
        turns = {named.name: named.turn for named in store.names()}
        if wanted not in turns:
            self._tell_wrong(no_such_moment(wanted, list(turns)))
        elif turns[wanted] == store.head:
            self.desk.notice.tell(f"You are at “{wanted}” already.")
        else:
            await self._go(lambda: self.session.load(name), back_at(wanted))

    async def _go(self, move: Callable[[], None], said: str) -> None:
        """Go elsewhere in the game and show it as it was there."""
        self.desk.notice.clear()
        with self.desk.notice.telling():
            move()
            self.desk.answered(self.session.view)
            await self.desk.transcript.show(self.session.lines)
            self.desk.notice.tell(said)
            await self._settle()

    def action_name(self) -> None:
        """Ask for a name for this moment."""
        if self.session.busy:
            self.desk.notice.tell_meanwhile(COMING)
        else:
            self.desk.ask(Name())

    def _name_moment(self, name: str, *, replace: bool = False) -> None:
        shown = clean_line(name)
        try:
            self.session.name(name, replace=replace)
        except SaveError as error:
            if replace or shown not in {named.name for named in self.session.store.names()}:
                self._tell_wrong(str(error))
            else:
                self.desk.notice.tell(f"“{shown}” is another moment's name already. Enter moves it here.")
                self.desk.ask(Replace(name))
        else:
            self.desk.notice.tell(f"This moment is “{shown}” now. ctrl+o finds it again.")

    def action_saves(self) -> None:
        """Show saved games and named moments."""
        if self.session.busy:
            self.desk.notice.tell_meanwhile(COMING)
            return
        graph = self.session.graph
        title, places = clean_line(graph.title), places_in(graph)
        screen = SavesScreen(self._table, self._now, graph.id, title, places, playing=self.session)
        self.app.push_screen(screen, self._picked)

    async def _picked(self, picked: Picked) -> None:
        match picked:
            case Session():
                self.post_message(PlayGame(picked))
            case Moment(name):
                await self._load(name)
            case NameIt():
                self.action_name()

    def action_model(self) -> None:
        """Show who plays the characters, and pick another for the next turn."""
        if self.session.busy:
            self.desk.notice.tell_meanwhile(COMING)
            return
        with self.desk.notice.telling():
            self.app.push_screen(ModelScreen.at(self._table, self.session), self._recast)

    async def _recast(self, told: str | None) -> None:
        if told is None:
            return
        if self._unanswered is not None:  # it was picked for the line that got no answer
            self._ask_again()
        else:
            await self._settle()
        self.desk.notice.tell(told)
