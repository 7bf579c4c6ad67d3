"""A condition is said never to hold only where it holds in no state that the bounds allow."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.story.expressions import Names, compile_expression
from engine.story.graph import Variable
from engine.story.never import never_holds

VARIABLES = {
    "trust": Variable("trust", "int", 0, -2, 2),
    "rope": Variable("rope", "int", 0, low=0),
    "heat": Variable("heat", "int", 0),
}
NAMES = Names({name: variable.kind for name, variable in VARIABLES.items()})
NUMBERS = range(-4, 5)

comparisons = st.tuples(
    st.sampled_from(sorted(VARIABLES)), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.sampled_from(NUMBERS)
)
parts = st.one_of(
    comparisons.map(lambda part: f"{part[0]} {part[1]} {part[2]}"),
    comparisons.map(lambda part: f"{part[2]} {part[1]} {part[0]}"),
)
conditions = st.recursive(
    parts,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda part: f"({part[0]} {part[1]} {part[2]})"),
        inner.map(lambda part: f"(not {part})"),
    ),
    max_leaves=4,
)


@given(conditions)
def test_what_never_holds_holds_in_no_state(source: str) -> None:
    if not never_holds(source, VARIABLES):
        return
    holds = compile_expression(source, NAMES).evaluate
    for trust in range(-2, 3):
        for rope in range(5):
            for heat in NUMBERS:
                values = {"trust": trust, "rope": rope, "heat": heat}
                assert not holds(SimpleNamespace(values=values, visits={}, scene="a", turns=0, seed=0))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("trust >= 3", '"trust" is at most 2'),
        ("trust > 2", '"trust" is at most 2'),
        ("2 < trust", '"trust" is at most 2'),
        ("trust == -3", '"trust" is at least -2'),
        ("heat > 1 and rope < 0", '"rope" is at least 0'),
        ("trust > 2 or rope < 0", '"trust" is at most 2'),
        ("trust >= 2", ""),
        ("trust > 2 or heat", ""),
        ("trust + 1 > 4", ""),
        ("0 < trust < 9", ""),
        ("rope > 1000000", ""),
    ],
)
def test_the_bound_that_keeps_it_from_holding_is_named(source: str, reason: str) -> None:
    assert never_holds(source, VARIABLES) == reason
