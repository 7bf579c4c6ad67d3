"""One turn of talk, asked of the models: the character's answer as it comes, then what a judge reads in it.

It commits nothing and changes no game: it leaves the steps that the turn consists of to whoever asked for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress

from engine.briefing import Briefing, noted
from engine.cast import Cast
from engine.dialogue.judge import reading
from engine.errors import ModelError, Refused
from engine.llm.protocol import Delta, Finished, Model, Notice, Piece, Request, Waiting, Withdrawn
from engine.play.moves import Move, Read, Reply
from engine.play.state import State
from engine.play.step import Step, step
from engine.report import Asked, Exchange
from engine.story.graph import StoryGraph
from engine.updates import Delayed, Judging, Speaking, TakenBack, Update, Words


def made(graph: StoryGraph, state: State, move: Move) -> Step:
    """Return the step that `move` makes; raises `Refused` with the rules' own reason."""
    taken = step(graph, state, move)
    if taken.refused:
        raise Refused(taken.refused)
    return taken


class TalkTurn:
    """A turn under way. Its attributes say how far it came, also when it ended in an error."""

    def __init__(self, graph: StoryGraph, cast: Cast, briefing: Briefing, stopping: asyncio.Event) -> None:
        self.steps: tuple[Step, ...] = ()
        """The reply's and the reading's, once there."""
        self.note: dict[str, str | int] = {}
        """What a save keeps of how the turn was made."""
        self.exchange = Exchange(())
        """What was asked and answered so far."""
        self.fault = ""
        """Why the reading made no sense; empty when it did."""
        self.warning = ""
        """What the player should know of the server; the same words turn after turn."""
        self.notices: list[str] = []
        self._graph = graph
        self._cast = cast
        self._briefing = briefing
        self._stopping = stopping

    async def updates(self, spoken: Step, who: str, actor: Model, earlier: Sequence[str]) -> AsyncGenerator[Update]:
        """Ask `who`, then the judge; raises `ModelError`, and `Refused` when it was stopped before a word."""
        meter = self._cast.meter
        before = meter.spent.session if meter is not None else None
        yield Speaking(who, self._graph.characters[who].name)
        request = self._briefing.act(spoken.state, who, earlier)
        reply, finished, judged = "", None, None
        async with aclosing(self._asked(actor, request)) as pieces:
            async for piece in pieces:
                match piece:
                    case Delta(text):
                        reply += text
                        yield Words(text)
                    case Withdrawn(reason):
                        reply = ""
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
        cut = finished is None or finished.finish == "length"
        model = (finished.model if finished else "") or actor.name
        answered = made(self._graph, spoken.state, Reply(who, whole, cut, model))
        read = Read(who=who)
        if finished is not None and finished.reading is not None:
            read = finished.reading
        elif finished is not None:
            async for update in self._judging(answered.state, who):
                if isinstance(update, Read):
                    read = update
                elif isinstance(update, Finished):
                    judged = update
                else:
                    yield update
        self.warning = self._briefing.learn(finished)
        self.exchange = Exchange(self.exchange.asked, read)
        self.steps = (answered, made(self._graph, answered.state, read))
        self.note = dict(noted(finished, judged) or {})
        if meter is not None and before is not None:
            taken = meter.spent.session - before
            self.note |= {"tokens": taken.tokens, "micro_dollars": taken.micro}

    async def _judging(self, state: State, who: str) -> AsyncGenerator[Update | Finished | Read]:
        """Ask the judge; whatever goes wrong with it, the turn stands and nothing is taken to have come true."""
        question = self._briefing.question(state, who)
        if question is None:
            return
        yield Judging()
        finished = None
        try:
            async with aclosing(self._asked(self._cast.judge, self._briefing.judge(state, question))) as pieces:
                async for piece in pieces:
                    match piece:
                        case Finished():
                            finished = piece
                        case Notice(text):
                            self.notices.append(text)
                        case Waiting(reason, seconds):
                            yield Delayed(reason, seconds)
                        case _:
                            pass
        except ModelError as error:
            self.notices.append(f"The reply could not be read for what it means: {error}")
            yield Read(who=who, fault=error.what)
            return
        if finished is None:
            yield Read(who=who, fault="the reading was stopped")
            return
        read = reading(finished.text, question)
        self.fault = read.fault
        yield finished
        yield read

    async def _asked(self, model: Model, request: Request) -> AsyncGenerator[Piece]:
        """Stream a model's pieces, and keep what became of the request."""
        finished, problem = None, "stopped"
        try:
            async with aclosing(self._pieces(model, request)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Finished):
                        finished, problem = piece, ""
                    yield piece
        except ModelError as error:
            problem = str(error)
            raise
        finally:
            kept = Asked(request, model.name, finished, problem)
            self.exchange = Exchange((*self.exchange.asked, kept), self.exchange.reading)

    async def _pieces(self, model: Model, request: Request) -> AsyncGenerator[Piece]:
        """Stream a model's pieces until it is done or `stop` is called, which closes the stream at once."""
        stream = model.stream(request)
        stopping = asyncio.ensure_future(self._stopping.wait())
        coming: asyncio.Future[Piece | None] | None = None
        try:
            while not self._stopping.is_set():
                coming = asyncio.ensure_future(anext(stream, None))
                await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    return
                piece = coming.result()
                if piece is None:
                    return
                yield piece
        finally:
            stopping.cancel()
            if coming is not None and not coming.done():  # stopped, or whoever listens was cancelled
                coming.cancel()
                with suppress(asyncio.CancelledError):
                    await coming
            await stream.aclose()
