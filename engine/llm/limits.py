"""Says how much may be asked of an endpoint in a minute: what the player sets, and what the server's headers hint at.

It counts nothing and waits for nobody; `gate` keeps the count and `queueing` the queue. A hint may only lower what the
player set, since a server that is wrong about itself must not make anybody send more.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.llm.endpoint import Endpoint
from engine.llm.retry import LONGEST_HONOURED

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_COUNT = re.compile(r"\d{1,12}")


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that may be asked in any sliding minute; None for no limit."""

    requests: int | None = None
    tokens: int | None = None

    def lowered(self, other: Limits) -> Limits:
        """Return the stricter of both, each number by itself."""
        return Limits(_least(self.requests, other.requests), _least(self.tokens, other.tokens))


UNLIMITED = Limits()
PRESETS: Mapping[str, Limits] = {
    "free-trial": Limits(20, 40_000),
    "first-48-hours": Limits(60, 60_000),
    "pay-as-you-go": Limits(3_500, 90_000),
}
"""OpenAI's published tiers for chat models, by the names under which a config file asks for them."""


def read_limits(value: object) -> Limits | None:
    """Return the limits that a config file's value means; raises `ValueError` that says what is allowed."""
    if value is None or isinstance(value, Limits):
        return value
    if isinstance(value, str):
        if value in PRESETS:
            return PRESETS[value]
        raise ValueError(f"there is no preset of this name; there are {', '.join(PRESETS)}")
    if not isinstance(value, Mapping):
        raise ValueError("write a preset's name or {requests: NUMBER, tokens: NUMBER}")
    for name, number in value.items():
        if name not in ("requests", "tokens"):
            raise ValueError("only `requests` and `tokens` a minute can be limited")
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
            raise ValueError(f"{name} is a whole number from 1 on")
    return Limits(value.get("requests"), value.get("tokens"))


def pool_of(endpoint: Endpoint) -> str:
    """Name what shares one limit, an endpoint and its key, by a hash from which neither can be read."""
    parts = "\0".join((endpoint.base_url, endpoint.key.reveal(), *endpoint.headers.values(), *endpoint.query.values()))
    return hashlib.sha256(parts.encode("utf-8")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Hint:
    """What the headers of an answer say of the server's limits."""

    limits: Limits = UNLIMITED
    hold: float = 0.0
    """Seconds in which nothing need be sent, because it would be refused."""


def read_hint(status: int, headers: Mapping[str, str], asked: float | None) -> Hint:
    """Return what an answer's headers hint at; `asked` is the wait that the server itself asks for, in seconds.

    Header names are lower-case. Zero and negative limits are no hints: Azure sends both and means neither.
    """
    hold = asked if asked is not None and status >= 400 else 0.0
    for kind in ("requests", "tokens"):
        if _number(headers, f"x-ratelimit-remaining-{kind}") == 0 and _number(headers, f"x-ratelimit-limit-{kind}"):
            hold = max(hold, _seconds(headers.get(f"x-ratelimit-reset-{kind}", "")))
    limits = Limits(
        _number(headers, "x-ratelimit-limit-requests") or None, _number(headers, "x-ratelimit-limit-tokens") or None
    )
    return Hint(limits, min(hold, LONGEST_HONOURED) if math.isfinite(hold) else 0.0)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "").strip()
    return int(text) if _COUNT.fullmatch(text) else None


def _seconds(text: str) -> float:
    """Read `1s`, `6m0s`, `20ms` or bare seconds; what cannot be read is no wait."""
    text = text.strip()
    try:
        return max(0.0, float(text))
    except ValueError:
        found = _DURATION.fullmatch(text)
    if not found:
        return 0.0
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _least(one: int | None, other: int | None) -> int | None:
    return min((n for n in (one, other) if n is not None), default=None)
