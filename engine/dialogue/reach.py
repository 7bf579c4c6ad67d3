"""Tells which outcomes may be open once the moves of a turn are made, before anybody has said which moves are.

It recognises nothing, and it may name an outcome too many: the engine looks at the condition again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from engine.play.offer import holds
from engine.play.state import Draft, State
from engine.play.values import fitted, moved
from engine.story.expressions import Value
from engine.story.graph import MoveRule, Outcome, StoryGraph

MOST_STEPS = 1_000_000
"""Steps that trying conditions may take in all (11 ns each, so about 11 ms); what would take more is within reach."""
_STEPS_A_TRY = 40
"""What a try takes beside the condition's own steps."""


def reachable(
    graph: StoryGraph, state: State, outcomes: Iterable[Outcome], rules: Sequence[MoveRule]
) -> Iterator[Outcome]:
    """Yield the outcomes that are not spent and whose condition holds now, or would after some of the moves.

    The engine moves before it recognises, at most one step a variable and turn. Only the variables that a condition
    reads are tried for it, so the time grows with outcomes and rules rather than with their product: 300 outcomes and
    300 rules take 1 to 15 ms.
    """
    after = _after(graph, state, rules)
    draft, spare = Draft(state), MOST_STEPS
    for outcome in outcomes:
        if outcome.once and outcome.key in state.spent:
            continue
        if outcome.condition is None or holds(outcome.condition, state):
            yield outcome
            continue
        reads = outcome.condition.reads
        moving = reads & after.keys()
        if not moving:
            continue
        steps = math.prod(len(after[name]) for name in moving) * (outcome.condition.cost + _STEPS_A_TRY)
        if steps > spare:
            yield outcome
            continue
        spare -= steps
        # One mapping for all ways, and only what the condition reads: a copy of the whole state each takes far longer.
        values = {name: state.values[name] for name in reads if name in state.values}
        draft.values = values
        for ways in product(*(after[name] for name in moving)):
            values.update(zip(moving, ways, strict=True))
            if holds(outcome.condition, draft):
                yield outcome
                break


def _after(graph: StoryGraph, state: State, rules: Iterable[MoveRule]) -> Mapping[str, tuple[Value, ...]]:
    """Return what each variable may be after the turn, as it is now among it; those that cannot change are left out."""
    found: dict[str, dict[Value, None]] = {}
    for rule in rules:
        variable = graph.variables[rule.variable]
        now = state.values.get(rule.variable, variable.start)
        found.setdefault(rule.variable, {now: None})[fitted(variable, moved(rule, now), now)] = None
    return {name: tuple(values) for name, values in found.items() if len(values) > 1}
