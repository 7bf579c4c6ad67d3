"""The command line: what is typed reaches the settings, and what cannot be is told."""

from __future__ import annotations

import pytest

from engine import cli


def flags(*typed: str) -> dict[str, object]:
    return dict(cli._flags(cli._parser().parse_args(["play", *typed])))


@pytest.mark.parametrize(
    ("typed", "setting"),
    [
        (["--temperature", "0"], {"temperature": 0.0}),
        (["--max-tokens", "0"], {"max_tokens": 0}),
        (["--offline"], {"offline": True}),
        ([], {}),
    ],
)
def test_a_flag_counts_when_it_was_given_even_as_nought(typed: list[str], setting: dict[str, object]) -> None:
    assert flags(*typed) == setting
