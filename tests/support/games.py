"""Games for tests: a real save on disk, the scripted actor, and models that say what the test tells them to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from engine.cast import Cast
from engine.dialogue.tokens import Estimate
from engine.errors import ModelError
from engine.llm.protocol import Delta, Finished, Model, Piece, Request, Usage
from engine.llm.scripted import ScriptedActor
from engine.session import Session
from engine.story.graph import StoryGraph
from engine.updates import Update


class QueueModel:
    """Answers with what it was fed, in order; keeps every request. An exception is raised, a list is streamed."""

    def __init__(self, *answers: str | Sequence[str] | ModelError) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.usage = Usage(100, 10)
        """What it says that each call took; a game counts by it."""
        self.closed = 0
        """Streams that were closed, at their end or before it."""
        self.pause = asyncio.Event()
        self.pause.set()
        """Cleared, a reply hangs after its first piece."""

    name = "queue-model"

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        self.requests.append(request)
        try:
            answer = self.answers.pop(0)
            if isinstance(answer, ModelError):
                raise answer
            pieces = [answer] if isinstance(answer, str) else list(answer)
            for piece in pieces:
                yield Delta(piece)
                await self.pause.wait()
            yield Finished("".join(pieces), usage=self.usage, model=self.name)
        finally:
            self.closed += 1

    async def aclose(self) -> None:
        return None


def cast_of(actor: Model | None = None, judge: Model | None = None) -> Cast:
    scripted = ScriptedActor()
    return Cast(actor or scripted, judge or actor or scripted, scripted, Estimate())


def begin(graph: StoryGraph, folder: Path, actor: Model | None = None, judge: Model | None = None) -> Session:
    return Session.begin(graph, cast_of(actor, judge), folder / "game.palaver", seed=1)


def resume(graph: StoryGraph, folder: Path, actor: Model | None = None) -> Session:
    return Session.resume(graph, cast_of(actor), folder / "game.palaver")


def heard(updates: AsyncGenerator[Update]) -> list[Update]:
    """Take a whole answer."""

    async def take() -> list[Update]:
        return [update async for update in updates]

    return asyncio.run(take())
