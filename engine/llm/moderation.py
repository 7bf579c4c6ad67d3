"""Asks a moderation endpoint whether a line may go out and a reply may be shown, where the player wants that.

The line is looked at before anything is sent to a model. A reply is looked at whole before a word of it is shown: who
asks for this does not want to have read it, and what a screen reader has said cannot be taken back. It judges nothing
itself, and keeps nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import ModelError, Unreachable, Withheld
from engine.llm import faults
from engine.llm.connection import ask_json, connect
from engine.llm.endpoint import Endpoint
from engine.llm.protocol import Delta, Finished, Model, Notice, Piece, Request

if TYPE_CHECKING:
    import httpx

WhenUnreachable = Literal["send", "hold"]
"""What is done with a text that could not be looked at: let it pass with a notice, or hold it back."""

PATIENCE = 10.0
"""Seconds to wait for a verdict; it mostly takes a third of one."""
MOST_KINDS = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a moderation says of a text."""

    flagged: bool
    kinds: tuple[str, ...] = ()
    """What it is flagged for, in the server's words, such as `violence`; may be empty."""


class Moderator:
    """A server's `/moderations`."""

    def __init__(self, endpoint: Endpoint, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.endpoint = endpoint
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def verdict(self, text: str) -> Verdict:
        """Return what is said of `text`; raises `ModelError` when that cannot be had."""
        endpoint = self.endpoint
        if self._client is None:
            self._client = connect(endpoint, self._transport)
        body = {"model": endpoint.model, "input": text.encode("utf-8", "replace").decode()}
        answer = await ask_json(self._client, endpoint, "/moderations", body, seconds=PATIENCE)
        verdict = _read(endpoint, answer)
        if verdict is None:
            raise Unreachable(
                f"{endpoint.host} does not answer as a moderation does.", do="Check `moderation` in the config file."
            )
        return verdict

    async def aclose(self) -> None:
        """Let go of the connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


class _Moderated:
    """What both sides of a moderated model have in common."""

    def __init__(self, inner: Model, moderator: Moderator, *, when_unreachable: WhenUnreachable = "send") -> None:
        self._inner = inner
        self._moderator = moderator
        self._when_unreachable = when_unreachable

    @property
    def name(self) -> str:
        """The inner model's name."""
        return self._inner.name

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._inner.aclose()
        await self._moderator.aclose()


class LineModerated(_Moderated):
    """A `Model` that is asked only what a moderation lets pass. Belongs outside whatever asks again."""

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """Answer as the inner model does; raises `Withheld` for a line that is flagged, which is then sent nowhere."""
        line = _line(request)
        if line:
            try:
                verdict = await self._moderator.verdict(line)
            except ModelError as error:
                notice = f"Your line could not be looked at by the moderation: {error.what}"
                if self._when_unreachable == "hold":
                    raise Withheld(
                        f"{notice} It was not sent.", do="Try again, or see `moderation` in the settings."
                    ) from None
                yield Notice(f"{notice} It was sent all the same.")
            else:
                if verdict.flagged:
                    raise Withheld(
                        f"Your line was not sent: {self._moderator.endpoint.host} flags it{_for(verdict)}.",
                        do="Say it another way.",
                    )
        async with contextlib.aclosing(self._inner.stream(request)) as pieces:
            async for piece in pieces:
                yield piece


class ReplyModerated(_Moderated):
    """A `Model` whose replies are shown only when a moderation lets them pass. Belongs inside what asks again."""

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """Answer as the inner model does, once the whole reply was looked at; raises `Withheld` if it is flagged."""
        held: list[Piece] = []
        async with contextlib.aclosing(self._inner.stream(request)) as pieces:
            async for piece in pieces:
                if request.purpose == "act" and isinstance(piece, Delta):
                    held.append(piece)
                    continue
                if request.purpose == "act" and isinstance(piece, Finished) and piece.text.strip():
                    notice = await self._checked(piece.text)
                    if notice:
                        yield Notice(notice)
                    for words in held:
                        yield words
                yield piece

    async def _checked(self, text: str) -> str:
        """Return a notice for the player; raises `Withheld`."""
        try:
            verdict = await self._moderator.verdict(text)
        except ModelError as error:
            notice = f"The reply could not be looked at by the moderation: {error.what}"
            if self._when_unreachable == "hold":
                raise Withheld(notice, do="Try again, or see `moderation` in the settings.") from None
            return notice
        if verdict.flagged:
            raise Withheld(f"{self._moderator.endpoint.host} flags the reply{_for(verdict)}.", do="Say it another way.")
        return ""


def _line(request: Request) -> str:
    """The words that the player said, if this request is the one that brings them to a character."""
    if request.purpose != "act":
        return ""
    if request.stage is not None:
        return request.stage.line
    return next((message.content for message in reversed(request.messages) if message.role == "user"), "")


def _read(endpoint: Endpoint, answer: Any) -> Verdict | None:
    """The verdict in an answer; None where there is none."""
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or not results or not all(isinstance(result, dict) for result in results):
        return None
    if not all(isinstance(result.get("flagged"), bool) for result in results):
        return None
    kinds: dict[str, None] = {}
    for result in results:
        named = result.get("categories")
        if isinstance(named, dict):
            kinds |= {faults.quote(endpoint, str(kind))[:40]: None for kind, is_so in named.items() if is_so is True}
    return Verdict(any(result["flagged"] for result in results), tuple(kinds)[:MOST_KINDS])


def _for(verdict: Verdict) -> str:
    return f" ({', '.join(verdict.kinds)})" if verdict.kinds else ""
