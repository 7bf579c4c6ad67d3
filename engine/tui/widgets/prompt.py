"""The one place to type. It takes a line, never more than a line, and never more than can be said at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from engine.plaintext import clean_line

LONGEST = 2_000
"""Characters a line may have; the rules refuse more."""


class Prompt(Input):
    """A line of text. Entered, it is handed on and the line is free for the next."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "screen.address", id="prompt.address", show=False)]

    @dataclass
    class Entered(Message):
        """A line was entered, and is no longer in the prompt."""

        line: str

    @dataclass
    class TooLong(Message):
        """What was pasted or typed does not fit and was not taken."""

        characters: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, max_length=LONGEST, select_on_focus=False)
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        """Take editing keys in the order they come.

        Textual sends a bound key round by the app while printable ones go straight in, so that of keys sent in one
        burst (a paste into a terminal that does not mark pastes) `abc`, Enter, `def` would be read as `abcdef`, Enter.
        """
        acts = {
            "enter": self.action_submit,
            "backspace": self.action_delete_left,
            "ctrl+u": self.action_delete_left_all,
            "ctrl+k": self.action_delete_right_all,
            "ctrl+w": self.action_delete_left_word,
        }
        if event.key not in acts:
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        done = acts[event.key]()
        if done is not None:
            await done

    async def action_submit(self) -> None:
        """Hand the line on."""
        line = self.value.strip()
        self.clear()
        self.post_message(self.Entered(line))

    def put(self, text: str, *, selected: bool = False) -> None:
        """Replace what stands there, with the cursor after it; `selected`, what is typed next takes its place."""
        self.value = text
        self.cursor_position = len(self.value)
        if selected:
            self.select_all()

    def take(self, text: str) -> None:
        """Take text as if it were typed here."""
        self.replace(text, *self.selection)

    def restricted(self) -> None:
        """Say why a key did nothing."""
        self.post_message(self.TooLong(len(self.value) + 1))

    def _on_paste(self, event: events.Paste) -> None:
        """Take a pasted text as one line, or none of it."""
        event.stop()
        event.prevent_default()
        room = LONGEST - len(self.value) + len(self.selected_text)
        if len(event.text) > 4 * LONGEST:  # a megabyte is refused unread
            self.post_message(self.TooLong(len(event.text)))
            return
        line = clean_line(event.text)
        if len(line) > room:
            self.post_message(self.TooLong(len(self.value) + len(line)))
        else:
            self.replace(line, *self.selection)
