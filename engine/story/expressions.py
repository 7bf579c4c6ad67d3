"""Expressions over a story's state: checked when the story loads, then called millions of times.

This is the public face of `terms`, `grammar`, `translate` and `variations`; texts are compiled in `texts`.
"""

from __future__ import annotations

from engine.story.terms import Expression, ExpressionError, Kind, Names, Scope, Text, Value

__all__ = ["Expression", "ExpressionError", "Kind", "Names", "Scope", "Text", "Value"]
