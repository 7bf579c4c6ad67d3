"""The half of a game's screen that talks otherwise than aloud to all: to one, in a whisper, aside, or by a yes or no.

It reads no typed line: what is to be said, and to whom, is settled before it is asked.
"""

from __future__ import annotations

from engine.addressing import AT, next_addressed
from engine.errors import PalaverError
from engine.plaintext import clean_line
from engine.saying import said
from engine.tui.screens.answering import COMING
from engine.tui.screens.behind import Behind


class Talking(Behind):
    """A screen on which one can whisper, note and take back."""

    def _say_to(self, who: str, text: str) -> None:
        name = clean_line(self.session.graph.characters[who].name)
        if text:
            self._answer(self.session.say(text, who), f"{AT}{name} {text}")
        else:
            self._tell_wrong(f"Say something to {name}: nothing stands after the name.")
            self.desk.return_line(f"{AT}{name} ", selected=False)

    def _say_as(self, command: str, rest: str) -> None:
        """Do what /whisper, /do or /wait asks; half a command is given back to be ended."""
        line = f"/{command} {rest}".strip()
        try:
            updates = said(self.session, command, rest)
        except PalaverError as error:
            self._tell_wrong(str(error))
            self.desk.return_line(f"{line} ", selected=False)
        else:
            self._answer(updates, line)

    async def _answer_doubt(self, yes: bool) -> None:
        with self.desk.notice.telling():
            lines = self.session.answer(yes)
            self.desk.transcript.to_end()
            await self.desk.transcript.add(lines)
            if not yes:
                self.desk.notice.tell("Then nothing came of it, and the talk goes on.")
        await self._settle()

    async def _note(self, text: str) -> None:
        with self.desk.notice.telling():
            lines = self.session.note(text)
            self.desk.transcript.to_end()
            await self.desk.transcript.add(lines)
            self.desk.notice.tell("Noted. Nobody in the story hears it.")
        await self._settle()

    # Keys and commands

    async def action_notthat(self) -> None:
        """Take back what was read into the last turn: what was said stands."""
        self.desk.notice.clear()
        if self.session.busy:
            self.desk.notice.tell_meanwhile(COMING)
            return
        with self.desk.notice.telling():
            self.session.not_that()
            await self.desk.transcript.show(self.session.lines)
            await self._settle()
            self.desk.notice.tell("Taken back: what was said stands, and nothing came of it.")

    def action_write(self, beginning: str) -> None:
        """Begin a line, for the player to go on with."""
        self.desk.prompt.put(beginning)
        self.desk.prompt.focus()

    def action_address(self) -> None:
        """Say the line to the next one here; with nobody to choose between, go to the next mark."""
        view = self.session.view
        line = next_addressed(self.desk.prompt.value, view.present) if view.can_speak else None
        if line is None:
            self.focus_next()
        else:
            self.desk.prompt.put(line)
