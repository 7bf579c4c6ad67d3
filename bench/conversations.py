"""Many conversations through one process against a local server that counts for itself what it is sent.

    python bench/conversations.py --conversations 200 --turns 6

The minute is scaled down (`--window`), so that limits bite within seconds. Each conversation says lines of its own and
must get back its own echo; the server keeps the time and tokens of everything it is sent, and what it charges. Printed
as JSON, exit code 1 where a reply was lost or crossed, a limit exceeded in any sliding window, or the budget passed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # or `engine` would be the measurement of that name beside this file

from engine.dialogue.messages import Message  # noqa: E402
from engine.dialogue.tokens import Estimate  # noqa: E402
from engine.errors import OverBudget  # noqa: E402
from engine.llm.budget import Budget, Cap  # noqa: E402
from engine.llm.endpoint import Endpoint  # noqa: E402
from engine.llm.limits import Limits  # noqa: E402
from engine.llm.meter import Meter  # noqa: E402
from engine.llm.metered import Metered, metered  # noqa: E402
from engine.llm.prices import PerMillion  # noqa: E402
from engine.llm.protocol import Finished, Request, Waiting  # noqa: E402

PERSONA = "You are the keeper of a lighthouse, and you say back what you hear. " * 4
REPLY_LIMIT = 60
MICRO_A_TOKEN = 3


@dataclass
class Server:
    """A chat-completions server that echoes the last line, slowly, and counts in its own clock."""

    arrivals: list[tuple[float, int]] = field(default_factory=list)
    """When each request came, and the tokens it took in the end."""
    endings: list[tuple[float, int]] = field(default_factory=list)
    tokens: int = 0
    most_at_once: int = 0
    open: set[asyncio.Task[None]] = field(default_factory=set)
    _now: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.open.add(task)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                )
                body = json.loads(await reader.readexactly(length))
                self._now += 1
                self.most_at_once = max(self.most_at_once, self._now)
                await self._answer(body, writer)
                self._now -= 1
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, body: dict[str, object], writer: asyncio.StreamWriter) -> None:
        messages = body["messages"]
        assert isinstance(messages, list)
        words = str(messages[-1]["content"]).split()
        prompt = sum(len(message["content"]) // 4 + 4 for message in messages)
        took = prompt + len(words)
        self.arrivals.append((time.monotonic(), took))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for word in words:
            self._send(writer, {"choices": [{"index": 0, "delta": {"content": f"{word} "}}]})
            await asyncio.sleep(0.002)
        self._send(writer, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "model": "echo"})
        self._send(writer, {"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": len(words)}})
        self.tokens += took
        self.endings.append((time.monotonic(), took))
        _chunk(writer, b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    def _send(self, writer: asyncio.StreamWriter, chunk: dict[str, object]) -> None:
        _chunk(writer, b"data: " + json.dumps(chunk).encode() + b"\n\n")


def _chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


@dataclass
class Tally:
    """What the conversations saw."""

    replies: int = 0
    crossed: int = 0
    refused: int = 0
    told_to_wait: int = 0
    longest_wait: dict[str, float] = field(default_factory=dict)
    """Seconds from asking to the reply's end, the longest of each purpose."""
    memory: list[int] = field(default_factory=list)


def most_in_any_window(seen: list[tuple[float, int]], window: float) -> tuple[int, int]:
    """Return the most requests and the most tokens that fell into any window."""
    inside: deque[tuple[float, int]] = deque()
    tokens = requests_most = tokens_most = 0
    for at, took in sorted(seen):
        inside.append((at, took))
        tokens += took
        while inside[0][0] <= at - window:
            tokens -= inside.popleft()[1]
        requests_most, tokens_most = max(requests_most, len(inside)), max(tokens_most, tokens)
    return requests_most, tokens_most


