"""Follows an answer as it comes: puts its words into the transcript and says what is being waited for.

It decides nothing; what to do when no answer comes is the screen's to ask the player.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from engine.dialogue.channels import heard
from engine.plaintext import clean_line
from engine.session import Session
from engine.tui.widgets.lines import Speech
from engine.tui.widgets.status import Notice, StatusLine
from engine.tui.widgets.transcript import Transcript
from engine.updates import (
    Choosing,
    Delayed,
    Interrupted,
    Judging,
    Recalling,
    Speaking,
    TakenBack,
    Turned,
    Update,
    Words,
)


class Hearing:
    """One answer being heard."""

    def __init__(self, session: Session, transcript: Transcript, status: StatusLine, notice: Notice) -> None:
        self.begun = False
        """Whether the line was taken and somebody began to answer it."""
        self._session = session
        self._transcript = transcript
        self._status = status
        self._notice = notice
        self._speech: Speech | None = None
        self._name = ""

    async def follow(self, updates: AsyncGenerator[Update]) -> None:
        """Show updates until the turn is done. Raises what the session raises, with what was shown left standing."""
        try:
            async with aclosing(updates) as coming:
                async for update in coming:
                    await self._take(update)
        finally:
            self._status.end()

    async def _take(self, update: Update) -> None:
        if not self.begun and not isinstance(update, Turned):
            await self._begin()
        match update:
            case Choosing():
                self._status.tell("finding who answers")
            case Interrupted(name):
                self._end_speech()
                self._status.tell(f"{name} breaks in")
            case Recalling(name):
                self._status.tell(f"{name} gathers their thoughts")
            case Speaking(who, name):
                await self._listen(who, name)
            case Words(text):
                if self._speech is not None:
                    self._speech.spoken.add(text)
                self._status.tell(f"{self._name} is speaking")
            case TakenBack(reason):
                if self._speech is not None:
                    self._speech.spoken.take_back()
                self._notice.tell(clean_line(reason))  # it stays: words that go away want a reason
                self._status.tell(f"{self._name} is thinking")
            case Delayed(reason, seconds):
                self._status.wait(reason.rstrip("."), seconds)
            case Judging():
                self._end_speech()
                self._status.tell("reading what was said")
            case Turned(lines):
                await self._transcript.add(lines)

    async def _begin(self) -> None:
        """Show that the line was taken."""
        self.begun = True
        if self._transcript.lines != self._session.lines:  # another answer to a line: the last one is taken back
            await self._transcript.show(self._session.lines)
        await self._transcript.withdraw()
        unsent = self._session.unsent
        if unsent is not None:
            await self._transcript.say(heard(unsent.text).said, whispered=unsent.whispered)
        self._status.begin("somebody is thinking")

    async def _listen(self, who: str, name: str) -> None:
        """Show that somebody begins to speak."""
        self._end_speech()
        self._name = name
        self._status.tell(f"{name} is thinking")
        character, unsent = self._session.graph.characters.get(who), self._session.unsent
        self._speech = await self._transcript.answer(
            who,
            name,
            whispered=unsent is not None and unsent.whispered,
            narrates=character is not None and character.narrator,
        )

    def _end_speech(self) -> None:
        """No more words come of this speech."""
        if self._speech is not None:
            self._speech.spoken.end()
        self._speech = None
