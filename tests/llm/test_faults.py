"""Every way a model can fail is said with the host, what it means, and what to do; never with the key."""

from __future__ import annotations

import socket
import ssl

import httpx
import pytest

from engine.errors import BadRequest, BrokenReply, Busy, KeyRefused, ModelError, OutOfCredit, Unconnected
from engine.llm import faults
from engine.llm.chunks import ServerError
from engine.llm.endpoint import Secret
from engine.llm.reply import BadReply, Kind
from llm.asking import KEY, endpoint

HERE = endpoint()


@pytest.mark.parametrize(
    ("status", "error", "kind", "said"),
    [
        (401, ServerError("Incorrect key"), KeyRefused, "does not accept the key"),
        (403, ServerError("No access"), KeyRefused, "does not allow"),
        (402, ServerError("Insufficient Balance"), OutOfCredit, "credit is spent"),
        (429, ServerError("Quota", code="insufficient_quota"), OutOfCredit, "credit is spent"),
        (429, ServerError("Quota", kind="insufficient_quota"), OutOfCredit, "credit is spent"),
        (429, ServerError("Slow down"), Busy, "too many requests"),
        (500, ServerError(), Busy, "overloaded"),
        (503, ServerError("Loading model"), Busy, "Loading model"),
        (404, ServerError("The model `m-1` does not exist", code="model_not_found"), BadRequest, 'no model "m-1"'),
        (404, ServerError("Not Found"), BadRequest, "mostly in /v1"),
        (400, ServerError("too long", code="context_length_exceeded"), BadRequest, "`context` lower"),
        (400, ServerError("big", kind="exceed_context_size_error"), BadRequest, "`context` lower"),
        (413, ServerError(), BadRequest, "`context` lower"),
        (422, ServerError("Bad field"), BadRequest, "does not take the request"),
        (418, ServerError(), BadRequest, "does not take the request"),
    ],
)
def test_statuses(status: int, error: ServerError, kind: type[ModelError], said: str) -> None:
    fault = faults.refused(HERE, status, error, {"x-request-id": "req-7"})
    assert type(fault) is kind
    assert said in str(fault)
    assert "models.example" in fault.what
    assert fault.do
    assert (fault.status, fault.request_id) == (status, "req-7")


def test_without_a_key_the_player_is_told_to_set_one() -> None:
    fault = faults.refused(endpoint(key=Secret()), 401, ServerError(), {})
    assert "wants a key" in fault.what
    assert "PALAVER_API_KEY" in fault.do


def test_a_redirect_says_where_to_and_why_not() -> None:
    fault = faults.refused(HERE, 307, ServerError(), {"location": f"https://me:pw@evil.example/{KEY}?x"})
    assert "evil.example" in fault.what
    assert "not followed" in fault.what
    assert KEY not in str(fault)
    assert "pw" not in str(fault)


def test_a_servers_words_are_quoted_harmless_masked_and_cut() -> None:
    fault = faults.refused(HERE, 400, ServerError(f"\x1b[31mBad\nkey {KEY} " + "x" * 500), {})
    assert '"Bad key [key] xxx' in fault.what
    assert len(fault.what) < 300
    assert "\x1b" not in fault.what


def test_a_key_at_the_cut_is_masked_whole() -> None:
    for before in range(150, 210):
        assert KEY[:8] not in faults.quote(HERE, "x" * before + " " + KEY)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_bad_reply_has_words(kind: Kind) -> None:
    fault = faults.bad_reply(HERE, BadReply(kind), {})
    assert "models.example" in fault.what
    assert fault.do


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ServerError("Gone", code="502"), Busy),
        (ServerError("Slow", code="429"), Busy),
        (ServerError("Spent", code="insufficient_quota"), OutOfCredit),
        (ServerError("Spent", code="402"), OutOfCredit),
        (ServerError("Oops"), BrokenReply),
        (ServerError("Oops", code="server_error"), BrokenReply),
    ],
)
def test_an_error_in_mid_reply_is_classed_by_what_it_says(error: ServerError, kind: type[ModelError]) -> None:
    assert type(faults.bad_reply(HERE, BadReply(Kind.ERROR, error), {})) is kind


def caused(cause: Exception) -> Exception:
    problem = httpx.ConnectError("All connection attempts failed")
    problem.__context__ = OSError("wrapped")
    problem.__context__.__cause__ = cause
    return problem


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (socket.gaierror(-2, "Name or service not known"), "no host models.example"),
        (ConnectionRefusedError(111, "refused"), "Nothing answers at models.example"),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), "No safe connection"),
        (OSError("strange"), "No connection to models.example"),
        (ExceptionGroup("tries", [ConnectionRefusedError(111, "refused")]), "Nothing answers"),
    ],
)
def test_why_there_is_no_connection(cause: Exception, said: str) -> None:
    fault = faults.unconnected(HERE, caused(cause))
    assert type(fault) is Unconnected
    assert said in fault.what


def test_a_bad_certificate_does_not_mend_itself() -> None:
    assert not faults.mends_itself(caused(ssl.SSLCertVerificationError(1, "certificate verify failed")))
    assert faults.mends_itself(caused(ConnectionRefusedError(111, "refused")))
