"""A game on the screen. It does what keys, clicks and typed lines ask, through the session.

It knows no rule of the game and asks for no answer itself (`answering` does); whatever goes wrong on purpose is told
where the player is looking.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.worker import WorkerCancelled, WorkerFailed

from engine import asides
from engine.addressing import addressed
from engine.choosing import likest, meant
from engine.console import Command, Pick, Speech, Unknown, bare_command, interpret, said_for_a_command
from engine.errors import PalaverError
from engine.plaintext import clean_line
from engine.saying import WAYS, aside
from engine.session import Session
from engine.table import Table
from engine.tui.asking import Answer, Name, Raise, Replace
from engine.tui.commands import PLAY_KEYS
from engine.tui.messages import LeaveGame, OpenLibrary, PlayGame
from engine.tui.rows import Deed, Row, numbers_of
from engine.tui.screens.answering import COMING
from engine.tui.screens.talking import Talking
from engine.tui.widgets.banner import Banner
from engine.tui.widgets.edits import Edits
from engine.tui.widgets.keys import Keys
from engine.tui.widgets.options import Options
from engine.tui.widgets.prompt import Prompt
from engine.tui.widgets.side import Side
from engine.tui.wording import NO_MODEL, shortened, who_plays
from engine.view import Option

AT_ONCE = frozenset({"help", "hint", "cost", "look", "memory", "quit"})
"""Commands that neither wait for an answer nor disturb one that is coming."""
_YES_OR_NO = {"y": True, "yes": True, "n": False, "no": False}


class PlayScreen(Talking):
    """One game being played; it lets go of the save when it is closed."""

    AUTO_FOCUS = "Prompt"
    BINDINGS: ClassVar[list[BindingType]] = PLAY_KEYS

    def __init__(
        self,
        table: Table,
        session: Session,
        now: Callable[[], datetime],
        *,
        fresh: bool = False,
        typed: str = "",
    ) -> None:
        super().__init__(table, session, now)
        self._fresh = fresh
        """The game has just begun: say once who plays the characters."""
        self._typed = typed

    def compose(self) -> ComposeResult:
        """The desk, with the panel beside it."""
        yield Banner(clean_line(self.session.graph.title))
        rehearsal = self._table.rehearsal
        if rehearsal is not None and rehearsal.holds(self.session):
            yield Edits(rehearsal, self._at_rest)
        with Horizontal():
            yield self.desk
            yield Side(self._voices)
        yield Keys()

    async def on_mount(self) -> None:
        """Show the game where it stands."""
        await self.desk.transcript.show(self.session.lines)
        if self._fresh and self._table.cast.actor is self._table.cast.scripted:
            picker = self._table.picker
            unset = picker is not None and picker.settings.reach() is None and not picker.settings.offline
            self.desk.notice.tell(NO_MODEL if unset else who_plays(self._table.model_line))
        self.desk.return_line(self._typed, selected=False)
        await self._settle()

    def on_unmount(self) -> None:
        """Let go of the save."""
        self.session.close()

    # The story is edited

    def _at_rest(self) -> bool:
        """Whether the game can be left for an edited one: nothing is asked, and nothing stands over it."""
        return self.is_current and not (self.session.busy or self._due or self.desk.asking)

    def on_edits_edited(self, message: Edits.Edited) -> None:
        """Go on in the story as it is now. What is being typed stays."""
        rehearsal, unsent = self._table.rehearsal, self.session.unsent
        typed = self.desk.prompt.value or (unsent.text if unsent is not None else "")
        if rehearsal is None:
            return
        try:
            session = rehearsal.again(self.session, message.graph)
        except PalaverError as error:
            self.query_one(Edits).refuse(error)
        else:
            self.post_message(PlayGame(session, typed=typed))

    # What was typed

    async def on_prompt_entered(self, message: Prompt.Entered) -> None:
        """Do what the line asks; what cannot be done now is given back."""
        desk, line = self.desk, message.line
        if self.session.busy or self._due:
            await self._meanwhile(line)
            return
        desk.notice.clear()
        if desk.asking is not None and isinstance(interpret(line), Command | Unknown):
            await self._leave_question()  # a game is named "/undo" by nobody
            await self._obey(line)
        elif desk.asking is not None:
            await self._answered(line)
        elif line:
            await self._obey(line)
        elif desk.options.lit is not None:
            await self._take(desk.options.lit)
        else:
            desk.read_on()

    async def _meanwhile(self, line: str) -> None:
        """Take a line while an answer comes: what asks for nothing is done at once, what is said or chosen waits."""
        desk = self.desk
        match interpret(line):
            case None:
                desk.read_on()
            case Command(name, rest) if name in AT_ONCE:
                desk.notice.clear()
                await self._command(name, rest)
            case Pick(number) if desk.options.numbered(number) is None:
                self._tell_wrong(numbers_of(desk.options.rows))
            case Command(name) if name not in WAYS:
                desk.notice.tell_meanwhile(f"{COMING} Your line stays here.")
                desk.return_line(line)
            case Unknown():
                await self._obey(line)
            case _ if self._ahead is not None:
                desk.notice.tell_meanwhile("One line waits already: esc takes it back. This one stays here.")
                desk.return_line(line, selected=False)
            case _:
                desk.notice.clear()
                self._keep_for_later(line)

    async def _obey(self, line: str) -> None:
        match interpret(line):
            case Pick(number):
                row = self.desk.options.numbered(number)
                if row is None:
                    self._tell_wrong(numbers_of(self.desk.options.rows))
                else:
                    await self._take(row)
            case Command(name, rest):
                await self._command(name, rest)
            case Unknown(name):
                self._tell_wrong(f"There is no /{name}. /help lists what can be typed.")
                self.desk.return_line(line)
            case Speech(text) if self.session.view.doubt and text.casefold() in _YES_OR_NO:
                await self._answer_doubt(_YES_OR_NO[text.casefold()])
            case Speech(text) if note := aside(text):
                await self._note(note)
            case Speech(text) if (to := addressed(text, self.session.view.present))[0]:
                self._say_to(*to)
            case Speech(text):
                option = meant(text, self.session.view)
                if option is not None:
                    await self._take_option(option)
                elif self.session.view.can_speak:
                    self.session.notices += said_for_a_command(text)
                    self._answer(self.session.say(text), text)
                elif (place := likest(text, [row.text for row in self.desk.options.rows])) is not None:
                    await self._take(self.desk.options.rows[place])  # the story is over
                else:  # the line is not given back: words that choose nothing would only stand in the way of others
                    command = bare_command(text)
                    way = f"Did you mean {command}?" if command else numbers_of(self.desk.options.rows)
                    self._tell_wrong(f"Nothing here is like “{shortened(clean_line(text))}”. {way}")

    async def _command(self, name: str, rest: str) -> None:
        match name:
            case "save" if rest:
                self._name_moment(rest)
            case "save":
                self.action_name()
            case "load" if rest:
                await self._load(rest)
            case "load":
                self.action_saves()
            case "budget" if rest:
                await self._raise(rest)
            case "whisper" | "do" | "wait":
                self._say_as(name, rest)
            case "memory":
                self._memory(rest)
            case "report" | "cost":
                with self.desk.notice.telling():
                    self.desk.notice.tell(asides.aside(self.session, name, rest))
            case "help":
                await self.run_action("app.help")
            case "quit":
                self.action_leave()
            case _:  # the rest are actions by the same names
                await self.run_action(name)

    async def _answered(self, line: str) -> None:
        match self.desk.answered(self.session.view):
            case Answer(option) if line and option.choice is not None:
                await self._choose(option.choice.choice.id, line)
            case Answer():
                self.desk.notice.tell("Nothing was chosen.")
            case Name() if line:
                self._name_moment(line)
            case Raise():
                await self._raise(line)
            case Replace(name):
                self._name_moment(line or name, replace=not line)

    async def _leave_question(self) -> None:
        """Answer nothing to what is asked."""
        raising = isinstance(self.desk.asking, Raise)
        self.desk.answered(self.session.view)
        if raising:
            await self._keep_limit()

    # What was taken

    async def on_options_taken(self, message: Options.Taken) -> None:
        """A row was clicked."""
        if not self.session.busy:
            self.desk.notice.clear()
            self.desk.answered(self.session.view)
            await self._take(message.row)

    async def _take(self, row: Row) -> None:
        self.desk.options.unlight()
        if isinstance(row.does, Option):
            await self._take_option(row.does)
        else:
            await self._do(row.does)

    async def _take_option(self, option: Option) -> None:
        if option.yes is not None:
            await self._answer_doubt(option.yes)
        elif not option.enabled:
            self._tell_wrong(option.reason or "That cannot be done now.")
        elif option.choice is None:
            self._answer(self.session.say(option.text), option.text)
        elif option.asks:
            self.desk.ask(Answer(option))
        else:
            await self._choose(option.choice.choice.id)

    async def _do(self, deed: Deed) -> None:
        match deed:
            case Deed.AGAIN:
                self.action_retry()
            case Deed.SCRIPTED:
                self.action_offline()
            case Deed.EDIT | Deed.DROP:
                await self._drop(to_edit=deed is Deed.EDIT)
            case Deed.RAISE:
                await self.action_budget()
            case Deed.MODEL:
                self.action_model()
            case Deed.BEGIN:
                with self.desk.notice.telling():
                    self.post_message(PlayGame(self._table.begin(self.session.graph), fresh=True))
            case Deed.UNDO:
                await self.action_undo()
            case Deed.LIBRARY:
                self._close(OpenLibrary())

    async def _choose(self, choice: str, text: str = "") -> None:
        with self.desk.notice.telling():
            lines = self.session.choose(choice, text)
            self.desk.transcript.to_end()
            await self.desk.transcript.add(lines)
        await self._settle()

    # Keys and commands

    def action_hint(self) -> None:
        """Tell the author's hint for this scene."""
        self.desk.notice.tell(clean_line(self.session.view.hint) or "There is no hint here.")

    def action_look(self) -> None:
        """Go back to where this scene begins, and say where one is."""
        self.desk.transcript.to_line("scene")
        view = self.session.view
        self.desk.notice.tell(f"You are at “{clean_line(view.scene_title) or clean_line(view.title)}”.")

    def action_why(self) -> None:
        """Open or close the last mark: the words that decided where the story went."""
        if not self.desk.toggle_mark():
            self.desk.notice.tell("Nothing was decided by words yet.")

    async def action_typed(self, command: str) -> None:
        """Do what a typed command does."""
        await self._command(command, "")

    def action_panel(self) -> None:
        """Show or hide the side panel, whatever the width says."""
        side = self.query_one(Side)
        side.styles.display = "none" if side.display else "block"

    async def action_escape(self) -> None:
        """Stop the answer, leave a question, or take back a line that got no answer."""
        if self._ahead is not None:
            self._take_back_ahead()
        elif self.session.busy:
            self.session.stop()
        elif isinstance(self.desk.asking, Raise):
            await self._leave_question()
        elif self.desk.trouble.display:
            await self._drop()
        else:
            self.desk.answered(self.session.view)
            self.desk.options.unlight()
            self.desk.notice.clear()

    def action_leave(self) -> None:
        """Leave the game. Everything is saved; what is being said is broken off and kept."""
        self._close(LeaveGame())

    @work(exclusive=True, group="leaving")
    async def _close(self, then: Message) -> None:
        if self.session.busy and self._reply is not None:
            self.session.stop()
            with suppress(WorkerCancelled, WorkerFailed):
                await self._reply.wait()
        self.post_message(then)
