"""Short ways to ask a model in tests: requests, servers that answer from a list, and what came back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from engine.dialogue.messages import Message
from engine.llm.client import HttpModel
from engine.llm.endpoint import Endpoint, Secret
from engine.llm.protocol import Delta, Finished, Model, Piece, Request, Waiting

KEY = "sk-test-0123456789abcdef"
MESSAGES = (Message("system", "You are Maren."), Message("user", "Let me in!"))
ACT = Request("act", MESSAGES)
JUDGE = Request(
    "judge",
    MESSAGES,
    {"temperature": 0, "max_tokens": 200},
    schema={
        "type": "object",
        "properties": {"outcome": {"type": "string", "enum": ["lets_in", "none"]}, "quote": {"type": "string"}},
        "required": ["outcome", "quote"],
        "additionalProperties": False,
    },
    schema_name="reading",
)


def endpoint(base_url: str = "https://models.example/v1", **given: Any) -> Endpoint:
    return Endpoint(base_url, given.pop("model", "m-1"), **{"key": Secret(KEY), **given})


def sse(*chunks: object, done: bool = True) -> bytes:
    """A stream of chunks: texts become deltas, mappings go as they are."""
    lines = [
        chunk if isinstance(chunk, dict) else {"choices": [{"index": 0, "delta": {"content": chunk}}]}
        for chunk in chunks
    ]
    return "".join(f"data: {json.dumps(line)}\n\n" for line in lines).encode() + (b"data: [DONE]\n\n" if done else b"")


FINISH = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "model": "m-1-2026"}
USAGE = {"choices": [], "usage": {"prompt_tokens": 21, "completion_tokens": 3}}
GOOD = sse("Come ", "in.", FINISH, USAGE)


def error(message: str, **more: object) -> bytes:
    return json.dumps({"error": {"message": message, **more}}).encode()


@dataclass
class Told:
    """What a model said."""

    pieces: list[Piece] = field(default_factory=list)

    @property
    def words(self) -> str:
        return "".join(piece.text for piece in self.pieces if isinstance(piece, Delta))

    @property
    def waits(self) -> list[Waiting]:
        return [piece for piece in self.pieces if isinstance(piece, Waiting)]

    @property
    def finished(self) -> Finished:
        last = self.pieces[-1]
        assert isinstance(last, Finished)
        return last


async def listen(model: Model, request: Request = ACT, told: Told | None = None) -> Told:
    """Collect all pieces; `told` keeps those that came before an error."""
    told = told if told is not None else Told()
    async for piece in model.stream(request):
        told.pieces.append(piece)
    return told


Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Line:
    """A server that gives these answers in turn, the last one for ever, and keeps what it was sent."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]


def stream_of(*chunks: object) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, headers={"content-type": "text/event-stream"}, content=sse(*chunks))


def ok(body: bytes = GOOD) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, content=body)


def no(status: int, body: bytes = b"", **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, content=body, headers=named)


@dataclass
class Asked:
    """A model in front of a `Line`, and the waits it would have made."""

    model: HttpModel
    line: Line
    slept: list[float]

    def tell(self, request: Request = ACT, told: Told | None = None) -> Told:
        return asyncio.run(self._tell(request, told))

    async def _tell(self, request: Request, told: Told | None) -> Told:
        try:
            return await listen(self.model, request, told)
        finally:
            await self.model.aclose()


def ask(*answers: Answer, to: Endpoint | None = None, clock: Sequence[float] = ()) -> Asked:
    line, slept, times = Line(*answers), [], list(clock)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    def now() -> float:
        return times.pop(0) if len(times) > 1 else (times or [0.0])[0]

    model = HttpModel(to or endpoint(), transport=httpx.MockTransport(line), sleep=sleep, random=lambda: 0.0, clock=now)
    return Asked(model, line, slept)
