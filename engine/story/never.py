"""Tells of a condition that the bounds of a story's variables keep from ever holding.

It knows comparisons of one bounded variable with a number, joined by `and` and `or`; of all else it says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.story.grammar import parse_expression
from engine.story.graph import Variable

if TYPE_CHECKING:
    from jinja2 import nodes

_TURNED = {"lt": "gt", "lteq": "gteq", "gt": "lt", "gteq": "lteq", "eq": "eq"}
"""Each sign as it reads when its two sides change places."""


def never_holds(source: str, variables: Mapping[str, Variable]) -> str:
    """Return why a sound condition can hold in no state: `"trust" is at most 5`; an empty text where it may hold."""
    return _never(parse_expression(source), variables)


def _never(node: nodes.Node, variables: Mapping[str, Variable]) -> str:
    from jinja2 import nodes

    if isinstance(node, nodes.And):
        return _never(node.left, variables) or _never(node.right, variables)
    if isinstance(node, nodes.Or):
        left, right = _never(node.left, variables), _never(node.right, variables)
        return left if left and right else ""
    if isinstance(node, nodes.Compare) and len(node.ops) == 1:
        sign, first, second = node.ops[0].op, node.expr, node.ops[0].expr
        if isinstance(second, nodes.Name):
            sign, first, second = _TURNED.get(sign, ""), second, first
        number = _number(second)
        if isinstance(first, nodes.Name) and first.name in variables and number is not None:
            return _outside(variables[first.name], sign, number)
    return ""


def _number(node: nodes.Node) -> float | None:
    from jinja2 import nodes

    if isinstance(node, nodes.Neg):
        number = _number(node.node)
        return None if number is None else -number
    value = node.value if isinstance(node, nodes.Const) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _outside(variable: Variable, sign: str, number: float) -> str:
    low = -math.inf if variable.low is None else variable.low
    high = math.inf if variable.high is None else variable.high
    if (sign in ("eq", "gteq") and number > high) or (sign == "gt" and number >= high):
        return f'"{variable.name}" is at most {high:g}'
    if (sign in ("eq", "lteq") and number < low) or (sign == "lt" and number <= low):
        return f'"{variable.name}" is at least {low:g}'
    return ""
