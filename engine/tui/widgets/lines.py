"""One widget for each kind of line in a transcript. Who speaks is told by name, by place and by colour.

What a player or a model said is shown as plain text, whatever it looks like; only an author's prose is Markdown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from engine.plaintext import clean
from engine.play.transcript import Line
from engine.story.graph import PLAYER
from engine.tui.theme import VOICES
from engine.tui.widgets.prose import Prose

CURSOR = "▌"
"""Stands at the end of words that are still coming."""
BROKEN_OFF = "— broken off"
NARROWEST_NAME = 5
WIDEST_NAME = 14


@dataclass(frozen=True, slots=True)
class Voices:
    """How the speakers of a story are told apart."""

    places: Mapping[str, int]
    """Place of each character in the story's own order."""
    width: int = NARROWEST_NAME
    """Columns of the names."""

    @classmethod
    def of(cls, names: Mapping[str, str]) -> Voices:
        """Give voices to characters (id → name), in the order given."""
        longest = max((Content(name.upper()).cell_length for name in names.values()), default=0)
        width = min(max(longest, NARROWEST_NAME), WIDEST_NAME)
        return cls({who: place for place, who in enumerate(names)}, width)

    def style(self, who: str) -> str:
        """Return the class of a speaker's colour."""
        return "voice-you" if who == PLAYER else f"voice-{self.places.get(who, 0) % VOICES}"


class SceneHeading(Static):
    """The title of a scene that begins."""

    def __init__(self, title: str) -> None:
        super().__init__(Content.assemble(("── ", "not bold"), (title, "bold")), markup=False)


class Chosen(Static):
    """What the player chose."""

    def __init__(self, text: str) -> None:
        super().__init__(Content.assemble(("› ", "bold"), text), markup=False)


class Spoken(Widget):
    """The words of a speech; more may be added while they come."""

    def __init__(self, text: str, *, cut: bool = False) -> None:
        super().__init__()
        self._raw = text
        self._cut = cut
        self._coming = False

    def render(self) -> Content:
        """Return the words so far as plain text."""
        words = Content(clean(self._raw))
        if self._coming:
            words = words.append(CURSOR)
        return words.append(Content.styled(f" {BROKEN_OFF}", "italic")) if self._cut else words

    def add(self, text: str) -> None:
        """Take the next words. They are drawn at the screen's own pace, however fast they come."""
        self._raw += text
        self._coming = True
        self.refresh(layout=True)

    def take_back(self) -> None:
        """Forget the words so far: others come in their place."""
        self._raw = ""
        self.refresh(layout=True)

    @property
    def words(self) -> str:
        """What was said so far."""
        return clean(self._raw)


class Speech(Horizontal):
    """Somebody's words under, or beside, their name."""

    def __init__(self, line: Line, voices: Voices, *, unanswered: bool = False) -> None:
        super().__init__(classes=f"{voices.style(line.who)} {'-mine' if line.who == PLAYER else ''}")
        self.set_class(unanswered, "-unanswered")
        self._label = Static("YOU" if line.who == PLAYER else line.name.upper(), classes="name", markup=False)
        self._label.styles.width = voices.width + 2
        self.spoken = Spoken(line.text, cut=line.cut)

    def compose(self) -> ComposeResult:
        """Name first, then words."""
        yield self._label
        yield self.spoken


class Mark(Widget, can_focus=True):
    """Stands by a line that decided where the story goes; opened, it shows the words that were read as deciding."""

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
        self.tooltip = "This line decided something. Enter or a click shows which words."

    def render(self) -> Content:
        """Return the bare mark, or the evidence."""
        if not self.open:
            return Content("◆ enter shows what decided this · esc goes back" if self.has_focus else "◆")
        words, decided = self._line.evidence.strip('"“” '), self._line.text.rstrip(".")
        said = (
            Content.assemble("in these words: ", (f"“{words}”", "italic")) if words else Content("by the author's rule")
        )
        told = f"◆ Decided: {decided[:1].upper()}{decided[1:]},\n  " if decided else "◆ Decided "
        keys = "\n  enter hides this · esc goes back" if self.has_focus else ""
        return Content.assemble(told, said, Content.styled(keys, "dim"))

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


class Ending(Static):
    """The story is over."""

    def __init__(self, name: str) -> None:
        text = Content.assemble(("The end", "bold"), "\n", name) if name else Content.styled("The end", "bold")
        super().__init__(text, markup=False)


def line_widget(line: Line, voices: Voices) -> Widget:
    """Return the widget that shows `line`."""
    match line.kind:
        case "scene":
            return SceneHeading(line.text)
        case "told":
            return Prose(line.text)
        case "choice":
            return Chosen(line.text)
        case "speech":
            return Speech(line, voices)
        case "branch":
            return Mark(line)
        case "ending":
            return Ending(line.text)
