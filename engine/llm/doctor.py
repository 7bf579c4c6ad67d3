"""Tries an endpoint step by step, and says of each step what it found, what that means and what to do.

It sends a known, small number of questions and no word of any story. It changes nothing but what was learnt of the
endpoint, and it goes on past a failure only where the next step can still tell something.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import math
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from engine.dialogue.messages import Message
from engine.dialogue.tokens import Estimate
from engine.errors import BadRequest, KeyRefused, ModelError, OutOfCredit, Unreachable
from engine.llm.client import HttpModel, Memory
from engine.llm.connection import ask_json, connect
from engine.llm.contexts import Context, find_context
from engine.llm.discover import Listed, read_models
from engine.llm.endpoint import Endpoint
from engine.llm.limits import pool_of
from engine.llm.metered import Metered
from engine.llm.protocol import Delta, Finished, Model, Request

if TYPE_CHECKING:
    import httpx

    from engine.llm.meter import Meter

CALLS = 4
"""Replies that are asked for in all; a server that refuses a wording, which costs nothing, may be asked some more."""
REPLY = 200
"""The most tokens of each reply: a model that thinks first needs some room even for one word."""
PREFIX = 1_500
"""About how many tokens the long prompt has: providers cache from 1,024 tokens on."""
CUT_SHARE = 0.6
"""A server that counts less than this share of what was sent has probably cut it."""
LOCAL_PREFIX = 350
"""Tokens of the long prompt for a server of this machine, which may hold few and read slowly."""

Outcome = Literal["ok", "failed", "skipped", "note"]

_VERDICT = {
    "type": "object",
    "properties": {
        "quote": {"type": "string"},
        "colour": {"type": "string", "enum": ["red", "green", "blue"]},
    },
    "required": ["quote", "colour"],
    "additionalProperties": False,
}
_SENTENCE = "The keeper of the lamp trims the wick, fills the oil, and writes the hour into the book by the window. "


@dataclass(frozen=True, slots=True)
class Step:
    """What one step found."""

    name: str
    outcome: Outcome
    """`note` is worth knowing and stops nobody from playing."""
    says: str
    do: str = ""


def price(endpoint: Endpoint) -> tuple[int, int]:
    """Return how many calls an examination makes, and about how many tokens they take at most, replies and all."""
    return CALLS, 2 * _prefix(endpoint) + 300 + CALLS * REPLY


async def examine(
    endpoint: Endpoint,
    *,
    context: int,
    memory: Memory | None = None,
    meter: Meter | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncGenerator[Step]:
    """Yield each step as soon as it is done; `context` is what the player set, and `meter` counts what is asked."""
    # A failure is to be seen, not waited out.
    endpoint = replace(endpoint, retries=0)
    async with contextlib.aclosing(connect(endpoint, transport)) as client:
        models: tuple[Listed, ...] | None = None
        trouble: ModelError | None = None
        try:
            models = read_models(await ask_json(client, endpoint, "/models"))
        except ModelError as problem:
            trouble = problem
        if isinstance(trouble, Unreachable):
            name = "encryption" if trouble.what.startswith("No safe connection") else "address"
            yield Step(name, "failed", trouble.what, trouble.do)
            yield Step("the rest", "skipped", "Nothing more can be asked.")
            return
        yield Step("address", "ok", f"{endpoint.host} answers.")
        yield _encryption(endpoint)
        queue = meter.queue(pool_of(endpoint)) if meter is not None else None
        model = HttpModel(endpoint, memory=memory, transport=transport, heard=queue.heard if queue else None)
        asked: Model = model
        if meter is not None and queue is not None:
            price_of_it = meter.price(endpoint)
            asked = Metered(
                model,
                meter,
                queue,
                Estimate(),
                price=lambda: price_of_it,
                host=endpoint.host,
                parameters=endpoint.parameters,
            )
        try:
            async for step in _talk(model, asked, endpoint, models, trouble):
                yield step
                if step.outcome == "failed" and step.name in {"key", "model", "reply"}:
                    yield Step("the rest", "skipped", "It needs a reply.")
                    return
            yield await _schema(model, asked)
            found = await find_context(client, endpoint, models or ())
            async for step in _long(asked, endpoint, found, context):
                yield step
        finally:
            await model.aclose()


def _encryption(endpoint: Endpoint) -> Step:
    if endpoint.base_url.startswith("https://"):
        return Step("encryption", "ok", "TLS, and the certificate is good.")
    if endpoint.local:
        return Step("encryption", "skipped", "The server is on this machine: nothing crosses a network.")
    says = "What you say crosses the network unencrypted" + (", and so does the key." if endpoint.exposed else ".")
    return Step("encryption", "note", says, "Use https:// where the server has it.")


def _named(endpoint: Endpoint, models: tuple[Listed, ...] | None) -> Step:
    """What the server's list says of the model, once it has answered."""
    names = [listed.name for listed in models or ()]
    if endpoint.model in names:
        return Step(
            "model", "ok", f'"{endpoint.model}" is one of its {len(names)}.' if names[1:] else "It is the one it has."
        )
    if not names:
        return Step("model", "ok", f'It answers as "{endpoint.model}"; it lists no models.')
    says = f'It answers to "{endpoint.model}" but does not list it{_nearest(endpoint.model, names)}'
    return Step("model", "note", says, "Some servers take any name: see `palaver models` for what it has.")


