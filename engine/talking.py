"""One turn of talk, asked of the models: who answers, each answer as it comes, then what a judge reads in it all.

It commits nothing and changes no game: it leaves the steps that the turn consists of to whoever asked for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from engine.asking import Asker
from engine.briefing import Briefing, noted
from engine.cast import Cast
from engine.dialogue import floor
from engine.dialogue.judge import reading
from engine.dialogue.summary import Due
from engine.errors import ModelError, Refused
from engine.llm.protocol import Delta, Finished, Model, Notice, Request, Waiting, Withdrawn
from engine.play.moves import Move, Read, Remember, Reply
from engine.play.state import State
from engine.play.step import Step, step
from engine.report import Exchange
from engine.story.graph import Scene, StoryGraph
from engine.updates import Choosing, Delayed, Interrupted, Judging, Recalling, Speaking, TakenBack, Update, Words

AUTHORED = "authored"
"""Who sums up where no model does."""
MOST_SUMMARIES = 16
"""Summaries that are kept for a turn that is played again; each is made of what one prompt can hold."""


def made(graph: StoryGraph, state: State, move: Move) -> Step:
    """Return the step that `move` makes; raises `Refused` with the rules' own reason."""
    taken = step(graph, state, move)
    if taken.refused:
        raise Refused(taken.refused)
    return taken


