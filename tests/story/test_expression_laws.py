"""Expressions held to laws: nothing breaks out, nothing raises, and Jinja2 itself gives the same."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.play.state import State
from engine.story.arithmetic import LIMIT
from engine.story.expressions import Expression, ExpressionError, Names, Value, compile_expression

NAMES = Names(
    variables={
        "has_key": "bool",
        "trust": "int",
        "rope": "int",
        "weight": "float",
        "mood": "text",
        "name": "text",
    },
    options={"mood": ("wary", "warm", "angry")},
    scenes=("pier", "door", "kitchen"),
)
VALUES: dict[str, Value] = {"has_key": True, "trust": 2, "rope": 3, "weight": 1.5, "mood": "wary", "name": ""}
TYPES = {"bool": bool, "int": int, "float": float, "text": str}


def scope(*, visits: Mapping[str, int] | None = None, turns: int = 4, seed: int = 7, **values: Value) -> State:
    return State(
        seed=seed,
        values={**VALUES, **values},
        scene="pier",
        visits={"pier": 2} if visits is None else visits,
        turns=turns,
    )


def refusal(source: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source, NAMES)
    return caught.value


HOSTILE = [
    "''.__class__",
    "''['__class__']",
    "''.__class__.__mro__[1].__subclasses__()",
    "name.__init__.__globals__",
    "(1).real",
    "'%s' % name",
    "'{0.__class__}'.format(name)",
    "name|attr('__class__')",
    "''|attr('\\x5f\\x5fclass\\x5f\\x5f')",
    "self",
    "self.__init__",
    "cycler('a')",
    "joiner()",
    "namespace()",
    "lipsum()",
    "lipsum.__globals__",
    "range(9)",
    "dict(a=1)",
    "request",
    "config",
    "loop.index",
    "caller()",
    "super()",
    "context",
    "environment",
    "scope",
    "scope.values",
    "values",
    "show(trust)",
    "add(1, 2)",
    "join('a')",
    "__builtins__",
    "__import__('os')",
    "eval('1')",
    "exec('1')",
    "open('x')",
    "getattr(name, 'x')",
    "lambda: 1",
    "lambda scope: 1",
    "(lambda: 1)()",
    "[x for x in [1]]",
    "{1, 2}",
    "{'a': 1}",
    "{**{}}",
    "(x := 1)",
    "f'{name}'",
    "r'a'",
    "b'a'",
    "min(*[1, 2])",
    "max(**{})",
    "min(key=1)",
    "visited(scene='pier')",
    "min(1, 2)(3)",
    "min(1, 2).x",
    "'a' * 1000000000",
    "name * 10",
    "10 ** 10 ** 10",
    "10**10**10",
    "9" * 400,
    "1" + "_0" * 200,
    "1e999999",
    "0x" + "f" * 300,
    "name is callable",
    "name is sameas name",
    "1 is odd",
    "1 if true",
    "await name",
    "yield",
    "import os",
    "a }}{% for x in range(9) %}{{ x }}{% endfor %}{{ b",
    "trust }}{{ trust",
    "trust %}{% include 'x' %}",
    "{% raw %}",
    "{# a #} trust",
    "trust #}",
    "trust # comment",
    "## for x in y",
    "trust;rope",
    "trust\\",
    "'\\x41'",
    "'\\ud800'",
    "'\\N{DIGIT ONE}'",
    "'\\u0041'",
    "\ud800",
    "'\udcff'",
    "tru\0st",
    "'\0'",
    "ｔｒｕｓｔ",
    "trus\u200bt",
    "\u202etrust",
    "٣ + 1",
    "1٣",
    "٣.٥",
    "²",
    "trust²",
    "1..2",
    "..",
    "...",
    "None",
    "True.real",
    "[[]]",
    "()",
    "trust[1:2]",
    "trust[:]",
    "[1][0]",
    "(1, 2)",
    "1 in (1)",
    "1 in 'a'",
    "'a' in name",
    "trust in [[2]]",
    "1 in [true]",
    "(" * 250 + "1" + ")" * 250,
    "(" * 21 + "1" + ")" * 21,
    "[" * 250,
    "not " * 120 + "true",
    "-" * 400 + "1",
    "+-" * 200 + "1",
    "(-" * 200 + "1",
    "1" + "+1" * 240,
    "1" + " and 1" * 80,
    "1" + " or 1" * 80,
    "1" + " < 1" * 100 + " < 'a'",
    "1" * 501,
    "trust " * 100,
    "'" * 301,
    "min(" * 60 + "1",
    "min(" + "1," * 60 + "1)",
    "one_of(" + "1," * 50 + "1)",
    "abs(-1",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_but_the_language_gets_through(source: str) -> None:
    error = refusal(source)
    assert error.message.isprintable()
    assert len(error.message) < 400
    assert error.column >= 1


def test_a_variable_is_read_and_never_run() -> None:
    names = Names(variables={"__class__": "text", "show": "int", "let0": "int", "scope": "int", "lambda": "bool"})
    state = State(values={"__class__": "a", "show": 1, "let0": 2, "scope": 3, "lambda": True})
    assert compile_expression("__class__ ~ show ~ let0 ~ scope", names).evaluate(state) == "a123"
    assert compile_expression("lambda", names).evaluate(state) is True


def test_deep_sources_are_refused_and_not_fallen_into_even_far_down_the_stack() -> None:
    """The deepest sources that compile do it in the frames a game has left; deeper ones are refused."""
    deep = [
        "(" * 20 + "trust" + ")" * 20,
        "-".join(["trust"] * 60),
        "(not " * 20 + "trust" + ")" * 20,
        "0 if 0 else " * 40 + "1",
    ]

    def below(frames: int) -> list[Expression]:
        return below(frames - 1) if frames else [compile_expression(source, NAMES) for source in deep]

    for made in below(sys.getrecursionlimit() // 2 - 100):
        made.evaluate(scope())


WORDS = [
    *("trust", "rope", "weight", "mood", "name", "has_key", "visits", "turns", "true", "1", "0", "2.5", "'warm'", "''"),
    *("and", "or", "not", "in", "if", "else", "is", "==", "!=", "<", ">=", "+", "-", "*", "/", "//", "%", "~", "**"),
    *("(", ")", "[", "]", "{", "}", ",", ".", "|", ":", "=", "min(", "max(", "abs(", "visited('pier')", "one_of(1,2)"),
    *("{{", "}}", "{%", "%}", "{#", "#}", "\n", "\\", "'", '"', "none", "cycle(", "__class__", "for", "²", "\r\n"),
]
soup = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join) | st.lists(st.sampled_from(WORDS)).map("".join)
any_float = st.floats(allow_nan=True, allow_infinity=True)
any_values = st.fixed_dictionaries(
    {
        "has_key": st.booleans(),
        "trust": st.integers(),
        "rope": st.integers() | st.integers(-(10**400), 10**400) | st.just(0),
        "weight": any_float | st.just(0.0),
        "mood": st.sampled_from(["wary", "warm", "angry"]),
        "name": st.text(max_size=9),
    }
)


@given(st.text(max_size=60) | soup)
@example("{{")
@example("\u2028")
@example("'\\")
def test_any_source_compiles_or_is_refused(source: str) -> None:
    try:
        made = compile_expression(source, NAMES)
    except ExpressionError as error:
        assert error.message.isprintable()
        lines = source.replace("\r\n", "\n").split("\n")
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(lines[error.line - 1]) + 2
    else:
        assert type(made.evaluate(scope())) is TYPES[made.kind]


def sources(oracle: bool) -> dict[str, st.SearchStrategy[str]]:
    """Strategies for well-formed expressions, by kind; with `oracle`, only such as Jinja2 itself gives the same for."""
    number = st.deferred(lambda: numbers)
    condition = st.deferred(lambda: conditions)
    text = st.deferred(lambda: texts)

    def shaped(shape: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.tuples(*parts).map(lambda chosen: shape.format(*chosen))

    sign = st.sampled_from(["+", "-", "*"] if oracle else ["+", "-", "*", "/", "//", "%"])
    order = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    leaves = st.sampled_from(["trust", "rope", "0", "1", "7", "2.5", "turns"])
    if not oracle:
        leaves |= st.sampled_from(["weight", "visits", "one_of(1, 2, 3)", "one_of(trust, weight)", "1e15", "1e-300"])
    numbers = leaves | st.one_of(
        shaped("({} {} {})", number, sign, number),
        shaped("(-{})", number),
        shaped("({} if {} else {})", number, condition, number),
        shaped("({} or {})", number, number),
        *([] if oracle else [shaped("max({}, {})", number, number), shaped("abs({})", number)]),
    )
    conditions = st.sampled_from(
        ["has_key", "true", "false", "(mood == 'warm')", "(mood in ['warm', 'wary'])"]
    ) | st.one_of(
        shaped("({} {} {})", number, order, number),
        shaped("({} and {})", condition, condition),
        shaped("({} or {})", condition, condition),
        shaped("(not {})", condition),
        shaped("({} not in [{}, {}])", number, number, number),
        shaped("({} {} {})", text, order, text),
        shaped("(0 < {} < {})", number, number),
        *([] if oracle else [shaped("({} and {})", text, number), st.just("visited('door')")]),
    )
    texts = st.sampled_from(["name", "mood", "'warm'", "''"]) | st.one_of(
        shaped("({} ~ {})", text, text),
        shaped("({} if {} else {})", text, condition, text),
        *([] if oracle else [shaped("({} ~ {})", number, condition)]),
    )
    return {"number": numbers, "condition": conditions, "text": texts}


any_source = st.one_of(*sources(oracle=False).values())
plain_source = st.one_of(*sources(oracle=True).values())


@given(any_source, any_values, st.integers(), st.integers())
def test_evaluating_never_raises_whatever_the_values(source: str, values: dict[str, Value], a: int, b: int) -> None:
    try:
        made = compile_expression(source, NAMES)
    except ExpressionError as error:  # the strategies know nothing of limits and kinds of options
        assert any(word in error.message for word in ("longer", "deep", "parts", "is never"))
        return
    wild = scope(visits={"pier": a}, turns=b, seed=a, **values)
    assert isinstance(made.evaluate(wild), (bool, int, float, str))
    tame = {
        name: max(min(value, LIMIT), -LIMIT) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in values.items()
    }
    if not math.isfinite(float(str(tame["weight"]))) or abs(float(str(tame["weight"]))) > LIMIT:
        tame["weight"] = 0.5
    got = made.evaluate(scope(visits={"pier": a % 9}, turns=b % 9, seed=a, **tame))
    assert type(got) is TYPES[made.kind]
    if isinstance(got, (int, float)):
        assert -LIMIT <= got <= LIMIT
    assert got == made.evaluate(scope(visits={"pier": a % 9}, turns=b % 9, seed=a, **tame))


@given(
    plain_source,
    st.fixed_dictionaries(
        {
            "has_key": st.booleans(),
            "trust": st.integers(-3, 9),
            "rope": st.integers(-3, 9),
            "mood": st.sampled_from(["wary", "warm", "angry"]),
            "name": st.text("ab", max_size=2),
        }
    ),
)
def test_it_gives_what_jinja2_gives(source: str, values: dict[str, Value]) -> None:
    try:
        made = compile_expression(source, NAMES)
    except ExpressionError as error:
        assert any(word in error.message for word in ("longer", "deep", "parts", "is never"))
        return
    expected = jinja2.Environment().compile_expression(source)(turns=4, **values)
    got = made.evaluate(scope(**values))
    assert got == expected or (isinstance(got, float) and abs(got) == LIMIT)
