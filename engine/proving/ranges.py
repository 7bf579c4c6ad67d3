"""What each variable may hold: exactly, as long as the story asks about it; at most, where it does not any more."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.play.values import fitted, moved
from engine.proving.explore import Explored, through
from engine.proving.machine import Edge, Spot
from engine.proving.ops import Forget, Op, Put
from engine.proving.reading import TURNS, VISITS
from engine.proving.sets import EMPTY, ROOT
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
    """It takes each of these; else it takes none but these."""
    more: bool
    """It may take others: past the last or the first, which makes no difference to the story, or not found yet."""


def ranges(found: Explored, nodes: int = 10**9) -> list[Range]:
    """Return the values of every variable, in the order in which they are declared; it makes at most about `nodes`."""
    slots = found.machine.slots
    graph = found.machine.graph
    exact: dict[str, set[Value]] = {}
    partly: dict[str, set[Value]] = {}
    for name in graph.variables:
        if name in slots.index:
            codes, all_of_them = _held(found, slots.index[name], nodes)
            (exact if all_of_them else partly)[name] = {slots.value(slots.index[name], code) for code in codes}
    shown = _Shown(found, exact, partly).values()
    made = []
    for name in graph.variables:
        values = exact.get(name) or shown[name]
        more = name in slots.index and (bool(found.left) or _stopped(slots, name, values))
        if name not in exact and len(values) >= _MOST_VALUES:
            more = True
        made.append(Range(name, tuple(sorted(values, key=_order)), name in exact, more))
    return made


def _order(value: Value) -> tuple[float, str]:
    return (0.0, value) if isinstance(value, str) else (float(value), "")


def _held(found: Explored, slot: int, nodes: int) -> tuple[set[int], bool]:
    """Return the codes that a slot was found to hold, and whether that is all of them."""
    sets, codes, known = found.sets, {0}, True
    for spot, states in found.reached.items():
        if slot in found.live.asked(spot):
            codes |= sets.codes(states, slot)
    begin = found.machine.begin()
    for edge in (begin, *(edge for edges in found.into.values() for edge in edges)):
        if not any(isinstance(op, Put) and op.slot == slot for op in edge.ops) or not _forgotten(found, edge, slot):
            continue
        # What is set where nothing asks about it any more is forgotten on arrival, so it is looked at on the way.
        needed = _needed(edge.ops, slot)
        for gone, states in _parts(
            found, edge.source, ROOT if edge is begin else found.reached.get(edge.source, EMPTY)
        ):
            if states and not needed & gone and found.taken <= nodes:
                codes |= sets.codes(through(sets, edge.ops, states), slot)
            elif states:
                known = False
    return codes, known


def _forgotten(found: Explored, edge: Edge, slot: int) -> bool:
    """Tell whether a slot may be forgotten where an edge leads."""
    forget = found.live.forgetting(edge.target)
    return isinstance(forget, Forget) and any(slot in gone for gone in forget.gone.values())


def _parts(found: Explored, spot: Spot, states: int) -> Iterator[tuple[frozenset[int], int]]:
    """Yield the parts of the states at a spot that forget the same, with what they forget."""
    forget = found.live.forgetting(spot)
    if not isinstance(forget, Forget):
        yield frozenset(), states
        return
    for fallen, gone in forget.gone.items():
        part = found.sets.where(states, forget.deciding, lambda codes, f=fallen: tuple(map(bool, codes)) == f, {})  # type: ignore[misc]
        yield gone, part


def _needed(ops: Sequence[Op], slot: int) -> set[int]:
    """Return the slots that decide what a slot holds after some ops."""
    needed = {slot}
    for op in reversed(ops):
        if isinstance(op, Put) and op.slot in needed:
            if not op.reads_own:
                needed.discard(op.slot)
            needed.update(op.others)
    return needed


def _stopped(slots: Slots, name: str, values: set[Value]) -> bool:
    """Tell whether counting stopped at a bound that is not the variable's own."""
    bound, variable = slots.bounds[slots.index[name]], slots.graph.variables[name]
    high = bound.high is not None and bound.high != variable.high and bound.high in values
    return high or (bound.low is not None and bound.low != variable.low and bound.low in values)


class _Shown:
    """Follows what is not known exactly, by all effects that are ever carried out, in any order."""

    def __init__(self, found: Explored, exact: dict[str, set[Value]], partly: dict[str, set[Value]]) -> None:
        """`partly` holds values that variables were found to take."""
        self._graph: StoryGraph = found.machine.graph
        self._slots = found.machine.slots
        self._found = found
        self._values = {name: set(values) for name, values in (exact | partly).items()}
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
