"""An editor, as far as the YAML language server can tell: it opens a file and asks about it over the protocol."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

LONGEST = 120
"""Seconds after which a server that says nothing is ended, so that a test fails rather than hangs."""
_SETTINGS = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
_CAPABILITIES = {
    "workspace": {"configuration": True},
    "textDocument": {
        "publishDiagnostics": {},
        "hover": {"contentFormat": ["markdown"]},
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
    },
}


def find_server() -> Path | None:
    """The server that was fetched for the tests; None when none was."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    fetched = cache / "palaver-tests" / "yaml-language-server" / "node_modules" / ".bin" / "yaml-language-server"
    path = Path(os.environ.get("PALAVER_YAML_SERVER") or fetched)
    return path if path.exists() else None


class Editor:
    """One server with one folder open."""

    def __init__(self, server: Path, folder: Path) -> None:
        self._process = subprocess.Popen(
            [server, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self._watchdog = threading.Timer(LONGEST, self._process.kill)
        self._watchdog.start()
        self._asked = 0
        self._text = ""
        self._uri = ""
        folders = [{"uri": folder.as_uri(), "name": folder.name}]
        self._ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder.as_uri(),
                "workspaceFolders": folders,
                "capabilities": _CAPABILITIES,
            },
        )
        self._send({"method": "initialized", "params": {}})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._watchdog.cancel()
        self._process.kill()
        self._process.wait()
        self._in.close()
        self._out.close()

    def open(self, path: Path, text: str) -> list[tuple[str, str]]:
        """Open a file with this text in it; returns what is underlined, and what is said of it."""
        self._text, self._uri = text, path.as_uri()
        document = {"uri": self._uri, "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while (told := self._read()).get("method") != "textDocument/publishDiagnostics" or (
            told["params"]["uri"] != self._uri
        ):
            self._answer(told)
        return [(self._between(found["range"]), found["message"]) for found in told["params"]["diagnostics"]]

    def hover(self, words: str) -> str:
        """What is shown when the pointer rests on the first of these words."""
        shown = self._ask("textDocument/hover", self._at(words))
        return str(shown["contents"]["value"]) if shown else ""

    def completions(self, words: str) -> dict[str, str]:
        """What is offered where these words begin, each with what is said of it."""
        offered = self._ask("textDocument/completion", self._at(words))
        return {item["label"]: item.get("documentation") or "" for item in offered["items"]}

    def _at(self, words: str) -> dict[str, Any]:
        before = self._text[: self._text.index(words)]
        place = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return {"textDocument": {"uri": self._uri}, "position": place}

    def _between(self, place: dict[str, Any]) -> str:
        start, end = place["start"], place["end"]
        assert start["line"] == end["line"]
        return self._text.split("\n")[start["line"]][start["character"] : end["character"]]

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        while (told := self._read()).get("id") != self._asked or "method" in told:
            self._answer(told)
        return told["result"]

    def _answer(self, told: dict[str, Any]) -> None:
        """Answer what the server asks on its side: its settings, mostly."""
        if "id" in told and "method" in told:
            items = told["params"].get("items", []) if told["method"] == "workspace/configuration" else None
            result = None if items is None else [_SETTINGS if item.get("section") == "yaml" else {} for item in items]
            self._send({"id": told["id"], "result": result})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._in.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._in.flush()

    def _read(self) -> dict[str, Any]:
        length = 0
        while line := self._out.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server ended"
        message: dict[str, Any] = json.loads(self._out.read(length))
        return message
