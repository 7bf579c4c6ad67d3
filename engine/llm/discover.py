"""Finds the servers of models on this machine, and lists the models of any server.

It asks this machine's usual ports and the address it is given, nothing else, and sends no key but to the address that
the key belongs to. What a server says of itself is cleaned before it is passed on.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import ModelError
from engine.llm.connection import ask_json, connect
from engine.llm.endpoint import Endpoint
from engine.plaintext import clean_line

if TYPE_CHECKING:
    import httpx

USUAL: tuple[tuple[str, int], ...] = (
    ("Ollama", 11434),
    ("LM Studio", 1234),
    ("llama.cpp", 8080),
    ("vLLM", 8000),
    ("KoboldCpp", 5001),
)
"""Servers and the port each listens on unless told otherwise."""
PATIENCE = 1.5
"""Seconds for a server on this machine to list its models; one that is not there refuses in a millisecond."""
MOST_MODELS = 2_000
_LONGEST_NAME = 200
# As OpenRouter, vLLM, LM Studio, Mistral and others spell it.
_CONTEXT = ("context_length", "max_model_len", "loaded_context_length", "max_context_length", "context_window")


@dataclass(frozen=True, slots=True)
class Listed:
    """One model of a server."""

    name: str
    context: int | None = None
    """Tokens it can hold, where the server says so."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was asked, and what it has."""

    title: str
    """What it probably is: `Ollama`, or its host."""
    base_url: str
    models: tuple[Listed, ...] = ()
    problem: str = ""
    """Why it could not be asked; empty when it answered."""


async def discover(
    configured: Endpoint | None = None,
    *,
    usual: Sequence[tuple[str, int]] = USUAL,
    patience: float = PATIENCE,
    transport: httpx.AsyncBaseTransport | None = None,
) -> list[Server]:
    """Return the servers that answer, the configured one first, whether it answers or not."""
    near = [(title, Endpoint(f"http://localhost:{port}/v1", "any", connect_timeout=patience)) for title, port in usual]
    asked = [
        _local(title, endpoint, patience, transport) for title, endpoint in near if not _same(endpoint, configured)
    ]
    if configured is not None:
        title = next((title for title, endpoint in near if _same(endpoint, configured)), configured.host)
        asked.insert(0, _asked(title, configured, 10.0, transport))
    found = await asyncio.gather(*asked)
    return [server for server in found if server is not None]


async def list_models(
    endpoint: Endpoint, *, seconds: float = 10.0, transport: httpx.AsyncBaseTransport | None = None
) -> tuple[Listed, ...]:
    """Return what `GET /models` lists; raises `ModelError`."""
    client = connect(endpoint, transport)
    async with contextlib.aclosing(client):
        return read_models(await ask_json(client, endpoint, "/models", seconds=seconds))


def read_models(found: object) -> tuple[Listed, ...]:
    """Return the models in a server's answer: OpenAI's `data`, Ollama's `models`, or a bare list."""
    if isinstance(found, dict):
        found = found["data"] if isinstance(found.get("data"), list) else found.get("models")
    return tuple({model.name: model for model in _models(found if isinstance(found, list) else [])}.values())


def _models(entries: Sequence[object]) -> Iterator[Listed]:
    for entry in entries[:MOST_MODELS]:
        fields = entry if isinstance(entry, dict) else {"id": entry}
        given = fields.get("id") or fields.get("name") or fields.get("model")
        name = clean_line(given) if isinstance(given, str) else ""
        # A name that cleaning changes could not be asked for.
        if name and name == given and len(name) <= _LONGEST_NAME:
            yield Listed(name, read_context(fields))


def read_context(fields: Mapping[str, Any]) -> int | None:
    """Return how many tokens a model can hold by what its server says of it."""
    meta = fields.get("meta")
    counts = [fields.get(name) for name in _CONTEXT]
    counts += [meta.get(name) for name in ("n_ctx", "n_ctx_train")] if isinstance(meta, dict) else []
    return next((n for n in counts if isinstance(n, int) and not isinstance(n, bool) and 0 < n < 10**9), None)


def _same(near: Endpoint, configured: Endpoint | None) -> bool:
    if configured is None or not configured.local:
        return False
    return near.host.rpartition(":")[2] == configured.host.rpartition(":")[2]


async def _asked(
    title: str, endpoint: Endpoint, seconds: float, transport: httpx.AsyncBaseTransport | None
) -> Server | None:
    try:
        return Server(title, endpoint.base_url, await list_models(endpoint, seconds=seconds, transport=transport))
    except ModelError as problem:
        return Server(title, endpoint.base_url, problem=str(problem))


async def _local(
    title: str, endpoint: Endpoint, seconds: float, transport: httpx.AsyncBaseTransport | None
) -> Server | None:
    """A server on a usual port: one that is not there, or is no server of models, is not worth a word."""
    server = await _asked(title, endpoint, seconds, transport)
    return server if server and server.models else None
