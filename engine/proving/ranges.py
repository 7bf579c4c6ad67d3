"""What each variable may hold: exactly, as long as the story still asks about it; at most, where only texts show it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from engine.play.values import fitted, moved
from engine.proving.explore import Explored
from engine.proving.ops import Put
from engine.proving.reading import TURNS, VISITS
from engine.proving.slots import Slots, rules_of
from engine.story.expressions import Value
from engine.story.flow import ways
from engine.story.graph import Effect, StoryGraph, Variable

_MOST_VALUES = 60
"""Values after which a variable that only texts show is no longer followed."""


@dataclass(frozen=True, slots=True)
class Range:
    """The values of one variable."""

    name: str
    values: tuple[Value, ...]
    """In order; of a number, those found."""
    exact: bool
    """It takes these and no others; else it takes none but these."""
    more: bool
    """It may go past the last or the first, which makes no difference to the story."""


def ranges(found: Explored) -> list[Range]:
    """Return the values of every variable, in the order in which they are declared."""
    slots = found.machine.slots
    graph = found.machine.graph
    exact = {name: _exact(found, slots.index[name]) for name in graph.variables if name in slots.index}
    shown = _Shown(found, exact).values()
    made = []
    for name, variable in graph.variables.items():
        values = exact.get(name) or shown.get(name, {variable.start})
        more = name in exact and _stopped(slots, name, values)
        if name not in exact and len(values) >= _MOST_VALUES:
            more = True
        made.append(Range(name, tuple(sorted(values, key=_order)), name in exact, more))
    return made


def _order(value: Value) -> tuple[float, str]:
    return (0.0, value) if isinstance(value, str) else (float(value), "")


def _exact(found: Explored, slot: int) -> set[Value]:
    slots, sets = found.machine.slots, found.sets
    codes: set[int] = {0}
    for spot, states in found.reached.items():
        if slot in found.live.asked(spot):
            codes |= sets.codes(states, slot)
    for edges in found.into.values():  # what is set where nothing asks about it any more
        for op in (op for edge in edges for op in edge.ops):
            if isinstance(op, Put) and op.slot == slot and not op.reads_own and not op.others:
                codes.update(code for code in op.table((), 0) if code is not None)
    return {slots.value(slot, code) for code in codes}


def _stopped(slots: Slots, name: str, values: set[Value]) -> bool:
    """Tell whether counting stopped at a bound that is not the variable's own."""
    bound, variable = slots.bounds[slots.index[name]], slots.graph.variables[name]
    high = bound.high is not None and bound.high != variable.high and bound.high in values
    return high or (bound.low is not None and bound.low != variable.low and bound.low in values)


class _Shown:
    """Follows the variables that decide nothing, by all effects that are ever carried out, in any order."""

    def __init__(self, found: Explored, exact: dict[str, set[Value]]) -> None:
        self._graph: StoryGraph = found.machine.graph
        self._slots = found.machine.slots
        self._found = found
        self._values = {name: set(values) for name, values in exact.items()}
        for name, variable in self._graph.variables.items():
            self._values.setdefault(name, {variable.start})
        self._free = [name for name in self._graph.variables if name not in exact]

    def values(self) -> dict[str, set[Value]]:
        """Return the values that are possible at most."""
        effects = [(effect, scene) for effect, scene in self._effects() if effect.variable in self._free]
        rules = [
            rule
            for spot in self._found.reached
            if spot.kind == "wait"
            for _, rule in rules_of(self._graph, self._graph.scenes[spot.scene])
            if rule.variable in self._free
        ]
        changed = True
        while changed:
            changed = False
            for effect, scene in effects:
                changed |= self._add(effect.variable, self._given(effect, scene))
            for rule in rules:
                now = list(self._values[rule.variable])
                changed |= self._add(rule.variable, [moved(rule, value) for value in now])
        return self._values

    def _effects(self) -> Iterator[tuple[Effect, str]]:
        marks = self._found.marks
        entered = {spot.scene for spot in self._found.reached}
        for scene in self._graph.scenes.values():
            if scene.id not in entered:
                continue
            yield from ((effect, scene.id) for effect in scene.effects)
            keys = [*(choice.key for choice in scene.choices), *(outcome.key for outcome in scene.outcomes)]
            for key, way in zip([*keys, f"{scene.id}/limit"], ways(scene), strict=False):
                if key in marks:
                    yield from ((effect, scene.id) for effect in way.effects)
            for choice in scene.choices:
                if choice.ask in self._free and choice.key in marks:
                    self._values[choice.ask].add("(whatever is typed)")

    def _given(self, effect: Effect, scene: str) -> list[Value]:
        reading = self._slots.reading(effect.value, scene)
        rows = itertools.product(*(self._read(name) for name in reading.names))
        return [value for row in itertools.islice(rows, 500) for value in reading.values(row)]

    def _read(self, name: str) -> list[Value]:
        if name in self._values:
            return list(self._values[name])
        return [0, 1, 2] if name == TURNS or name.startswith(VISITS) else [0]

    def _add(self, name: str, given: list[Value]) -> bool:
        known, variable = self._values[name], self._graph.variables[name]
        before = len(known)
        for value in given:
            if len(known) < _MOST_VALUES:
                known.add(_fit(variable, value))
        return len(known) > before


def _fit(variable: Variable, value: Value) -> Value:
    return fitted(variable, value, variable.start)