def _nearest(name: str, names: list[str]) -> str:
    lower = {known.lower(): known for known in names}
    near = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.4)
    near = near or [known for known in lower if known.rpartition("/")[2] == name.lower()]
    return f'. Did you mean "{lower[near[0]]}"?' if near else f'; it has "{names[0]}".'


async def _talk(
    model: HttpModel,
    asked: Model,
    endpoint: Endpoint,
    models: tuple[Listed, ...] | None,
    trouble: ModelError | None,
) -> AsyncIterator[Step]:
    """One short reply, and everything that it shows."""
    said = (Message("system", "You answer in few words."), Message("user", "Count from one to ten, in words."))
    pieces = 0
    finished: Finished | None = None
    try:
        async with contextlib.aclosing(asked.stream(Request("act", said, {"max_tokens": REPLY}))) as stream:
            async for piece in stream:
                pieces += isinstance(piece, Delta)
                finished = piece if isinstance(piece, Finished) else finished
    except ModelError as problem:
        for step in _unanswered(endpoint, models, trouble, problem):
            yield step
        return
    assert finished is not None
    key = f"{endpoint.host} takes it." if endpoint.key or endpoint.headers else f"{endpoint.host} wants none."
    yield Step("key", "ok", key)
    yield _named(endpoint, models)
    yield Step("reply", "ok", f'It ended with "{finished.finish}" and holds {len(finished.text)} letters.')
    if model.streamed and pieces > 1:
        yield Step("stream", "ok", f"Words come as they are made: {pieces} pieces.")
    elif model.streamed:
        yield Step("stream", "note", "It came as a stream, but in one piece.", "Something on the way may hold it back.")
    else:
        yield Step("stream", "note", "The reply comes all at once.", "It works; you wait longer for the first word.")
    usage = finished.usage
    if usage.prompt is None or usage.completion is None:
        yield Step("usage", "note", "It does not say how many tokens it counted.", "Costs can only be estimated.")
    else:
        yield Step(
            "usage", "ok", f"It counted {usage.prompt} tokens of the prompt and {usage.completion} of the reply."
        )
    yield _limit(model, usage.completion)


def _unanswered(
    endpoint: Endpoint, models: tuple[Listed, ...] | None, trouble: ModelError | None, problem: ModelError
) -> list[Step]:
    """What a failed reply means for the key, the model and the reply."""
    if isinstance(problem, KeyRefused | OutOfCredit):
        return [Step("key", "failed", problem.what, problem.do)]
    shown = Step("key", "ok", "It was taken for the list of models; some servers show that to anybody.")
    key = shown if trouble is None and endpoint.auth_headers else Step("key", "skipped", "It was not yet looked at.")
    names = [listed.name for listed in models or ()]
    unlisted = bool(names) and endpoint.model not in names
    if isinstance(problem, BadRequest) and (unlisted or "has no model" in problem.what):
        says = (
            f'{problem.what} It does not list "{endpoint.model}"{_nearest(endpoint.model, names)}'
            if names
            else problem.what
        )
        return [key, Step("model", "failed", says, "`palaver models` lists what it has and lets you pick.")]
    return [key, Step("reply", "failed", problem.what, problem.do)]


