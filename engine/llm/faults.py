"""Says in a player's words why a model did not answer, and what to do about it.

Every sentence names the host and never a key. What a server wrote is quoted cleaned, masked and cut, because it may be
anything. It decides nothing about sending again.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from engine.errors import (
    BadRequest,
    BrokenReply,
    Busy,
    KeyRefused,
    ModelError,
    NoWords,
    OutOfCredit,
    Unconnected,
    Unreachable,
    Withheld,
)
from engine.llm.chunks import ServerError
from engine.llm.endpoint import Endpoint
from engine.llm.reply import BadReply, Kind
from engine.plaintext import clean_line

QUOTE_LIMIT = 200

_SPENT = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "insufficient_credits",
        "insufficient_balance",
    }
)
_TOO_LONG = ("context_length_exceeded", "exceed_context_size_error", "context length", "context size", "context window")
_URL_ADVICE = "Check the base URL: it ends where /chat/completions begins, mostly in /v1."
_LATER = "Your line is kept: try again."
_CUT_BY = "The text so far is not taken for a reply. Try again."


def quote(endpoint: Endpoint, text: str) -> str:
    """A server's words, fit to be shown: one clean line without keys, at most `QUOTE_LIMIT` characters."""
    line = endpoint.mask(clean_line(text))
    return line if len(line) <= QUOTE_LIMIT else line[: QUOTE_LIMIT - 1] + "…"


def is_spent(error: ServerError) -> bool:
    """Whether the server means money or quota that no waiting brings back."""
    return error.code in _SPENT or error.kind in _SPENT


def refused(endpoint: Endpoint, status: int, error: ServerError, headers: Mapping[str, str]) -> ModelError:
    """The error for an answer whose status is not a success; `headers` has lower-case names."""
    host = endpoint.host
    request_id = clean_line(headers.get("x-request-id", ""))[:100]
    said = f': "{quote(endpoint, error.message)}"' if error.message.strip() else "."

    def fault(kind: type[ModelError], what: str, do: str) -> ModelError:
        return kind(f"{host} {what} ({status}){said}", do=do, status=status, request_id=request_id)

    if 300 <= status < 400:
        elsewhere = quote(endpoint, urlsplit_host(headers.get("location", "")) or "another address")
        return BadRequest(
            f"{host} sends the request on to {elsewhere} ({status}); not followed, since the key would go along.",
            do="If you trust that address, make it the base URL.",
            status=status,
            request_id=request_id,
        )
    if is_spent(error) or status == 402:
        return fault(
            OutOfCredit, "says that the account's credit is spent", "Add credit there, or use another key or model."
        )
    if status == 401:
        if endpoint.key:
            return fault(
                KeyRefused, "does not accept the key", "Check PALAVER_API_KEY, or `api_key` in the config file."
            )
        return fault(KeyRefused, "wants a key", "Set PALAVER_API_KEY or the config file's `api_key`.")
    if status == 403:
        return fault(KeyRefused, "does not allow this", f'Check that the key may use the model "{endpoint.model}".')
    if any(sign in f"{error.code} {error.kind} {error.message}" for sign in _TOO_LONG) or status == 413:
        return fault(BadRequest, "cannot hold that much text", "Set `context` lower, to what the model really holds.")
    if status == 404:
        if "model" in f"{error.code} {error.message} {error.param}".lower():
            return fault(
                BadRequest, f'has no model "{quote(endpoint, endpoint.model)}"', "Name another with PALAVER_MODEL."
            )
        return fault(BadRequest, "has nothing at that address", _URL_ADVICE)
    if status == 429:
        return fault(Busy, "gets too many requests from this key or address", "Wait a little, then try again.")
    if status >= 500 or status in {408, 409}:
        return fault(Busy, "is failing or overloaded", f"{_LATER} If it lasts, see the provider's status page.")
    return fault(BadRequest, "does not take the request", "Check the model's name and `extra` in the config file.")


