"""The text of a game: all of it as data, a window of it as widgets. It stays where the reader is.

It is shown lines and never asks for any; what they mean is not its business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.containers import VerticalScroll
from textual.widget import Widget

from engine.play.transcript import Line
from engine.story.graph import PLAYER
from engine.tui.widgets.lines import Speech, Voices, line_widget

LOW_MARK = 60
"""Lines mounted when the reader is at the end: an append then takes 17 ms where 5,000 mounted lines take seconds."""
HIGH_MARK = 120
"""Lines mounted before the oldest are let go again."""
BATCH = 40
"""Older lines mounted when the reader comes near the top."""
NEAR_TOP = 4
"""Rows from the top at which older lines are fetched."""


class Transcript(VerticalScroll, can_focus=False):
    """What was told and said, and what is being said now."""

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
        self._fetching = False

    def on_mount(self) -> None:
        """Hold on to the end until the reader scrolls away from it."""
        self.anchor()

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

    async def add(self, lines: Iterable[Line]) -> None:
        """Add the lines of a turn that is done, in place of what was passing."""
        new = list(lines)
        with self.app.batch_update():
            await self._let_go_of_passing()
            self._lines += new
            await self._mount_new(new)
            if self.at_end and len(self._shown) > HIGH_MARK:
                await self._prune()

    async def say(self, text: str) -> None:
        """Show the player's line before it is part of the game."""
        await self._pass(Speech(Line("speech", text, PLAYER), self.voices, unanswered=True))

    async def answer(self, who: str, name: str) -> Speech:
        """Show that somebody begins to speak; words are added to what is returned."""
        speech = Speech(Line("speech", "", who, name), self.voices)
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
        self._reading = None
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
        if self.at_end:
            self._reading = None
            return
        self._reading = self._top()
        if new_value <= NEAR_TOP and len(self._shown) < len(self._lines) and not self._fetching:
            self._fetching = True
            self.call_next(self._fetch_older)

    def on_resize(self) -> None:
        """Keep the same words at the top edge when lines wrap anew."""
        if self._reading is not None:
            self.call_after_refresh(self._return_to, *self._reading)

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

    def _hold(self, widget: Widget, rows: int) -> None:
        """Set the scroll position by the layout to come, before it is drawn, so that no frame shows a jump."""
        placements = self.arrange(self.scrollable_content_region.size).placements
        place = next((placement for placement in placements if placement.widget is widget), None)
        if place is not None:
            self.set_reactive(Widget.scroll_y, float(place.region.y + rows))
            self.set_reactive(Widget.scroll_target_y, float(place.region.y + rows))


def _common(old: Sequence[Line], new: Sequence[Line]) -> int:
    """Return how many lines the two begin with alike."""
    pairs = zip(old, new, strict=False)
    return next((i for i, (was, now) in enumerate(pairs) if was != now), min(len(old), len(new)))
