"""What can be typed and pressed, on one page. It changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from engine.console import COMMANDS, FORMS

KEYS = {
    "enter": "say what you typed, or take the choice the arrow keys are on; with neither, read on",
    "a number": "takes that choice, or says that line",
    "up, down": "go through the choices",
    "page up, page down": "read back and forth; ctrl+end goes to the newest line",
    "esc": "stop an answer, or leave a question",
    "shift+tab": "go to the last mark ◆ under a line that decided something; enter opens it",
    "tab": "in a group: say the line to the next one here, @Maren; once past the last, to all",
    "f6": "not what I meant: take back what was read into the last turn; the words stand",
    "ctrl+z, ctrl+y": "take the last turn back, do it again",
    "ctrl+r": "ask for another answer",
    "ctrl+s": "name this moment (every turn is saved anyway)",
    "ctrl+o": "saved games and named moments",
    "f4": "what each character remembers",
    "f2": "how the last turn of talk was made",
    "f3": "show or hide the panel beside the text",
    "ctrl+p": "every command there is",
    "ctrl+q": "leave; the game is kept",
}


class HelpScreen(ModalScreen[None]):
    """Keys and commands."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,question_mark,q,enter,ctrl+q", "dismiss", "Close", id="help.close"),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("pagedown,space", "scroll(10)", show=False),
        Binding("home,ctrl+home", "scroll(-1000)", show=False),
        Binding("end,ctrl+end", "scroll(1000)", show=False),
    ]

    def compose(self) -> ComposeResult:
        """A page of two lists."""
        with VerticalScroll(id="help", can_focus=False) as page:
            page.border_title = "Help"
            page.border_subtitle = "esc closes"
            yield Static("Keys", classes="heading", markup=False)
            yield from _entries(KEYS)
            yield Static("Commands, typed as a line", classes="heading", markup=False)
            yield from _entries({f"/{usage}": meaning for usage, meaning in COMMANDS.items()})
            yield from _entries(FORMS)

    def action_scroll(self, rows: int) -> None:
        """Scroll the page."""
        self.query_one("#help").scroll_relative(y=rows, animate=False)


def _entries(meanings: Mapping[str, str]) -> ComposeResult:
    last = len(meanings) - 1
    for place, (key, meaning) in enumerate(meanings.items()):
        entry = Horizontal(
            Static(key, classes="key", markup=False), Static(meaning, classes="meaning", markup=False), classes="entry"
        )
        entry.set_class(place == last, "last")
        yield entry
