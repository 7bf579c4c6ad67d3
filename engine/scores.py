"""Adds up how a judge did on the cases of a story. Numbers only: it asks nobody and prints nothing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.dialogue.cases import Case, Verdict
from engine.judging import Trial


@dataclass(frozen=True, slots=True)
class Cell:
    """How often an outcome was given where one was expected; empty ids stand for none."""

    scene: str
    expected: str
    given: str
    times: int


@dataclass(frozen=True, slots=True)
class Moves:
    """How often a character's move rule was found set off: rightly, though it was not, and not though it was."""

    who: str
    rule: str
    right: int
    false: int
    missed: int


class Tally:
    """The trials of one model."""

    def __init__(self, cases: Sequence[Case], trials: Iterable[Trial]) -> None:
        self.cases = cases
        self.trials = tuple(trials)
        self.answered = [trial for trial in self.trials if trial.score is not None]
        """Those that an answer came to; all shares are of these."""
        self._by_case: dict[int, list[Trial]] = {}
        for trial in self.answered:
            self._by_case.setdefault(trial.case, []).append(trial)

    def count(self, verdict: Verdict) -> int:
        """Return how many answers had this verdict."""
        return sum(trial.score is not None and trial.score.verdict == verdict for trial in self.trials)

    @property
    def accuracy(self) -> float:
        """The share of answers that were right about the outcome; 0 when there are none."""
        return _share(self.count("right"), len(self.answered))

    def where(self, *, something: bool) -> tuple[int, int]:
        """Return how many answers to cases in which something had come true, or nothing had, were right, and of how
        many."""
        asked = [trial for trial in self.answered if bool(self.cases[trial.case].outcome) == something]
        return sum(map(_right, asked)), len(asked)

    def passed(self, runs: int) -> float:
        """Return pass^`runs`: the share of the cases asked so often that were right each time."""
        whole = [trials for trials in self._by_case.values() if len(trials) >= runs]
        return _share(sum(all(_right(trial) for trial in trials) for trials in whole), len(whole))

    @property
    def void(self) -> int:
        """Answers that named an outcome with words that do not show it."""
        return sum(bool(trial.score and trial.score.void) for trial in self.trials)

    @property
    def unsure(self) -> int:
        """Answers that named an outcome and were not sure of it."""
        return sum(bool(trial.score and trial.score.unsure) for trial in self.trials)

    @property
    def unanswered(self) -> int:
        """Calls that no answer came to."""
        return len(self.trials) - len(self.answered)

    @property
    def moves(self) -> list[Moves]:
        """Return every move rule that was set off or found so, by character and id."""
        right, false, missed = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for trial in self.answered:
            case, score = self.cases[trial.case], trial.score
            if score is not None:
                false.update((case.who, rule) for rule in score.false_moves)
                missed.update((case.who, rule) for rule in score.missed_moves)
                right.update((case.who, rule) for rule in case.moves.difference(score.missed_moves))
        return [Moves(*name, right[name], false[name], missed[name]) for name in sorted({*right, *false, *missed})]

    @property
    def tokens(self) -> tuple[int, int]:
        """Tokens of the prompts and of the answers, as far as the server counted them."""
        usages = [trial.usage for trial in self.trials]
        return sum(usage.prompt or 0 for usage in usages), sum(usage.completion or 0 for usage in usages)

    def seconds(self, share: float) -> float:
        """Return the time within which this share of the answers came; 0 when none did."""
        times = sorted(trial.seconds for trial in self.answered)
        return times[max(0, math.ceil(share * len(times)) - 1)] if times else 0.0

    @property
    def confusion(self) -> list[Cell]:
        """What was given where what was expected: cells that are not empty, by scene in the order of the cases."""
        cells = Counter(
            (self.cases[trial.case].scene, self.cases[trial.case].outcome, trial.score.given)
            for trial in self.answered
            if trial.score is not None
        )
        order = {case.scene: place for place, case in reversed(list(enumerate(self.cases)))}
        ranked = sorted(cells.items(), key=lambda cell: (order[cell[0][0]], cell[0][1], -cell[1], cell[0][2]))
        return [Cell(*names, times) for names, times in ranked]

    def rights(self, case: int) -> tuple[int, int]:
        """Return how often a case was answered rightly, and how often it was answered."""
        trials = self._by_case.get(case, [])
        return sum(map(_right, trials)), len(trials)

    def failures(self, case: int) -> list[Trial]:
        """Return the answers to a case that were not right."""
        return [trial for trial in self._by_case.get(case, []) if not _right(trial)]

    @property
    def worst(self) -> list[int]:
        """Numbers of the cases that went wrong: those that lead astray before those that miss, the oftener first."""
        failed = [number for number in sorted(self._by_case) if self.failures(number)]
        return sorted(failed, key=lambda number: (-self._harm(number), number))

    def _harm(self, case: int) -> float:
        """Return how bad the failures of a case are: a story that goes astray is worse than one that waits."""
        failures = self.failures(case)
        astray = sum(trial.score is not None and trial.score.verdict in ("false", "wrong") for trial in failures)
        return _share(len(failures) + 2 * astray, len(self._by_case[case]))


def _right(trial: Trial) -> bool:
    return trial.score is not None and trial.score.right


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
