"""Limits, budgets and prices in the config file: what they mean, and how a mistake in them is told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from engine.config import load_settings
from engine.errors import ConfigError
from engine.llm.budget import Budget, Cap
from engine.llm.limits import Limits
from engine.llm.prices import PerMillion
from engine.settings import Settings


def load(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    return load_settings({}, {}, path)


def test_nothing_is_limited_unless_it_is_said(tmp_path: Path) -> None:
    settings = load(tmp_path, "model: m\n")
    assert (settings.limits, settings.budget, settings.prices) == (None, Budget(), {})


def test_a_preset_and_numbers(tmp_path: Path) -> None:
    assert load(tmp_path, "limits: free-trial\n").limits == Limits(20, 40_000)
    assert load(tmp_path, "limits: {requests: 7}\n").limits == Limits(7)


def test_money_is_exact(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        "budget: {session: {money: 0.1}, day: {tokens: 5000}}\nprices: {m: {input: 0.15, output: 0.6}}\n",
    )
    assert settings.budget == Budget(session=Cap(100_000), day=Cap(tokens=5_000))
    assert settings.prices == {"m": PerMillion(Decimal("0.15"), Decimal("0.6"))}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("limits: gold\n", "config.yaml:1: limits: there is no preset of this name; there are free-trial"),
        ("model: m\nbudget: {week: {money: 1}}\n", "config.yaml:2: budget: there are limits for session, game, day"),
        ("prices: {m: {input: 1}}\n", 'config.yaml:1: prices: the price of "m" needs `input` and `output`'),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert said in str(caught.value)
