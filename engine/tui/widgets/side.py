"""The panel beside the text: who is here, what the author lets the player see, who plays the characters."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from engine.tui.widgets.lines import Voices
from engine.tui.wording import counted, shown
from engine.view import View


class Card(Vertical):
    """A titled part of the panel, gone while it is empty."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.border_title = title

    async def hold(self, lines: Iterable[Static]) -> None:
        """Show these lines in place of the last ones."""
        held = list(lines)
        with self.app.batch_update():
            await self.remove_children()
            await self.mount(*held)
        self.display = bool(held)


class Side(VerticalScroll, can_focus=False):
    """The panel; it folds away on a narrow screen."""

    def __init__(self, voices: Voices, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._voices = voices
        self._here, self._journal, self._model = Card("Here"), Card("Journal"), Card("Model")

    def compose(self) -> ComposeResult:
        """Here, Journal, who plays."""
        yield self._here
        yield self._journal
        yield self._model

    async def show(self, view: View, model_line: str, spent: str = "") -> None:
        """Show this moment of the game, who plays the characters, and what that has cost."""
        style = self._voices.style
        await self._here.hold(
            Static(f"{name}", classes=f"person {style(who)}", markup=False) for who, name in view.present
        )
        await self._journal.hold(Static(shown(note), markup=False) for note in view.journal)
        quiet = [spent, counted(view.turns, "turn")] if spent else [counted(view.turns, "turn")]
        facts = [Static(fact, classes="fact", markup=False) for fact in quiet]
        await self._model.hold([Static(model_line, markup=False), *facts])
