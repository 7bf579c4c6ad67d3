"""Has many plays played, in this process or in several, so that the same seeds give the same tally either way.

A coverage-seeking player learns from the plays of its kind in earlier rounds, never from those of its own round: so it
does not matter who plays which.
"""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from engine.cast import Cast
from engine.dialogue.tokens import Estimate
from engine.errors import PalaverError, StoryError
from engine.llm.scripted import ScriptedActor
from engine.playtest.actor import Watched
from engine.playtest.arms import Counted
from engine.playtest.players import Player
from engine.playtest.playing import Play, play
from engine.playtest.tally import Tally
from engine.story.load import check_story

ROUND = 10
"""Plays of the coverage-seeking player between two looks at what was reached."""
CHUNK = 5
"""Plays given to a worker at once: about a third of a second of the bundled story."""
SEEKING = "coverage"
MODEL = "model"
"""The player that is a model."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be played."""

    players: Mapping[str, int]
    """How many plays of each player."""
    seed: int = 1
    """The seed of each player's first play; the next has the next."""
    most: int = 300
    """Turns after which a play is said to hang."""


Chunk = tuple[str, range]
"""A player and seeds."""
Told = Callable[[int], None]
"""Is called with the number of plays just done."""


def load(path: Path) -> Counted:
    """Return the story at `path`, made to count; raises `StoryError` for one that cannot be played."""
    checked = check_story(path)
    if checked.graph is None or checked.names is None:
        raise StoryError(checked.reasons)
    return Counted(checked.graph, checked.names)


def rehearse(path: Path, counted: Counted, job: Job, tally: Tally, told: Told, *, workers: int = 1) -> None:
    """Play everything of `job` with the scripted actor, and add it up in `tally` as it is done.

    When it is broken off by `KeyboardInterrupt`, `tally` holds what was done until then. Raises `PalaverError` when a
    worker dies, or finds another story than `counted` at `path`.
    """
    learned: Counter[str] = Counter()
    if workers == 1:
        for wave in waves(job):
            found = Counter[str]()
            for chunk in wave:
                for done in _played(counted, chunk, learned, job.most):
                    tally.add(counted.graph, done)
                    found.update(done.hits if chunk[0] == SEEKING else {})
                    told(1)
            learned.update(found)
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _leave_stopping_to_the_starter)
    try:
        for wave in waves(job):
            # A copy: what is handed over is read by another thread while this one goes on.
            under_way: dict[Future[Tally], Chunk] = {
                pool.submit(
                    _tallied, path, counted.graph.hash, chunk, dict(learned) if chunk[0] == SEEKING else {}, job.most
                ): chunk
                for chunk in wave
            }
            for future in as_completed(under_way):
                part = future.result()
                tally.merge(part)
                if under_way[future][0] == SEEKING:
                    learned.update(part.hits)
                told(part.plays)
    except BrokenProcessPool as broken:
        raise PalaverError(
            "A worker of the playtest was ended from outside; where memory is short, the system does that.",
            do="Play with fewer: --workers 1.",
        ) from broken
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


async def rehearse_with(
    counted: Counted, cast: Cast, job: Job, tally: Tally, told: Told, *, guest: Callable[[], Player] | None = None
) -> None:
    """Play everything of `job` with a cast of the caller's, one play after another, and add it up in `tally`.

    `guest` makes the player called `model`, anew for each play. It stops after a play that was given up, for what kept
    the model from answering keeps it from answering the next.
    """
    learned, found = Counter[str](), Counter[str]()
    for name, count in job.players.items():
        for number in range(count):
            if number % ROUND == 0:  # as in several processes, so that a play can be played again by itself
                learned.update(found)
                found.clear()
            player = guest() if name == MODEL and guest is not None else None
            done = await play(counted, cast, name, job.seed + number, most=job.most, known=learned, player=player)
            if name == SEEKING:
                found.update(done.hits)
            tally.add(counted.graph, done)
            told(1)
            if done.lost:
                return


def replayed(counted: Counted, job: Job, name: str, seed: int) -> Play:
    """Return one play of `job` again; a coverage-seeking one after those that it learnt from."""
    learned: Counter[str] = Counter()
    if name == SEEKING:
        first = job.seed + (seed - job.seed) // ROUND * ROUND
        for start in range(job.seed, first, ROUND):
            found = Counter[str]()
            for done in _played(counted, (name, range(start, start + ROUND)), learned, job.most):
                found.update(done.hits)
            learned.update(found)
    return next(_played(counted, (name, range(seed, seed + 1)), learned, job.most))


def waves(job: Job) -> Iterator[Sequence[Chunk]]:
    """Yield what can be played at the same time, wave by wave."""
    seeking = job.players.get(SEEKING, 0)
    others = [
        chunk
        for name, count in job.players.items()
        if name != SEEKING
        for chunk in _chunks(name, job.seed, job.seed + count)
    ]
    rounds = range(job.seed, job.seed + seeking, ROUND) or range(1)
    for number, start in enumerate(rounds):
        sought = _chunks(SEEKING, start, min(start + ROUND, job.seed + seeking)) if seeking else []
        yield [*sought, *others[number :: len(rounds)]]


def scripted_cast(counted: Counted) -> Cast:
    """Return a cast that the scripted actor plays alone, watched for what it had to say."""
    actor = Watched(counted.graph, ScriptedActor())
    return Cast(actor, actor, actor, Estimate())


def _chunks(name: str, start: int, stop: int) -> list[Chunk]:
    return [(name, range(at, min(at + CHUNK, stop))) for at in range(start, stop, CHUNK)]


def _played(counted: Counted, chunk: Chunk, known: Mapping[str, int], most: int) -> Iterator[Play]:
    name, seeds = chunk
    cast = scripted_cast(counted)
    with asyncio.Runner() as runner:
        for seed in seeds:
            yield runner.run(play(counted, cast, name, seed, most=most, known=known))


# In a worker. A graph holds compiled code, which cannot be handed over, so each loads the story for itself.


def _leave_stopping_to_the_starter() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@cache
def _story(path: Path, expected: str) -> Counted:
    try:
        counted = load(path)
        same = counted.graph.hash == expected
    except StoryError:  # it would lose its diagnostics on the way to the starter, which has none to tell either
        same = False
    if not same:
        raise PalaverError("The story was edited just now.", do="Start again.")
    return counted


def _tallied(path: Path, expected: str, chunk: Chunk, known: Mapping[str, int], most: int) -> Tally:
    counted, tally = _story(path, expected), Tally()
    for done in _played(counted, chunk, known, most):
        tally.add(counted.graph, done)
    return tally
