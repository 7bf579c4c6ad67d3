"""In a real browser, where there is one: our script runs, a story's does not, and nothing is asked of any server."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from engine.drawing import page
from support.drawn import hostile_story

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
def test_a_hostile_story_runs_nothing_and_calls_nowhere(tmp_path: Path) -> None:
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    there = f"http://127.0.0.1:{server.server_address[1]}"
    # Markup that was let through on purpose: the content policy alone must hold it.
    calls = (
        f"<script>fetch('{there}/a')</script><img src={there}/b onerror=\"document.title='owned'\">"
        f"<link rel=stylesheet href={there}/c><style>body{{background:url({there}/d)}}</style>"
    )
    graph = hostile_story()
    text = page(replace(graph, title=f"{graph.title} {calls}"))
    path = tmp_path / "story.html"
    path.write_text(text.replace("<main>", f"{calls}<main>", 1), "utf-8")
    try:
        dom = _dom(path, tmp_path)
    finally:
        server.shutdown()
        server.server_close()

    assert '<html lang="en&quot; onload=&quot;alert(1)" class="js"' in dom
    assert "<title>owned</title>" not in dom
    assert asked == []


def _dom(path: Path, home: Path) -> str:
    """Return the page as it stands once its script has run."""
    command = [
        BROWSER or "", "--headless", "--disable-gpu", f"--user-data-dir={home / 'browser'}", "--no-first-run",
        *(["--no-sandbox"] if os.geteuid() == 0 else []), "--virtual-time-budget=2000", "--dump-dom", path.as_uri(),
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
