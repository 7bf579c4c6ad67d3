"""Every way in which a model's server fails, and what a player reads of it: the one table that tests and page share.

    PYTHONPATH=.:tests python -m llm.fault_list >docs/errors.md

`{host}` stands for the server's name, `{elsewhere}` for another's, `{first}` and `{idle}` for the time-outs.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from llm.asking import FINISH, GOOD, error, sse
from llm.fault_server import Asking, Scene

MEGABYTE = b"x" * 2**20

KEPT = "The text so far is not taken for a reply. Try again."
AGAIN = "Your line is kept: try again."
STATUS_PAGE = f"{AGAIN} If it lasts, see the provider's status page."
URL = "Check the base URL: it ends where /chat/completions begins, mostly in /v1."
SPENT = "Add credit there, or use another key or model."
FAILING = "{host} is failing or overloaded"
BUSY = "{host} gets too many requests from this key or address"
CUT = f"The reply of {{host}} is no good: it ended before it was finished. {KEPT}"
BROKEN = f"{{host}} broke the connection in mid-reply. {KEPT}"
TOO_LONG = f"The reply of {{host}} is no good: it is longer than any reply should be. {KEPT}"
UNREADABLE = f"The reply of {{host}} is no good: a part of it cannot be read. {KEPT}"
MASKED = "[key]"
ONCE_MORE = "It is asked once more, in other words."
AUTHORED = "The author's own line stands in."
NO_WORDS = "The reply of {host} is no good: it holds no words."
WITHHELD = "{host} withheld the reply: its filter stepped in."
CUT_BY_FILTER = "The filter of m-1 withheld the reply."
BY_AUTHOR = '"No."'
"""What the author of the story that the tests play wrote for this moment."""
FILTERED = {"choices": [{"index": 0, "delta": {}, "finish_reason": "content_filter"}]}
BACKOFF = (0.5, 1.0)
"""Seconds before the second and the third try, where the server does not say; up to a quarter less by chance."""


@dataclass(frozen=True)
class Fault:
    """One way to fail."""

    name: str
    """What happens, as a line of the page."""
    scenes: tuple[Scene, ...] = ()
    """What the server plays, one scene a request, the last one for ever."""
    reads: str = ""
    """The message in the end, to the letter; empty where the answer comes after all."""
    waits: tuple[tuple[str, float], ...] = ()
    """What is shown of each wait before another try: why, and for how many seconds."""
    back: tuple[str, ...] = ()
    """What is shown of each attempt that did not count, before another is made."""
    asked: int = 1
    """Requests that reach the server in all."""
    answer: str = "Come in."
    """The answer, where one comes."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the endpoint."""
    where: Literal["server", "nobody", "no host", "tls"] = "server"


def says(status: int, body: bytes = b"", **headers: str) -> Scene:
    return lambda asking: asking.answer(status, body, **headers)


def streams(*chunks: bytes) -> Scene:
    return lambda asking: asking.stream(*chunks)


def opens(*chunks: bytes) -> bytes:
    """The first words of a reply, left open."""
    return sse("Come ", done=False) + b"".join(chunks)


async def good(asking: Asking) -> None:
    await asking.stream(GOOD)


async def redirect(asking: Asking) -> None:
    """Send the client to this machine by another name, where it would be answered well."""
    port = asking.header("host").rpartition(":")[2]
    await asking.answer(307, location=f"http://localhost:{port}/v1/chat/completions")


async def stall(asking: Asking) -> None:
    await asking.until_left()


async def stall_after_words(asking: Asking) -> None:
    await asking.begin()
    await asking.chunk(opens())
    await asking.until_left()


async def stall_when_whole(asking: Asking) -> None:
    await asking.begin()
    await asking.chunk(sse("Come in.", FINISH, done=False))
    await asking.until_left()


async def comments_before_words(asking: Asking) -> None:
    await asking.begin()
    for _ in range(20):
        await asking.chunk(b": PROCESSING\n\n")
    await asking.chunk(GOOD)
    await asking.end()


async def hang_up(asking: Asking) -> None:
    asking.hang_up()


async def reset_after_words(asking: Asking) -> None:
    await asking.begin()
    await asking.chunk(opens())
    asking.reset()


async def long_line(asking: Asking) -> None:
    """50 MB without a line's end; the client leaves long before."""
    await asking.begin()
    await asking.chunk(b"data: ")
    with suppress(ConnectionError):
        for _ in range(50):
            await asking.chunk(MEGABYTE)


