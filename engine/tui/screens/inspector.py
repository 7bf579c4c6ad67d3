"""How the last turn of talk was made: the prompt part by part, the answers, their reading, and what came of it.

It shows what was kept of that turn and asks nobody anything.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Footer, Static

from engine.tui.inspection import Block, Inspection
from engine.tui.screens.peeking import Peeking, Spoilers, headed
from engine.tui.widgets.banner import Banner

HIDDEN = "(hidden)"


class InspectorScreen(Peeking):
    """The last turn, taken apart."""

    AUTO_FOCUS = "#sent"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "Other column", id="inspector.other", tooltip="Scroll the other column"),
        Binding("f2", "dismiss", show=False),
    ]

    def __init__(self, inspection: Inspection, spoilers: Spoilers) -> None:
        super().__init__(spoilers)
        self._inspection = inspection

    def compose(self) -> ComposeResult:
        """What was sent beside what came; what changed under both."""
        yield Banner("The last turn of talk")
        with Horizontal(id="inspection"):
            sent = VerticalScroll(id="sent", classes="pane")
            sent.border_title = "As it was sent"
            yield sent
            came = VerticalScroll(id="came", classes="pane")
            came.border_title = "What came of it"
            yield came
        with VerticalScroll(id="changes", can_focus=False) as changes:
            changes.border_title = "Before → after"
            yield Static("", markup=False)
        yield Footer()

    async def on_mount(self) -> None:
        """Fill the columns."""
        await self.fill()

    async def fill(self) -> None:
        """Show everything anew."""
        seen, hidden = self._inspection, not self._spoilers.shown
        with self.app.batch_update():
            for place, blocks in (("#sent", seen.sent), ("#came", seen.came)):
                pane = self.query_one(place)
                await pane.remove_children()
                first = [self.warning()] if place == "#sent" else []
                await pane.mount(*first, *(_shown(block, hidden=hidden and block.spoils) for block in blocks))
            changes = "\n".join(seen.changes)
            self.query_one("#changes Static", Static).update(_veiled(seen.changes) if hidden else changes)


def _shown(block: Block, *, hidden: bool) -> Static:
    aside = "" if block.tokens is None else f"{block.tokens:,} tokens"
    if block.cached:
        aside += " · from the server's cache"
    text = HIDDEN if hidden else block.text
    return headed(block.title, text, aside=aside, struck=block.gone, classes="-cached" if block.cached else "")


def _veiled(changes: tuple[str, ...]) -> str:
    """Return what the turn took, without what it changed."""
    told = [line for line in changes if line.startswith("took ") or ":" not in line]
    hidden = len(changes) - len(told)
    return "\n".join([*([f"{hidden} changed (hidden)"] if hidden else []), *told])
