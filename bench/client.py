"""Measures what a model client costs: ours beside raw httpx, openai's and litellm's, in one run on one machine.

    .venv/bin/python bench/client.py [--rounds 200] [--peers FOLDER] [--check]

A server in a process of its own answers at once, so that all of the time is the client's and the socket's. The
clients take turns within each round, so that what else the machine does meets all alike. Overhead is a client's time
less that of raw httpx, which does the least that a reply takes: it reads lines, parses each event as JSON and takes its
text. The peers are no dependencies of the project: they go into a virtual environment in the temporary folder, made at
the first run; one that cannot be installed is left out, and said so. `--check` fails where ours misses its target.

Two busy cores, Python 3.11, httpx 0.28.1, openai 2.54.0, litellm 1.106.2, November 2026; six runs gave 0.86
to 1.25 times raw httpx, this is the last but one:

             whole  50 tokens     p95  of httpx  overhead  chunks/s   import   memory
    httpx      0.84 ms    2.89 ms10.06 ms     1.00x   0.00 ms    76,094   105 ms    46 MB
    palaver    0.59 ms    2.98 ms10.14 ms     1.03x   0.09 ms    45,829   144 ms    47 MB
    openai     1.09 ms    9.68 ms19.26 ms     3.35x   6.79 ms    12,893   616 ms    82 MB
    litellm    2.21 ms   26.61 ms50.62 ms     9.21x  23.72 ms     4,002  3396 ms   233 MB
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from peers import ROOT, environment, installed

PEERS = ("openai", "litellm")
CLIENTS = ("httpx", "palaver", *PEERS)
MESSAGES = [
    {"role": "system", "content": "You are Maren, keeper of the light. " * 20},
    {"role": "user", "content": "Let me in, the storm is getting worse!"},
]
TOKENS = 50
MANY = 5000
IMPORTS = {
    "httpx": "import httpx",
    "palaver": "import httpx, engine.llm.client",
    "openai": "import openai",
    "litellm": "import litellm",
}
MOST_OF_HTTPX = 1.3
LEAST_BELOW_OPENAI = 4.0

Ask = Callable[[str], Awaitable[str]]


# The server


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    data = b"data: " + json.dumps(chunk).encode() + b"\n\n"
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _stream(tokens: int) -> list[bytes]:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    # No two alike: litellm takes a hundred of the same for a model gone wrong.
    words = [_event({"content": f" w{number}"}) for number in range(tokens)]
    done = b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"
    return [head, _event({"role": "assistant", "content": ""}), *words, _event({}, "stop"), done]


def _words(count: int) -> str:
    return "".join(f" w{number}" for number in range(count))


def _whole() -> list[bytes]:
    message = {"role": "assistant", "content": _words(TOKENS)}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    usage = {"prompt_tokens": 200, "completion_tokens": TOKENS, "total_tokens": 200 + TOKENS}
    found = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    body = json.dumps({**found, "usage": usage}).encode()
    return [b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body]


class _Server(asyncio.Protocol):
    """Answers each request at once with what the model it names stands for."""

    def __init__(self, answers: dict[str, list[bytes]]) -> None:
        self.answers = answers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.got = b""

    def data_received(self, data: bytes) -> None:
        self.got += data
        head, found, body = self.got.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        if not found or length is None or len(body) < int(length[1]):
            return
        self.got = b""
        named = re.search(rb'"model": *"(\w+)"', body)
        assert named is not None
        for piece in self.answers[named[1].decode()]:
            self.transport.write(piece)


async def _serve() -> None:
    answers = {"whole": _whole(), "tokens": _stream(TOKENS), "many": _stream(MANY)}
    server = await asyncio.get_running_loop().create_server(lambda: _Server(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def _served() -> Iterator[str]:
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
        finally:
            server.terminate()


# The clients: each returns a function that asks the model of a name and returns the words


def _httpx(url: str) -> Ask:
    import httpx

    client = httpx.AsyncClient()

    async def ask(model: str) -> str:
        body: dict[str, Any] = {"model": model, "messages": MESSAGES}
        if model == "whole":
            found = (await client.post(f"{url}/chat/completions", json=body)).json()
            return str(found["choices"][0]["message"]["content"])
        words = ""
        async with client.stream("POST", f"{url}/chat/completions", json={**body, "stream": True}) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: ") and line != "data: [DONE]":
                    words += json.loads(line[6:])["choices"][0]["delta"].get("content") or ""
        return words

    return ask


def _palaver(url: str) -> Ask:
    from engine.dialogue.messages import Message
    from engine.llm.client import HttpModel
    from engine.llm.endpoint import Endpoint
    from engine.llm.protocol import Delta, Request

    request = Request("act", tuple(Message(m["role"], m["content"]) for m in MESSAGES))  # type: ignore[arg-type]
    models = {name: HttpModel(Endpoint(url, name)) for name in ("whole", "tokens", "many")}

    async def ask(model: str) -> str:
        words = ""
        async for piece in models[model].stream(request):
            if isinstance(piece, Delta):
                words += piece.text
        return words

    return ask


def _openai(url: str) -> Ask:
    import openai

    client = openai.AsyncOpenAI(base_url=url, api_key="none")

    async def ask(model: str) -> str:
        if model == "whole":
            found = await client.chat.completions.create(model=model, messages=MESSAGES)
            return str(found.choices[0].message.content)
        words = ""
        async for chunk in await client.chat.completions.create(model=model, messages=MESSAGES, stream=True):
            words += chunk.choices[0].delta.content or ""
        return words

    return ask


def _litellm(url: str) -> Ask:
    import litellm

    litellm.telemetry = False
    place = {"api_base": url, "api_key": "none", "messages": MESSAGES}

    async def ask(model: str) -> str:
        if model == "whole":
            found = await litellm.acompletion(model=f"openai/{model}", **place)
            return str(found.choices[0].message.content)
        words = ""
        async for chunk in await litellm.acompletion(model=f"openai/{model}", stream=True, **place):
            words += chunk.choices[0].delta.content or ""
        return words

    return ask


MAKERS: dict[str, Callable[[str], Ask]] = {
    "httpx": _httpx,
    "palaver": _palaver,
    "openai": _openai,
    "litellm": _litellm,
}


# Measuring


async def _timed(asks: dict[str, Ask], model: str, rounds: int, tokens: int) -> dict[str, list[float]]:
    """Milliseconds of each ask; the order of the clients turns from round to round."""
    times: dict[str, list[float]] = {name: [] for name in asks}
    names = list(asks)
    for number in range(-3, rounds):
        if number == 0:
            gc.collect()
            gc.freeze()  # or whoever allocates last pays for looking through the heap of the largest
        first = number % len(names)
        for name in names[first:] + names[:first]:
            gc.collect(0)
            begun = time.perf_counter()
            words = await asks[name](model)
            spent = time.perf_counter() - begun
            assert words.split() == _words(tokens).split(), f"{name} lost words"
            if number >= 0:  # the first three warm up: connections, caches
                times[name].append(spent * 1000)
    return times


async def _all(url: str, names: list[str], rounds: int) -> dict[str, dict[str, list[float]]]:
    asks = {name: MAKERS[name](url) for name in names}
    return {
        "whole": await _timed(asks, "whole", rounds, TOKENS),
        "tokens": await _timed(asks, "tokens", rounds, TOKENS),
        "many": await _timed(asks, "many", max(rounds // 40, 3), MANY),
    }


async def _one(url: str, name: str) -> None:
    """Ask one client 20 times and print the most memory that the process ever held, in MB."""
    import resource

    ask = MAKERS[name](url)
    for _ in range(20):
        await ask("tokens")
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _output(*arguments: str) -> float:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True, cwd=ROOT)
    return float(done.stdout.split()[-1])


def _import_ms(name: str) -> float:
    code = f"import time; t = time.perf_counter()\n{IMPORTS[name]}\nprint((time.perf_counter() - t) * 1000)"
    return statistics.median(_output("-c", code) for _ in range(3))


def _report(url: str, names: list[str], rounds: int) -> bool:
    """Print the table; return whether ours reaches its target."""
    # First of all, while this process is small: on Linux a child's peak begins at its parent's.
    sizes = {name: _output(__file__, "--one", name, url) for name in names}
    imports = {name: _import_ms(name) for name in names}
    times = asyncio.run(_all(url, names, rounds))
    floor = statistics.median(times["tokens"]["httpx"])
    print(f"{'':9}{'whole':>9}{'50 tokens':>11}{'p95':>9}{'of httpx':>10}{'overhead':>10}", end="")
    print(f"{'chunks/s':>10}{'import':>9}{'memory':>9}")
    for name in names:
        whole, tokens = times["whole"][name], times["tokens"][name]
        middle, late = statistics.median(tokens), statistics.quantiles(tokens, n=20)[18]
        speed = MANY / statistics.median(times["many"][name]) * 1000
        print(
            f"{name:9}{statistics.median(whole):6.2f} ms{middle:8.2f} ms{late:6.2f} ms{middle / floor:9.2f}x"
            f"{middle - floor:7.2f} ms{speed:10,.0f}{imports[name]:6.0f} ms{sizes[name]:6.0f} MB"
        )
    ours = statistics.median(times["tokens"]["palaver"])
    reached = ours <= MOST_OF_HTTPX * floor
    print(f"\nours / raw httpx, 50 tokens: {ours / floor:.2f} (target: at most {MOST_OF_HTTPX})")
    if "openai" in names:
        theirs = statistics.median(times["tokens"]["openai"]) - floor
        if ours <= floor:
            print(f"overhead of ours: none; of openai's client: {theirs:.2f} ms")
        else:
            reached = reached and theirs >= LEAST_BELOW_OPENAI * (ours - floor)
            print(
                f"overhead of openai's client / of ours: {theirs / (ours - floor):.1f} "
                f"(target: at least {LEAST_BELOW_OPENAI:g})"
            )
    return reached


def main() -> int:
    parser = argparse.ArgumentParser(description="What a model client costs.")
    parser.add_argument("--rounds", type=int, default=200, metavar="N")
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="where the peers' environment is kept")
    parser.add_argument("--check", action="store_true", help="fail where the target is missed")
    for hidden in ("--measure", "--serve", "--one"):
        parser.add_argument(hidden, nargs="*", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        asyncio.run(_serve())
        return 0
    if given.one is not None:
        name, url = given.one
        asyncio.run(_one(url, name))
        return 0
    if given.measure is not None:
        with _served() as url:
            reached = _report(url, given.measure, given.rounds)
        return 0 if reached or not given.check else 1
    python, had = installed(given.peers, ("httpx", *PEERS))
    if "httpx" not in had:
        return 2
    names = [name for name in CLIENTS if name == "palaver" or name in had]
    command = [str(python), __file__, "--rounds", str(given.rounds), *(["--check"] if given.check else [])]
    return subprocess.run([*command, "--measure", *names], env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
