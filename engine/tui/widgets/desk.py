"""Where a game is read and typed: the text, what there is to tell, the choices, and the one line.

It shows what it is given and keeps the keyboard on the line; what a line means, and what comes of it, is the screen's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from engine.errors import PalaverError
from engine.tui.asking import Asking
from engine.tui.rows import Row, rows_of
from engine.tui.widgets.lines import Voices
from engine.tui.widgets.marks import Mark
from engine.tui.widgets.options import Options
from engine.tui.widgets.prompt import LONGEST, Prompt
from engine.tui.widgets.status import Held, Notice, Question, StatusLine, Trouble
from engine.tui.widgets.transcript import Transcript
from engine.view import View


class Desk(Vertical):
    """The parts of a game that is being played, under one another."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "light(-1)", id="desk.up", show=False),
        Binding("down", "light(1)", id="desk.down", show=False),
        Binding("pageup", "page(-1)", id="desk.back", show=False),
        Binding("pagedown", "page(1)", id="desk.forth", show=False),
        Binding("ctrl+up", "scroll(-1)", id="desk.row-back", show=False),
        Binding("ctrl+down", "scroll(1)", id="desk.row-forth", show=False),
        Binding("ctrl+home", "top", id="desk.top", show=False),
        Binding("ctrl+end", "newest", id="desk.newest", show=False),
    ]

    def __init__(self, voices: Voices) -> None:
        super().__init__()
        self.transcript = Transcript(voices)
        self.status = StatusLine()
        self.trouble = Trouble()
        self.notice = Notice()
        self.question = Question()
        self.options = Options()
        self.held = Held()
        self.prompt = Prompt()
        self.asking: Asking | None = None
        """What the next line answers, when it is not a move of its own."""

    def compose(self) -> ComposeResult:
        """In the order they are read."""
        yield self.transcript
        yield self.status
        yield self.trouble
        yield self.notice
        yield self.question
        yield self.options
        yield self.held
        yield self.prompt

    async def show(self, view: View) -> None:
        """Offer what can be done at this moment of the game; whatever trouble there was is over."""
        self.trouble.clear()
        self.question.show(view.doubt)
        await self.options.offer(rows_of(view))
        if self.asking is None:
            self._invite(view)

    async def tell_trouble(self, error: PalaverError, ways: Sequence[Row]) -> None:
        """Tell why no answer came and offer the ways on. The player's line stands; what was said to it does not."""
        await self.transcript.withdraw(answer_only=True)
        self.question.show("")
        self.trouble.tell(error.what, error.do)
        await self.options.offer(ways)
        self.prompt.placeholder = "a number, or something else to say"

    def ask(self, asking: Asking) -> None:
        """Take the next line as an answer."""
        self.asking = asking
        self.prompt.clear()
        self.prompt.placeholder = asking.question
        self.prompt.focus()

    def answered(self, view: View) -> Asking | None:
        """Return what was asked and ask it no more."""
        asked, self.asking = self.asking, None
        if asked is not None:
            self.prompt.clear()
            self._invite(view)
        return asked

    def return_line(self, line: str, *, selected: bool = True) -> None:
        """Give a line back, unless another is being typed. Typing replaces it; not `selected`, typing adds to it."""
        if line and not self.prompt.value:
            self.prompt.put(line, selected=selected)

    def _invite(self, view: View) -> None:
        if view.doubt:
            self.prompt.placeholder = "yes or no, or say something else"
        elif view.can_speak:
            self.prompt.placeholder = "say something" + (", or a number" if view.options else "")
        else:
            self.prompt.placeholder = "a number, or a few of its words"

    # Reading back and forth

    def action_light(self, by: int) -> None:
        """Go through the choices."""
        if self.asking is None:
            self.options.move(by)

    def action_page(self, pages: int) -> None:
        """Read back or forth by most of a page."""
        self.action_scroll(pages * max(self.transcript.size.height - 2, 1))

    def action_scroll(self, rows: int) -> None:
        """Read back or forth by rows."""
        self.transcript.by_reader()
        self.transcript.scroll_relative(y=rows, animate=False)

    def action_top(self) -> None:
        """Go to the oldest line that is there; older ones come when it is reached."""
        self.transcript.scroll_home(animate=False)

    def action_newest(self) -> None:
        """Go to the newest line and stay with it."""
        self.transcript.to_end()

    def read_on(self) -> bool:
        """Go a page on; False when the newest line is in sight already."""
        there = self.transcript.at_end
        if not there:
            self.action_page(1)
        return not there

    def on_transcript_moved(self, message: Transcript.Moved) -> None:
        """Say when there is more to read below."""
        self._tell_of_more()

    def on_descendant_focus(self) -> None:
        """Say which key reads on now."""
        self._tell_of_more()

    def _tell_of_more(self) -> None:
        on_mark = isinstance(self.screen.focused, Mark)
        self.status.more(not self.transcript.at_end, key="page down" if on_mark else "enter")

    def toggle_mark(self) -> bool:
        """Open or close the last mark of what came true; False when nothing was decided by words yet."""
        decided = [mark for mark in self.query(Mark) if mark.decided]
        if decided:
            decided[-1].action_open()
        return bool(decided)

    # The keyboard

    def on_prompt_too_long(self, message: Prompt.TooLong) -> None:
        """Say that a paste or a key was not taken."""
        self.notice.tell(
            f"That makes {message.characters:,} characters and a line may have {LONGEST:,}: it was not taken.",
            wrong=True,
        )

    def on_mark_left(self, message: Mark.Left) -> None:
        """Type on where typing belongs."""
        self.prompt.focus()
        if message.typed:
            self.prompt.take(message.typed)

    def on_descendant_blur(self) -> None:
        """Whatever is clicked on, the keyboard stays with the line."""
        self.call_after_refresh(self._refocus)

    def _refocus(self) -> None:
        if self.is_attached and self.screen.focused is None and self.app.app_focus:
            self.prompt.focus()
