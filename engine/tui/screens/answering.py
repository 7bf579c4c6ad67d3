"""The half of a game's screen that asks for answers: it hears them, and offers the ways on when none comes.

It reads no typed line and moves nowhere in the game; the screen of the game is made from it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from textual import work
from textual.screen import Screen
from textual.worker import Worker

from engine.asides import aside
from engine.errors import OverBudget, PalaverError
from engine.llm.protocol import Model
from engine.plaintext import clean_line
from engine.session import Session
from engine.spending import as_much_again, limited, spent_briefly
from engine.table import Table
from engine.tui.ahead import Ahead
from engine.tui.asking import Raise
from engine.tui.hearing import Hearing
from engine.tui.rows import rows_in_trouble
from engine.tui.widgets.banner import Banner
from engine.tui.widgets.desk import Desk
from engine.tui.widgets.lines import Voices
from engine.tui.widgets.prompt import Prompt
from engine.tui.widgets.side import Side
from engine.updates import Update

COMING = "An answer is coming: esc stops it."


class Answering(Screen[None]):
    """A screen on which a game is answered."""

    def __init__(self, table: Table, session: Session) -> None:
        super().__init__()
        self.session = session
        self._table = table
        self._reply: Worker[None] | None = None
        self._unanswered: PalaverError | None = None
        """Why no answer came, while that is on the screen."""
        self._ahead: Ahead | None = None
        """What was entered while an answer was coming; it is sent after it."""
        self._due = False
        """The answer is there, and the line is about to be sent."""
        graph = session.graph
        self._voices = Voices.of({who: character.name for who, character in graph.characters.items()})
        self.desk = Desk(self._voices)

    # Asking and hearing

    def action_retry(self) -> None:
        """Ask for another answer."""
        self._ask_again()

    def action_offline(self) -> None:
        """Let the scripted actor answer."""
        self._ask_again(self.session.cast.scripted)

    def _ask_again(self, actor: Model | None = None) -> None:
        self.desk.notice.clear()
        if self.session.busy:
            self.desk.notice.tell_meanwhile(COMING)
        else:
            self._answer(self.session.retry(actor=actor))

    def _answer(self, updates: AsyncGenerator[Update], said: str = "") -> None:
        self.desk.transcript.to_end()
        self._reply = self._hear(updates, said)

    @work(exclusive=True, group="reply")
    async def _hear(self, updates: AsyncGenerator[Update], said: str) -> None:
        hearing = Hearing(self.session, self.desk.transcript, self.desk.status, self.desk.notice)
        self.add_class("-busy")
        self.desk.answered(self.session.view)
        await self.desk.show(self.session.view)
        try:
            await hearing.follow(updates)
        except PalaverError as error:
            self.remove_class("-busy")
            self.desk.notice.answered()
            if hearing.begun:
                await self._no_answer(error)
            else:
                await self._settle()
                self._tell_wrong(str(error))
                self.desk.return_line(said)
        else:
            self.remove_class("-busy")
            self.desk.notice.answered()
            self._due = self._ahead is not None
            await self._settle()
            if self._due:
                self.call_next(self._send_ahead)

    # What was typed meanwhile

    def _keep_for_later(self, line: str) -> None:
        """Keep a line that was entered while an answer is coming."""
        self._ahead = Ahead.of(line, self.session.view, self.desk.options.rows)
        self.desk.held.show(line)

    def _take_back_ahead(self) -> None:
        """Put the line that waits back where it was typed, before whatever was typed since."""
        ahead, self._ahead, self._due = self._ahead, None, False
        self.desk.held.show("")
        if ahead is not None:
            self.desk.prompt.put(f"{ahead.line} {self.desk.prompt.value}".strip())

    async def _send_ahead(self) -> None:
        """Send the line that waited, as if it were entered now; one that fits no more is given back."""
        ahead = self._ahead
        if ahead is None:
            return
        stale = ahead.stale(self.session.view, self.desk.options.rows)
        if stale:
            self._take_back_ahead()
            self.desk.notice.tell(stale)
        else:
            self._ahead, self._due = None, False
            self.desk.held.show("")
            self.post_message(Prompt.Entered(ahead.line))

    # When none comes

    async def _no_answer(self, error: PalaverError) -> None:
        """Tell why, keep the player's line in sight, and ask what to do."""
        if self.session.unsent is None:  # another answer was asked for: the one there was is back
            await self.desk.transcript.show(self.session.lines)
        await self._offer_ways(error)
        self._tell_notices()

    async def _offer_ways(self, error: PalaverError) -> None:
        self._unanswered = error
        cast = self.session.cast
        ways = rows_in_trouble(
            unsent=self.session.unsent is not None,
            scripted=cast.actor is not cast.scripted,
            over_budget=isinstance(error, OverBudget),
            other_model=self._table.picker is not None,
        )
        await self.desk.tell_trouble(error, ways)

    async def _drop(self, *, to_edit: bool = False) -> None:
        """Take back the line that got no answer, and put it where it can be changed."""
        self.desk.answered(self.session.view)
        await self.desk.transcript.withdraw()
        self.desk.return_line(self.session.unsent.text if self.session.unsent else "", selected=not to_edit)
        await self._settle()

    # Limits

    async def action_budget(self) -> None:
        """Ask how much more may be spent."""
        if self.session.busy:
            self.desk.notice.tell_meanwhile(COMING)
            return
        cast, error = self.session.cast, self._unanswered
        if not limited(cast):
            with self.desk.notice.telling():
                aside(self.session, "budget", "")
            return
        more = as_much_again(cast, error) if isinstance(error, OverBudget) else ""
        enter = f"Enter allows {more} more" if more else "It is allowed"
        self.desk.notice.tell(f"{enter} until you leave. Or type an amount: 0.50 for dollars, or 5000 tokens.")
        if error is not None:  # a number is an amount now and takes no row
            await self.desk.options.offer(())
        self.desk.ask(Raise(more))

    async def _raise(self, amount: str) -> None:
        """Allow an amount, or as much again where none was typed, and ask again for what the limit refused."""
        error = self._unanswered
        try:
            if amount:
                told = aside(self.session, "budget", amount)
            elif isinstance(error, OverBudget) and self.session.cast.meter is not None:
                told = self.session.cast.meter.raise_limit(error)
            else:
                await self._keep_limit()
                return
        except PalaverError as wrong:
            await self.action_budget()
            self._tell_wrong(str(wrong))
            return
        if isinstance(error, OverBudget):
            self._ask_again()
        self.desk.notice.tell(told)

    async def _keep_limit(self) -> None:
        """Leave the question of an amount; what was offered before it is offered again."""
        self.desk.notice.tell("The limit stays as it is.")
        if self._unanswered is not None:
            await self._offer_ways(self._unanswered)

    # The rest of the screen

    async def _settle(self) -> None:
        """Show what can be done and seen now that a move is done."""
        self._unanswered = None
        if self._ahead is not None and not self._due:  # the player went another way than the answer's
            self._take_back_ahead()
        view = self.session.view
        self.query_one(Banner).place(clean_line(view.scene_title))
        await self.desk.show(view)
        await self.query_one(Side).show(view, self._table.model_line, spent_briefly(self.session.cast))
        self._tell_notices()

    def _tell_notices(self) -> None:
        told = [clean_line(notice) for notice in self.session.notices]
        self.session.notices.clear()
        if told:
            self.desk.notice.tell(" ".join(told))

    def _tell_wrong(self, what: str) -> None:
        self.desk.notice.tell(what, wrong=True)
