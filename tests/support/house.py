"""A chat-completions server that plays everybody from a few fed lines and reads in them what it was told to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from llm.asking import sse


class House:
    """Answers the last fed line that stands in a request; a request with a schema is a judge's."""

    def __init__(
        self,
        said: Mapping[str, str],
        read: Mapping[str, Mapping[str, str]],
        instead: Callable[[str, str], str] = lambda asked, line: "",
    ) -> None:
        """`said` and `read` go by the player's line; `instead` may answer otherwise (all that was asked, the line)."""
        self._said = said
        self._read = read
        self._instead = instead

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        asked = "\n".join(message["content"] for message in body["messages"] if message["role"] == "user")
        line = max(self._said, key=asked.rfind)
        if "response_format" in body:
            text = json.dumps(self._reading(body["response_format"]["json_schema"]["schema"], line))
        else:
            text = self._instead(asked, line) or self._said[line]
        finish = {"choices": [{"delta": {}, "finish_reason": "stop"}], "model": "house-1"}
        words = [f"{word} " for word in text.split(" ")[:-1]] + [text.split(" ")[-1]]
        usage = {"choices": [], "usage": {"prompt_tokens": len(asked), "completion_tokens": len(words)}}
        return httpx.Response(200, content=sse(*words, finish, usage))

    def _reading(self, schema: dict[str, Any], line: str) -> dict[str, str]:
        fields = schema["properties"]
        answer = {name: "" if "enum" not in field else "no" for name, field in fields.items()}
        if "outcome" in fields:
            answer |= {"outcome": fields["outcome"]["enum"][-1], "sure": "yes"}
        return answer | {name: value for name, value in self._read.get(line, {}).items() if name in fields}
