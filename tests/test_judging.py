"""Cases are put to a model the way a game's judge is asked; what fails for good is not tried for ever."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from engine.dialogue.cases import Score, cases
from engine.errors import Busy, KeyRefused, ModelError
from engine.judging import PATIENCE, GivenUp, Trial, measure
from engine.llm.protocol import Finished, Piece, Request, Usage, Waiting
from engine.scores import Cell, Tally
from engine.story.whereabouts import example_places
from support.stories import graph_of

STORY = """
start: door
characters:
  maren:
    name: Maren
    persona: You are Maren.
scenes:
  door:
    talk: maren
    examples:
      - {player: [a, b, c, d, e, f], reply: '"No, never."'}
      - {player: [g, h], reply: '"Come in."', outcome: lets_in}
    outcomes: {lets_in: {when: Maren tells the player to come in, goto: END}}
    choices: [{text: Go, goto: END}]
"""
GRAPH = graph_of(STORY)
CASES = cases(GRAPH)
NOTHING = json.dumps({"quote": "", "outcome": "none", "sure": "yes"})


class Judge:
    """A model that answers by a function of how often it was asked, and remembers how many asked at once."""

    name = "fake"

    def __init__(self, answer: Callable[[int], str | ModelError]) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.under_way = self.most = 0

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        self.requests.append(request)
        number = len(self.requests)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            yield Waiting("Others are first.", 1.0)
            await asyncio.sleep(0)
            said = self.answer(number)
            if isinstance(said, ModelError):
                raise said
            yield Finished(said, usage=Usage(10, 2))
        finally:
            self.under_way -= 1

    async def aclose(self) -> None:
        pass


def asked(judge: Judge, *, runs: int = 1, at_once: int = 1) -> tuple[list[Trial], str]:
    """The trials, and why there were no more."""
    trials: list[Trial] = []

    async def measured() -> str:
        ticks = iter(range(1_000_000))
        try:
            async for trial in measure(GRAPH, CASES, judge, runs=runs, at_once=at_once, clock=lambda: next(ticks)):
                trials.append(trial)
        except GivenUp as gave:
            return str(gave)
        return ""

    return trials, asyncio.run(measured())


def test_every_case_is_asked_once_a_run_as_in_a_game() -> None:
    judge = Judge(lambda _: NOTHING)
    trials, stopped = asked(judge, runs=2)
    assert not stopped
    assert [(trial.run, trial.case) for trial in trials] == [(run, case) for run in (0, 1) for case in range(8)]
    request = judge.requests[0]
    assert (request.purpose, request.settings["temperature"], request.schema_name) == ("judge", 0, "reading")
    assert request.messages == CASES[0].question(GRAPH).messages
    assert trials[0].seconds == 1, "the wait for its turn is not the model's"


def test_no_more_are_under_way_at_once_than_is_allowed() -> None:
    judge = Judge(lambda _: NOTHING)
    trials, _ = asked(judge, at_once=3)
    assert judge.most == 3
    assert sorted(trial.case for trial in trials) == list(range(8))


def test_a_case_without_an_answer_is_counted_and_the_rest_are_asked() -> None:
    trials, stopped = asked(Judge(lambda number: Busy("Too many.") if number % PATIENCE else NOTHING))
    assert not stopped
    assert len(trials) == 8
    assert {trial.problem for trial in trials if trial.score is None} == {"Too many."}
    tally = Tally(CASES, trials)
    assert (len(tally.answered), tally.unanswered) == (2, 6)


def test_many_failures_in_a_row_end_it() -> None:
    judge = Judge(lambda _: Busy("Too many."))
    trials, stopped = asked(judge)
    assert (len(trials), stopped) == (PATIENCE, "Too many.")
    assert len(judge.requests) <= PATIENCE + 1


@pytest.mark.parametrize("at_once", [1, 4])
def test_what_every_call_would_meet_ends_it_at_once(at_once: int) -> None:
    judge = Judge(lambda number: KeyRefused("No such key.") if number == 1 else NOTHING)
    trials, stopped = asked(judge, at_once=at_once)
    assert stopped == "No such key."
    assert len(trials) < at_once
    assert judge.under_way == 0


def test_leaving_breaks_off_what_is_under_way() -> None:
    judge = Judge(lambda _: NOTHING)

    async def first() -> Trial:
        coming = measure(GRAPH, CASES, judge, at_once=4)
        trial = await anext(coming)
        await coming.aclose()
        return trial

    assert asyncio.run(first()).score is not None
    assert judge.under_way == 0


def trial(case: int, run: int, given: str = "", seconds: float = 1.0, **fields: object) -> Trial:
    expected = CASES[case].outcome
    verdict = "right" if given == expected else "missed" if not given else "wrong" if expected else "false"
    return Trial(case, run, Score(verdict, given, **fields), seconds, Usage(10, None))  # type: ignore[arg-type]


def test_the_sums_say_what_was_right_each_time_and_how_long_it_took() -> None:
    trials = [trial(0, 0), trial(0, 1, "lets_in"), trial(1, 0), trial(1, 1), trial(6, 0, "lets_in"), trial(6, 1, "")]
    tally = Tally(CASES, [*trials, trial(7, 0, "lets_in", seconds=9.0)])
    assert tally.accuracy == pytest.approx(5 / 7)
    assert (tally.where(something=True), tally.where(something=False)) == ((2, 3), (3, 4))
    assert tally.passed(2) == pytest.approx(1 / 3), "what was asked only once is not counted"
    assert (tally.seconds(0.5), tally.seconds(0.95)) == (1.0, 9.0)
    assert tally.tokens == (70, 0)
    assert tally.worst == [0, 6], "one that leads astray comes before one that misses"
    assert Cell("door", "", "lets_in", 1) in tally.confusion
    assert sum(cell.times for cell in tally.confusion) == 7


def test_nothing_measured_is_nothing_claimed() -> None:
    tally = Tally(CASES, [])
    assert (tally.accuracy, tally.passed(1), tally.seconds(0.5), tally.confusion, tally.worst) == (0, 0, 0, [], [])


def test_examples_are_found_again_in_the_files_of_a_story(tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(
        "palaver: 1\ntitle: T\nstart: a\ncharacters:\n  o:\n    name: O\n    persona: P\n    examples:\n"
        "      - {player: hi, reply: ho}\n      - player: x\n        reply: y\n",
        "utf-8",
    )
    (tmp_path / "more.yaml").write_text("scenes:\n  a:\n    talk: o\n    examples: [{player: q, reply: r}]\n", "utf-8")
    assert example_places(tmp_path, base=tmp_path) == {
        ("characters", "o", 0): "story.yaml:9",
        ("characters", "o", 1): "story.yaml:10",
        ("scenes", "a", 0): "more.yaml:4",
    }
    assert example_places(tmp_path / "gone.yaml") == {}
