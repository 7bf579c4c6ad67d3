"""What one character remembers and how much of it fits: its history, counted once a turn, and cut in blocks.

It is kept beside a game and made anew from the events when they change otherwise than by growing (undo, loading).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.dialogue.lore import NO_HITS, Hits, Lorebook
from engine.dialogue.memory import History, Turn
from engine.dialogue.tokens import TokenCounter, count_messages
from engine.dialogue.window import LOW_MARK, Cut, Window
from engine.play.events import Event
from engine.story.graph import StoryGraph

RECENT = 3
"""Turns for which lore stays called up, though the scene was left in between."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The history as it stands in one prompt."""

    pinned: tuple[Turn, ...]
    """Turns older than those that were dropped."""
    turns: tuple[Turn, ...]
    """The turns up to now, oldest first."""
    cut: Cut
    under_way_tokens: int

    @property
    def dropped(self) -> int:
        """How many turns are left out."""
        return self.cut.start - len(self.pinned)


class Recall:
    """One character's memory with the tokens it takes. Give it whole turns of events, as they are committed."""

    __slots__ = ("_counted", "_heard", "_scanned", "counter", "history", "lorebook", "reply", "window")

    def __init__(
        self,
        graph: StoryGraph,
        who: str,
        counter: TokenCounter,
        *,
        context: int,
        reply: int,
        low_mark: float = LOW_MARK,
    ) -> None:
        """Keep `reply` tokens of the model's `context` free; raises ValueError when that leaves none for a prompt."""
        self.history = History(graph, who)
        self.counter = counter
        self.reply = reply
        """Tokens kept free for the reply: the request's max_tokens."""
        self.window = Window(context - reply, low_mark)
        self.lorebook = Lorebook(graph.lore, who)
        self._heard: dict[int, Hits] = {}
        """Number of a turn → the pages of lore of which words came up in it, where any did."""
        self._scanned = 0
        self._counted: Turn | None = None
        """The last turn counted, as it was then: only that one may have changed since."""

    @property
    def who(self) -> str:
        """The character's id."""
        return self.history.who

    def extend(self, events: Iterable[Event]) -> None:
        """Take in what happened next."""
        self.history.extend(events)

    def recount(self, counter: TokenCounter) -> None:
        """Count with another counter from now on, and everything so far again."""
        if counter is not self.counter:
            self.counter = counter
            self.window = Window(self.window.budget, self.window.low_mark)

    def kept(self, fixed: int, under_way: Turn) -> Kept:
        """Return what stands in a prompt that holds `fixed` tokens beside the history and the turn under way."""
        turns, counted = self.history.turns, len(self.window)
        if counted and turns[counted - 1] is not self._counted:
            asked, whole = self._size(turns[counted - 1])
            self.window.amend(asked, whole, pinned=turns[counted - 1].pinned)
        for turn in turns[counted:]:
            asked, whole = self._size(turn)
            self.window.add(asked, whole, pinned=turn.pinned)
        self._counted = turns[-1] if turns else None
        under_way_tokens = count_messages(under_way.messages, self.counter)
        cut = self.window.cut(fixed, under_way_tokens)
        return Kept(tuple(turns[number] for number in cut.pinned), tuple(turns[cut.start :]), cut, under_way_tokens)

    def lore(self, under_way: Turn) -> tuple[int, ...]:
        """Return the numbers of the lorebook's pages that are open now, in the order in which room is given to them.

        Where an author says no more, a page stays while the scene lasts: dropping it sooner would change the prompt's
        beginning once more, and a new scene changes it anyway.
        """
        turns, pages = self.history.turns, self.lorebook.pages
        now = len(turns)
        oldest = max(0, now - self.lorebook.lookback)
        first = max(self._scanned - 1, oldest, 0)  # the last turn scanned may have had lines added to it
        for number in range(first, now):
            self._heard[number] = self.lorebook.hits(turns[number].told)
        self._scanned = now
        self._heard = {number: hits for number, hits in self._heard.items() if number >= oldest and hits != NO_HITS}
        heard = self._heard | {now: self.lorebook.hits(under_way.told)}
        found = self.lorebook.open(heard, now, max(0, min(self.history.since, now - RECENT)))
        return tuple(
            sorted(found, key=lambda page: (-pages[page].priority, not pages[page].always, -found[page], page))
        )

    def _size(self, turn: Turn) -> tuple[int, int]:
        """Return the tokens of a turn when the character was asked, and with its own lines."""
        sizes = [count_messages((message,), self.counter) for message in turn.messages]
        return sum(sizes[: turn.asked]), sum(sizes)