async def words_without_end(asking: Asking) -> None:
    await asking.begin()
    with suppress(ConnectionError):
        while True:
            await asking.chunk(sse("tick tock " * 1000, done=False))


async def comments_without_end(asking: Asking) -> None:
    await asking.begin()
    with suppress(ConnectionError):
        while True:
            await asking.chunk(b": still here\n\n" * 100)


async def explains_without_end(asking: Asking) -> None:
    await asking.send(b"HTTP/1.1 400 X\r\ntransfer-encoding: chunked\r\n\r\n")
    with suppress(ConnectionError):
        while True:
            await asking.chunk(MEGABYTE)


async def false_length(asking: Asking) -> None:
    await asking.send(b"HTTP/1.1 200 X\r\ncontent-length: 9999\r\n\r\n" + opens())
    asking.hang_up()


async def no_http(asking: Asking) -> None:
    await asking.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    asking.hang_up()


def zipped(data: bytes) -> Scene:
    return says(200, data, content_encoding="gzip", content_type="text/event-stream")


def failing(status: int) -> Fault:
    why = f"{FAILING} ({status})."
    waits = tuple((why, seconds) for seconds in BACKOFF)
    return Fault(f"status {status}, at every try", (says(status),), f"{why} {STATUS_PAGE}", waits, asked=3)


def refused(status: int, what: str, do: str, message: str = "", **more: object) -> Fault:
    body = error(message, **more) if message else b""
    said = f': "{message}"' if message else "."
    name = f"status {status}" + (f', code "{more["code"]}"' if "code" in more else f', "{message}"' if message else "")
    return Fault(name, (says(status, body),), f"{{host}} {what} ({status}){said} {do}")


def limited(name: str, seconds: float, **headers: str) -> Fault:
    scenes = (says(429, error("Slow down."), **headers), good)
    return Fault(f"status 429 {name}", scenes, waits=((f'{BUSY} (429): "Slow down."', seconds),), asked=2)


NOT_MADE = (
    Fault(
        "nobody listens at the address",
        reads="Nothing answers at {host}. Start the model's server, or check the base URL's port.",
        waits=tuple(("Nothing answers at {host}.", seconds) for seconds in BACKOFF),
        asked=0,
        where="nobody",
    ),
    Fault(
        "there is no such host",
        reads="There is no host {host}, or no network. Check the base URL and your connection.",
        waits=tuple(("There is no host {host}, or no network.", seconds) for seconds in BACKOFF),
        asked=0,
        where="no host",
    ),
    Fault(
        "its certificate is its own",
        (good,),
        "No safe connection to {host}: self-signed certificate. "
        "Check the base URL; a local server mostly wants http://.",
        asked=0,
        where="tls",
    ),
)

