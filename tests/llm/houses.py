"""Servers of models on loopback that answer what doctor and models ask, each the way one that exists does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from llm.asking import FINISH, sse

Answer = tuple[int, Any]
VERDICT = '{"quote": "green", "colour": "green"}'


@dataclass
class House:
    """What a server has and how it answers; `asked` keeps what it was asked."""

    models: Any = field(default_factory=lambda: {"data": [{"id": "m-1"}, {"id": "m-2"}]})
    paths: Mapping[str, Any] = field(default_factory=dict)
    """JSON by path, for anything else than models and replies."""
    key: str = ""
    """Wanted for replies where it is set."""
    takes: Callable[[dict[str, Any]], Answer | None] = lambda _: None
    """An answer other than a reply to a request's body."""
    verdict: str = VERDICT
    usage: Callable[[int, int], dict[str, Any] | None] = lambda prompt, nth: {
        "prompt_tokens": prompt,
        "completion_tokens": 4,
        "prompt_tokens_details": {"cached_tokens": prompt if nth > 3 else 0},
    }
    """By tokens of the prompt and which reply it is, from 1."""
    whole: bool = False
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    replies: int = 0

    def answer(self, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, bytes]:
        self.asked.append((path, {name.lower(): value for name, value in headers.items()}, body))
        path = path.partition("?")[0]
        if path == "/v1/models" and self.models is not None:
            return 200, json.dumps(self.models).encode()
        if path in self.paths:
            return 200, json.dumps(self.paths[path]).encode()
        if not path.endswith("/completions"):
            return 404, b'{"error": {"message": "not found"}}'
        if self.key and headers.get("Authorization") != f"Bearer {self.key}":
            return 401, b'{"error": {"message": "Incorrect API key provided"}}'
        refused = self.takes(body)
        if refused is not None:
            return refused[0], json.dumps(refused[1]).encode()
        self.replies += 1
        words = [self.verdict] if "colour" in json.dumps(body["messages"]) else ["One, two, ", "three", "."]
        usage = self.usage(len(json.dumps(body["messages"])) // 4, self.replies)
        last = {"choices": [], "usage": usage}
        if self.whole:
            message = {"message": {"content": "".join(words)}, "finish_reason": "stop"}
            return 200, json.dumps({"choices": [message], "usage": usage}).encode()
        return 200, sse(*words, FINISH, last)


@contextmanager
def open_house(house: House) -> Iterator[str]:
    """The base URL of the house while it is open."""

    class Door(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, body = house.answer(self.path, dict(self.headers), json.loads(data) if data else None)
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
