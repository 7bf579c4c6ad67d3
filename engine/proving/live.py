"""What may still be asked about from each scene on: the rest is forgotten there, and states that differ in it are one.

It goes by what the scenes could ask, whatever the state: it forgets too little rather than too much.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from engine.proving.machine import Edge, Machine, Spot, Waiting
from engine.proving.ops import Forget, Op, Put, Where
from engine.story.flow import exits, ways
from engine.story.graph import RETURN

Point = tuple[str, str]
"""Kind of spot, and scene."""
_RETURNED = ("returned", "")
_MOST_DECIDING = 4
"""Slots that decide together what may be forgotten: each doubles the work of forgetting."""
_LEAST_GAIN = 0.05
"""Share of what is remembered, over all points, that a deciding slot has to spare to be worth its work."""


class Live:
    """Tells for every spot which slots may be forgotten."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._forget: dict[Point, Op | None] = {}
        self._edges = self._points()
        self._users: dict[Point, set[Point]] = {}
        for point, leading in self._edges.items():
            for edge in leading:
                for target in self._targets(point, edge):
                    self._users.setdefault(target, set()).add(point)
        self.deciding = self._deciding()
        ways = itertools.product((False, True), repeat=len(self.deciding))
        self._live = {way: self._solved(frozenset(itertools.compress(self.deciding, way))) for way in ways}

    def forgetting(self, spot: Spot) -> Op | None:
        """Return the op that forgets what is not asked any more once the story is at a spot; None where all is."""
        point = (spot.kind, spot.scene)
        if point not in self._forget:
            slots = frozenset(range(len(self._machine.slots.names)))
            gone = {way: slots - live.get(point, frozenset()) for way, live in self._live.items()}
            self._forget[point] = self._machine.bench.forget(self.deciding, gone) if any(gone.values()) else None
        return self._forget[point]

    def asked(self, spot: Spot) -> frozenset[int]:
        """Return the slots that may still be asked about at a spot, whatever is set."""
        return self._live[(False,) * len(self.deciding)].get((spot.kind, spot.scene), frozenset())

    def _deciding(self) -> tuple[int, ...]:
        """Return the few slots whose being set, which lasts, lets most be forgotten."""
        chosen: tuple[int, ...] = ()
        least = self._weight(frozenset())
        while len(chosen) < _MOST_DECIDING:
            tried = {slot: self._weight(frozenset((*chosen, slot))) for slot in self._machine.slots.latches()}
            best = min(tried, key=lambda slot: tried[slot], default=None)
            if best is None or tried[best] > least * (1 - _LEAST_GAIN):
                break
            chosen, least = (*chosen, best), tried[best]
        return tuple(sorted(chosen))

    def _weight(self, latched: frozenset[int]) -> int:
        return sum(map(len, self._solved(latched).values()))

    def _solved(self, latched: frozenset[int]) -> dict[Point, frozenset[int]]:
        """Return what is asked about from each point on when some slots are set for good."""
        solved: dict[Point, frozenset[int]] = {}
        waiting = dict.fromkeys(self._edges)
        while waiting:
            point, _ = waiting.popitem()
            live = self._before(point, solved, latched)
            if live != solved.get(point, frozenset()):
                solved[point] = live
                waiting.update(dict.fromkeys(self._users.get(point, ())))
        return solved

    def _points(self) -> dict[Point, list[Edge]]:
        """Return the edges from each point, whatever the turn of talk and whoever called."""
        machine, graph = self._machine, self._machine.graph
        edges: dict[Point, list[Edge]] = {_RETURNED: []}
        for scene in graph.scenes.values():
            if scene.kind == "ending":
                continue
            kinds = ["judge", "wait"] if scene.kind == "talk" else ["settle"] if scene.kind == "pool" else ["wait"]
            if scene.kind == "choices" and scene.goto:
                kinds.append("settle")
            turns = {0, scene.limit.turns - 1} if scene.limit is not None else {0}
            for kind in kinds:
                made = edges.setdefault((kind, scene.id), [])
                for turn in sorted(turns) if kind == "judge" else [0]:
                    made += machine.made(Spot(kind, scene.id, turn))
            for way in ways(scene):
                if way.call:
                    edges[_RETURNED].append(machine.returned(Waiting(scene.id, way.goto, 0)))
        return edges

    def _targets(self, point: Point, edge: Edge) -> Iterable[Point]:
        target = (edge.target.kind, edge.target.scene)
        if target != ("end", ""):
            return (target,)
        scene = self._machine.graph.scenes.get(point[1])
        gives_back = point == _RETURNED or (scene is not None and any(way.target == RETURN for way in exits(scene)))
        return (_RETURNED,) if gives_back else ()

    def _before(self, point: Point, solved: dict[Point, frozenset[int]], latched: frozenset[int]) -> frozenset[int]:
        found: set[int] = set()
        for edge in self._edges[point]:
            shut = next((op for op in edge.ops if isinstance(op, Where) and _never(op, latched)), None)
            if shut is not None:
                found.update(shut.slots)  # what shuts it has to be remembered, and nothing else
                continue
            live = {slot for target in self._targets(point, edge) for slot in solved.get(target, ())}
            for op in reversed(edge.ops):
                match op:
                    case Where():
                        live.update(op.slots)
                    case Put() if op.slot in live:
                        if not op.reads_own:
                            live.discard(op.slot)
                        live.update(op.others)
                    case Put() | Forget():
                        pass
            found |= live
        return frozenset(found)


def _never(op: Where, latched: frozenset[int]) -> bool:
    """Tell whether nothing passes where some slots are set for good: their code is 1 then."""
    return bool(op.slots) and latched.issuperset(op.slots) and not op.test((1,) * len(op.slots))