ANSWERED_NO = (
    refused(
        401, "does not accept the key", "Check PALAVER_API_KEY, or `api_key` in the config file.", "Incorrect API key."
    ),
    Fault(
        "status 401, and it says the key back",
        (says(401, error("Incorrect API key: sk-test-0123456789abcdef.")),),
        f'{{host}} does not accept the key (401): "Incorrect API key: {MASKED}." '
        "Check PALAVER_API_KEY, or `api_key` in the config file.",
    ),
    refused(402, "says that the account's credit is spent", SPENT),
    refused(403, "does not allow this", 'Check that the key may use the model "m-1".', "Not in your region."),
    refused(404, "has nothing at that address", URL),
    refused(404, 'has no model "m-1"', "Name another with PALAVER_MODEL.", "No such model.", code="model_not_found"),
    failing(408),
    failing(409),
    refused(413, "cannot hold that much text", "Set `context` lower, to what the model really holds."),
    refused(
        400,
        "cannot hold that much text",
        "Set `context` lower, to what the model really holds.",
        "Too many tokens.",
        code="context_length_exceeded",
    ),
    refused(
        422,
        "does not take the request",
        "Check the model's name and `extra` in the config file.",
        "Input should be shorter.",
    ),
    limited("with retry-after: 3", 3.0, retry_after="3"),
    limited("with retry-after-ms: 250", 0.25, retry_after_ms="250"),
    limited(
        "with a date 7 s from now",
        7.0,
        date="Wed, 01 Jan 2025 00:00:00 GMT",
        retry_after="Wed, 01 Jan 2025 00:00:07 GMT",
    ),
    Fault(
        "status 429 that wants an hour's wait",
        (says(429, error("Come back later."), retry_after="3600"),),
        f'{BUSY} (429): "Come back later." Wait a little, then try again.',
    ),
    Fault(
        "status 429, at every try",
        (says(429),),
        f"{BUSY} (429). Wait a little, then try again.",
        tuple((f"{BUSY} (429).", seconds) for seconds in BACKOFF),
        asked=3,
    ),
    refused(
        429, "says that the account's credit is spent", SPENT, "You exceeded your quota.", code="insufficient_quota"
    ),
    failing(500),
    failing(502),
    failing(503),
    failing(529),
    Fault("status 500 once, then it answers", (says(500), good), waits=((f"{FAILING} (500).", 0.5),), asked=2),
    Fault(
        "status 500 with x-should-retry: false",
        (says(500, x_should_retry="false"), good),
        f"{FAILING} (500). {STATUS_PAGE}",
    ),
    Fault(
        "status 502 with a web page",
        (says(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", content_type="text/html"),),
        f"{FAILING} (502). {STATUS_PAGE}",
        tuple((f"{FAILING} (502).", seconds) for seconds in BACKOFF),
        asked=3,
    ),
    Fault(
        "status 400 with an endless page",
        (explains_without_end,),
        "{host} does not take the request (400). Check the model's name and `extra` in the config file.",
    ),
    Fault(
        "it sends the request on to another host",
        (redirect, good),
        "{host} sends the request on to {elsewhere} (307); not followed, since the key would go along. "
        "If you trust that address, make it the base URL.",
    ),
    Fault(
        "it speaks no HTTP",
        (no_http,),
        f"{{host}} broke the connection before it answered. {AGAIN}",
        tuple(("{host} broke the connection before it answered.", seconds) for seconds in BACKOFF),
        asked=3,
    ),
    Fault(
        "it hangs up before it answers",
        (hang_up,),
        f"{{host}} broke the connection before it answered. {AGAIN}",
        tuple(("{host} broke the connection before it answered.", seconds) for seconds in BACKOFF),
        asked=3,
    ),
)

BROKE_OFF = (
    Fault(
        "the first byte never comes",
        (stall,),
        "{host} took the request and said nothing for {first} s. "
        "Try again; for a slow machine, set `first_byte_timeout` higher.",
        given={"first_byte_timeout": 0.05},
    ),
    Fault(
        "it falls silent in mid-reply",
        (stall_after_words,),
        f"{{host}} fell silent in mid-reply for {{idle}} s. {KEPT}",
        given={"idle_timeout": 0.05},
    ),
    Fault("the first words are late, with comments before them", (comments_before_words,)),
    Fault("it falls silent when all is said", (stall_when_whole,)),
    Fault("it resets the connection in mid-reply", (reset_after_words,), BROKEN),
    Fault("it closes the connection before the promised length", (false_length,), BROKEN),
    Fault("the stream ends with no finish_reason", (streams(opens()),), CUT),
    Fault("the stream ends with [DONE] and no finish_reason", (streams(opens(b"data: [DONE]\n\n")),), CUT),
    Fault(
        "an error object in mid-stream",
        (streams(opens(b'data: {"error": {"message": "Overheated."}}\n\n')),),
        f'{{host}} broke off with an error: "Overheated." {KEPT}',
    ),
    Fault(
        "an error object with code 503 in mid-stream",
        (streams(opens(b'data: {"error": {"message": "Overloaded.", "code": 503}}\n\n')),),
        f'{FAILING} (503): "Overloaded." {STATUS_PAGE}',
    ),
    Fault("JSON cut short in mid-stream", (streams(opens(b'data: {"choices": [{"del\n\n', sse(FINISH))),), UNREADABLE),
    Fault("something else than JSON in mid-stream", (streams(opens(b"data: oops\n\n", sse(FINISH))),), UNREADABLE),
    Fault(
        "bytes that are not UTF-8",
        (streams(sse("Come \u00e9in.", FINISH).replace(b"\\u00e9", b"\xff")),),
        answer="Come \ufffdin.",
    ),
    Fault(
        "the stream ends within a letter",
        (streams(opens(b'data: {"choices": [{"index": 0, "delta": {"content": "\xc3')),),
        UNREADABLE,
    ),
    Fault("a line of 50 MB", (long_line,), TOO_LONG),
    Fault("words without end", (words_without_end,), TOO_LONG),
    Fault(
        "comments without end",
        (comments_without_end,),
        "The reply of {host} was not finished after {whole} s. Set `max_tokens` lower.",
        given={"reply_timeout": 0.05},
    ),
    Fault(
        "200 with no body, every time",
        (says(200),),
        back=(f"{NO_WORDS} {ONCE_MORE}", f"{NO_WORDS} {AUTHORED}"),
        asked=2,
        answer=BY_AUTHOR,
    ),
    Fault("200 with no body once", (says(200), good), back=(f"{NO_WORDS} {ONCE_MORE}",), asked=2),
    Fault(
        "200 with a web page",
        (says(200, b"<!doctype html><title>Sign in</title>"),),
        f"{{host}} answered with a web page. {URL}",
    ),
    Fault(
        "200 with an error object",
        (says(200, error("Provider returned error.", code=502)),),
        f'{FAILING} (502): "Provider returned error." {STATUS_PAGE}',
    ),
    Fault(
        "the filter withholds the reply, every time",
        (streams(sse(FILTERED)),),
        back=(f"{WITHHELD} {ONCE_MORE}", f"{WITHHELD} {AUTHORED}"),
        asked=2,
        answer=BY_AUTHOR,
    ),
    Fault(
        "the filter cuts the reply once",
        (streams(sse("Come ", FILTERED)), good),
        back=(f"{CUT_BY_FILTER} {ONCE_MORE}",),
        asked=2,
    ),
    Fault(
        "the model only thinks",
        (streams(sse({"choices": [{"index": 0, "delta": {"reasoning_content": "Hm."}}]}, FINISH)),),
        "The reply of {host} is no good: the model only thought, and said nothing. "
        "Set `max_tokens` higher, or let it think less (`extra: {{reasoning_effort: low}}`).",
    ),
    Fault("gzip, though none was asked for", (zipped(gzip.compress(GOOD)),)),
    Fault("gzip that is none", (zipped(GOOD),), BROKEN),
    Fault("gzip cut short", (zipped(gzip.compress(opens(b": " + bytes(range(32, 127)) + b"\n"))[:-40]),), CUT),
    Fault(
        "one JSON document instead of a stream",
        (says(200, json.dumps({"choices": [{"message": {"content": "Come in."}, "finish_reason": "stop"}]}).encode()),),
    ),
)

FAULTS = (*NOT_MADE, *ANSWERED_NO, *BROKE_OFF)

_HEAD = """\
# When a model does not answer

What the server does, and the words you read, with the server's name in place of *models.example*. Where no answer comes
the game stays where it was and your line is kept: `/retry` sends it again, `/offline` lets the scripted actor answer.
No reply that was cut is asked for again by itself, so that none is paid for twice. A reply that a filter withheld, or
that holds no word, is: first in other words, and you read that it is; see `refusals` in [the
settings](configuration.md).

This page is made from the table that the tests play, each against a real server on loopback: `tests/llm/fault_list.py`.
"""
_SHOWN = {"host": "models.example", "elsewhere": "elsewhere.example", "first": "120", "idle": "60", "whole": "600"}


def page() -> str:
    """The page docs/errors.md."""
    return _HEAD + "".join(_part(title, faults) for title, faults in _PARTS)


_PARTS = (
    ("No connection", NOT_MADE),
    ("The server says no", ANSWERED_NO),
    ("The reply breaks off, or is none", BROKE_OFF),
)


def _part(title: str, faults: tuple[Fault, ...]) -> str:
    rows = "".join(f"| {fault.name} | {'; '.join(_told(fault))} | {fault.asked} |\n" for fault in faults)
    return f"\n## {title}\n\n| what happens | what you read | requests |\n|---|---|---|\n{rows}"


def _told(fault: Fault) -> Iterator[str]:
    if fault.waits:
        times = " and ".join(f"{seconds:g}" for _, seconds in fault.waits)
        yield f"it waits {times} s and asks again"
    yield from (reason.format(**_SHOWN) for reason in fault.back)
    if fault.reads:
        yield fault.reads.format(**_SHOWN)
    elif fault.answer != BY_AUTHOR:
        yield f"the answer: “{fault.answer}”"
    else:
        yield "the author's line"


if __name__ == "__main__":
    print(page(), end="")
