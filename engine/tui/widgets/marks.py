"""The small marks under lines of a game: opened, one shows what was read in the dialogue, and in which words.

They tell what was recorded and decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.widget import Widget

from engine.play.transcript import Line
from engine.story.graph import PLAYER

DECIDED, ELSE = "◆", "◇"
_HOW = {
    "judge": "The judge who reads the dialogue found it.",
    "says": "The author wrote that such words decide it.",
    "example": "The author wrote this very line for it.",
    "player": "You were asked, and said yes.",
}
"""How an outcome was recognised, by the name its event has for that."""


class Mark(Widget, can_focus=True):
    """Stands by a line in which something was read, or seen; opened, it shows what, in which words, and by whom."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "open", "Why", show=False),  # the mark itself says so: the footer has no room
        Binding("escape", "leave", "Back", show=False),
    ]

    @dataclass
    class Opened(Message):
        """The mark was opened or closed, and takes another number of rows."""

        mark: Mark

    @dataclass
    class Left(Message):
        """The player is done with the mark. `typed` is what they began to type."""

        typed: str = ""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line
        self.open = False
        self.decided = line.kind == "branch"
        """It stands for something that came true."""
        self._sign = DECIDED if self.decided else ELSE
        what = {
            "branch": "This line decided something. Enter or a click shows which words.",
            "vetoed": "A reading was taken back here. Enter or a click shows it.",
            "doubt": "You were asked about this line. Enter or a click shows which words.",
        }
        self.tooltip = what.get(line.kind, "Somebody saw this. Enter or a click shows what.")

    def render(self) -> Content:
        """Return the bare mark, or what it stands for."""
        if not self.open:
            shows = "what decided this" if self.decided else "what this was"
            return Content(f"{self._sign} enter shows {shows} · esc goes back" if self.has_focus else self._sign)
        rows = [Content.assemble(f"{self._sign} ", self._told())]
        if self._line.by in _HOW:
            rows.append(Content(f"  {_HOW[self._line.by]}"))
        if self.decided:
            rows.append(Content.styled("  f6: not what I meant (in the last turn)", "dim"))
        if self.has_focus:
            rows.append(Content.styled("  enter hides this · esc goes back", "dim"))
        return Content("\n").join(rows)

    def _told(self) -> Content:
        line = self._line
        sentence = line.text.rstrip(".")
        sentence = sentence[:1].upper() + sentence[1:]
        match line.kind:
            case "seen":
                return Content.assemble("Those present saw: ", (line.text, "italic"))
            case "doubt":
                return Content.assemble(f"You were asked: {line.text}\n  ", self._shown_by())
            case "vetoed":
                title = f"Taken back: {sentence}," if sentence else "Taken back: what was read"
            case _:
                title = f"Decided: {sentence}," if sentence else "Decided"
        return Content.assemble(title, "\n  " if sentence else " ", self._shown_by())

    def _shown_by(self) -> Content:
        line = self._line
        words = line.evidence.strip('"“” ')
        if not words:
            return Content("by the author's rule")
        whose = "in your words" if line.who == PLAYER else f"in {line.name}'s words" if line.name else "in these words"
        return Content.assemble(f"{whose}: ", (f"“{words}”", "italic"))

    def action_open(self) -> None:
        """Open or close."""
        self.open = not self.open
        self.set_class(self.open, "-open")
        self.refresh(layout=True)
        self.post_message(self.Opened(self))

    def action_leave(self) -> None:
        """Hand the keyboard back."""
        self.post_message(self.Left())

    def on_click(self) -> None:
        """Open or close by mouse."""
        self.action_open()

    def on_focus(self) -> None:
        """Say what Enter does."""
        self.refresh(layout=True)

    def on_blur(self) -> None:
        """Be a bare mark again."""
        self.refresh(layout=True)

    def on_key(self, event: Key) -> None:
        """Let typing go on where it belongs."""
        if event.character and event.is_printable and event.character != " ":
            event.stop()
            self.post_message(self.Left(event.character))
