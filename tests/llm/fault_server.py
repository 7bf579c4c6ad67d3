"""A chat-completions server on loopback that fails on purpose, over real sockets and in its own bytes.

It is no imitation of a good server: each connection plays the next of the scenes it was given, the last one for ever.
It reads whole requests, keeps them, and knows how to send, stall, reset and hang up.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SELF_SIGNED = Path(__file__).with_name("self_signed.pem")
"""A certificate and its key that nobody vouches for; it guards nothing but tests."""


@dataclass
class Asking:
    """One request, and the connection to answer it on."""

    head: str
    body: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    def header(self, name: str) -> str:
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.strip().lower() == name.lower():
                return value.strip()
        return ""

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        await self.send(f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n{named}\r\n".encode() + body)

    async def begin(self) -> None:
        await self.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")

    async def chunk(self, data: bytes) -> None:
        await self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def end(self) -> None:
        await self.send(b"0\r\n\r\n")

    async def stream(self, *chunks: bytes) -> None:
        await self.begin()
        for chunk in chunks:
            await self.chunk(chunk)
        await self.end()

    async def until_left(self) -> None:
        """Say nothing until the client hangs up."""
        with suppress(ConnectionError):
            await self.reader.read()

    def reset(self) -> None:
        """Break the connection with a TCP reset, as a crashed server's host does."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def hang_up(self) -> None:
        self.writer.close()


Scene = Callable[[Asking], Awaitable[object]]


@dataclass
class FaultServer:
    """Where it listens, what it was asked, and who has hung up on it."""

    scenes: list[Scene]
    port: int = 0
    scheme: str = "http"
    requests: list[Asking] = field(default_factory=list)
    connections: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client hung up in the middle of a scene that waited for it."""

    @property
    def base_url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                asking = Asking(head, b"", reader, writer)
                asking.body = await reader.readexactly(int(asking.header("content-length") or 0))
                self.requests.append(asking)
                self.asked.set()
                scene = self.scenes.pop(0) if len(self.scenes) > 1 else self.scenes[0]
                await scene(asking)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.left.set()
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


@asynccontextmanager
async def serving(*scenes: Scene, tls: bool = False) -> AsyncIterator[FaultServer]:
    """A server on a free port of loopback; gone, with its connections, at the end."""
    playing = FaultServer(list(scenes), scheme="https" if tls else "http")
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(SELF_SIGNED)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await playing.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    playing.port = server.sockets[0].getsockname()[1]
    try:
        yield playing
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def free_port() -> int:
    """A port of loopback where nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
