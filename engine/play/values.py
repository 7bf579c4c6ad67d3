"""Keeps a variable within what its author declared, whatever value is offered."""

from __future__ import annotations

from engine.plaintext import clean_line
from engine.story.expressions import Value
from engine.story.graph import MoveRule, Variable

LONGEST_TEXT = 200
"""Characters a text variable keeps."""
WIDEST_NUMBER = 10**15
"""Numbers stop here in either direction, like those of expressions."""


def fitted(variable: Variable, value: Value, now: Value) -> Value:
    """Return `value` as the variable can hold it: its kind, its bounds, its options; else `now`, unchanged."""
    match variable.kind:
        case "bool":
            return bool(value)
        case "int":
            return now if isinstance(value, str) else int(_bounded(variable, value))
        case "float":
            return now if isinstance(value, str) else float(_bounded(variable, value))
        case "text":
            text = clean_line(value)[:LONGEST_TEXT] if isinstance(value, str) else str(value)
            return text if not variable.options or text in variable.options else now


def moved(rule: MoveRule, now: Value) -> Value:
    """Return the value a move rule asks for."""
    if rule.by is not None and not isinstance(now, str):
        return now + rule.by
    return now if rule.to is None else rule.to


def _bounded(variable: Variable, value: float) -> float:
    if value != value:  # NaN  # noqa: PLR0124 - the test that needs no import
        return variable.low or 0
    low = -WIDEST_NUMBER if variable.low is None else variable.low
    high = WIDEST_NUMBER if variable.high is None else variable.high
    return max(low, min(high, value))
