"""Interprets the JSON of chat and plain completions: chunks of a stream, whole replies, and errors.

Servers differ, and this is where they are forgiven for it: `content` may be null, text or a list of parts; the last
usage may come with no choices, on the finishing chunk, or not at all; an error's code may be a number. It reads plain
values and returns plain values; what is shown of them, and whether a reply is whole, is decided elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.llm.protocol import Usage

MOST_TOKENS = 10**9
"""A server that counts more is not counting; a number of hundreds of digits, which JSON allows, fits no float."""


class NotAChunk(ValueError):
    """Not a JSON object."""


@dataclass(frozen=True, slots=True)
class ServerError:
    """What a server says went wrong, in its own words; every part may be empty."""

    message: str = ""
    code: str = ""
    kind: str = ""
    """Its `type`."""
    param: str = ""
    text: str = ""
    """All of the answer, for looking for a parameter's name."""

    @property
    def status(self) -> int | None:
        """The HTTP status that the code stands for, where it is one: errors in mid-stream have no other."""
        return int(self.code) if len(self.code) == 3 and self.code.isascii() and self.code.isdigit() else None


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of a reply, or all of it."""

    text: str = ""
    reasoned: bool = False
    """Whether it carries thoughts, which are not the character's words."""
    refusal: str = ""
    finish: str = ""
    usage: Usage | None = None
    model: str = ""
    error: ServerError | None = None


def read_chunk(data: str) -> Chunk:
    """Read one chunk or one whole reply; raises `NotAChunk`."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise NotAChunk(data[:80]) from None
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, dict):
        raise NotAChunk(data[:80])
    error = _error(found, data) if found.get("error") else None
    choice = _first_choice(found.get("choices"))
    words = choice.get("delta") or choice.get("message")
    words = words if isinstance(words, dict) else {}
    finish = choice.get("finish_reason")
    return Chunk(
        text=_text(words.get("content")) or _string(choice.get("text")),
        reasoned=bool(words.get("reasoning") or words.get("reasoning_content")),
        refusal=_string(words.get("refusal")),
        finish=finish if isinstance(finish, str) and finish != "null" else "",
        usage=_usage(found.get("usage")),
        model=_string(found.get("model")),
        error=error,
    )


def read_error(body: str) -> ServerError:
    """Read the body of an answer whose status is an error; one that is not JSON has no message."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ServerError(text=body)
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, dict):
        return ServerError(text=body)
    return _error(found, body) or _spelled_otherwise(found, body)


def _first_choice(choices: object) -> Mapping[str, Any]:
    """The choice at index 0: one was asked for, and a server that sends more is not to mix them."""
    if not isinstance(choices, list):
        return {}
    if len(choices) == 1 and isinstance(choices[0], dict) and not choices[0].get("index"):
        return choices[0]
    return next((choice for choice in choices if isinstance(choice, dict) and not choice.get("index")), {})


def _error(found: Mapping[str, Any], body: str) -> ServerError | None:
    error = found.get("error")
    if not error:
        return None
    if not isinstance(error, dict):
        return ServerError(message=_string(error), text=body)
    code = error.get("code", error.get("status"))
    return ServerError(
        message=_string(error.get("message")),
        code=str(code) if isinstance(code, str | int) and not isinstance(code, bool) else "",
        kind=_string(error.get("type")),
        param=_string(error.get("param")),
        text=body,
    )


def _spelled_otherwise(found: Mapping[str, Any], body: str) -> ServerError:
    """`message` at the top (Mistral, vLLM), or FastAPI's `detail`: a text, or a list of places and messages."""
    detail = found.get("detail")
    places: list[str] = []
    if isinstance(detail, list):
        for entry in detail:
            if isinstance(entry, dict):
                loc = entry.get("loc")
                place = ".".join(str(part) for part in loc) if isinstance(loc, list) else ""
                places.append(f"{place}: {_string(entry.get('msg'))}".strip(": "))
    message = _string(found.get("message")) or _string(detail) or "; ".join(filter(None, places))
    code = found.get("code")
    return ServerError(
        message=message,
        code=str(code) if isinstance(code, str | int) else "",
        kind=_string(found.get("type")),
        param=_string(found.get("param")),
        text=body,
    )


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = (part for part in content if isinstance(part, dict) and part.get("type") == "text")
    return "".join(_string(part.get("text")) for part in parts)


def _usage(found: object) -> Usage | None:
    if not isinstance(found, dict):
        return None
    details = found.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    if cached is None:
        cached = _count(found.get("prompt_cache_hit_tokens"))  # DeepSeek's spelling
    usage = Usage(_count(found.get("prompt_tokens")), _count(found.get("completion_tokens")), cached)
    return usage if usage != Usage() else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS else None


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
