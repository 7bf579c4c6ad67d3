"""Checks the kinds in an expression's tree and turns it into a Python function.

Only the nodes named here are known; all others are refused. The function is built from `ast` nodes, never from source
text: what an author wrote enters it as constants alone, and it can reach our own functions and nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from engine.story import arithmetic, variations
from engine.story.grammar import wrong
from engine.story.suggest import did_you_mean, listed
from engine.story.terms import ExpressionError, Kind, Names, Scope, Value

if TYPE_CHECKING:
    from jinja2 import nodes

COST_LIMIT = 2_000
"""Steps one evaluation may take with its lets filled in; about 0.1 ms."""
LET_COST = 10
"""What naming a let costs beside its own steps: lets call one another 200 deep at most."""
OPTION_LIMIT = 50
"""Options of one varying call, arguments of `min` and `max`."""

VARIATIONS = ("sequence", "cycle", "shuffle", "once_only", "one_of")
FUNCTIONS = ("visited", "min", "max", "abs", *VARIATIONS)
BUILTINS = ("visits", "turns", *FUNCTIONS)
RESERVED = frozenset(
    {*BUILTINS, "and", "or", "not", "in", "is", "if", "else", "elif", "endif", "true", "false", "none"}
)
"""Names that no variable and no let may have."""

BROKEN = 'The let "{name}" has a mistake of its own. Mend that first.'
"""What is said of an expression that uses a let which cannot be used."""

_REACHABLE: dict[str, Any] = {
    "__builtins__": {},
    **{f"{name}_": getattr(variations, name) for name in VARIATIONS},
    "show": arithmetic.show,
    "join": arithmetic.join,
    "finish": arithmetic.finish,
    "real": arithmetic.real,
    "add": arithmetic.add,
    "subtract": arithmetic.subtract,
    "multiply": arithmetic.multiply,
    "divide": arithmetic.divide,
    "floor_divide": arithmetic.floor_divide,
    "remainder": arithmetic.remainder,
    "absolute": arithmetic.absolute,
    "least": arithmetic.least,
    "greatest": arithmetic.greatest,
}
"""All that a compiled expression can name, beside its lets."""

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
_WORDS: dict[Kind, str] = {"bool": "yes or no", "int": "a number", "float": "a number", "text": "a text"}
_NUMBERS = ("int", "float")


def _fragment(source: str) -> ast.expr:
    return ast.parse(source, mode="eval").body


_SCOPE = _fragment("scope")
_VALUES = _fragment("scope.values")
_TURNS = _fragment("scope.turns")
_GET_VISITS = _fragment("scope.visits.get")
_VISITS = _fragment("scope.visits.get(scope.scene, 0)")


@dataclass(frozen=True, slots=True)
class Typed:
    """Python for a part of an expression, and what is known of its value."""

    code: ast.expr
    kind: Kind
    at: int
    """Its offset in the source."""
    called: str
    """What an error calls it: a name, a constant as written, or `this`."""
    options: tuple[str, ...] = ()
    """The only values it can take; empty when it is not a `one_of` variable."""

    def described(self) -> str:
        """Say what it is, as the subject and verb of a sentence."""
        return f"{self.called} is {_WORDS[self.kind]}"


class Translator:
    """Translates the expressions of one source and keeps account of what they read and cost."""

    def __init__(self, source: str, names: Names, site: str, *, in_text: bool) -> None:
        self.reads: set[str] = set()
        self.cost = 0
        self._source = source
        self._names = names
        self._site = site
        self._in_text = in_text
        self._variations = 0
        self._lets: dict[str, Callable[[Scope], Value]] = {}

    def function(self, body: ast.expr) -> Callable[[Scope], Any]:
        """Return `body` as a function of a scope."""
        arguments = ast.arguments(posonlyargs=[], args=[ast.arg("scope")], kwonlyargs=[], kw_defaults=[], defaults=[])
        tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, body)))
        reachable = {**_REACHABLE, **self._lets} if self._lets else _REACHABLE
        made: Callable[[Scope], Any] = eval(compile(tree, "<story>", "eval"), reachable)
        return made

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
            raise self._wrong(
                node, f"With its lets filled in, this takes more than {COST_LIMIT} steps. Make the lets simpler."
            )
        return typed

    def shown(self, node: nodes.Node) -> ast.expr:
        """Return a part of the source as Python that gives what a reader sees of it."""
        return _promoted(self.expression(node), "text")

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
            "Tuple": self._list,
            **dict.fromkeys(_SUMS, self._sum),
        }

    def unknown(self, node: nodes.Node) -> ExpressionError:
        """Return the error about a part of the source that the language leaves out."""
        return wrong(self._source, node.lineno or 0, "This is not part of the language. See docs/story-format.md.")

    def _wrong(self, node: nodes.Node | Typed, message: str) -> ExpressionError:
        at = node.at if isinstance(node, Typed) else node.lineno
        return wrong(self._source, at or 0, message)

    def _typed(self, node: nodes.Node, code: ast.expr, kind: Kind, called: str = "this") -> Typed:
        return Typed(code, kind, node.lineno or 0, called)

    def _constant(self, node: nodes.Const) -> Typed:
        value: Value = node.value
        code = ast.Constant(value)
        if isinstance(value, str):
            return self._typed(node, code, "text", repr(value))
        if isinstance(value, bool):
            return self._typed(node, code, "bool", str(value).lower())
        return self._typed(node, code, "int" if isinstance(value, int) else "float", str(value))

    def _name(self, node: nodes.Name) -> Typed:
        name = node.name
        if name == "visits":
            self.reads.add("@visits")
            return self._typed(node, _VISITS, "int", name)
        if name == "turns":
            self.reads.add("@turns")
            return self._typed(node, _TURNS, "int", name)
        kind = self._names.variables.get(name)
        if kind is not None:
            self.reads.add(name)
            code = ast.Subscript(_VALUES, ast.Constant(name), ast.Load())
            return Typed(code, kind, node.lineno or 0, name, self._names.options.get(name, ()))
        let = self._names.lets.get(name)
        if let is not None:
            self.reads |= let.reads
            self.cost += let.cost + LET_COST
            number = f"let{len(self._lets)}"
            self._lets[number] = let.evaluate
            return self._typed(node, called(number, _SCOPE), let.kind, name)
        if name in self._names.broken:
            raise self._wrong(node, BROKEN.format(name=name))
        if name in FUNCTIONS:
            raise self._wrong(node, f"`{name}` is a function. Write what it works on: `{name}(...)`.")
        raise self._wrong(node, f'"{name}" is not declared. {self._hint(name)}')

    def _hint(self, name: str) -> str:
        if any(name in options for options in self._names.options.values()):
            return f"If the text is meant, write '{name}'."
        known = [*self._names.variables, *self._names.lets, *BUILTINS, "true", "false"]
        return did_you_mean(name, known).strip() or "Declare it under `state` or `let`, or put a text between ' and '."

    def _compare(self, node: nodes.Compare) -> Typed:
        left = self.expression(node.expr)
        code = ast.Compare(left.code, [], [])
        for operand in node.ops:
            operator, sign = _COMPARISONS[operand.op]
            code.ops.append(operator)
            if operand.op in ("in", "notin"):
                if len(node.ops) > 1:
                    raise self._wrong(node.expr, f"`{sign}` stands in a chain of comparisons. Split it with `and`.")
                code.comparators.append(self._among(left, operand.expr))
                continue
            right = self.expression(operand.expr)
            self._check_comparison(left, sign, right)
            code.comparators.append(right.code)
            left = right
        return self._typed(node.expr, code, "bool")

    def _check_comparison(self, left: Typed, sign: str, right: Typed) -> None:
        if not _alike(left, right):
            hint = " Write the variable alone, or with `not`." if "bool" in (left.kind, right.kind) else ""
            raise self._wrong(right, f"{left.described()} and {right.described()}: they cannot be compared.{hint}")
        if sign not in ("==", "!="):
            if left.kind == "bool":
                raise self._wrong(right, f"{left.described()}: `{sign}` compares numbers or texts. Use == or !=.")
            return
        self._check_option(left, right)
        self._check_option(right, left)

    def _check_option(self, variable: Typed, constant: Typed) -> None:
        value = constant.code.value if isinstance(constant.code, ast.Constant) else None
        if variable.options and isinstance(value, str) and value not in variable.options:
            hint = did_you_mean(value, variable.options) or f" It can be {listed(variable.options)}."
            raise self._wrong(constant, f'{variable.called} is never "{value}".{hint}')

    def _among(self, left: Typed, node: nodes.Expr) -> ast.expr:
        if type(node).__name__ not in ("List", "Tuple"):
            raise self._wrong(node, "`in` looks for a value in a list: mood in ['warm', 'angry'].")
        items = [self.expression(item) for item in node.iter_child_nodes()]
        for item in items:
            self._check_comparison(left, "==", item)
        return ast.Tuple([item.code for item in items], ast.Load())

    def _and_or(self, node: nodes.And | nodes.Or) -> Typed:
        sides = [self.expression(node.left), self.expression(node.right)]
        operator = ast.And() if type(node).__name__ == "And" else ast.Or()
        if _alike(*sides):
            kind = _common(sides)
            return self._typed(node, ast.BoolOp(operator, [_promoted(side, kind) for side in sides]), kind)
        code = ast.BoolOp(operator, [side.code for side in sides])
        return self._typed(node, _negated(_negated(code)), "bool")

    def _not(self, node: nodes.Not) -> Typed:
        return self._typed(node, _negated(self.expression(node.node).code), "bool")

    def _number(self, node: nodes.Expr, sign: str) -> Typed:
        typed = self.expression(node)
        if typed.kind == "text":
            raise self._wrong(typed, f"{typed.described()}: `{sign}` works on numbers. To join texts, write `~`.")
        if typed.kind == "bool":
            raise self._wrong(
                typed, f"{typed.described()}: `{sign}` works on numbers. Write (1 if {typed.called} else 0)."
            )
        return typed

    def _sum(self, node: nodes.BinExpr) -> Typed:
        function, sign = _SUMS[type(node).__name__]
        left, right = self._number(node.left, sign), self._number(node.right, sign)
        kind: Kind = "float" if function == "divide" else _common([left, right])
        return self._typed(node, called(function, left.code, right.code), kind)

    def _sign(self, node: nodes.Neg | nodes.Pos) -> Typed:
        typed = self._number(node.node, "-")
        if type(node).__name__ == "Pos":
            return typed
        code = called("subtract", ast.Constant(0), typed.code)
        return self._typed(node, code, typed.kind)

    def _concat(self, node: nodes.Concat) -> Typed:
        return self._typed(node, called("join", *[self.shown(part) for part in node.nodes]), "text")

    def _condition(self, node: nodes.CondExpr) -> Typed:
        if node.expr2 is None:
            raise self._wrong(node, "What is it otherwise? Write `... if ... else ...`.")
        test = self.expression(node.test)
        sides = [self.expression(node.expr1), self.expression(node.expr2)]
        kind = self._agreed(sides, "the two sides of `if ... else` must be of one kind")
        first, second = (_promoted(side, kind) for side in sides)
        return self._typed(node, ast.IfExp(test.code, first, second), kind)

    def _agreed(self, sides: Sequence[Typed], rule: str) -> Kind:
        """Return the kind that all sides can be given: in a text, a number may stand for itself among texts."""
        for side in sides[1:]:
            if not _alike(sides[0], side) and not (self._in_text and "bool" not in (sides[0].kind, side.kind)):
                raise self._wrong(side, f"{sides[0].described()} and {side.described()}: {rule}.")
        return _common(sides)

    def _call(self, node: nodes.Call) -> Typed:
        name = getattr(node.node, "name", "")
        if type(node.node).__name__ != "Name" or name not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            hint = did_you_mean(name, FUNCTIONS) or f" The functions are {known}."
            raise self._wrong(node.node, f'"{name or "this"}" is not a function.{hint}')
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise self._wrong(node.node, f"`{name}` takes plain values, one after the other, with commas between.")
        if name == "visited":
            return self._visited(node)
        if name in VARIATIONS:
            return self._variation(node, name)
        return self._numeric(node, name)

    def _visited(self, node: nodes.Call) -> Typed:
        scene = getattr(node.args[0], "value", None) if len(node.args) == 1 else None
        if not isinstance(scene, str):
            raise self._wrong(node.node, "`visited` asks for one scene by its id, between quotes: visited('pier').")
        if scene not in self._names.scenes:
            hint = did_you_mean(scene, self._names.scenes)
            raise self._wrong(node.args[0], f'There is no scene "{scene}".{hint}')
        self.reads.add(f"@visited:{scene}")
        count = ast.Call(_GET_VISITS, [ast.Constant(scene), ast.Constant(0)], [])
        return self._typed(node.node, ast.Compare(count, [ast.Gt()], [ast.Constant(0)]), "bool")

    def _variation(self, node: nodes.Call, name: str) -> Typed:
        if name != "one_of" and not self._in_text:
            raise self._wrong(node.node, f"`{name}` varies a text. Here, compare `visits`, or draw with `one_of(...)`.")
        self._check_count(node, name, 1)
        number = variations.site_number(self._site, self._variations)
        self._variations += 1
        self.reads |= {"@visits", "@turns"} if name == "one_of" else {"@visits"}
        options = [self.expression(option) for option in node.args]
        kind = self._agreed(options, f"the options of `{name}` must be of one kind")
        if name == "once_only":
            kind = "text"
        choices = ast.Tuple([_promoted(option, kind) for option in options], ast.Load())
        return self._typed(node.node, called(f"{name}_", _SCOPE, ast.Constant(number), choices), kind)

    def _numeric(self, node: nodes.Call, name: str) -> Typed:
        self._check_count(node, name, 1 if name == "abs" else 2)
        if name == "abs" and len(node.args) > 1:
            raise self._wrong(node.node, "`abs` takes one number.")
        numbers = [self._number(argument, name) for argument in node.args]
        kind = _common(numbers)
        function = {"abs": "absolute", "min": "least", "max": "greatest"}[name]
        return self._typed(node.node, called(function, *[_promoted(each, kind) for each in numbers]), kind)

    def _check_count(self, node: nodes.Call, name: str, fewest: int) -> None:
        if not fewest <= len(node.args) <= OPTION_LIMIT:
            raise self._wrong(
                node.node, f"`{name}` takes {fewest} to {OPTION_LIMIT} values; here it has {len(node.args)}."
            )

    def _item(self, node: nodes.Getitem) -> NoReturn:
        raise self._wrong(node, "A value has no parts to reach with [ ]. Use the variable's own name.")

    def _list(self, node: nodes.List | nodes.Tuple) -> NoReturn:
        raise self._wrong(node, "A list stands only after `in`: mood in ['warm', 'angry'].")


def called(function: str, *arguments: ast.expr) -> ast.expr:
    """Return Python that calls one of the functions in reach."""
    return ast.Call(ast.Name(function, ast.Load()), list(arguments), [])


def _negated(code: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), code)


def _alike(left: Typed, right: Typed) -> bool:
    return left.kind == right.kind or (left.kind in _NUMBERS and right.kind in _NUMBERS)


def _common(sides: Iterable[Typed]) -> Kind:
    kinds = {side.kind for side in sides}
    if len(kinds) == 1:
        return kinds.pop()
    return "float" if kinds == {"int", "float"} else "text"


def _promoted(typed: Typed, kind: Kind) -> ast.expr:
    if typed.kind == kind:
        return typed.code
    return called("show" if kind == "text" else "real", typed.code)
