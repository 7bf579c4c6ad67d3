"""Makes the one HTTP client of an endpoint, and asks small questions of a server: which models, what context.

It follows no redirect (the key would go along) and reads no more of an answer than one could hold.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

from engine.errors import BrokenReply, Unreachable
from engine.llm import faults
from engine.llm.chunks import read_error
from engine.llm.endpoint import Endpoint

if TYPE_CHECKING:
    import httpx

KEEPALIVE = 30.0
"""Seconds an idle connection is kept: a player thinks longer than httpx's 5 s, and a TLS handshake is felt."""
MOST_IDLE = 20
"""Connections kept while idle. One player needs two. For each idle one httpcore looks through all of them at every
request: 1,200 calls of 200 conversations took 19 s of processor time with all kept, and 4.5 s with these."""
ANSWER_LIMIT = 8 * 1024 * 1024
"""Bytes of an answer that is no reply; a list of several hundred models with prices is half a megabyte."""


def connect(endpoint: Endpoint, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Return a client for this endpoint; raises `Unreachable` when the environment's proxy cannot be used.

    Keep it: making it costs 40 to 56 ms, most of it for the certificates.
    """
    import httpx

    # A proxy from the environment is meant for the network, not for a server on this machine.
    direct = {f"all://{endpoint.host}": None} if endpoint.local else None
    try:
        return httpx.AsyncClient(
            transport=transport,
            mounts=direct,
            headers={
                "User-Agent": "palaver",
                "Accept": "text/event-stream, application/json",
                # Compression would hold words back to fill its blocks.
                "Accept-Encoding": "identity",
                **endpoint.headers,
            },
            timeout=httpx.Timeout(None, connect=endpoint.connect_timeout, write=30.0),
            limits=httpx.Limits(max_keepalive_connections=MOST_IDLE, keepalive_expiry=KEEPALIVE),
            follow_redirects=False,
        )
    except (ImportError, ValueError) as problem:
        reason = faults.quote(endpoint, str(problem))
        raise Unreachable(
            f"The proxy or certificates set in the environment cannot be used: {reason}.",
            do="Check HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE.",
        ) from None


async def ask_json(
    client: httpx.AsyncClient, endpoint: Endpoint, path: str, body: object = None, *, seconds: float = 10.0
) -> Any:
    """Return the JSON that a server answers at `path` (`/models`, or a whole URL); raises `ModelError`.

    With a `body` it is posted, otherwise got.
    """
    import httpx

    url = path if "://" in path else endpoint.base_url + path
    method, content = ("GET", None) if body is None else ("POST", json.dumps(body).encode())
    headers = {**endpoint.auth_headers, **({"Content-Type": "application/json"} if content else {})}
    data = bytearray()
    try:
        request = client.build_request(method, url, params=endpoint.query or None, content=content, headers=headers)
        async with asyncio.timeout(seconds):
            response = await client.send(request, stream=True)
            async with contextlib.aclosing(response):
                async for chunk in response.aiter_bytes():
                    data += chunk
                    if len(data) > ANSWER_LIMIT:
                        raise BrokenReply(f"{endpoint.host} sends too much to be an answer.", do="Check the base URL.")
    except TimeoutError:
        raise faults.silent(endpoint, seconds, begun=False) from None
    except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
        raise faults.unconnected(endpoint, problem) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        raise faults.hung_up(endpoint, begun=False) from None
    if not response.is_success:
        named = {name.lower(): value for name, value in response.headers.items()}
        error = read_error(bytes(data[:65536]).decode("utf-8", "replace"))
        raise faults.refused(endpoint, response.status_code, error, named)
    try:
        return json.loads(bytes(data))
    except (ValueError, RecursionError):
        raise BrokenReply(
            f"{endpoint.host} answers at {path} with what is no JSON.", do="Check the base URL."
        ) from None
