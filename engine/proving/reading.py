"""What a condition or an effect reads of a playthrough, as a function of just that.

`visits` becomes the visits of the scene where it stands, a `let` what it stands for, and `one_of` as many functions as
it has values: which of them a seed draws is not asked here.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from engine.story import emit
from engine.story.expressions import Expression, Value

VISITS = "@visits:"
"""With a scene's id after it: the name of the slot that counts its visits."""
TURNS = "@turns"
_MOST_DRAWS = 1_000
"""Combinations of what the `one_of` in one expression may draw."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An expression as a function of the few things it reads."""

    names: tuple[str, ...]
    """Variables, `@visits:scene` and `@turns`, in the order of the rows that `values` takes."""
    ways: tuple[Callable[[Sequence[Value]], Value], ...]
    """One function, or one for each way that `one_of` may fall."""
    code: ast.expr
    """The Python of the first of them, in which `scope[n]` is the n-th name."""

    def values(self, row: Sequence[Value]) -> list[Value]:
        """Return what the expression may be for these values."""
        return [way(row) for way in self.ways]

    def may_hold(self, row: Sequence[Value]) -> bool:
        """Tell whether it may hold."""
        return any(way(row) for way in self.ways)

    def may_fail(self, row: Sequence[Value]) -> bool:
        """Tell whether it may fail to hold."""
        return not all(way(row) for way in self.ways)


class TooVariedError(Exception):
    """An expression draws from more combinations than can be followed."""


def read(expression: Expression, scene: str) -> Reading:
    """Return what `expression` reads when the story is in `scene`."""
    counter = _Draws()
    counter.visit(_inlined(expression))
    ways: list[tuple[ast.expr, list[str]]] = []
    if _product(counter.counts) > _MOST_DRAWS:
        raise TooVariedError(expression.source)
    for picks in itertools.product(*map(range, counter.counts)):
        rewrite = _Rewrite(scene, iter(picks))
        ways.append((rewrite.visit(_inlined(expression)), rewrite.names))
    names = list(dict.fromkeys(itertools.chain.from_iterable(found for _, found in ways)))
    made = []
    for code, found in ways:
        places = {place: names.index(name) for place, name in enumerate(found)}
        made.append(_Renumber(places).visit(code))
    functions: list[Callable[[Sequence[Value]], Value]] = [emit.function(code, {}) for code in made]  # type: ignore[misc]
    return Reading(tuple(names), tuple(functions), made[0])


def _inlined(expression: Expression) -> ast.expr:
    """Return a copy of the expression's code with its lets filled in."""
    lets = {f"let{number}": let for number, let in enumerate(expression.lets)}
    assert expression.code is not None, "only a test makes expressions with no code"
    made: ast.expr = _Fill(lets).visit(copy.deepcopy(expression.code))
    return made


def _product(counts: Iterable[int]) -> int:
    total = 1
    for count in counts:
        total *= count
    return total


class _Fill(ast.NodeTransformer):
    """Puts the code of lets where they are called."""

    def __init__(self, lets: dict[str, Expression]) -> None:
        self._lets = lets

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Name) and node.func.id in self._lets:
            return _inlined(self._lets[node.func.id])
        self.generic_visit(node)
        return node


class _Draws(ast.NodeVisitor):
    """Counts the options of each `one_of`, in the order in which `_Rewrite` comes to them."""

    def __init__(self) -> None:
        self.counts: list[int] = []

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "one_of" and isinstance(node.args[2], ast.Tuple):
            self.counts.append(len(node.args[2].elts))
        self.generic_visit(node)


class _Rewrite(ast.NodeTransformer):
    """Turns what is read of a scope into `scope[n]`, and each `one_of` into one of its options."""

    def __init__(self, scene: str, picks: Iterable[int]) -> None:
        self.names: list[str] = []
        self._scene = scene
        self._picks = iter(picks)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Name) and node.func.id == "one_of" and isinstance(node.args[2], ast.Tuple):
            pick = next(self._picks)
            options = [self.visit(option) for option in node.args[2].elts]
            chosen: ast.expr = options[pick]
            return chosen
        if isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            scene = str(node.args[0].value) if isinstance(node.args[0], ast.Constant) else self._scene
            return self._slot(VISITS + scene)
        self.generic_visit(node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        assert isinstance(node.slice, ast.Constant)
        return self._slot(str(node.slice.value))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self._slot(TURNS) if node.attr == "turns" else node

    def _slot(self, name: str) -> ast.expr:
        if name not in self.names:
            self.names.append(name)
        return ast.Subscript(emit.SCOPE, emit.constant(self.names.index(name)), ast.Load(), lineno=1, col_offset=0)


class _Renumber(ast.NodeTransformer):
    """Gives `scope[n]` its number among the names of all ways."""

    def __init__(self, places: dict[int, int]) -> None:
        self._places = places

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        assert isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int)
        return ast.Subscript(
            emit.SCOPE, emit.constant(self._places[node.slice.value]), ast.Load(), lineno=1, col_offset=0
        )


def parts(reading: Reading) -> list[Reading]:
    """Return the conditions that have to hold together, each with what it reads alone."""
    if len(reading.ways) > 1:
        return [reading]
    found: list[Reading] = []
    waiting: list[ast.expr] = [reading.code]
    while waiting:
        code = waiting.pop(0)
        if isinstance(code, ast.BoolOp) and isinstance(code.op, ast.And):
            waiting = [*code.values, *waiting]
            continue
        names = tuple(dict.fromkeys(filter(None, (slot_of(node, reading.names) for node in ast.walk(code)))))
        renumbered = _Renumber({reading.names.index(name): number for number, name in enumerate(names)})
        made = renumbered.visit(copy.deepcopy(code))
        found.append(Reading(names, (emit.function(made, {}),), made))  # type: ignore[arg-type]
    return found


def slot_of(node: ast.AST, names: Sequence[str]) -> str:
    """Return the name that a part of a `Reading`'s code reads; empty where it reads none by itself."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
        return names[node.slice.value]
    return ""
