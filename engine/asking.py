"""Asks models one thing after another in a turn: streams their pieces until they are done or the player stops them.

It keeps what became of each request, for the inspector and for reports; it reads nothing into an answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from engine.errors import ModelError
from engine.llm.protocol import Finished, Model, Piece, Request
from engine.report import Asked


class Asker:
    """The requests of one turn."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self.asked: list[Asked] = []
        """Every request so far, in order, with what became of it."""
        self._stopping = stopping

    @property
    def stopped(self) -> bool:
        """Whether the player broke it off."""
        return self._stopping.is_set()

    async def pieces(self, model: Model, request: Request) -> AsyncGenerator[Piece]:
        """Stream a model's pieces. Raises `ModelError`; ends early, without `Finished`, when it is stopped."""
        finished, problem = None, "stopped"
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with aclosing(self._until_stopped(model, request)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Finished):
                        finished, problem = piece, ""
                    yield piece
        except ModelError as error:
            problem = str(error)
            raise
        finally:
            self.asked.append(Asked(request, model.name, finished, problem, clock() - began))

    async def _until_stopped(self, model: Model, request: Request) -> AsyncGenerator[Piece]:
        """Stream a model's pieces until it is done or it is stopped, which closes the stream at once."""
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