def urlsplit_host(location: str) -> str:
    """The host of a redirect's target; empty where it names none."""
    try:
        return urlsplit(location).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def bad_reply(endpoint: Endpoint, problem: BadReply, headers: Mapping[str, str]) -> ModelError:
    """The error for a reply that began well and is none."""
    host = endpoint.host
    request_id = clean_line(headers.get("x-request-id", ""))[:100]
    kind, error = problem.kind, problem.error
    said = f': "{quote(endpoint, error.message)}"' if error.message.strip() else ""
    if kind is Kind.ERROR:
        if is_spent(error) or error.status in {401, 402, 403, 429} or (error.status or 0) >= 500:
            return refused(endpoint, error.status or 429, error, headers)
        return BrokenReply(f"{host} broke off with an error{said or '.'}", do=_CUT_BY, request_id=request_id)
    if kind is Kind.WITHHELD:
        what = f"{host} declined to answer{said}" if said else f"{host} withheld the reply: its filter stepped in."
        return Withheld(what, do="Say it another way.", request_id=request_id)
    if kind is Kind.WEB_PAGE:
        return BrokenReply(f"{host} answered with a web page.", do=_URL_ADVICE, request_id=request_id)
    advice = _CUT_BY
    if kind is Kind.THOUGHT_ONLY:
        advice = "Set `max_tokens` higher, or let it think less (`extra: {reasoning_effort: low}`)."
    elif kind is Kind.EMPTY:
        advice = _LATER
    broken = NoWords if kind is Kind.EMPTY else BrokenReply
    return broken(f"The reply of {host} is no good: {kind.value}.", do=advice, request_id=request_id)


def silent(endpoint: Endpoint, seconds: float, *, begun: bool) -> ModelError:
    """The error for a server that says nothing for too long."""
    if begun:
        return BrokenReply(f"{endpoint.host} fell silent in mid-reply for {seconds:g} s.", do=_CUT_BY)
    return Unreachable(
        f"{endpoint.host} took the request and said nothing for {seconds:g} s.",
        do="Try again; for a slow machine, set `first_byte_timeout` higher.",
    )


def endless(endpoint: Endpoint) -> ModelError:
    """The error for a reply that takes longer than any should."""
    return BrokenReply(
        f"The reply of {endpoint.host} was not finished after {endpoint.reply_timeout:g} s.",
        do="Set `max_tokens` lower.",
    )


def unconnected(endpoint: Endpoint, problem: Exception) -> ModelError:
    """The error for a connection that was not made, found from the causes that httpx wraps."""
    host = endpoint.host
    for cause in _causes(problem):
        if isinstance(cause, socket.gaierror):
            return Unconnected(f"There is no host {host}, or no network.", do="Check the base URL and your connection.")
        if isinstance(cause, ssl.SSLError):
            named = getattr(cause, "verify_message", "") or getattr(cause, "reason", "")
            reason = quote(endpoint, str(named or "TLS failed"))
            return Unconnected(
                f"No safe connection to {host}: {reason}.",
                do="Check the base URL; a local server mostly wants http://.",
            )
        if isinstance(cause, TimeoutError):
            break
        if isinstance(cause, ConnectionRefusedError):
            do = "Start the model's server, or check the base URL's port." if endpoint.local else _URL_ADVICE
            return Unconnected(f"Nothing answers at {host}.", do=do)
    return Unconnected(f"No connection to {host} could be made.", do="Check the base URL and your connection.")


def hung_up(endpoint: Endpoint, *, begun: bool) -> ModelError:
    """The error for a connection that broke after it was made."""
    if begun:
        return BrokenReply(f"{endpoint.host} broke the connection in mid-reply.", do=_CUT_BY)
    return Unreachable(f"{endpoint.host} broke the connection before it answered.", do=_LATER)


def mends_itself(problem: Exception) -> bool:
    """Whether connecting again may help: not against a bad certificate."""
    return not any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(problem))


def _causes(problem: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    todo: list[BaseException | None] = [problem]
    while todo:
        cause = todo.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        todo += [cause.__cause__, cause.__context__]
        if isinstance(cause, BaseExceptionGroup):
            todo += cause.exceptions
