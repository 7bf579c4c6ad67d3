"""Knows which turn was played from which, which one is being played, and where redo leads.

It is arithmetic on the numbers of turns: it knows nothing of events, rows or files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Place:
    """Where a playthrough stands in its tree; both are 0 before the first turn."""

    head: int = 0
    """The turn being played."""
    tip: int = 0
    """The turn that redo leads towards; the head itself when there is nothing to redo."""


class Tree:
    """The turns of a playthrough, numbered from 1 in the order played; a parent always comes before its child."""

    __slots__ = ("parents", "place")

    def __init__(self, parents: Sequence[int] = (), place: Place | None = None) -> None:
        self.parents = list(parents)
        """The parent of each turn, the first turn first; 0 for none."""
        self.place = place or Place()

    def __len__(self) -> int:
        return len(self.parents)

    def __contains__(self, turn: int) -> bool:
        return 0 < turn <= len(self.parents)

    def grown(self) -> Place:
        """Return the place after a turn is played from the head."""
        return Place(len(self) + 1, len(self) + 1)

    def grow(self) -> None:
        """Take a turn played from the head into the tree."""
        place = self.grown()
        self.parents.append(self.place.head)
        self.place = place

    def back(self) -> Place | None:
        """Return the place one turn back; None at the first turn."""
        parent = self.parents[self.place.head - 1] if self.place.head else 0
        return replace(self.place, head=parent) if parent else None

    def onward(self) -> Place | None:
        """Return the place one turn on towards the tip; None at the tip."""
        before = 0
        for turn in self.above(self.place.tip):
            if turn == self.place.head:
                break
            before = turn
        return replace(self.place, head=before) if before else None

    def at(self, turn: int) -> Place:
        """Return the place at `turn`: redo leads where it did if `turn` is on that way, else to its newest end."""
        if turn in self.above(self.place.tip):
            return replace(self.place, head=turn)
        below = {turn}
        for number in range(turn + 1, len(self) + 1):
            if self.parents[number - 1] in below:
                below.add(number)
        return Place(turn, max(below))

    def holds(self, place: Place) -> bool:
        """Whether this tree has such a place."""
        if not self.parents:
            return place == Place()
        return place.head in self and place.tip in self and place.head in self.above(place.tip)

    def above(self, turn: int) -> Iterator[int]:
        """Yield `turn` and every turn that it was played from, the newest first."""
        while turn:
            yield turn
            turn = self.parents[turn - 1]
