"""Expressions over a story's state: checked when the story loads, then called as often as wanted.

The language is a closed part of Jinja2's. Where authors may wonder:

- Yes or no is not a number: arithmetic and `<` refuse it, `==` compares it with yes-or-no values only.
- `and`, `or`, `not` and `if` take anything: no, 0 and '' do not hold, everything else does. Of two values of one
  kind, `or` gives the first that holds (`name or 'stranger'`) and `and` the first that does not, else the second;
  of two kinds they give yes or no.
- `/` gives a number with a point, `//` rounds down, `%` has the sign of what it divides by. All three give 0 by 0.
- Numbers stop at ±10**15, texts joined with `~` at 20,000 characters.

Nothing here can loop, raise or take long when evaluated, whatever the values. This module is the public face of
`terms`, `grammar`, `translate` and `variations`; texts are compiled in `texts`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.story.arithmetic import saturate
from engine.story.emit import constant
from engine.story.grammar import parse_expression
from engine.story.refusals import wrong
from engine.story.terms import Expression, ExpressionError, Kind, Names, Scope, Text, Value
from engine.story.texts import compile_text
from engine.story.translate import BROKEN, RESERVED, Translator

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
    """Return the expression that always gives `value`; a number past the limit gives the limit."""
    kind: Kind = "text"
    if isinstance(value, bool):
        kind = "bool"
    elif isinstance(value, (int, float)):
        value = saturate(value)
        kind = "int" if isinstance(value, int) else "float"
    return Expression(repr(value), kind, lambda scope: value, frozenset(), code=constant(value))


def compile_lets(sources: Mapping[str, str], names: Names) -> tuple[dict[str, Expression], dict[str, ExpressionError]]:
    """Return the lets that can be used and, by name, what is wrong with the others. They may stand in any order."""
    lets: dict[str, Expression] = dict(names.lets)
    errors: dict[str, ExpressionError] = {}
    names = replace(names, lets=lets, broken=errors)  # both grow while the lets are compiled
    trees: dict[str, nodes.Expr] = {}
    uses: dict[str, dict[str, int]] = {}
    for name, source in sources.items():
        try:
            trees[name] = parse_expression(source)
            uses[name] = _uses(trees[name], sources)
        except ExpressionError as error:
            errors[name] = error
    waiting = {name: len(uses.get(name, ())) for name in sources}
    users: dict[str, list[str]] = {name: [] for name in sources}
    for name, used in uses.items():
        for each in used:
            users[each].append(name)
    ready = deque(name for name, count in waiting.items() if not count)
    while ready:
        name = ready.popleft()
        if name in trees:
            try:
                lets[name] = _compile(sources[name], trees[name], names, name)
            except ExpressionError as error:
                errors[name] = error
        for user in users[name]:
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    errors |= _circles({name: uses[name] for name, count in waiting.items() if count}, sources)
    return {name: lets[name] for name in sources if name not in errors}, errors


def _uses(tree: nodes.Expr, lets: Collection[str]) -> dict[str, int]:
    """Return the lets that a tree names, with the offset of the first place."""
    from jinja2 import nodes

    found = [tree] if isinstance(tree, nodes.Name) else tree.find_all(nodes.Name)
    uses: dict[str, int] = {}
    for node in found:
        if node.name in lets:
            uses[node.name] = min(node.lineno or 0, uses.get(node.name, node.lineno or 0))
    return uses


def _circles(left: Mapping[str, Mapping[str, int]], sources: Mapping[str, str]) -> dict[str, ExpressionError]:
    """Return an error for each let left over: it stands in a circle, or uses one that does."""
    following = {name: next(used for used in uses if used in left) for name, uses in left.items()}
    errors: dict[str, ExpressionError] = {}
    seen: set[str] = set()
    for start in left:
        path: dict[str, int] = {}
        name = start
        while name not in seen:
            seen.add(name)
            path[name] = len(path)
            name = following[name]
        circle = list(path)[path[name] :] if name in path else []
        for place, member in enumerate(circle):
            way = [*circle[place:], *circle[:place], member]
            shown = " → ".join(way if len(way) <= 8 else [*way[:6], "...", member])
            message = f"A let cannot use itself, and this one comes round to it: {shown}. Break the circle."
            errors[member] = wrong(sources[member], left[member][following[member]], message)
    for name, used in following.items():
        if name not in errors:
            errors[name] = wrong(sources[name], left[name][used], BROKEN.format(name=used))
    return errors


def _compile(source: str, tree: nodes.Expr, names: Names, site: str) -> Expression:
    translator = Translator(source, names, f"{site} {source}", in_text=False)
    typed = translator.expression(tree)
    evaluate = translator.function(typed.code)
    reads = frozenset(translator.reads)
    return Expression(source, typed.kind, evaluate, reads, translator.cost, typed.code, tuple(translator.lets))
