"""The text of a game: all of it as data, a window of it as widgets. It stays where the reader is.

It is shown lines and never asks for any; what they mean is not its business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget

from engine.play.transcript import Line
from engine.story.graph import PLAYER
from engine.tui.widgets.lines import Speech, Voices, line_widget
from engine.tui.widgets.marks import Mark

LOW_MARK = 60
"""Lines mounted when the reader is at the end: an append then takes 17 ms where 5,000 mounted lines take seconds."""
HIGH_MARK = 120
"""Lines mounted before the oldest are let go again."""
BATCH = 40
"""Older lines mounted when the reader comes near the top."""
NEAR_TOP = 4
"""Rows from the top at which older lines are fetched."""
_OF_TALK = ("speech", "branch", "doubt", "vetoed", "seen")
"""Kinds of lines that belong to a turn of talk itself, not to what is told after it."""


class Transcript(VerticalScroll, can_focus=False):
    """What was told and said, and what is being said now."""

    @dataclass
    class Moved(Message):
        """The reader came to the newest line, or left it."""

        at_end: bool

    def __init__(self, voices: Voices, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.voices = voices
        self._lines: list[Line] = []
        self._shown: list[Widget] = []
        """Widgets of the last lines of `_lines`, oldest first."""
        self._passing: list[Widget] = []
        """Widgets of a turn that is not done: the player's line, the answer so far."""
        self._reading: tuple[Widget, int] | None = None
        """The widget at the top edge and the rows of it above the edge, while the reader is not at the end."""
        self._beginning: Widget | None = None
        """Where the last turn begins, until the reader has seen to where they are themselves."""
        self._fetching = False
        self._said_at_end = True

    def on_mount(self) -> None:
        """Hold on to the end until the reader scrolls away from it."""
        self.anchor()
        self.screen.screen_layout_refresh_signal.subscribe(self, self._laid_out, immediate=True)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line there is, mounted or not."""
        return tuple(self._lines)

    @property
    def mounted(self) -> int:
        """How many lines have widgets now."""
        return len(self._shown)

    # Lines

    async def show(self, lines: Sequence[Line]) -> None:
        """Show exactly these lines. Those that stand there already are left alone, so going back does not flicker."""
        first, common = len(self._lines) - len(self._shown), _common(self._lines, lines)
        kept = max(common - first, 0) if len(lines) - common <= LOW_MARK else 0
        if kept == 0:
            first = common = max(len(lines) - LOW_MARK, 0)
        with self.app.batch_update():
            await self._let_go_of_passing()
            await self.remove_children(self._shown[kept:])
            del self._shown[kept:]
            self._lines = list(lines)
            await self._mount_older(lines[max(len(lines) - LOW_MARK, 0) : first])
            await self._mount_new(lines[common:])
            self.to_end()
            self._begin_at_turn()

    async def add(self, lines: Iterable[Line]) -> None:
        """Add the lines of a turn that is done, in place of what was passing.

        A reader at the end stays there, unless more was told than fits: then the beginning of it is at the top edge.
        """
        new, following = list(lines), self.at_end
        with self.app.batch_update():
            await self._let_go_of_passing()
            self._lines += new
            await self._mount_new(new)
            if following and len(self._shown) > HIGH_MARK:
                await self._prune()
            if following:
                self._begin_at_turn()

    async def say(self, text: str, *, whispered: bool = False) -> None:
        """Show the player's line before it is part of the game."""
        await self._pass(Speech(Line("speech", text, PLAYER, whispered=whispered), self.voices, unanswered=True))

    async def answer(self, who: str, name: str, *, whispered: bool = False, narrates: bool = False) -> Speech:
        """Show that somebody begins to speak; words are added to what is returned."""
        speech = Speech(Line("speech", "", who, name, whispered=whispered, narrates=narrates), self.voices)
        speech.spoken.add("")
        await self._pass(speech)
        return speech

    async def withdraw(self, *, answer_only: bool = False) -> None:
        """Take away what was passing: all of it, or the answer and not the player's line."""
        kept = [widget for widget in self._passing if answer_only and widget.has_class("-mine")]
        await self.remove_children([widget for widget in self._passing if widget not in kept])
        self._passing = kept

    # Where the reader is

    @property
    def at_end(self) -> bool:
        """Whether the newest line is in sight, and stays so."""
        return self.scroll_y >= self.max_scroll_y

    def to_end(self) -> None:
        """Go to the newest line and stay with it."""
        self._reading = self._beginning = None
        self.scroll_end(animate=False, immediate=True)

    def to_line(self, kind: str) -> None:
        """Go to the last mounted line of a kind, or to the end when there is none."""
        first = len(self._lines) - len(self._shown)
        for line, widget in zip(reversed(self._lines[first:]), reversed(self._shown), strict=True):
            if line.kind == kind:
                self.scroll_to_widget(widget, animate=False, top=True)
                return
        self.to_end()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Remember the place, and fetch older lines when it is near the top."""
        super().watch_scroll_y(old_value, new_value)
        self._tell_where()
        if self.at_end:
            self._reading = None
            return
        self._reading, self._beginning = self._top(), None
        if new_value <= NEAR_TOP and len(self._shown) < len(self._lines) and not self._fetching:
            self._fetching = True
            self.call_next(self._fetch_older)

    def watch_virtual_size(self) -> None:
        """More was told, or it wraps differently."""
        self._tell_where()

    def by_reader(self) -> None:
        """Let the reader have the page where they put it, though it is the end."""
        self._beginning = None

    def on_mouse_scroll_down(self) -> None:
        """The reader scrolls; `Widget` does it."""
        self.by_reader()

    def on_mark_opened(self, message: Mark.Opened) -> None:
        """Keep all of a mark in sight once it has its new size."""
        self.by_reader()
        self.call_after_refresh(self._reveal, message.mark)

    def _reveal(self, mark: Mark) -> None:
        if mark.is_attached:
            top = mark.virtual_region.height > self.size.height
            self.scroll_to_widget(mark, animate=False, top=top)

    def on_resize(self) -> None:
        """Keep the same words at the top edge when lines wrap anew."""
        if self._reading is not None:
            self.call_after_refresh(self._return_to, *self._reading)

    def _tell_where(self) -> None:
        if self.at_end != self._said_at_end:
            self._said_at_end = self.at_end
            self.post_message(self.Moved(self.at_end))

    def _begin_at_turn(self) -> None:
        """Have the beginning of the last turn at the top edge when it does not fit; else the end is in sight."""
        place = _turn_begins(self._lines) - (len(self._lines) - len(self._shown))
        if 0 <= place < len(self._shown):
            self._beginning = self._shown[place]
            self._hold(self._beginning, 0, only_above=True)

    def _laid_out(self, _: object) -> None:
        """See to the same once the choices below are there too, and there may be less room."""
        first = self._beginning
        if first is not None and first.is_attached and self.at_end and first.virtual_region.y < self.max_scroll_y:
            self.scroll_to(y=first.virtual_region.y, animate=False, immediate=True)

    def _top(self) -> tuple[Widget, int] | None:
        top = round(self.scroll_y)
        for widget in (*self._shown, *self._passing):
            if widget.virtual_region.bottom > top:
                return widget, top - widget.virtual_region.y
        return None

    def _return_to(self, widget: Widget, rows: int) -> None:
        if widget.is_attached and not self.at_end:
            rows = min(rows, max(widget.virtual_region.height - 1, 0))
            self.scroll_to(y=widget.virtual_region.y + rows, animate=False, immediate=True)

    # Widgets

    async def _pass(self, widget: Widget) -> None:
        self._beginning = None
        self._passing.append(widget)
        await self.mount(widget)

    async def _let_go_of_passing(self) -> None:
        gone, self._passing = self._passing, []
        await self.remove_children(gone)

    async def _mount_new(self, lines: Iterable[Line]) -> None:
        widgets = [line_widget(line, self.voices) for line in lines]
        self._shown += widgets
        await self.mount(*widgets)

    async def _mount_older(self, lines: Iterable[Line]) -> None:
        widgets = [line_widget(line, self.voices) for line in lines]
        self._shown[:0] = widgets
        await self.mount(*widgets, before=0 if self.children else None)

    async def _prune(self) -> None:
        gone = self._shown[:-LOW_MARK]
        del self._shown[:-LOW_MARK]
        await self.remove_children(gone)

    async def _fetch_older(self) -> None:
        """Mount a batch of older lines above, with the line at the top edge staying there."""
        try:
            last = len(self._lines) - len(self._shown)
            reading = self._top()
            with self.app.batch_update():
                await self._mount_older(self._lines[max(last - BATCH, 0) : last])
                if reading is not None:
                    self._hold(*reading)
        finally:
            self._fetching = False

    def _hold(self, widget: Widget, rows: int, *, only_above: bool = False) -> None:
        """Set the scroll position by the layout to come, before it is drawn, so that no frame shows a jump.

        `only_above`: only when the widget would else begin above the top edge of the last page.
        """
        size = self.scrollable_content_region.size
        layout = self.arrange(size)
        place = next((placement.region for placement in layout.placements if placement.widget is widget), None)
        if place is None or (only_above and layout.total_region.bottom - place.y <= size.height):
            return
        self.release_anchor()
        position = float(place.y + rows)
        self.set_reactive(Widget.scroll_y, position)
        self.set_reactive(Widget.scroll_target_y, position)
        self.vertical_scrollbar.position = position


def _common(old: Sequence[Line], new: Sequence[Line]) -> int:
    """Return how many lines the two begin with alike."""
    pairs = zip(old, new, strict=False)
    return next((i for i, (was, now) in enumerate(pairs) if was != now), min(len(old), len(new)))


def _turn_begins(lines: Sequence[Line]) -> int:
    """Return the line from which a reader wants the last turn: their choice, or the last reply before more is told."""
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if line.kind == "choice":
            return place
        if line.kind == "speech" and line.who == PLAYER:
            told = place + 1
            while told < len(lines) and lines[told].kind in _OF_TALK:
                told += 1
            replies = [reply for reply in range(place + 1, told) if lines[reply].kind == "speech"]
            return len(lines) if told == len(lines) else (replies or [place])[-1]
    return 0
