"""Words a request the way a particular server takes it, and learns that way from the server's refusals.

Servers that speak one API differ in how they spell the limit on a reply, in which parameters they take, and in whether
they can be held to a schema. It guesses nothing about a server beyond its host, gives up only what the reply can do
without, and never drops a parameter that the player asked for by `extra`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.llm import completions
from engine.llm.chunks import ServerError
from engine.llm.endpoint import OPENAI_HOST, RESERVED, Endpoint, LimitName
from engine.llm.protocol import Request

LIMITS: tuple[LimitName, LimitName] = ("max_tokens", "max_completion_tokens")
# Taste: a reply without these is the same reply, seasoned otherwise. Reasoning models refuse most of them.
_TASTE = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed")
_EFFORT = "reasoning_effort"
# A refusal that is about how much, not about which parameter.
_TOO_MUCH = re.compile(r"too (?:large|long|high|big|many)|context[ _](?:length|window|size)|exceed", re.IGNORECASE)
_JSON_BEGINS = re.compile(r"\s*(?:```\w*\s*)?\{")
_IN_WORDS = (
    "Answer with one JSON object and nothing else: no explanation, no code fence. It must be valid against this JSON "
    "Schema:\n"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one server takes, as far as is known."""

    limit: LimitName = "max_tokens"
    limit_tried: bool = False
    """Whether the other spelling was refused too."""
    without: frozenset[str] = frozenset()
    """Parameters of taste that the server refuses."""
    usage: bool = True
    """Whether usage may be asked for in a stream (`stream_options`)."""
    unthinking: bool = False
    """Whether the model is asked not to think before it speaks: a reply's limit counts thoughts too."""
    schema: bool = True
    """Whether a schema may be given as `response_format`; otherwise it is asked for in words."""

    @classmethod
    def of(cls, endpoint: Endpoint) -> Dialect:
        """The dialect to begin with."""
        openai = endpoint.host == OPENAI_HOST and endpoint.api == "chat"
        by_host: LimitName = "max_completion_tokens" if openai else "max_tokens"
        return cls(limit=endpoint.limit_name or by_host, unthinking=openai and _EFFORT not in endpoint.parameters)

    def body(self, endpoint: Endpoint, request: Request) -> dict[str, Any]:
        """The JSON of a streaming request."""
        given = {**endpoint.parameters, **request.settings}
        parameters = {
            name: value
            for name, value in given.items()
            if value is not None and name not in self.without and name not in RESERVED and name not in LIMITS
        }
        limits = [given[name] for name in LIMITS if given.get(name) is not None]
        if limits:
            parameters[self.limit] = limits[0]
        if self.unthinking:
            parameters.setdefault(_EFFORT, "none")
        messages = request.messages
        if request.schema is not None and not self.schema and messages:
            asked = _IN_WORDS + json.dumps(request.schema, ensure_ascii=False)
            messages = (*messages[:-1], replace(messages[-1], content=f"{messages[-1].content}\n\n{asked}"))
        if endpoint.api == "completions":
            said = completions.body(messages, endpoint.template, parameters)
        else:
            said = {"messages": [message.as_json() for message in messages], **parameters}
        body = {"model": endpoint.model, **said, "stream": True}
        if self.usage:
            body["stream_options"] = {"include_usage": True}
        if request.schema is not None and self.schema:
            body["response_format"] = _response_format(request.schema, request.schema_name)
            if endpoint.api == "completions":
                body["json_schema"] = dict(request.schema)  # llama.cpp's name for it there
        return body

    def after_refusal(self, status: int, error: ServerError, sent: Mapping[str, Any]) -> Dialect | None:
        """Return another way to say what was refused, or None when the refusal is not about the wording.

        Each step gives up something that no later step takes back, so a server can be asked only so often.
        """
        if status not in {400, 404, 422, 501}:
            return None
        complaint = f"{error.param} {error.code} {error.message or error.text}"

        def named(*names: str) -> bool:
            return any(re.search(rf"(?<![A-Za-z_]){name}(?![A-Za-z_])", complaint) for name in names)

        if _TOO_MUCH.search(complaint):
            return None
        if "stream_options" in sent and named("stream_options", "include_usage"):
            return replace(self, usage=False)
        if "response_format" in sent and named("response_format", "json_schema", "response_schema"):
            return replace(self, schema=False)
        if self.unthinking and named(_EFFORT):
            return replace(self, unthinking=False)
        if self.limit in sent and not self.limit_tried and named(self.limit):
            other = LIMITS[1 - LIMITS.index(self.limit)]
            return replace(self, limit=other, limit_tried=True)
        refused = {name for name in _TASTE if name in sent and named(name)}
        if refused:
            return replace(self, without=self.without | refused)
        if "response_format" in sent and status != 404:
            # Refusals of a schema are worded in too many ways to be known by their words.
            return replace(self, schema=False)
        return None

    def after_reply(self, text: str, sent: Mapping[str, Any]) -> Dialect:
        """Return the dialect to go on with: a server that ignored the schema is asked in words from now on."""
        if "response_format" in sent and not _JSON_BEGINS.match(text):
            return replace(self, schema=False)
        return self


def _response_format(schema: Mapping[str, Any], name: str) -> dict[str, Any]:
    name = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:64] or "answer"
    return {"type": "json_schema", "json_schema": {"name": name, "schema": dict(schema), "strict": True}}
