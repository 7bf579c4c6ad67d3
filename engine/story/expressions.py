"""Expressions over a story's state: checked when the story loads, then called as often as wanted.

The language is a closed part of Jinja2's. Where authors may wonder:

- Yes or no is not a number: arithmetic and `<` refuse it, `==` compares it with yes-or-no values only.
- `and`, `or`, `not` and `if` take anything: no, 0 and '' do not hold, everything else does. Of two values of one kind,
  `or` gives the first that holds (`name or 'stranger'`) and `and` the first that does not, else the second; of two kinds
  they give yes or no.
- `/` gives a number with a point, `//` rounds down, `%` has the sign of what it divides by. All three give 0 by 0.
- Numbers stop at ±10**15, texts joined with `~` at 20,000 characters.

Nothing here can loop, raise or take long when evaluated, whatever the values. This module is the public face of `terms`,
`grammar`, `translate` and `variations`; texts are compiled in `texts`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.story.grammar import parse_expression, refuse
from engine.story.terms import Expression, ExpressionError, Kind, Names, Scope, Text, Value
from engine.story.texts import compile_text
from engine.story.translate import RESERVED, Translator

if TYPE_CHECKING:
    from jinja2 import nodes

__all__ = [
    "RESERVED",
    "Expression",
    "ExpressionError",
    "Kind",
    "Names",
    "Scope",
    "Text",
    "Value",
    "compile_expression",
    "compile_lets",
    "compile_text",
    "literal",
]


def compile_expression(source: str, names: Names, site: str = "") -> Expression:
    """Return an expression ready to evaluate; raises ExpressionError.

    `site` is a stable id of its place in the story: it keeps two `one_of` with the same options from falling alike.
    """
    return _compile(source, parse_expression(source), names, site)


def literal(value: Value) -> Expression:
    """Return the expression that always gives `value`."""
    kind: Kind = "text"
    if isinstance(value, bool):
        kind = "bool"
    elif isinstance(value, int):
        kind = "int"
    elif isinstance(value, float):
        kind = "float"
    return Expression(repr(value), kind, lambda scope: value, frozenset())


def compile_lets(
    sources: Mapping[str, str], names: Names
) -> tuple[dict[str, Expression], dict[str, ExpressionError]]:
    """Return the lets that can be used and, by name, what is wrong with the rest. They may stand in any order.

    A let that uses a wrong one is in neither: there is nothing to mend in it yet.
    """
    errors: dict[str, ExpressionError] = {}
    trees: dict[str, nodes.Expr] = {}
    for name, source in sources.items():
        try:
            trees[name] = parse_expression(source)
        except ExpressionError as error:
            errors[name] = error
    uses = {name: _uses(tree, sources) for name, tree in trees.items()}
    users: dict[str, list[str]] = {name: [] for name in sources}
    for name, used in uses.items():
        for each in used:
            users[each].append(name)
    lets: dict[str, Expression] = dict(names.lets)
    done: dict[str, Expression] = {}
    return done, errors


def _compile(source: str, tree: nodes.Expr, names: Names, site: str) -> Expression:
    translator = Translator(source, names, f"{site} {source}", in_text=False)
    typed = translator.expression(tree)
    evaluate = translator.function(typed.code)
    return Expression(source, typed.kind, evaluate, frozenset(translator.reads), translator.cost)
