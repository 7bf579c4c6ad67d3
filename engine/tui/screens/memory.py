"""What each character remembers, and where its memory is cut. Only those whom the player has met are shown.

It shows what is there and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static, Tab, Tabs

from engine.dialogue.memory import Turn
from engine.dialogue.remembered import Remembered
from engine.plaintext import clean, clean_line
from engine.tui.screens.peeking import Peeking, Spoilers, headed
from engine.tui.widgets.banner import Banner
from engine.tui.wording import counted, turn_told

MOST_TURNS = 300
"""Turns of one character that are shown word for word, the newest."""


class MemoryScreen(Peeking):
    """The minds of those who were met, one at a time."""

    AUTO_FOCUS = "Tabs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "", show=False),
        Binding("right", "turn(1)", "", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("pagedown,space", "scroll(10)", show=False),
        Binding("home", "scroll(-100000)", show=False),
        Binding("end", "scroll(100000)", show=False),
        Binding("f4", "dismiss", show=False),
    ]

    def __init__(
        self, minds: Sequence[Remembered], names: Mapping[str, str], spoilers: Spoilers, who: str = ""
    ) -> None:
        """`names` are everybody's, by id; `who` is shown first."""
        super().__init__(spoilers)
        self._minds = {f"mind-{place}": mind for place, mind in enumerate(minds)}
        self._names = names
        self._first = next((tab for tab, mind in self._minds.items() if mind.who == who), "mind-0")

    def compose(self) -> ComposeResult:
        """A tab for each, and one page."""
        yield Banner("Memory", "← → another character")
        tabs = (Tab(Content(clean_line(mind.name)), id=tab) for tab, mind in self._minds.items())
        yield Tabs(*tabs, active=self._first)
        yield VerticalScroll(id="mind", can_focus=False)
        yield Footer()

    async def on_tabs_tab_activated(self) -> None:
        """Show another mind."""
        await self.fill()

    async def fill(self) -> None:
        """Show everything anew."""
        page = self.query_one("#mind", VerticalScroll)
        mind = self._minds.get(self.query_one(Tabs).active)
        with self.app.batch_update():
            await page.remove_children()
            if mind is not None:
                await page.mount(*self._pieces(mind))
        page.scroll_home(animate=False)

    def action_turn(self, by: int) -> None:
        """Go to the next one."""
        tabs = self.query_one(Tabs)
        if by > 0:
            tabs.action_next_tab()
        else:
            tabs.action_previous_tab()

    def action_scroll(self, rows: int) -> None:
        """Scroll the page."""
        self.query_one("#mind").scroll_relative(y=rows, animate=False)

    def _pieces(self, mind: Remembered) -> Iterator[Static]:
        yield Static(_measured(mind), classes="piece quiet", markup=False)
        yield self.warning()
        if self._spoilers.shown:
            yield headed("Knows now", _listed(mind.facts) or "nothing beyond its part")
            yield headed("Has come up in the talk", _listed(mind.lore) or "nothing")
        if mind.dropped:
            summary = clean(mind.summary).strip() or "Nothing is written down of it yet."
            yield headed("In short, of what it no longer has word for word", summary)
        if mind.pinned:
            yield headed("Never forgotten", self._told(mind.pinned))
        if mind.dropped:
            cut = f"── {counted(mind.dropped, 'turn')} fell out here ──"
            yield Static(cut, classes="piece cut", markup=False)
        turns = mind.turns[-MOST_TURNS:]
        older = len(mind.turns) - len(turns)
        yield headed("Word for word", self._told(turns), aside=f"{older:,} older ones not shown" if older else "")

    def _told(self, turns: Sequence[Turn]) -> str:
        return "\n\n".join(turn_told(turn, self._names) for turn in turns)


def _measured(mind: Remembered) -> str:
    kept = f"{counted(len(mind.turns) + len(mind.pinned), 'turn')} word for word"
    fell = f", {counted(mind.dropped, 'turn')} fell out" if mind.dropped else ""
    return f"{kept}{fell} · would be told {mind.tokens:,} of {mind.budget:,} tokens"


def _listed(facts: Sequence[str]) -> str:
    return "\n".join(f"- {clean_line(fact)}" for fact in facts)
