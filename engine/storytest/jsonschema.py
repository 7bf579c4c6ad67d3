"""Test files as a JSON Schema, so that editors complete keys, explain them and underline mistakes."""

from __future__ import annotations

from typing import Any

from engine.story.jsonschema import described
from engine.storytest import forms


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a file of tests, each key with its description."""
    return described(forms.File, "Tests of a Palaver story", (forms,))
