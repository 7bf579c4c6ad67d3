"""Chooses which turns of a history stay in the prompt, so that its beginning changes once in many turns.

Numbers only: it never sees a text, never splits a turn and never drops a pinned one. What stays is a pure function of
the turns' sizes and of what stands beside them, so a game that is loaded again is cut where it was cut before.

When a prompt would pass the budget, the oldest turns go until it is at the low mark; then it grows again by whole turns
until the next cut. In between each prompt begins with the one before it, which is what providers' caches reward. The
prompt counts with everything in it: what stands before the history, the turn under way, and the note at its very end.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

LOW_MARK = 0.6


@dataclass(frozen=True, slots=True)
class Cut:
    """Which of the turns that are over stand in the prompt."""

    start: int
    """Number of the first turn kept; of the turns before it only `pinned` are."""
    pinned: tuple[int, ...]
    """Numbers of the pinned turns before `start`, oldest first."""
    pinned_tokens: int
    kept_tokens: int
    """Size of the turns from `start` on."""
    tokens: int
    """Size of the whole prompt."""
    over: int
    """Tokens by which it passes the budget though nothing more may be dropped; 0 when it fits."""


class Window:
    """The turns of one history by their sizes, and where the prompt begins in them.

    Adding a turn and cutting take the same short time however many turns there are; only a change of `fixed`, which
    changes the beginning of the prompt anyway, takes a time that grows with the number of cuts so far.
    """

    __slots__ = ("_asked", "_fixed", "_followed", "_pinned", "_pinned_sums", "_start", "_sums", "budget", "low_mark")

    def __init__(self, budget: int, low_mark: float = LOW_MARK) -> None:
        if budget <= 0 or not 0 < low_mark <= 1:
            raise ValueError(f"a window needs a budget above 0 and a low mark up to 1, not {budget}, {low_mark}")
        self.budget = budget
        """Tokens a prompt may have; what is kept free for the reply is not in it."""
        self.low_mark = low_mark
        """Share of the budget that a prompt has after a cut, at most."""
        self._sums = [0]
        self._asked: list[int] = []
        self._pinned: list[int] = []
        self._pinned_sums = [0]
        self._fixed = -1
        self._start = 0
        self._followed = 0

    def __len__(self) -> int:
        return len(self._asked)

    def add(self, asked: int, whole: int, *, pinned: bool = False) -> None:
        """Take in a turn that is over: its tokens when the reply was asked for, and its tokens with the reply."""
        if not 0 <= asked <= whole:
            raise ValueError(f"a turn of {whole} tokens cannot have asked with {asked}")
        if pinned:
            self._pinned.append(len(self._asked))
        self._asked.append(asked)
        self._sums.append(self._sums[-1] + whole)
        self._pinned_sums.append(self._pinned_sums[-1] + (whole if pinned else 0))

    def amend(self, asked: int, whole: int, *, pinned: bool = False) -> None:
        """Count the last turn anew, since something was added to it after all."""
        self._asked.pop()
        self._sums.pop()
        self._pinned_sums.pop()
        if self._pinned and self._pinned[-1] == len(self._asked):
            self._pinned.pop()
        self._fixed = -1  # where the prompt began may have hung on it
        self.add(asked, whole, pinned=pinned)

    def cut(self, fixed: int, asked: int) -> Cut:
        """Return what stays beside `fixed` tokens that always stand there and `asked` tokens of the turn under way."""
        if fixed != self._fixed:
            self._fixed, self._start, self._followed = fixed, 0, 0
        count = len(self._asked)
        while (turn := self._overflow()) < count:
            self._start = self._moved(self._start, turn, self._asked[turn])
            self._followed = turn + 1
        self._followed = count
        start = self._moved(self._start, count, asked)
        tokens = self._size(start, count, asked)
        return Cut(
            start=start,
            pinned=tuple(self._pinned[: bisect_left(self._pinned, start)]),
            pinned_tokens=self._pinned_sums[start],
            kept_tokens=self._sums[count] - self._sums[start],
            tokens=tokens,
            over=max(0, tokens - self.budget),
        )

    def _size(self, start: int, turn: int, asked: int) -> int:
        """Return the prompt's size at `turn` when the turns from `start` are kept."""
        return self._fixed + self._pinned_sums[start] + self._sums[turn] - self._sums[start] + asked

    def _moved(self, start: int, turn: int, asked: int) -> int:
        """Return where the prompt of `turn` begins, when that of the turn before began at `start`."""
        if self._size(start, turn, asked) <= self.budget:
            return start
        return (
            bisect_left(
                range(start, turn), -int(self.budget * self.low_mark), key=lambda first: -self._size(first, turn, asked)
            )
            + start
        )

    def _overflow(self) -> int:
        """Return the first turn not yet followed whose prompt passes the budget as things are cut now.

        A turn was asked with at most its whole size, so it is one of two: the first whose end passes the room, or the
        one after it.
        """
        room = self.budget - self._fixed - self._pinned_sums[self._start] + self._sums[self._start]
        turn = max(self._followed, bisect_right(self._sums, room) - 1)
        while turn < len(self._asked) and self._sums[turn] + self._asked[turn] <= room:
            turn += 1
        return turn
