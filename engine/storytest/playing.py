"""Plays a test through the same session as a player's game, with nothing on the disk, and says where it fails.

It has no rules of its own: moves go to the session, answers come from the understudy, and what is checked is what the
session then shows. A test is over at the first moment that is not as expected, for what follows would only follow from
it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from engine.cast import Cast
from engine.dialogue.tokens import Estimate
from engine.errors import PalaverError, Refused
from engine.llm.scripted import ScriptedActor
from engine.play.evidence import folded
from engine.play.opening import begun
from engine.play.transcript import Line, tell
from engine.saves.fleeting import Fleeting
from engine.saves.store import StoryRef
from engine.session import Session
from engine.story.graph import StoryGraph
from engine.story.places import Place
from engine.story.suggest import listed
from engine.storytest.cases import Case, Expectation, Step
from engine.storytest.checking import Failure, Moment, check
from engine.storytest.expecting import like_an_id
from engine.storytest.understudy import Understudy
from engine.updates import Turned, Update

CONTEXT = 32_768
"""Room of the prompts: what a test says never stands in one was not merely left out for want of room."""
_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Result:
    """How a test went."""

    case: Case
    failures: tuple[Failure, ...]
    """Empty when it passed."""
    lines: tuple[Line, ...] = ()
    """The transcript."""

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.failures


async def play(graph: StoryGraph, case: Case) -> Result:
    """Play one test; raises nothing for what a test or a story does wrong."""
    try:
        cast, understudy = _cast(graph, case)
        events, before = begun(graph, case.start)
        now = _NOON
        ref = StoryRef(graph.id, graph.title, graph.hash, graph.version)
        store = Fleeting(ref, case.start.seed, now, folder=Path())
        store.append(events, now=now, story_hash=graph.hash)
        session = Session(graph, cast, store, lambda: now)
    except PalaverError as error:
        return Result(case, (Failure(case.place, "the test to begin", str(error)),))
    skipped = len(tell(graph, events[:before]))
    rehearsal = _Rehearsal(session, understudy, skipped)
    try:
        failures = await rehearsal.through(case)
    finally:
        await cast.aclose()
        session.close()
    return Result(case, failures, session.lines[skipped:])


def _cast(graph: StoryGraph, case: Case) -> tuple[Cast, Understudy]:
    if case.cassette is None:
        understudy = Understudy(graph, ScriptedActor())
        return Cast(understudy, understudy, understudy, Estimate(), context=CONTEXT), understudy
    from engine.casting import cast_from

    recorded, _, _ = cast_from(case.cassette)
    understudy = Understudy(graph, recorded.actor)
    return replace(recorded, actor=understudy, judge=understudy), understudy


class _Rehearsal:
    """A test under way."""

    def __init__(self, session: Session, understudy: Understudy, skipped: int) -> None:
        self._session = session
        self._understudy = understudy
        self._skipped = skipped
        """Lines of the transcript that only tell what was before the test."""
        self._moment = self._whole()

    async def through(self, case: Case) -> tuple[Failure, ...]:
        for step in case.steps:
            failures = await self._after(step)
            if failures:
                return failures
        return self._check(case.expected, self._whole())

    async def _after(self, step: Step) -> tuple[Failure, ...]:
        """Make a move and return what is wrong after it."""
        if step.deed != "look":
            asked = len(self._understudy.requests)
            self._understudy.prepare(step)
            told: tuple[Line, ...] = ()
            refused = ""
            try:
                told = await self._made(step)
            except Refused as refusal:
                refused = str(refusal)
            except PalaverError as error:
                return (_broken(step.place, error),)
            if self._understudy.problem is not None:
                return (_broken(step.place, self._understudy.problem),)
            moved = not refused and step.deed not in ("undo", "redo")
            self._moment = replace(
                self._whole(),
                told=told,
                events=self._session.store.path_to()[-1].events if moved else (),
                requests=tuple(self._understudy.requests[asked:]),
                refused=refused,
            )
            if refused and all(expectation.kind != "refused" for expectation in step.expected):
                return (Failure(step.place, f'"{step.deed}" to be done', f"it was refused: {refused}"),)
        failures = self._check(step.expected, self._moment)
        return failures if self._moment.refused else failures + self._unused(step)

    def _unused(self, step: Step) -> tuple[Failure, ...]:
        """Say which answers of a move nobody asked for: it does not test what it seems to."""
        if step.deed == "look":
            return ()
        failures = [
            Failure(step.place, f'the reply "{text[:60]}" to be said', "nobody was asked for it")
            for text in self._understudy.unsaid
        ]
        if self._understudy.unread:
            failures.append(Failure(step.place, "a reading to be asked for", "nobody answered"))
        return tuple(failures)

    async def _made(self, step: Step) -> tuple[Line, ...]:
        """Make the move; returns what it added to the transcript."""
        session = self._session
        match step.deed:
            case "choose":
                return session.choose(self._choice(step.words), step.typed)
            case "say":
                return await self._heard(session.say(step.words, step.to, whispered=step.whispered))
            case "do":
                deed = step.words.strip("*_ ")
                return await self._heard(session.say(f"*{deed}*", step.to, whispered=step.whispered))
            case "retry":
                return await self._heard(session.retry())
            case "note":
                return session.note(step.words)
            case "answer":
                return session.answer(step.yes)
            case "notthat":
                return session.not_that()
            case "undo":
                session.undo()
            case "redo":
                session.redo()
        return ()

    @staticmethod
    async def _heard(updates: AsyncGenerator[Update]) -> tuple[Line, ...]:
        lines: tuple[Line, ...] = ()
        async with aclosing(updates) as coming:
            async for update in coming:
                if isinstance(update, Turned):
                    lines = update.lines
        return lines

    def _choice(self, wanted: str) -> str:
        """Return the id of the choice that is meant; raises `Refused` where no such choice is shown."""
        shown = {option.choice.choice.id: option.text for option in self._session.view.options if option.choice}
        found = [one for one, text in shown.items() if one == wanted or folded(text) == folded(wanted)]
        if not found:
            called = shown if like_an_id(wanted) else shown.values()
            there = f"There is {listed(called)}." if shown else "Nothing can be chosen."
            raise Refused(f'There is no choice "{wanted}" now. {there}')
        return wanted if wanted in shown else found[0]

    def _whole(self) -> Moment:
        """Return the test so far as one moment."""
        session = self._session
        return Moment(
            session.graph,
            session.state,
            session.view,
            session.lines[self._skipped :],
            # Not of the first turn: what came true before the test began is not its doing.
            tuple(event for turn in session.store.path_to()[1:] for event in turn.events),
            tuple(self._understudy.requests),
        )

    @staticmethod
    def _check(expected: Iterable[Expectation], moment: Moment) -> tuple[Failure, ...]:
        return tuple(failure for each in expected if (failure := check(each, moment)) is not None)


def _broken(place: Place, error: PalaverError) -> Failure:
    return Failure(place, "an answer", str(error))
