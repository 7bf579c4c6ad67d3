"""Asks a chat-completions server over HTTP and yields what it says.

It follows no redirect (the key would go along), keeps no reply that is not whole, and sends nothing again once a byte
of the reply has come. What to send, how to read it, when to try again and how to say what failed is decided in
`dialect`, `reply`, `retry` and `faults`; here they meet the network.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random as _random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from engine.errors import ModelError, Unconnected, Unreachable
from engine.llm import faults, retry
from engine.llm.chunks import ServerError, read_error
from engine.llm.connection import connect
from engine.llm.dialect import Dialect
from engine.llm.endpoint import Endpoint
from engine.llm.protocol import Delta, Finished, Piece, Request, Waiting
from engine.llm.reply import BadReply, ReplyReader
from engine.llm.veil import Veil

if TYPE_CHECKING:
    import httpx

_ERROR_BODY = 64 * 1024
_ERROR_PATIENCE = 10.0
_USAGE_PATIENCE = 1.0
"""Seconds to wait, after a reply is whole, for the usage that some servers send behind it."""
_DRAIN_PATIENCE = 0.25
"""Seconds to wait, after `[DONE]`, for the end of the body that lets the connection be used again."""


class _Refused(Exception):
    """The server answered with a status that is not a success."""

    def __init__(self, status: int, headers: Mapping[str, str], error: ServerError) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.error = error


class _Lost(Exception):
    """The connection failed before anything was received."""

    def __init__(self, error: ModelError, *, again: bool, stale: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.again = again
        self.stale = stale
        """Whether it may be a kept connection that the server had let go of; such a request was never read."""


class Memory(Protocol):
    """What was learnt of servers, kept for the next time."""

    def dialect(self, endpoint: Endpoint) -> Dialect:
        """Return the dialect to begin with."""

    def keep(self, endpoint: Endpoint, dialect: Dialect) -> None:
        """Keep what was learnt."""


class HttpModel:
    """A model behind a server of chat or plain completions."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        memory: Memory | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = _random.random,
        heard: Callable[[int, Mapping[str, str]], None] | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._sleep = sleep
        self._clock = clock
        self._random = random
        self._heard = heard
        """Told the status and headers (lower-case names) of every answer: some hint at the server's limits."""
        self._memory = memory
        self._dialect = memory.dialect(endpoint) if memory else Dialect.of(endpoint)
        self.streamed: bool | None = None
        """Whether the last whole reply came as a stream of events; None before the first."""
        self._client: httpx.AsyncClient | None = None
        self._used = False

    @property
    def name(self) -> str:
        """The model's name."""
        return self._endpoint.model

    @property
    def dialect(self) -> Dialect:
        """What was learned of the server so far, for those who look into a setup."""
        return self._dialect

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """Answer piece by piece; raises `ModelError`. Closing the generator cancels the request at once."""
        dialect = self._dialect
        retried, stale_once = 0, False
        while True:
            body = dialect.body(self._endpoint, request)
            try:
                async with contextlib.aclosing(self._once(body)) as pieces:
                    async for piece in pieces:
                        if isinstance(piece, Finished):
                            # Kept only now: what a server refused was the wording only if the other one worked.
                            self._learn(dialect.after_reply(piece.text, body))
                        yield piece
                return
            except _Refused as answer:
                other = dialect.after_refusal(answer.status, answer.error, body)
                if other is not None:
                    dialect = other
                    continue
                error = faults.refused(self._endpoint, answer.status, answer.error, answer.headers)
                wait = None
                if not faults.is_spent(answer.error):
                    wait = retry.delay(
                        answer.status,
                        answer.headers,
                        retried=retried,
                        limit=self._endpoint.retries,
                        chance=self._random(),
                    )
            except _Lost as lost:
                if lost.stale and not stale_once:
                    stale_once = True
                    continue
                error = lost.error
                patient = lost.again and retried < self._endpoint.retries
                wait = retry.backoff(retried, self._random()) if patient else None
            if wait is None:
                raise error
            retried += 1
            # Of a connection that broke, nobody knows how much the server had read.
            yield Waiting(error.what, wait, isinstance(error, Unreachable) and not isinstance(error, Unconnected))
            await self._sleep(wait)

    async def aclose(self) -> None:
        """Let go of connections; the next request makes new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _learn(self, dialect: Dialect) -> None:
        if self._memory is not None and dialect != self._dialect:
            self._memory.keep(self._endpoint, dialect)
        self._dialect = dialect

    async def _once(self, body: Mapping[str, Any]) -> AsyncGenerator[Piece]:
        """Send one request and yield its reply."""
        endpoint = self._endpoint
        begun = self._clock()
        response = await self._send(body)
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            if self._heard is not None:
                self._heard(response.status_code, headers)
            if not response.is_success:
                error = await _error_body(response)
                raise _Refused(response.status_code, headers, error)
            reader, veil = ReplyReader(), Veil(endpoint.secrets)
            try:
                async with contextlib.aclosing(self._bytes(response, reader, begun)) as chunks:
                    async for chunk in chunks:
                        words = veil.feed(reader.feed(chunk))
                        if words:
                            yield Delta(words)
                words, finished = reader.end()
                self.streamed = reader.streams
                words = veil.feed(words) + veil.end()
            except BadReply as problem:
                error_of_reply = faults.bad_reply(endpoint, problem, headers)
                usage = reader.usage
                if usage.prompt is not None:
                    error_of_reply.took = usage.prompt, usage.cached or 0, usage.completion or 0
                raise error_of_reply from None
            if words:
                yield Delta(words)
            yield replace(finished, text=veil.whole(finished.text), model=veil.whole(finished.model))
        finally:
            await response.aclose()

    async def _send(self, body: Mapping[str, Any]) -> httpx.Response:
        import httpx

        endpoint = self._endpoint
        client = self._connect()
        headers = {"Content-Type": "application/json", **endpoint.auth_headers}
        # Lone surrogates, which a JSON string can carry and UTF-8 cannot, become question marks.
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        request = client.build_request(
            "POST", endpoint.url, params=endpoint.query or None, content=content, headers=headers
        )
        used, self._used = self._used, False
        try:
            async with asyncio.timeout(endpoint.first_byte_timeout):
                response = await client.send(request, stream=True)
        except TimeoutError:
            raise _Lost(faults.silent(endpoint, endpoint.first_byte_timeout, begun=False), again=False) from None
        except httpx.ConnectTimeout as problem:
            raise _Lost(faults.unconnected(endpoint, problem), again=False) from None
        except httpx.ConnectError as problem:
            raise _Lost(faults.unconnected(endpoint, problem), again=faults.mends_itself(problem)) from None
        except (httpx.NetworkError, httpx.RemoteProtocolError, OSError):
            raise _Lost(faults.hung_up(endpoint, begun=False), again=True, stale=used) from None
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            what = f"{endpoint.host} could not be asked: {faults.quote(endpoint, str(problem))}."
            raise Unreachable(what, do="Check the base URL and the proxy settings.") from None
        self._used = True
        return response

    async def _bytes(self, response: httpx.Response, reader: ReplyReader, begun: float) -> AsyncGenerator[bytes]:
        """Yield the body as it comes, never waiting longer than the endpoint allows; end early once all is there."""
        import httpx

        endpoint = self._endpoint
        chunks = response.aiter_bytes()
        while True:
            limit = endpoint.idle_timeout if reader.begun else endpoint.first_byte_timeout
            if reader.finished:
                limit = min(limit, _DRAIN_PATIENCE if reader.done else _USAGE_PATIENCE)
            try:
                async with asyncio.timeout(limit):
                    chunk = await anext(chunks)
            except StopAsyncIteration:
                return
            except TimeoutError:
                if reader.finished:
                    return
                raise faults.silent(endpoint, limit, begun=reader.begun) from None
            except (httpx.HTTPError, OSError):  # a TLS error in mid-stream comes through httpx as it is
                if reader.finished:
                    return
                # Bytes that could not be decompressed were received too, and paid for.
                begun_at_all = reader.begun or response.num_bytes_downloaded > 0
                lost = faults.hung_up(endpoint, begun=begun_at_all)
                if begun_at_all:
                    raise lost from None
                raise _Lost(lost, again=True) from None
            yield chunk
            if not reader.finished and self._clock() - begun > endpoint.reply_timeout:
                raise faults.endless(endpoint)

    def _connect(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = connect(self._endpoint, self._transport)
        return self._client


async def _error_body(response: httpx.Response) -> ServerError:
    """What the server says went wrong; as much of it as comes in decent time and size."""
    import httpx

    body = bytearray()
    # A server that fails, or is too slow, while it explains a failure has still said the status.
    with contextlib.suppress(httpx.HTTPError, OSError):
        async with asyncio.timeout(_ERROR_PATIENCE):
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _ERROR_BODY:
                    break
    return read_error(bytes(body[:_ERROR_BODY]).decode("utf-8", "replace"))
