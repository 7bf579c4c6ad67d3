"""Decides whether and when a request is sent again.

It neither waits nor reads a clock. The numbers are those of the vendor's own client (openai 3.54, `_base_client.py` and
`_constants.py`), so that a server sees from Palaver the manners it was built for. It never retries what waiting cannot
mend, nor anything of which a byte was received: both are for the caller to keep from asking.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

FIRST_DELAY = 0.5
LONGEST_DELAY = 8.0
JITTER = 0.25
"""The largest part of a delay that chance may take off."""
LONGEST_HONOURED = 120.0
"""A server that asks for a longer wait than this many seconds is not asked again by itself."""

_TRANSIENT = frozenset({408, 409, 429})
_NUMBER = re.compile(r"\s*\d+(\.\d+)?\s*")


def worth_retrying(status: int, headers: Mapping[str, str]) -> bool:
    """Whether the same request may succeed later; `x-should-retry` has the last word. Header names are lower-case."""
    told = headers.get("x-should-retry", "").strip().lower()
    if told in {"true", "false"}:
        return told == "true"
    return status in _TRANSIENT or status >= 500


def backoff(retried: int, chance: float) -> float:
    """Seconds to wait by ourselves after `retried` retries so far; `chance` is drawn from 0 to 1."""
    # The exponent is bounded so that no count of retries overflows a float.
    return min(FIRST_DELAY * 2.0 ** min(retried, 16), LONGEST_DELAY) * (1 - JITTER * chance)


def asked_delay(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks to wait, or None where it does not say.

    A date is measured against the server's own `date` header, so a wrong clock on either side does no harm; without
    that header it counts as not said.
    """
    milliseconds = headers.get("retry-after-ms", "")
    if _NUMBER.fullmatch(milliseconds):
        return float(milliseconds) / 1000
    seconds = headers.get("retry-after", "")
    if _NUMBER.fullmatch(seconds):
        return float(seconds)
    try:
        then, now = parsedate_to_datetime(seconds), parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def delay(status: int, headers: Mapping[str, str], *, retried: int, limit: int, chance: float) -> float | None:
    """Seconds to wait before sending the request again, or None to give up."""
    if retried >= limit or not worth_retrying(status, headers):
        return None
    asked = asked_delay(headers)
    if asked is None or asked <= 0:
        return backoff(retried, chance)
    return asked if math.isfinite(asked) and asked <= LONGEST_HONOURED else None
