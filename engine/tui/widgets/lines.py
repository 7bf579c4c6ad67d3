"""One widget for each kind of line in a transcript. Who speaks is told by name, by place and by colour.

What a player or a model said is shown as plain text, whatever it looks like; only an author's prose is Markdown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from engine.plaintext import clean, clean_line
from engine.play.transcript import Line
from engine.story.graph import PLAYER
from engine.tui.theme import VOICES
from engine.tui.widgets.marks import Mark
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


class Aside(Static):
    """What the player wrote for nobody in the story."""

    def __init__(self, text: str) -> None:
        super().__init__(f"(( {clean_line(text)} ))", markup=False)


class Asked(Static):
    """What the player was asked, and what they said to it."""

    def __init__(self, question: str, answer: bool) -> None:
        said = Content.styled("yes" if answer else "no", "bold")
        super().__init__(Content.assemble("? ", question, " ", said), markup=False)


class Spoken(Widget):
    """The words of a speech; more may be added while they come."""

    def __init__(self, text: str, *, cut: bool = False, manner: str = "", deed: bool = False) -> None:
        """`manner` is how it is said, such as "whispers"; a `deed` is done rather than said."""
        super().__init__()
        self._raw = text
        self._cut = cut
        self._coming = False
        self._manner = manner
        self._deed = deed

    def render(self) -> Content:
        """Return the words so far as plain text."""
        words = Content(clean(self._raw))
        if self._manner or self._deed:
            words = Content.styled(words.plain, "italic")
        if self._manner:
            words = Content.assemble((f"{self._manner}: ", "dim"), words)
        if self._coming:
            words = words.append(CURSOR)
        return words.append(Content.styled(f" {BROKEN_OFF}", "italic")) if self._cut else words

    def add(self, text: str) -> None:
        """Take the next words. They are drawn at the screen's own pace, however fast they come."""
        self._raw += text
        self._coming = True
        self.refresh(layout=True)

    def end(self) -> None:
        """No more words come."""
        self._coming = False
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
        mine = line.who == PLAYER
        super().__init__(classes=f"{voices.style(line.who)} {'-mine' if mine else ''}")
        self.set_class(unanswered, "-unanswered")
        self.set_class(line.narrates, "-narrates")
        deed = _deed(line.text) if mine else ""
        manner = ("whisper" if mine else "whispers") if line.whispered else ""
        self._label = Static("YOU" if line.who == PLAYER else line.name.upper(), classes="name", markup=False)
        self._label.styles.width = voices.width + 2
        self._label.display = not line.narrates
        self.spoken = Spoken(deed or line.text, cut=line.cut, manner=manner, deed=bool(deed))

    def compose(self) -> ComposeResult:
        """Name first, then words."""
        yield self._label
        yield self.spoken


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
        case "aside":
            return Aside(line.text)
        case "doubt" if line.answer is not None:
            return Asked(line.text, line.answer)
        case "branch" | "vetoed" | "doubt" | "seen":
            return Mark(line)
        case "ending":
            return Ending(line.text)


def _deed(text: str) -> str:
    """Return what is done in a line that is wrapped in asterisks; empty for one that is said."""
    inner = text[1:-1]
    return inner if len(text) > 2 and text[0] == text[-1] == "*" and "*" not in inner else ""