class TalkTurn:
    """A turn under way. Its attributes say how far it came, also when it ended in an error."""

    def __init__(
        self,
        graph: StoryGraph,
        cast: Cast,
        briefing: Briefing,
        stopping: asyncio.Event,
        summaries: dict[Due, tuple[str, str]],
    ) -> None:
        """`summaries` are those that models made in this game, and by whom: it grows, and none is asked for twice."""
        self.steps: tuple[Step, ...] = ()
        """Everything after the player's line, once it is all there: replies, summaries, and the reading last."""
        self.note: dict[str, str | int] = {}
        """What a save keeps of how the turn was made."""
        self.fault = ""
        """Why the reading made no sense; empty when it did."""
        self.warning = ""
        """What the player should know of the server; the same words turn after turn."""
        self.notices: list[str] = []
        self.summed_up = False
        """Whether a memory was summed up: the briefing holds it already."""
        self.reading = False
        """Whether all is said and only its meaning is being read."""
        self._graph = graph
        self._cast = cast
        self._briefing = briefing
        self._asker = Asker(stopping)
        self._summaries = summaries
        self._made: list[Step] = []
        self._speakers: list[str] = []
        self._finished: list[Finished | None] = []
        """How each reply ended; None where it was broken off."""
        self._request: Request | None = None
        """The one that got the last reply."""
        self._unheard = False
        """Whether words were let out that belong to no reply yet."""
        self._next = ""
        """Who speaks next, as far as that was found."""
        self._read: Read | None = None
        self._judged: Finished | None = None
        self._answer: Finished | None = None
        """What came of the request last asked through `_whole`."""

    @property
    def replies(self) -> int:
        """How many replies stand so far."""
        return len(self._speakers)

    @property
    def exchange(self) -> Exchange:
        """What was asked and answered so far."""
        return Exchange(tuple(self._asker.asked), self._read)

    async def updates(self, spoken: Step, to: str, actor: Model, earlier: Sequence[str]) -> AsyncGenerator[Update]:
        """Ask for answers to what was `spoken`, `to` somebody or to all, one after another, then the judge.

        `earlier` are answers to the same line on other branches. Raises `ModelError`, and `Refused` when it was stopped
        before a word.
        """
        meter = self._cast.meter
        before = meter.spent.session if meter is not None else None
        self._made = [spoken]
        for part in (self._answers(to, actor, earlier), self._meaning()):
            async with aclosing(part) as updates:
                async for update in updates:
                    yield update
        self.steps = tuple(self._made[1:])
        self.note = dict(noted([reply for reply in self._finished if reply], self._judged))
        if meter is not None and before is not None:
            taken = meter.spent.session - before
            self.note |= {"tokens": taken.tokens, "micro_dollars": taken.micro}

    # Answers

    @property
    def _state(self) -> State:
        return self._made[-1].state

    @property
    def _scene(self) -> Scene:
        return self._graph.scenes[self._state.scene]

    async def _whole(self, model: Model, request: Request) -> AsyncGenerator[Update]:
        """Ask for an answer that nobody hears, and keep it in `_answer`: None when it was stopped."""
        self._answer = None
        async with aclosing(self._asker.pieces(model, request)) as pieces:
            async for piece in pieces:
                match piece:
                    case Finished():
                        self._answer = piece
                    case Notice(text):
                        self.notices.append(text)
                    case Waiting(reason, seconds):
                        yield Delayed(reason, seconds)
                    case _:
                        pass

    def _make(self, move: Move) -> None:
        self._made.append(made(self._graph, self._state, move))

    async def _answers(self, to: str, actor: Model, earlier: Sequence[str]) -> AsyncGenerator[Update]:
        """Let one character after another answer, as many as the scene lets speak."""
        self._next = self._briefing.first(self._state, to)
        if not self._next:
            async with aclosing(self._choose()) as updates:
                async for update in updates:
                    yield update
            self._next = self._next or self._briefing.nearest(self._state)
        while self._next:
            who, self._next = self._next, ""
            try:
                async with aclosing(self._reply(who, actor, () if self._speakers else earlier)) as updates:
                    async for update in updates:
                        yield update
            except (ModelError, Refused) as error:
                if not self._speakers:
                    raise
                if self._unheard:
                    yield TakenBack(f"What {self._name(who)} began to say is not kept.")
                if not self._asker.stopped:
                    self.notices.append(f"{self._name(who)} said nothing. {error.what}")  # what others said stands
                return
            if self._asker.stopped:
                return
            replies = self._state.exchange[1:]
            if not self._next:
                self._next = floor.following(self._graph, self._state, replies)
            if not self._next and floor.asks(self._graph, self._state, replies):
                async with aclosing(self._choose()) as updates:
                    async for update in updates:
                        yield update

    async def _choose(self) -> AsyncGenerator[Update]:
        """Ask the judge's model who speaks next; whatever goes wrong, nobody is found by it."""
        if self._cast.judge is self._cast.scripted:
            return
        yield Choosing()
        asked, request = self._briefing.choosing(self._state)
        try:
            async with aclosing(self._whole(self._cast.judge, request)) as updates:
                async for update in updates:
                    yield update
            if self._answer is not None:
                self._next = floor.chosen(self._answer.text, asked) or ""
        except ModelError as error:
            self.notices.append(f"Who answers could not be found out: {error.what}")

    async def _reply(self, who: str, actor: Model, earlier: Sequence[str]) -> AsyncGenerator[Update]:
        """Ask `who` for a reply, after summing up what its prompt has no room for any more."""
        gone = self._briefing.due(self._state, who)
        if gone is not None:
            async with aclosing(self._sum_up(gone)) as updates:
                async for update in updates:
                    yield update
        yield Speaking(who, self._name(who), self._graph.characters[who].narrator)
        request = self._briefing.act(self._state, who, earlier)
        reply, finished = "", None
        self._unheard = False
        async with aclosing(self._asker.pieces(actor, request)) as pieces:
            async for piece in pieces:
                match piece:
                    case Delta(text):
                        reply += text
                        self._unheard = True
                        yield Words(text)
                        self._next = self._breaking_in(who, reply, whole=False)
                        if self._next and actor is not self._cast.scripted:
                            break  # what an author wrote is said to its end
                    case Withdrawn(reason):
                        reply, self._next = "", ""
                        yield TakenBack(reason)
                    case Notice(text):
                        self.notices.append(text)
                    case Waiting(reason, seconds):
                        yield Delayed(reason, seconds)
                    case Finished():
                        finished = piece
        if finished is None and not reply.strip():
            raise Refused("Stopped before anything was said. Your line is kept.")
        whole = finished.text if finished else reply
        if not self._next:
            self._next = self._breaking_in(who, whole, whole=True)
        cut = finished is None or finished.finish == "length"
        self._make(Reply(who, whole, cut, (finished.model if finished else "") or actor.name))
        self._request, self._unheard = request, False
        self._speakers.append(who)
        self._finished.append(finished)
        self.warning = self._briefing.learn(finished) or self.warning or self._overrun(actor)
        if self._next:
            yield Interrupted(self._name(self._next))

    def _breaking_in(self, who: str, said: str, *, whole: bool) -> str:
        """Who breaks in on `who`, at most once a turn."""
        return "" if self._speakers else floor.interrupter(self._scene, self._state, who, said, final=whole)

    async def _sum_up(self, gone: Due) -> AsyncGenerator[Update]:
        """Keep in short what a character's prompt leaves out from now on."""
        model, (text, by) = self._cast.summariser, self._summaries.get(gone, ("", AUTHORED))
        if model is not None and not text and not self._asker.stopped:
            yield Recalling(self._name(gone.who))
            try:
                async with aclosing(self._whole(model, self._briefing.summary(self._state, gone))) as updates:
                    async for update in updates:
                        yield update
                if self._answer is not None:
                    text, by = self._answer.text, self._answer.model or model.name
            except ModelError as error:
                self.notices.append(
                    f"What {self._name(gone.who)} no longer holds word for word could not be summed up: {error.what}"
                )
        kept, by_model = self._briefing.summed_up(gone, text)
        if by_model:
            self._summaries[gone] = text, by
            for oldest in list(self._summaries)[:-MOST_SUMMARIES]:
                del self._summaries[oldest]
        self._make(Remember(gone.who, gone.upto, kept, by if by_model else AUTHORED))
        self._briefing.extend(self._made[-1].events)
        self.summed_up = True

    def _overrun(self, actor: Model) -> str:
        return "" if actor is self._cast.scripted else self._briefing.overrun()

    def _name(self, who: str) -> str:
        return self._graph.characters[who].name

    # Meaning

    async def _meaning(self) -> AsyncGenerator[Update]:
        """Find what has come true in the replies; whatever goes wrong with it, they stand and nothing has."""
        self.reading = True
        readings = [reply.reading for reply in self._finished if reply is not None and reply.reading is not None]
        if self._asker.stopped:
            self._read = Read(who=self._speakers[-1])
        elif len(readings) == len(self._finished):
            self._read = merged(readings, self._speakers)
        else:
            async with aclosing(self._judging()) as updates:
                async for update in updates:
                    yield update
        self._read = self._read or Read(who=self._speakers[-1])
        self._make(self._read)

    async def _judging(self) -> AsyncGenerator[Update]:
        state, who = self._state, self._speakers[-1]
        if self._request is None:
            return
        question = self._briefing.question(state, self._speakers, self._request)
        if question is None:
            return
        yield Judging()
        try:
            async with aclosing(self._whole(self._cast.judge, self._briefing.judge(state, question))) as updates:
                async for update in updates:
                    yield update
            self._judged = self._answer
        except ModelError as error:
            self.notices.append(f"The reply could not be read for what it means: {error.what}")
            self._read = Read(who=who, fault=error.what)
            return
        if self._judged is None:
            self._read = Read(who=who, fault="the reading was stopped")
            return
        self._read = reading(self._judged.text, question)
        self.fault = self._read.fault


def merged(readings: Sequence[Read], speakers: Sequence[str]) -> Read:
    """Return what several replies mean together: the first outcome that came true, and the moves of each."""
    if len(readings) == 1:
        return readings[0]
    moved = tuple(
        replace(claim, who=claim.who or read.who or who)
        for read, who in zip(readings, speakers, strict=True)
        for claim in read.moved
    )
    outcome = next((read.outcome for read in readings if read.outcome is not None), None)
    return Read(outcome, moved, who=speakers[-1], by=readings[0].by)