def resident() -> int:
    """Return this process's memory in KiB; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


async def converse(model: Metered, number: int, turns: int, tally: Tally) -> None:
    """Play one conversation: every other call is a judge's."""
    for turn in range(turns):
        purpose = "judge" if turn % 2 else "act"
        line = f"conversation {number} turn {turn} says " + "lamp " * (number % 17)
        messages = (Message("system", PERSONA), Message("user", line))
        request = Request(purpose, messages, {"max_tokens": REPLY_LIMIT}, game=str(number))
        begun = time.monotonic()
        try:
            async for piece in model.stream(request):
                if isinstance(piece, Waiting):
                    tally.told_to_wait += 1
                elif isinstance(piece, Finished):
                    tally.replies += 1
                    tally.crossed += piece.text.split() != line.split()
        except OverBudget:
            tally.refused += 1
            return
        took = time.monotonic() - begun
        tally.longest_wait[purpose] = round(max(tally.longest_wait.get(purpose, 0.0), took), 2)


async def run(arguments: argparse.Namespace, folder: Path) -> tuple[dict[str, object], bool]:
    """Run it all and return the findings, and whether they are as they should be."""
    server, tally = Server(), Tally()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    limits = Limits(arguments.requests, arguments.tokens)
    cap = Cap(arguments.budget) if arguments.budget else Cap()
    price = PerMillion(Decimal(MICRO_A_TOKEN), Decimal(MICRO_A_TOKEN))
    meter = Meter(folder, limits=limits, budget=Budget(session=cap), prices={"echo": price}, window=arguments.window)
    model = metered(meter, Endpoint(f"http://127.0.0.1:{port}/v1", "echo"), Estimate())
    begun = time.monotonic()

    async def watch() -> None:
        while True:
            tally.memory.append(resident())
            await asyncio.sleep(0.25)

    watching = asyncio.create_task(watch())
    talks = (converse(model, number, arguments.turns, tally) for number in range(arguments.conversations))
    await asyncio.gather(*talks)
    seconds = time.monotonic() - begun
    watching.cancel()
    tally.memory.append(resident())
    spent = meter.spent.session
    await model.aclose()
    meter.close()
    listening.close()
    await asyncio.gather(*server.open)
    arriving = most_in_any_window(server.arrivals, arguments.window)
    ending = most_in_any_window(server.endings, arguments.window)
    asked, charged = arguments.conversations * arguments.turns, server.tokens * MICRO_A_TOKEN
    # Memory may grow while 200 conversations begin; from the middle on it must not.
    start, middle, end = tally.memory[0], tally.memory[len(tally.memory) // 2], tally.memory[-1]
    right = {
        "no reply lost": tally.replies + (tally.refused and asked - tally.replies) == asked,
        "no reply crossed": tally.crossed == 0,
        "requests within the limit": max(arriving[0], ending[0]) <= arguments.requests,
        "tokens within the limit": max(arriving[1], ending[1]) <= arguments.tokens,
        "budget kept": not arguments.budget or charged <= arguments.budget,
        "account is the server's": (spent.tokens, spent.micro) == (server.tokens, charged),
        "memory flat": end - middle < 8 * 1024,
    }
    found: dict[str, object] = {
        "conversations": arguments.conversations,
        "calls_made": len(server.arrivals),
        "refused_by_budget": tally.refused,
        "seconds": round(seconds, 1),
        "windows": round(seconds / arguments.window, 1),
        "most_at_once": server.most_at_once,
        "most_requests_in_a_window": {"limit": arguments.requests, "arriving": arriving[0], "ending": ending[0]},
        "most_tokens_in_a_window": {"limit": arguments.tokens, "arriving": arriving[1], "ending": ending[1]},
        "micro_dollars": {"budget": arguments.budget, "charged": charged, "account": spent.micro},
        "longest_seconds": tally.longest_wait,
        "told_to_wait": tally.told_to_wait,
        "memory_kib": {"start": start, "middle": middle, "end": end},
        "right": right,
    }
    return found, all(right.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=200)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--window", type=float, default=5.0, help="seconds that stand for a minute")
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--tokens", type=int, default=40_000)
    parser.add_argument("--budget", type=int, default=0, help="micro-dollars for all of it; 0 for no limit")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found, right = asyncio.run(run(arguments, Path(folder)))
    print(json.dumps(found, indent=2))
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
