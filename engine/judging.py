"""Puts a story's cases to a model, as the judge of a game is asked, and tells how each was answered as it comes.

It adds nothing up and prints nothing. Every call goes through the model it is given: where that is metered, the budget
and the limits hold.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from engine.dialogue.cases import Case, Score, score
from engine.dialogue.judge import Question, reading
from engine.errors import KeyRefused, ModelError, OutOfCredit, OverBudget, Unconnected
from engine.llm.protocol import Finished, Model, Request, Usage, Waiting
from engine.story.graph import StoryGraph

PATIENCE = 3
"""Calls in a row that may fail before the rest are not tried."""
_HOPELESS = (KeyRefused, OutOfCredit, OverBudget, Unconnected)
"""What fails once for a reason that the next call meets as well."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One answer to one case."""

    case: int
    """Its number among the cases that were given."""
    run: int
    """Which of the runs, from 0."""
    score: Score | None
    """None when no answer came."""
    seconds: float = 0.0
    """From the request to the whole answer, without the time it waited for its turn."""
    usage: Usage = field(default_factory=Usage)
    problem: str = ""
    """Why no answer came."""


class GivenUp(Exception):
    """So many calls failed that the rest would too; `cause` is the last failure."""

    def __init__(self, cause: ModelError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def request_for(case: Case, asked: Question, fixed: Mapping[str, Any]) -> Request:
    """Return the request for a reading of a case; `fixed` are the parameters that the player set for the judge."""
    usual = {"temperature": 0, "max_tokens": asked.max_tokens}
    settings = {name: value for name, value in usual.items() if name not in fixed}
    return Request(
        "judge",
        asked.messages,
        settings,
        schema=asked.schema,
        schema_name=asked.name,
        scene=case.scene,
        who=case.who,
    )


async def measure(
    graph: StoryGraph,
    cases: Sequence[Case],
    model: Model,
    *,
    runs: int = 1,
    at_once: int = 1,
    fixed: Mapping[str, Any] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[Trial]:
    """Yield the trials as they end: every case once, then once more, `runs` times, `at_once` of them under way.

    Raises `GivenUp`. Closing it breaks off the calls under way.
    """
    waiting = iter([(number, run) for run in range(runs) for number in range(len(cases))])
    done: asyncio.Queue[Trial | ModelError | None] = asyncio.Queue()
    asking = _Asking(graph, cases, model, fixed or {}, clock)
    tasks = [asyncio.ensure_future(_worker(asking, waiting, done)) for _ in range(max(1, at_once))]
    failed, left = 0, len(tasks)
    try:
        while left:
            ended = await done.get()
            if ended is None:
                left -= 1
                continue
            if isinstance(ended, ModelError):
                raise GivenUp(ended)
            yield ended
            failed = failed + 1 if ended.score is None else 0
            if failed >= PATIENCE:
                raise GivenUp(ModelError(ended.problem))
        for task in tasks:
            task.result()  # what no model is to blame for is not kept quiet
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _worker(
    asking: _Asking, waiting: Iterator[tuple[int, int]], done: asyncio.Queue[Trial | ModelError | None]
) -> None:
    try:
        for number, run in waiting:
            await done.put(await asking.trial(number, run))
    except _HOPELESS as error:
        await done.put(error)
    finally:
        done.put_nowait(None)


@dataclass(frozen=True, slots=True)
class _Asking:
    """How one case is asked."""

    graph: StoryGraph
    cases: Sequence[Case]
    model: Model
    fixed: Mapping[str, Any]
    clock: Callable[[], float]

    async def trial(self, number: int, run: int) -> Trial:
        """Ask once; raises only what the next call would meet as well."""
        case = self.cases[number]
        asked = case.question(self.graph)
        begun, finished = self.clock(), None
        try:
            async with aclosing(self.model.stream(request_for(case, asked, self.fixed))) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Waiting):
                        begun = self.clock()
                    elif isinstance(piece, Finished):
                        finished = piece
        except _HOPELESS:
            raise
        except ModelError as error:
            return Trial(number, run, None, self.clock() - begun, problem=str(error))
        if finished is None:
            return Trial(number, run, None, self.clock() - begun, problem="The answer never came to its end.")
        scored = score(self.graph, case, reading(finished.text, asked))
        return Trial(number, run, scored, self.clock() - begun, finished.usage)
