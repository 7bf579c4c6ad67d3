"""Says what a call costs, from the player's own prices or a maintained list, in whole micro-dollars.

It never guesses: a model that neither knows has no price, and its calls are counted in tokens only. Amounts are
rounded up, each call by itself, so that a sum is never less than the bill by the rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Protocol

MICRO = 1_000_000
"""Micro-dollars in a dollar: a price of one dollar for a million tokens is one micro-dollar a token."""
_MOST = Decimal(1_000_000)


class Price(Protocol):
    """What a model's tokens cost."""

    def cost(self, prompt: int, cached: int, completion: int) -> int:
        """Return micro-dollars for a call; `cached` is the part of `prompt` read from the provider's cache."""


@dataclass(frozen=True, slots=True)
class PerMillion:
    """Dollars for a million tokens, as the player or a price list states them."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    """None for the same as `input`."""

    def cost(self, prompt: int, cached: int, completion: int) -> int:
        """Return micro-dollars for a call, rounded up."""
        cached = min(max(cached, 0), prompt)
        read = self.input if self.cached is None else self.cached
        return _whole((prompt - cached) * self.input + cached * read + completion * self.output)


@dataclass(frozen=True, slots=True)
class Listed:
    """A model in the list of the package genai-prices, with its tiers and dates."""

    model: str
    url: str

    def cost(self, prompt: int, cached: int, completion: int) -> int:
        """Return micro-dollars for a call, rounded up.

        What was not read from the cache may have been written to it, which the newest models bill at 1.25 times and no
        server reports in chat completions: the dearer of both is taken.
        """
        from genai_prices import Usage, calc_price

        cached = min(max(cached, 0), prompt)
        given = {"input_tokens": prompt, "output_tokens": completion, "cache_read_tokens": cached}
        dollars = calc_price(Usage(**given), self.model, provider_api_url=self.url)
        if getattr(dollars.model_price, "cache_write_mtok", None) is None:
            return _whole(dollars.total_price * MICRO)
        written = Usage(**given, cache_write_tokens=prompt - cached)
        dearer = calc_price(written, self.model, provider_api_url=self.url)
        return _whole(max(dollars.total_price, dearer.total_price) * MICRO)


def price_of(model: str, base_url: str, own: Mapping[str, PerMillion]) -> Price | None:
    """Return the price of `model` at `base_url`, the player's `own` first; None where nobody knows it."""
    return own.get(model) or _listed(model, base_url)


@lru_cache(maxsize=64)
def _listed(model: str, base_url: str) -> Listed | None:
    # Importing the list takes about 110 ms, so it waits until a price is asked for.
    from genai_prices import Usage, calc_price

    try:
        calc_price(Usage(input_tokens=1, output_tokens=1, cache_read_tokens=0), model, provider_api_url=base_url)
    except (LookupError, ValueError):
        return None
    return Listed(model, base_url)


def read_prices(value: object) -> dict[str, PerMillion]:
    """Return the prices that a config file's mapping means; raises `ValueError` that names the model."""
    if not isinstance(value, Mapping):
        raise ValueError("write {MODEL: {input: DOLLARS, output: DOLLARS}}, for a million tokens each")
    return {str(model): _read_price(str(model), price) for model, price in value.items()}


def _read_price(model: str, value: object) -> PerMillion:
    if isinstance(value, PerMillion):
        return value
    if not isinstance(value, Mapping) or not {"input", "output"} <= set(value) <= {"input", "cached", "output"}:
        raise ValueError(f'the price of "{model}" needs `input` and `output`, and may have `cached`')
    given = {name: dollars(number, f'"{name}" of "{model}"') for name, number in value.items() if number is not None}
    if not {"input", "output"} <= set(given):
        raise ValueError(f'the price of "{model}" needs `input` and `output`, and may have `cached`')
    return PerMillion(given["input"], given["output"], given.get("cached"))


def dollars(value: object, what: str) -> Decimal:
    """Return an exact amount for a number in a config file; raises `ValueError` that names `what`."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"{what} is a number of dollars")
    # Through text: the file says 0.15, and the nearest binary fraction is a little less.
    exact = Decimal(str(value))
    if not exact.is_finite() or not 0 <= exact <= _MOST:
        raise ValueError(f"{what} goes from 0 to {_MOST:,}")
    return exact


def shown(micro: int) -> str:
    """Return an amount as a person reads it: cents, and as many digits more as a small one needs."""
    amount = Decimal(micro) / MICRO
    if amount == 0 or abs(amount) >= 1:
        return f"${amount:,.2f}"
    if abs(amount) < Decimal("0.0001"):
        return f"${amount:f}"
    whole, _, part = f"{amount:.4f}".partition(".")
    return f"${whole}.{part.rstrip('0'):0<2}"


def _whole(micro: Decimal) -> int:
    return int(micro.to_integral_value(rounding=ROUND_CEILING))
