"""The numbered list under the text: what can be done now. A number, a click, or the arrow keys and Enter take one.

It only offers; the screen that shows it does what was taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from engine.tui.rows import Row


class OptionLine(Horizontal):
    """One row: its number, then its text, wrapped beside the number."""

    @dataclass
    class Clicked(Message):
        """The row was clicked."""

        row: Row

    def __init__(self, row: Row) -> None:
        super().__init__()
        self._row = row
        self.set_class(not row.enabled, "-greyed")

    def compose(self) -> ComposeResult:
        """Number and text; a greyed row says why."""
        row = self._row
        yield Static(f"{row.number:>2}", classes="number", markup=False)
        text = Content(f"›\u00a0{row.text}" if row.spoken else row.text)
        if not row.enabled:
            text = text.append(Content.styled(f"  — {row.reason or 'not now'}", "italic"))
        yield Static(text, classes="text", markup=False)

    def on_click(self) -> None:
        """Tell the list."""
        self.post_message(self.Clicked(self._row))


class Options(VerticalScroll, can_focus=False):
    """The rows that can be taken now."""

    @dataclass
    class Taken(Message):
        """A row was taken."""

        row: Row

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: tuple[Row, ...] = ()
        self._lit: int | None = None

    async def offer(self, rows: Sequence[Row]) -> None:
        """Show these rows in place of the last ones."""
        if tuple(rows) == self.rows and self._lit is None:
            return
        self.rows, self._lit = tuple(rows), None
        self.display = bool(rows)
        with self.app.batch_update():
            await self.remove_children()
            await self.mount(*(OptionLine(row) for row in rows))
        self.scroll_home(animate=False)

    def numbered(self, number: int) -> Row | None:
        """Return the row with this number, if there is one."""
        return next((row for row in self.rows if row.number == number), None)

    @property
    def lit(self) -> Row | None:
        """The row the arrow keys are on."""
        return None if self._lit is None else self.rows[self._lit]

    def move(self, by: int) -> None:
        """Light the next row up or down; past the ends, none."""
        if not self.rows:
            return
        start = -1 if by > 0 else len(self.rows)
        now = (start if self._lit is None else self._lit) + by
        self._light(now if 0 <= now < len(self.rows) else None)

    def unlight(self) -> None:
        """Light no row."""
        self._light(None)

    def _light(self, place: int | None) -> None:
        self._lit = place
        for index, line in enumerate(self.query(OptionLine)):
            line.set_class(index == place, "-lit")
            if index == place:
                self.scroll_to_widget(line, animate=False)

    def on_option_line_clicked(self, message: OptionLine.Clicked) -> None:
        """Take the row that was clicked."""
        message.stop()
        self.post_message(self.Taken(message.row))
