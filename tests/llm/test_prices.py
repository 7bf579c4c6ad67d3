"""A price is exact, the player's own goes first, and a model nobody knows has none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.llm.prices import PerMillion, price_of, read_prices, shown

OPENAI = "https://api.openai.com/v1"


def test_a_dollar_for_a_million_tokens_is_a_micro_dollar_a_token() -> None:
    assert PerMillion(Decimal(1), Decimal(3)).cost(1_000, 0, 100) == 1_300


def test_sums_are_exact_and_fractions_rounded_up() -> None:
    price = read_prices({"m": {"input": 0.15, "cached": 0.075, "output": 0.6}})["m"]
    assert price.cost(1_000_000, 0, 0) == 150_000
    assert price.cost(1_000_000, 1_000_000, 0) == 75_000
    assert price.cost(1, 0, 0) == 1
    assert price.cost(0, 0, 0) == 0


def test_more_cached_than_asked_is_taken_for_all() -> None:
    assert PerMillion(Decimal(2), Decimal(0), Decimal(1)).cost(100, 10**9, 0) == 100


def test_the_list_knows_well_known_models_where_they_are_sold() -> None:
    price = price_of("gpt-4o-mini", OPENAI, {})
    assert price is not None
    assert price.cost(1_000_000, 0, 0) == 150_000
    assert price.cost(1_000_000, 1_000_000, 1_000_000) == 75_000 + 600_000


def test_where_writing_the_cache_costs_more_it_is_counted() -> None:
    price = price_of("gpt-6-luna", OPENAI, {})
    assert price is not None
    assert price.cost(1_000, 0, 0) >= price.cost(1_000, 1_000, 0)
    assert price.cost(1_000, 0, 0) >= 125


@pytest.mark.parametrize("url", ["http://localhost:11434/v1", "https://proxy.example/v1"])
def test_a_known_model_elsewhere_has_no_known_price(url: str) -> None:
    assert price_of("gpt-4o-mini", url, {}) is None


def test_the_players_own_price_goes_first() -> None:
    own = {"gpt-4o-mini": PerMillion(Decimal(9), Decimal(9))}
    assert price_of("gpt-4o-mini", OPENAI, own) is own["gpt-4o-mini"]
    assert price_of("gpt-4o-mini", "http://localhost:1234/v1", own) is own["gpt-4o-mini"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3, "write"),
        ({"m": 3}, '"m" needs'),
        ({"m": {"input": 1}}, '"m" needs'),
        ({"m": {"input": 1, "output": 1, "per": 5}}, '"m" needs'),
        ({"m": {"input": "1", "output": 1}}, "number of dollars"),
        ({"m": {"input": -1, "output": 1}}, "from 0"),
        ({"m": {"input": float("nan"), "output": 1}}, "from 0"),
        ({"m": {"input": None, "output": 1}}, "needs"),
    ],
)
def test_a_mistake_names_the_model(value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_prices(value)


@pytest.mark.parametrize(
    ("micro", "text"),
    [
        (0, "$0.00"),
        (1_234_567, "$1.23"),
        (12_345, "$0.0123"),
        (500_000, "$0.50"),
        (14_000, "$0.014"),
        (7, "$0.000007"),
        (5 * 10**9, "$5,000.00"),
    ],
)
def test_small_amounts_keep_their_digits(micro: int, text: str) -> None:
    assert shown(micro) == text
