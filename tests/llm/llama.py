"""Starts a real llama-server for a test, where the machine has one.

tests/tools/fetch_llama.sh DIR      # fetches both, once
PALAVER_LLAMA_SERVER=DIR/llama-server PALAVER_LLAMA_MODEL=DIR/tiny.gguf pytest tests/llm
"""

from __future__ import annotations

import os
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CONTEXT = 2048


@contextmanager
def llama_server(context: int = CONTEXT) -> Iterator[str]:
    """The base URL of a running server; skips the test where there is none to run."""
    server, model = (os.environ.get(f"PALAVER_LLAMA_{name}", "") for name in ("SERVER", "MODEL"))
    if not server or not model:
        pytest.skip("PALAVER_LLAMA_SERVER and PALAVER_LLAMA_MODEL are not set: see tests/tools/fetch_llama.sh")
    assert Path(server).is_file(), f"PALAVER_LLAMA_SERVER names no file: {server}"
    assert Path(model).is_file(), f"PALAVER_LLAMA_MODEL names no file: {model}"
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = [server, "-m", model, "--host", "127.0.0.1", "--port", str(port)]
    command += ["-c", str(context), "-np", "1", "-t", "1", "--no-webui"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _until_ready(f"http://127.0.0.1:{port}/health", process)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def _until_ready(url: str, process: subprocess.Popen[bytes], tries: int = 400) -> None:
    """Ask until the model is loaded: it listens at once, and answers 503 until then."""
    for _ in range(tries):
        assert process.poll() is None, f"llama-server ended with {process.returncode}"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            # Its own end is what is waited for; a short wait on it paces the asking.
            try:
                process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError("llama-server did not load its model")
