"""What the screens that look behind a game share: a way back, a page to scroll, and what stays hidden until asked for.

They change nothing in the game.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

WARNING = "Parts of this give the story away and are hidden. a shows them, until you leave the game."
SHOWN = "Author's view: this gives the story away. a hides it again."


@dataclass(slots=True)
class Spoilers:
    """Whether the player wants to see what gives the story away; one for each game being played."""

    shown: bool = False


class Peeking(Screen[None]):
    """A screen that looks behind the game."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,ctrl+q", "dismiss", "Back", id="peek.back", key_display="esc", tooltip="Back to the game"),
        Binding("a", "author", "Author's view", id="peek.author", tooltip="Show or hide what gives the story away"),
        Binding("question_mark,f1", "app.help", "Help", id="peek.help", show=False),
    ]

    def __init__(self, spoilers: Spoilers) -> None:
        super().__init__()
        self._spoilers = spoilers

    async def action_author(self) -> None:
        """Show or hide what gives the story away."""
        self._spoilers.shown = not self._spoilers.shown
        await self.fill()

    async def fill(self) -> None:
        """Show everything anew."""

    def warning(self) -> Static:
        """Return the line that says what is hidden, or that nothing is."""
        return Static(SHOWN if self._spoilers.shown else WARNING, classes="warning", markup=False)


def headed(title: str, text: str, *, aside: str = "", struck: bool = False, classes: str = "") -> Static:
    """Return a titled piece of text; `aside` stands quietly beside the title, a `struck` text is crossed out."""
    head = Content.assemble((title, "bold"), (f"  {aside}" if aside else "", "dim"))
    body = Content.styled(text, "strike dim") if struck else Content(text)
    return Static(Content("\n").join([head, body]) if text else head, classes=f"piece {classes}", markup=False)
