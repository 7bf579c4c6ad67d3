"""What one character remembers and how much of it fits: its history, counted once a turn, and cut in blocks.

It is kept beside a game and made anew from the events when they change otherwise than by growing (undo, loading).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.dialogue.lore import Lorebook
from engine.dialogue.memory import History, Turn
from engine.dialogue.tokens import TokenCounter, count_messages
from engine.dialogue.window import LOW_MARK, Cut, Window
from engine.play.events import Event
from engine.story.graph import StoryGraph

RECENT = 3
"""Turns for which lore stays called up, though the scene was left in between."""
LONG_AGO = 200
"""Turns after which it does not, though the scene still lasts: a loaded game is not read back to its beginning."""


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

    __slots__ = ("_called", "_scanned", "counter", "history", "lorebook", "reply", "window")

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
        self._called: dict[int, int] = {}
        """Page of lore → number of the last turn that called it up."""
        self._scanned = 0

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
        turns = self.history.turns
        for turn in turns[len(self.window) :]:
            sizes = [count_messages((message,), self.counter) for message in turn.messages]
            self.window.add(sum(sizes[: turn.asked]), sum(sizes), pinned=turn.pinned)
        asked = count_messages(under_way.messages, self.counter)
        cut = self.window.cut(fixed, asked)
        return Kept(tuple(turns[number] for number in cut.pinned), tuple(turns[cut.start :]), cut, asked)

    def lore(self, under_way: Turn) -> tuple[int, ...]:
        """Return the numbers of the lorebook's pages that have come up, called up last first.

        A page stays while the scene lasts: dropping it sooner would change the prompt's beginning once more, and a new
        scene changes it anyway.
        """
        turns = self.history.turns
        oldest = max(min(self.history.since, len(turns) - RECENT), len(turns) - LONG_AGO, 0)
        for number in range(max(self._scanned, oldest), len(turns)):
            self._called.update(dict.fromkeys(self.lorebook.called(turns[number].lines), number))
        self._scanned = len(turns)
        called = self._called | dict.fromkeys(self.lorebook.called(under_way.lines), len(turns))
        return tuple(
            sorted((page for page, at in called.items() if at >= oldest), key=lambda page: (-called[page], page))
        )