def _limit(model: HttpModel, counted: int | None) -> Step:
    name = model.dialect.limit
    if counted is not None and counted > REPLY:
        return Step(
            "limit",
            "note",
            f"It made {counted} tokens though `{name}` said {REPLY}.",
            "Replies may be longer and dearer.",
        )
    return Step("limit", "ok", f"A reply's length is limited by `{name}`.")


async def _schema(model: HttpModel, asked: Model) -> Step:
    """Whether a judge's answer can be had in a form that is checked."""
    said = (
        Message("system", "You read a line and answer with one JSON object."),
        Message(
            "user", 'The line: "The grass is green." `quote` is the line\'s word for a colour, `colour` which it is.'
        ),
    )
    request = Request("judge", said, {"temperature": 0, "max_tokens": REPLY}, schema=_VERDICT, schema_name="doctor")
    try:
        finished = await _whole(asked, request)
    except ModelError as problem:
        return Step("schema", "failed", problem.what, problem.do)
    wrong = _mistake(finished.text)
    if wrong and finished.finish == "length":
        return Step(
            "schema", "note", f"The answer was not done after {REPLY} tokens.", "A judge of fewer words reads better."
        )
    if wrong:
        return Step(
            "schema", "failed", f"The answer to a reading {wrong}.", "Name a larger model: `judge: {model: NAME}`."
        )
    if model.dialect.schema:
        return Step("schema", "ok", "Readings are held to a JSON schema.")
    return Step("schema", "ok", "It takes no JSON schema, but answers well when asked in words.")


def _mistake(text: str) -> str:
    """What is wrong with an answer; nothing when it is what was asked for."""
    try:
        found = json.loads(text[text.index("{") : text.rindex("}") + 1])
    except (ValueError, RecursionError):
        return "is no JSON object"
    if not isinstance(found, dict) or set(found) != {"quote", "colour"}:
        return "has other fields than were asked for"
    if found["colour"] not in ("red", "green", "blue") or not isinstance(found["quote"], str):
        return "holds what was not offered"
    return ""


async def _long(model: Model, endpoint: Endpoint, found: Context | None, context: int) -> AsyncIterator[Step]:
    """The same long prompt twice: is it cut, and is it read from a cache the second time?"""
    tokens = _prefix(endpoint)
    persona = _SENTENCE * math.ceil(tokens / 21)
    asked = (Message("system", persona), Message("user", "Is the lamp lit? Say yes or no."))
    request = Request("act", asked, {"max_tokens": REPLY})
    try:
        first, second = await _whole(model, request), await _whole(model, request)
    except ModelError as problem:
        yield _room(found, context)
        yield Step("cache", "skipped", f"The long prompt got no reply: {problem.what}", problem.do)
        return
    counted = first.usage.prompt
    if found is None and counted is not None and counted < tokens * CUT_SHARE:
        says = f"It counted {counted} tokens of a prompt of about {tokens}: it seems to cut what it cannot hold."
        yield Step("context", "failed", says, "Give the server a larger context.")
    else:
        yield _room(found, context)
    cached = second.usage.cached
    if cached is None:
        yield Step("cache", "skipped", "It does not say whether it reads a prompt's beginning from a cache.")
    elif cached:
        yield Step("cache", "ok", f"{cached} of {second.usage.prompt} tokens were read from the cache the second time.")
    else:
        says = "Nothing was read from a cache the second time."
        yield Step("cache", "note", says, "Some providers begin to cache only later, or for longer prompts.")


def _room(found: Context | None, context: int) -> Step:
    if found is None:
        return Step("context", "skipped", f"It does not say how much it can hold; `context` is set to {context:,}.")
    if found.tokens < context:
        says = f"{found.says}, and `context` is set to {context:,}: a longer prompt would be cut or refused."
        return Step("context", "failed", says, f"Set `context: {found.tokens}`, or give the server more.")
    return Step("context", "ok", f"{found.says}; `context` is set to {context:,}.")


def _prefix(endpoint: Endpoint) -> int:
    return LOCAL_PREFIX if endpoint.local else PREFIX


async def _whole(model: Model, request: Request) -> Finished:
    finished: Finished | None = None
    async with contextlib.aclosing(model.stream(request)) as stream:
        async for piece in stream:
            finished = piece if isinstance(piece, Finished) else finished
    assert finished is not None, "a stream that ends without an error ends with its finish"
    return finished
