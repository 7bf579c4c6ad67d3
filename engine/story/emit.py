"""Builds the Python that compiled expressions run: out of syntax nodes, never out of text.

What an author wrote enters as constants alone. The functions made here can name what `_REACHABLE` holds and the lets
they are given, and nothing else: there are no builtins in their reach.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.story import arithmetic, variations
from engine.story.terms import Scope, Value

_REACHABLE: dict[str, Any] = {
    "__builtins__": {},
    **{
        function.__name__: function
        for function in (
            *(arithmetic.add, arithmetic.subtract, arithmetic.multiply),
            *(arithmetic.divide, arithmetic.floor_divide, arithmetic.remainder),
            *(arithmetic.absolute, arithmetic.least, arithmetic.greatest, arithmetic.real),
            *(arithmetic.show, arithmetic.join, arithmetic.finish),
            *(variations.sequence, variations.cycle, variations.shuffle, variations.once_only, variations.one_of),
        )
    },
}


def function(body: ast.expr, lets: Mapping[str, Callable[..., Any]]) -> Callable[[Scope], Any]:
    """Return `body` as a function of a scope; `lets` are in its reach by the names they are called with."""
    arguments = ast.arguments(
        posonlyargs=[], args=[ast.arg("scope", lineno=1, col_offset=0)], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    tree = ast.Expression(ast.Lambda(arguments, body, lineno=1, col_offset=0))
    # This evaluates a code object, not text: the lambda of the line above, with nothing but our functions around it.
    made: Callable[[Scope], Any] = eval(
        compile(tree, "<story>", "eval"), {**_REACHABLE, **lets} if lets else _REACHABLE
    )
    return made


# The compiler wants a place on every node. Giving it here takes a quarter less time than ast.fix_missing_locations.


def constant(value: Value) -> ast.expr:
    """Return Python for a value."""
    return ast.Constant(value, lineno=1, col_offset=0)


def name(known: str) -> ast.expr:
    """Return Python for something in reach."""
    return ast.Name(known, ast.Load(), lineno=1, col_offset=0)


def member(of: ast.expr, called: str) -> ast.expr:
    """Return Python for an attribute."""
    return ast.Attribute(of, called, ast.Load(), lineno=1, col_offset=0)


def call(function: str | ast.expr, *arguments: ast.expr) -> ast.expr:
    """Return Python that calls a function."""
    known = name(function) if isinstance(function, str) else function
    return ast.Call(known, list(arguments), [], lineno=1, col_offset=0)


def choose(test: ast.expr, first: ast.expr, second: ast.expr) -> ast.expr:
    """Return Python that gives `first` where `test` holds, else `second`."""
    return ast.IfExp(test, first, second, lineno=1, col_offset=0)


def both(*sides: ast.expr) -> ast.expr:
    """Return Python's `and`."""
    return ast.BoolOp(ast.And(), list(sides), lineno=1, col_offset=0)


def either(*sides: ast.expr) -> ast.expr:
    """Return Python's `or`."""
    return ast.BoolOp(ast.Or(), list(sides), lineno=1, col_offset=0)


def negate(side: ast.expr) -> ast.expr:
    """Return Python's `not`."""
    return ast.UnaryOp(ast.Not(), side, lineno=1, col_offset=0)


def row(items: Sequence[ast.expr]) -> ast.expr:
    """Return Python for a tuple."""
    return ast.Tuple(list(items), ast.Load(), lineno=1, col_offset=0)


def compare(first: ast.expr, operators: Sequence[ast.cmpop], others: Sequence[ast.expr]) -> ast.expr:
    """Return Python that compares `first` with each of `others` in turn, as in `0 < a < 5`."""
    return ast.Compare(first, list(operators), list(others), lineno=1, col_offset=0)


def variable(called: str) -> ast.expr:
    """Return Python for a variable's value."""
    return ast.Subscript(_VALUES, constant(called), ast.Load(), lineno=1, col_offset=0)


def visits(scene: ast.expr) -> ast.expr:
    """Return Python that counts the visits of a scene."""
    return call(_GET_VISITS, scene, constant(0))


SCOPE = name("scope")
CURRENT_SCENE = member(SCOPE, "scene")
TURNS = member(SCOPE, "turns")
_VALUES = member(SCOPE, "values")
_GET_VISITS = member(member(SCOPE, "visits"), "get")
