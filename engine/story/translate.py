"""Checks the kinds in an expression's tree and turns it into Python.

Only the nodes named here are known; all others are refused.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from engine.story import emit
from engine.story.calls import FUNCTIONS, translate_call
from engine.story.ids import mended_id
from engine.story.kinds import Typed, alike, common
from engine.story.refusals import short, wrong
from engine.story.suggest import did_you_mean, listed
from engine.story.terms import Expression, ExpressionError, Kind, Names, Scope

if TYPE_CHECKING:
    from jinja2 import nodes

COST_LIMIT = 2_000
"""Steps one evaluation may take with its lets filled in; about 0.1 ms."""
LET_COST = 10
"""What naming a let costs beside its own steps: lets call one another 200 deep at most."""

_BUILTINS = ("visits", "turns", *FUNCTIONS, "true", "false")
RESERVED = frozenset({*_BUILTINS, "and", "or", "not", "in", "is", "if", "else", "elif", "endif", "none"})
"""Names that no variable and no let may have."""
BROKEN = 'The let "{name}" has a mistake of its own. Mend that first.'
"""What is said of an expression that uses a let which cannot be used."""

_SUMS = {
    "Add": ("add", "+"),
    "Sub": ("subtract", "-"),
    "Mul": ("multiply", "*"),
    "Div": ("divide", "/"),
    "FloorDiv": ("floor_divide", "//"),
    "Mod": ("remainder", "%"),
}
_COMPARISONS: dict[str, tuple[ast.cmpop, str]] = {
    "eq": (ast.Eq(), "=="),
    "ne": (ast.NotEq(), "!="),
    "lt": (ast.Lt(), "<"),
    "lteq": (ast.LtE(), "<="),
    "gt": (ast.Gt(), ">"),
    "gteq": (ast.GtE(), ">="),
    "in": (ast.In(), "in"),
    "notin": (ast.NotIn(), "not in"),
}


class Translator:
    """Translates the expressions of one source and keeps account of what they read and cost."""

    def __init__(self, source: str, names: Names, site: str, *, in_text: bool) -> None:
        self.names = names
        self.site = site
        self.in_text = in_text
        self.reads: set[str] = set()
        self.cost = 0
        self.lets: list[Expression] = []
        """The lets that the translated Python calls: `let0` is the first."""
        self._source = source
        self._variations = 0

    def function(self, body: ast.expr, reach: Mapping[str, Callable[..., Any]] | None = None) -> Callable[[Scope], Any]:
        """Return translated Python as a function of a scope; it can call what is in `reach` beside its lets."""
        lets: dict[str, Callable[..., Any]] = {f"let{n}": let.evaluate for n, let in enumerate(self.lets)}
        return emit.function(body, lets | dict(reach or {}))

    def count_variation(self) -> int:
        """Return how many varying calls the source has before this one."""
        self._variations += 1
        return self._variations - 1

    def condition(self, node: nodes.Node) -> ast.expr:
        """Return a part of the source as Python that is taken for true or not."""
        return self.expression(node).code

    def expression(self, node: nodes.Node) -> Typed:
        """Return a checked part of the source as Python; raises ExpressionError."""
        self.cost += 1
        translate = self._known.get(type(node).__name__)
        if translate is None:
            raise self.unknown(node)
        typed = translate(node)
        if self.cost > COST_LIMIT:
            raise self.wrong(node, f"With its lets filled in, this takes over {COST_LIMIT:,} steps. Make it simpler.")
        return typed

    def shown(self, node: nodes.Node) -> ast.expr:
        """Return a part of the source as Python that gives what a reader sees of it."""
        return self.expression(node).promoted("text")

    def number(self, node: nodes.Expr, sign: str) -> Typed:
        """Return a checked part of the source that must be a number, because `sign` works on it."""
        from jinja2 import nodes

        typed = self.expression(node)
        if typed.kind == "text":
            raise self.wrong(typed, f"{typed.described()}: `{sign}` works on numbers. To join texts, write `~`.")
        if typed.kind == "bool":
            name = typed.called if isinstance(node, nodes.Name) else "..."
            raise self.wrong(typed, f"{typed.described()}: `{sign}` works on numbers. Write (1 if {name} else 0).")
        return typed

    def agreed(self, sides: Sequence[Typed], rule: str) -> Kind:
        """Return the kind that all sides can be given: in a text, a number may stand for itself among texts."""
        for side in sides[1:]:
            if not alike(sides[0], side) and not (self.in_text and "bool" not in (sides[0].kind, side.kind)):
                raise self.wrong(side, f"{sides[0].described()} and {side.described()}: {rule}.")
        return common(sides)

    @cached_property
    def _known(self) -> dict[str, Callable[[Any], Typed]]:
        return {
            "Const": self._constant,
            "Name": self._name,
            "Compare": self._compare,
            "And": self._and_or,
            "Or": self._and_or,
            "Not": self._not,
            "Neg": self._sign,
            "Pos": self._sign,
            "Concat": self._concat,
            "CondExpr": self._condition,
            "Call": self._call,
            "Getitem": self._item,
            "List": self._list,
            "Tuple": self._tuple,
            **dict.fromkeys(_SUMS, self._sum),
        }

    def unknown(self, node: nodes.Node) -> ExpressionError:
        """Return the error about a part of the source that the language leaves out."""
        return wrong(self._source, node.lineno or 0, "This is not part of the language. See docs/story-format.md.")

    def wrong(self, node: nodes.Node | Typed, message: str) -> ExpressionError:
        """Return the error that says `message` of a part of the source."""
        at = node.at if isinstance(node, Typed) else node.lineno
        return wrong(self._source, at or 0, message)

    def _constant(self, node: nodes.Const) -> Typed:
        return _constant(node.value, node.lineno)

    def _name(self, node: nodes.Name) -> Typed:
        name = node.name
        if name == "visits":
            self.reads.add("@visits")
            return Typed(emit.visits(emit.CURRENT_SCENE), "int", node.lineno, name)
        if name == "turns":
            self.reads.add("@turns")
            return Typed(emit.TURNS, "int", node.lineno, name)
        kind = self.names.variables.get(name)
        if kind is not None:
            self.reads.add(name)
            return Typed(emit.variable(name), kind, node.lineno, name, self.names.options.get(name, ()))
        let = self.names.lets.get(name)
        if let is not None:
            self.reads |= let.reads
            self.cost += let.cost + LET_COST
            self.lets.append(let)
            return Typed(emit.call(f"let{len(self.lets) - 1}", emit.SCOPE), let.kind, node.lineno, name)
        if name in self.names.broken:
            raise self.wrong(node, BROKEN.format(name=name))
        if name in FUNCTIONS:
            raise self.wrong(node, f"`{name}` is a function. Write what it works on: `{name}(...)`.")
        raise self.wrong(node, f'"{short(name)}" is not declared. {self._hint(name)}')

    def _hint(self, name: str) -> str:
        if any(name in options for options in self.names.options.values()):
            return f"If the text is meant, write '{name}'."
        known = [mended_id(each) for each in (*self.names.variables, *self.names.lets, *_BUILTINS)]
        return did_you_mean(name, known).strip() or "Declare it under `state` or `let`, or put a text between ' and '."

    def _compare(self, node: nodes.Compare) -> Typed:
        first = left = self.expression(node.expr)
        others = []
        for operand in node.ops:
            sign = _COMPARISONS[operand.op][1]
            if operand.op in ("in", "notin"):
                if len(node.ops) > 1:
                    raise self.wrong(node.expr, f"`{sign}` stands in a chain of comparisons. Split it with `and`.")
                others.append(self._among(left, operand.expr))
            else:
                right = self.expression(operand.expr)
                self._check_comparison(left, sign, right)
                others.append(right.code)
                left = right
        code = emit.compare(first.code, [_COMPARISONS[operand.op][0] for operand in node.ops], others)
        return Typed(code, "bool", first.at)

    def _check_comparison(self, left: Typed, sign: str, right: Typed) -> None:
        if not alike(left, right):
            hint = " Write the variable alone, or with `not`." if "bool" in (left.kind, right.kind) else ""
            raise self.wrong(right, f"{left.described()} and {right.described()}: they cannot be compared.{hint}")
        if sign not in ("==", "!="):
            if left.kind == "bool":
                raise self.wrong(right, f"{left.described()}: `{sign}` compares numbers or texts. Use == or !=.")
            return
        self._check_option(left, right)
        self._check_option(right, left)

    def _check_option(self, variable: Typed, constant: Typed) -> None:
        value = constant.code.value if isinstance(constant.code, ast.Constant) else None
        if variable.options and isinstance(value, str) and value not in variable.options:
            hint = did_you_mean(value, variable.options) or f" It can be {listed(variable.options)}."
            raise self.wrong(constant, f'{variable.called} is never "{short(value)}".{hint}')

    def _among(self, left: Typed, node: nodes.Expr) -> ast.expr:
        if type(node).__name__ not in ("List", "Tuple"):
            example = _example_list(left.called if left.called.isidentifier() else "x", left.options, left.kind)
            raise self.wrong(node, f"`in` looks for a value in a list: {example}.")
        items = [self.expression(item) for item in node.iter_child_nodes()]
        for item in items:
            self._check_comparison(left, "==", item)
        return emit.row([item.code for item in items])

    def _and_or(self, node: nodes.And | nodes.Or) -> Typed:
        join = emit.both if type(node).__name__ == "And" else emit.either
        left, right = self.expression(node.left), self.expression(node.right)
        if alike(left, right):
            kind = common([left, right])
            return Typed(join(left.promoted(kind), right.promoted(kind)), kind, left.at)
        return Typed(emit.negate(emit.negate(join(left.code, right.code))), "bool", left.at)

    def _not(self, node: nodes.Not) -> Typed:
        return Typed(emit.negate(self.expression(node.node).code), "bool", node.lineno)

    def _sum(self, node: nodes.BinExpr) -> Typed:
        function, sign = _SUMS[type(node).__name__]
        left, right = self.number(node.left, sign), self.number(node.right, sign)
        kind: Kind = "float" if function == "divide" else common([left, right])
        return Typed(emit.call(function, left.code, right.code), kind, left.at)

    def _sign(self, node: nodes.Neg | nodes.Pos) -> Typed:
        typed = self.number(node.node, "-")
        if type(node).__name__ == "Pos":
            return typed
        value = typed.code.value if isinstance(typed.code, ast.Constant) else None
        if isinstance(value, (int, float)):
            return _constant(-value, node.lineno)
        return Typed(emit.call("subtract", emit.constant(0), typed.code), typed.kind, node.lineno)

    def _concat(self, node: nodes.Concat) -> Typed:
        return Typed(emit.call("join", *[self.shown(part) for part in node.nodes]), "text", node.lineno)

    def _condition(self, node: nodes.CondExpr) -> Typed:
        if node.expr2 is None:
            raise self.wrong(node, "What is it otherwise? Write `... if ... else ...`.")
        test = self.expression(node.test)
        first, second = self.expression(node.expr1), self.expression(node.expr2)
        kind = self.agreed([first, second], "the two sides of `if ... else` must be of one kind")
        return Typed(emit.choose(test.code, first.promoted(kind), second.promoted(kind)), kind, first.at)

    def _call(self, node: nodes.Call) -> Typed:
        return translate_call(self, node)

    def _item(self, node: nodes.Getitem) -> NoReturn:
        raise self.wrong(node, "A value has no parts to reach with [ ]. Use the variable's own name.")

    def _list(self, node: nodes.List) -> NoReturn:
        name, options = next(iter(self.names.options.items()), ("x", ()))
        raise self.wrong(node, f"A list stands only after `in`: {_example_list(name, options)}.")

    def _tuple(self, node: nodes.Tuple) -> NoReturn:
        raise self.wrong(node, "A comma stands only in a list or a function. Write one value here.")


def _example_list(name: str, options: Sequence[str], kind: Kind = "text") -> str:
    if kind in ("int", "float"):
        return f"{name} in [1, 2]"
    first, second = (*options, "a", "b")[:2] if len(options) != 1 else (options[0], "...")
    return f"{name} in ['{short(first)}', '{short(second)}']"


def _constant(value: Any, at: int) -> Typed:
    if isinstance(value, str):
        return Typed(emit.constant(value), "text", at, f"'{short(value)}'")
    if isinstance(value, bool):
        return Typed(emit.constant(value), "bool", at, "true" if value else "false")
    return Typed(emit.constant(value), "int" if isinstance(value, int) else "float", at, str(value))
