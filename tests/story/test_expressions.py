"""Expressions: what they mean, what they refuse and in which words."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from engine.play.state import State
from engine.story.arithmetic import JOIN_LIMIT, LIMIT
from engine.story.expressions import (
    ExpressionError,
    Names,
    Value,
    compile_expression,
    compile_lets,
    literal,
)

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


def scope(*, visits: Mapping[str, int] | None = None, turns: int = 4, seed: int = 7, **values: Value) -> State:
    return State(
        seed=seed,
        values={**VALUES, **values},
        scene="pier",
        visits={"pier": 2} if visits is None else visits,
        turns=turns,
    )


def value_of(source: str, **values: Value) -> Value:
    return compile_expression(source, NAMES).evaluate(scope(**values))


def refusal(source: str, names: Names = NAMES) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source, names)
    return caught.value


# ---- meaning


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("trust", 2),
        ("not has_key", False),
        ("trust >= 3 or has_key", True),
        ("trust >= 3 and has_key", False),
        ("1 < trust <= 2", True),
        ("mood == 'warm'", False),
        ("mood != 'warm'", True),
        ("mood in ['wary', 'warm']", True),
        ("mood not in ['wary', 'warm']", False),
        ("not mood in ('angry', 'warm')", True),
        ("trust in [1, 2.0]", True),
        ("rope in []", False),
        ("'b' > 'a'", True),
        ("has_key == true", True),
        ("visits", 2),
        ("visits > 1", True),
        ("visited('pier')", True),
        ("visited('kitchen')", False),
        ("turns", 4),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-trust + +rope", 1),
        ("-3", -3),
        ("7 / 2", 3.5),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 3", 1),
        ("-7 % 3", 2),
        ("trust + weight", 3.5),
        ("min(trust, rope)", 2),
        ("max(trust, rope, 9)", 9),
        ("abs(trust - rope)", 1),
        ("'dry' if rope > 2 else 'wet'", "dry"),
        ("1 if trust else 2 if rope else 3", 1),
        ("'It\\'s ' ~ 'two\\nlines'", "It's two\nlines"),
        ("'a' \"b\"", "ab"),
        ("1_000", 1000),
        ("True", True),
    ],
)
def test_an_expression_means_what_it_says(source: str, value: Value) -> None:
    got = value_of(source)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize("source", ["1 / 0", "1 // 0", "1 % 0", "weight / 0", "weight // 0", "weight % (trust - 2)"])
def test_dividing_by_zero_gives_zero(source: str) -> None:
    assert value_of(source) == 0


@pytest.mark.parametrize(
    ("source", "values", "value"),
    [
        ("name or 'stranger'", {"name": ""}, "stranger"),
        ("name or 'stranger'", {"name": "Io"}, "Io"),
        ("name and 'known'", {"name": "Io"}, "known"),
        ("trust or rope", {"trust": 0, "rope": 5}, 5),
        ("trust or weight", {"trust": 2}, 2.0),
        ("name or has_key", {"name": "Io"}, True),
        ("trust and name", {"trust": 0}, False),
        ("not name", {"name": ""}, True),
        ("'yes' if trust else 'no'", {"trust": 0}, "no"),
    ],
)
def test_no_zero_and_the_empty_text_do_not_hold(source: str, values: dict[str, Value], value: Value) -> None:
    got = value_of(source, **values)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("has_key ~ ''", "yes"),
        ("(not has_key) ~ ''", "no"),
        ("trust ~ ' of ' ~ rope", "2 of 3"),
        ("(weight * 2) ~ ''", "3"),
        ("(6 / 2) ~ ' feet'", "3 feet"),
        ("(1 / 3) ~ ''", "0.333333"),
        ("(0.1 + 0.2) ~ ''", "0.3"),
        ("0.0000001 ~ ''", "0"),
        ("-0.0000001 ~ ''", "0"),
        ("1e15 ~ ''", "1000000000000000"),
    ],
)
def test_values_join_to_text_as_a_reader_sees_them(source: str, shown: str) -> None:
    assert value_of(source) == shown


def test_numbers_stop_at_their_limit_and_never_become_infinite() -> None:
    assert value_of("rope * 1000000 * 1000000 * 1000000 * 1000000") == LIMIT
    assert value_of("-rope * 1000000 * 1000000 * 1000000") == -LIMIT
    assert value_of("weight * 1e15 * 1e15") == float(LIMIT)
    assert value_of("1 / 1e-300 / 1e-300") == float(LIMIT)


def test_a_joined_text_stops_at_its_limit() -> None:
    source = " ~ ".join(["name"] * 50)
    assert len(str(value_of(source, name="x" * 1000))) == JOIN_LIMIT


def test_what_it_reads_is_told_with_lets_resolved() -> None:
    lets, errors = compile_lets({"safe": "trust >= 2 and visited('door')"}, NAMES)
    assert not errors
    names = Names(NAMES.variables, NAMES.options, lets, NAMES.scenes)
    read = compile_expression("safe and not has_key or turns > visits", names)
    assert read.reads == {"trust", "has_key", "@visited:door", "@turns", "@visits"}
    assert read.kind == "bool"
    assert read.source == "safe and not has_key or turns > visits"


@pytest.mark.parametrize(
    ("value", "kind"), [(True, "bool"), (3, "int"), (2.5, "float"), ("warm", "text"), ("", "text"), (0, "int")]
)
def test_a_literal_gives_its_value(value: Value, kind: str) -> None:
    made = literal(value)
    assert made.kind == kind
    assert made.evaluate(scope()) is value
    assert made.reads == frozenset()


def test_a_literal_number_keeps_to_the_limit() -> None:
    assert literal(10**400).evaluate(scope()) == LIMIT
    assert literal(math.inf).evaluate(scope()) == LIMIT
    assert literal(math.nan).evaluate(scope()) == 0


def test_a_draw_is_the_same_until_the_player_moves_and_differs_between_places() -> None:
    dice = compile_expression("one_of(1, 2, 3, 4, 5, 6)", NAMES, "pier/set/roll")
    other = compile_expression("one_of(1, 2, 3, 4, 5, 6)", NAMES, "pier/set/second")
    rolls = [dice.evaluate(scope(turns=turn)) for turn in range(200)]
    assert rolls == [dice.evaluate(scope(turns=turn)) for turn in range(200)]
    assert set(rolls) == {1, 2, 3, 4, 5, 6}
    assert rolls != [other.evaluate(scope(turns=turn)) for turn in range(200)]
    assert rolls != [dice.evaluate(scope(turns=turn, seed=8)) for turn in range(200)]
    assert dice.kind == "int"
    assert dice.reads == {"@turns", "@visits"}
    both = compile_expression("one_of(1, 2, 3) * 10 + one_of(1, 2, 3)", NAMES)
    assert len({both.evaluate(scope(turns=turn)) for turn in range(200)}) == 9


# ---- mistakes


@pytest.mark.parametrize(
    ("source", "column", "words"),
    [
        ("trsut > 1", 1, '"trsut" is not declared. Did you mean "trust"?'),
        ("has_key and trsut", 13, '"trsut" is not declared'),
        ("mood == 'wram'", 9, 'mood is never "wram". Did you mean "warm"?'),
        ("'wram' != mood", 1, 'Did you mean "warm"?'),
        ("mood in ['warm', 'angyr']", 18, 'Did you mean "angry"?'),
        ("mood == 'zzz'", 9, 'It can be "wary", "warm" or "angry".'),
        ("mood == warm", 9, "write 'warm'"),
        ("visited('peir')", 9, 'There is no scene "peir". Did you mean "pier"?'),
        ("visited(pier)", 1, "visited('pier')"),
        ("visited", 1, "is a function"),
        ("abs", 1, "is a function"),
        ("visted('pier')", 1, 'Did you mean "visited"?'),
        ("range(10)", 1, "not a function"),
        ("trust == 'warm'", 10, "trust is a number and 'warm' is a text: they cannot be compared."),
        ("has_key == 1", 12, "has_key is yes or no and 1 is a number"),
        ("has_key > false", 11, "Use == or !="),
        ("has_key + 1", 1, "Write (1 if has_key else 0)"),
        ("rope * name", 8, "name is a text: `*` works on numbers. To join texts, write `~`."),
        ("1 + 'a' ~ 'b'", 5, "works on numbers"),
        ("min(rope, name)", 11, "name is a text: `min` works on numbers."),
        ("min(rope)", 1, "takes 2 to 50 values; here it has 1."),
        ("abs()", 1, "takes one value; here it has none."),
        ("'a' if has_key else 3", 21, "must be of one kind"),
        ("3 if has_key", 1, "What is it otherwise?"),
        ("one_of(1, 'a')", 11, "must be of one kind"),
        ("one_of()", 1, "here it has none"),
        ("cycle('a', 'b')", 1, "varies a text"),
        ("trust = 2", 7, "Write `==`"),
        ("trust AND has_key", 7, "Did you mean `and`?"),
        ("trust && has_key", 7, "Write `and`"),
        ("trust || has_key", 7, "write `or`"),
        ("!has_key", 1, "Write `not`"),
        ("“warm” == mood", 1, "A text stands between ' and '."),
        ("mood == 'warm", 9, "does not end"),
        ("(trust > 1", 11, "ends too soon"),
        ("trust > 1)", 10, "closes nothing"),
        ("(trust > 1]", 11, "closes nothing"),
        ("trust >", 8, "ends too soon"),
        ("trust rope", 7, "`rope` is not expected here"),
        ("1, 2", 2, "`,` is not expected here"),
        ("", 1, "empty"),
        ("   ", 1, "empty"),
        ("{{ has_key }}", 1, "without {{ }}"),
        ("has_key }}", 9, "without {{ }}"),
        ("trust in mood", 10, "`in` looks for a value in a list"),
        ("1 in [1] == true", 1, "Split it with `and`"),
        ("['a', 'b']", 1, "A list stands only after `in`"),
        ("mood[0]", 5, "no parts to reach with [ ]"),
        ("maren.trust", 6, "no parts to reach with `.`"),
        ("name|upper", 5, "no filters"),
        ("name is defined", 6, "no tests"),
        ("none", 1, "no `none`"),
        ("trust ** 2", 7, "no powers"),
        ("10000000000000000", 1, "too large"),
        ("1e400", 1, "too large"),
        ("name == '\\d'", 10, "backslash"),
        ("trust >\n  trsut", 3, "not declared"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_a_way_out(source: str, column: int, words: str) -> None:
    error = refusal(source)
    assert words in error.message
    assert error.column == column
    assert error.line == 1 + source.count("\n")
    assert str(error) == error.message


# ---- lets


def test_lets_may_stand_in_any_order() -> None:
    lets, errors = compile_lets({"c": "b + 1", "b": "a * 2", "a": "trust + 1"}, NAMES)
    assert not errors
    assert list(lets) == ["c", "b", "a"]
    assert lets["c"].evaluate(scope(trust=4)) == 11
    assert lets["c"].kind == "int"


def test_every_wrong_let_is_told_of_and_the_right_ones_stay() -> None:
    lets, errors = compile_lets(
        {
            "fine": "trust > 1",
            "typo": "trsut > 1",
            "broken": "trust >",
            "after": "fine and\n typo",
            "one": "two",
            "two": "three or has_key",
            "three": "1 < one",
            "self_made": "self_made + 1",
            "beside": "one or fine",
        },
        NAMES,
    )
    assert set(lets) == {"fine"}
    assert 'Did you mean "trust"?' in errors["typo"].message
    assert "ends too soon" in errors["broken"].message
    assert '"typo" has a mistake of its own' in errors["after"].message
    assert (errors["after"].line, errors["after"].column) == (2, 2)
    assert "one → two → three → one" in errors["one"].message
    assert "three → one → two → three" in errors["three"].message
    assert errors["three"].column == 5
    assert "self_made → self_made" in errors["self_made"].message
    assert '"one" has a mistake of its own' in errors["beside"].message


def test_an_expression_that_uses_a_wrong_let_says_so() -> None:
    _, errors = compile_lets({"safe": "trsut > 1"}, NAMES)
    names = Names(NAMES.variables, broken=errors)
    assert 'The let "safe" has a mistake of its own.' in refusal("not safe", names).message


def test_lets_that_double_and_double_are_refused_before_they_take_forever() -> None:
    sources = {"l0": "trust + 1"} | {f"l{n}": f"l{n - 1} + l{n - 1}" for n in range(1, 60)}
    lets, errors = compile_lets(sources, NAMES)
    assert "takes over 2,000 steps" in errors[f"l{len(lets)}"].message
    assert all(made.cost <= 2_000 for made in lets.values())
    for made in lets.values():
        made.evaluate(scope())


def test_a_long_chain_of_lets_is_refused_and_not_fallen_into() -> None:
    sources = {"l0": "trust"} | {f"l{n}": f"l{n - 1} + 1" for n in range(1, 5_000)}
    lets, errors = compile_lets(sources, NAMES)
    assert len(lets) + len(errors) == 5_000
    assert len(lets) > 100
    assert lets[f"l{len(lets) - 1}"].evaluate(scope(trust=0)) == len(lets) - 1
    circle = {f"l{n}": f"l{(n + 1) % 5_000}" for n in range(5_000)}
    lets, errors = compile_lets(circle, NAMES)
    assert not lets
    assert len(errors) == 5_000
    assert all(len(error.message) < 200 for error in errors.values())
