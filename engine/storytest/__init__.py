"""Tests beside a story: what is done, what the models answer, and what must be true then.

`load_suite` reads a file of tests, `play` runs one, `schema` is for editors. They are imported when they are first
named.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.storytest.jsonschema import schema
    from engine.storytest.playing import play
    from engine.storytest.suites import load_suite, load_suites

__all__ = ["load_suite", "load_suites", "play", "schema"]

_FROM = {"schema": "jsonschema", "play": "playing", "load_suite": "suites", "load_suites": "suites"}


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FROM[name]}"), name)
