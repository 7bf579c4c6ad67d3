"""Finds out how many tokens a server can hold: by its own list of models, or where llama.cpp and Ollama say it.

It asks and believes; whether a prompt is cut in spite of that shows in what the server counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from engine.errors import ModelError
from engine.llm.connection import ask_json
from engine.llm.discover import Listed
from engine.llm.endpoint import Endpoint

if TYPE_CHECKING:
    import httpx

OLLAMA_USUAL = 4_096
"""What Ollama gives a model on a small machine unless it is told otherwise, whatever the model could hold."""


@dataclass(frozen=True, slots=True)
class Context:
    """How much a server can hold, and how that is known."""

    tokens: int
    says: str


async def find_context(client: httpx.AsyncClient, endpoint: Endpoint, models: Sequence[Listed]) -> Context | None:
    """Return what can be learnt without asking a model anything; None where nothing says it."""
    root = endpoint.base_url.removesuffix("/v1")
    if not endpoint.key and not endpoint.headers:  # a hosted service has no such paths
        props = await _asked(client, endpoint, f"{root}/props")
        tokens = _count(_inside(props, "default_generation_settings", "n_ctx"))
        if tokens:
            return Context(tokens, f"llama.cpp holds {tokens:,} tokens")
        shown = await _asked(client, endpoint, f"{root}/api/show", {"model": endpoint.model})
        if isinstance(shown, dict):
            loaded = _loaded(await _asked(client, endpoint, f"{root}/api/ps"), endpoint.model)
            if loaded:
                return Context(loaded, f"Ollama has loaded the model with room for {loaded:,} tokens")
            told = _ollama_limit(shown)
            if told:
                return Context(told, f"Ollama holds {told:,} tokens")
    known = next((listed.context for listed in models if listed.name == endpoint.model), None)
    if known is None and len(models) == 1:
        known = models[0].context
    return Context(known, f"By its list of models it holds {known:,} tokens") if known else None


async def _asked(client: httpx.AsyncClient, endpoint: Endpoint, url: str, body: object = None) -> object:
    try:
        return await ask_json(client, endpoint, url, body, seconds=5.0)
    except ModelError:
        return None  # most servers have no such path


def _inside(found: object, *names: str) -> object:
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9 else None


def _loaded(running: object, model: str) -> int | None:
    """The room of a model that Ollama has in memory; `latest` is the tag of a name without one."""
    entries = _inside(running, "models")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and entry.get("name") in (model, f"{model}:latest"):
            return _count(entry.get("context_length"))
    return None


def _ollama_limit(shown: dict[str, Any]) -> int | None:
    """What a model not yet loaded will get: its file's `num_ctx`, else Ollama's usual, and no more than it can hold."""
    parameters = shown.get("parameters")
    words = parameters.split() if isinstance(parameters, str) else []
    told = next((int(n) for name, n in pairwise(words) if name == "num_ctx" and n.isdecimal()), None)
    info = shown.get("model_info")
    most = (
        [_count(n) for name, n in info.items() if str(name).endswith(".context_length")]
        if isinstance(info, dict)
        else []
    )
    limits = [n for n in (told or OLLAMA_USUAL, *most) if n]
    return min(limits) if most or told else None
