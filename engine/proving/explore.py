"""Walks through all that can happen in a story, the nearest first as long as that is cheap, and back from its endings.

What it has found when it is stopped is true; what it has not found by then is unknown, and `whole` says so.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from engine.play.step import MOST_HOPS
from engine.proving.live import Live
from engine.proving.machine import Edge, Machine, Spot
from engine.proving.ops import Op, Put
from engine.proving.sets import EMPTY, ROOT, UNLIMITED, FullError, Sets

NODE_BYTES = 800
"""Memory that one node takes with its share of what is remembered, measured on the bundled story."""
SPOT_NODES = 8
"""Nodes that one spot with its edges takes as much memory as: 2 to 6 kB, more where scenes call one another deeply."""
_MOST_LOOKED_AT = 200
"""Spots of which the plainest is taken: to look at all is slow where there are tens of thousands."""
_MOST_REMEMBERED = 400_000
_TIDIED = 64
"""Edges followed between two looks at how much is remembered."""
_MANY = 10**30
_STILL_FULL = 0.7
"""Share of the nodes that may be left when all others were given up; with less to spare it would go on too slowly."""


@dataclass(slots=True)
class Limits:
    """When to stop before the end."""

    nodes: int = 800_000
    """A spot counts as `SPOT_NODES` of them."""
    states: int = _MANY
    tell: Callable[[int, int], None] = lambda states, nodes: None
    """Called again and again with the states found and the nodes made."""


class Room:
    """Lets no more nodes be made than there may be: what would make more is broken off."""

    def __init__(self, sets: Sets, nodes: int) -> None:
        self.enough = True
        """Nothing was broken off."""
        self._sets = sets
        self._nodes = nodes

    def __enter__(self) -> Self:
        self._sets.most = self._nodes
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._sets.most = UNLIMITED
        self.enough = kind is None
        return isinstance(error, FullError)


@dataclass(slots=True)
class Explored:
    """What an exploration found."""

    machine: Machine
    sets: Sets
    live: Live
    reached: dict[Spot, int] = field(default_factory=dict)
    history: dict[Spot, list[tuple[int, int]]] = field(default_factory=dict)
    """For each spot, what was found anew at each stamp: stamps count on, so what leads somewhere has a smaller one."""
    moves: list[int] = field(default_factory=list)
    """By stamp: the fewest moves that lead there; -1 where that was not looked for."""
    marks: dict[str, tuple[int, Edge, int]] = field(default_factory=dict)
    """Mark → the stamp, the edge and the states from which it was first taken."""
    into: dict[Spot, dict[Edge, None]] = field(default_factory=dict)
    """Edges that were taken, by where they lead."""
    kept: tuple[Explored, ...] = ()
    """Other explorations that share these `sets`."""
    left: dict[Spot, int] = field(default_factory=dict)
    """States from which it was not gone on, because it was stopped."""

    @property
    def whole(self) -> bool:
        """Whether everything was followed to its end."""
        return not self.left and not self.machine.slots.crossed

    @property
    def taken(self) -> int:
        """Nodes and spots made, in nodes."""
        return self.sets.size + SPOT_NODES * self.machine.spots

    @property
    def states(self) -> int:
        """States found in which the player is waited for, or the story is over."""
        return sum(self.sets.count(found) for spot, found in self.reached.items() if spot.kind in ("wait", "end"))

    def first(self, spot: Spot, states: int, below: int) -> tuple[int, int] | None:
        """Return the first stamp, if it is before `below`, at which some of `states` were found, and those."""
        for stamp, found in self.history.get(spot, ()):
            if stamp >= below:
                return None
            near = self.sets.both(found, states)
            if near:
                return stamp, near
        return None

    def arrived(self, edge: Edge, states: int) -> int:
        """Return what an edge makes of states, less what is not asked any more where it leads."""
        reached = through(self.sets, edge.ops, states)
        forget = self.live.forgetting(edge.target)
        return reached if forget is None else forget.forward(self.sets, reached)

    def before(self, edge: Edge, states: int) -> int:
        """Return the reached states from which an edge leads into `states`."""
        forget = self.live.forgetting(edge.target)
        if forget is not None:
            states = forget.back(self.sets, states)
        return self.sets.both(back(self.sets, edge.ops, states), self.reached.get(edge.source, EMPTY))

    def collect(self, more: Iterable[int] = ()) -> None:
        """Give up all sets but what was found, and `more`."""
        beside = (states for other in self.kept for states in other.held())
        self.sets.collect((*self.held(), *beside, *more))
        self.machine.bench.trim()

    def held(self) -> Iterator[int]:
        """Yield all sets that this exploration found and may still need."""
        yield from self.reached.values()
        yield from self.left.values()
        yield from (states for _, _, states in self.marks.values())
        yield from (states for found in self.history.values() for _, states in found)

    def as_good(self, spot: Spot) -> Iterator[Spot]:
        """Yield the spots from which as much can happen with the same values: itself, and earlier turns of the talk.

        Nothing is lost by looking at the earliest alone, for a talk can always be waited out.
        """
        yield spot
        if spot.kind == "wait" and not self.machine.counts_turns:
            for talked in range(spot.talked):
                yield spot._replace(talked=talked)


def explore(
    machine: Machine, limits: Limits, *, beside: Sequence[Explored] = (), goodwill: bool = True, in_order: bool = True
) -> Explored:
    """Return all that can happen, or as much as the limits allow.

    In order, the nearest is looked at first and paths are shortest; else what is plainest, which takes far less.
    Without `goodwill` no model recognises a thing. Explorations of the same machine that stand `beside` share their
    sets with it, and keep what they found.
    """
    many = len(machine.slots.names)
    # Each slot may be two calls deep; calls between Python functions take none of the C stack.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 6 * many + 3_000))
    if beside:
        found = Explored(machine, beside[0].sets, beside[0].live, kept=tuple(beside))
    else:
        found = Explored(machine, Sets(many), Live(machine))
    walk = _Walk(found, limits, goodwill)
    if in_order:
        walk.in_order()
    else:
        walk.plainest_first()
    return walk.found


class _Walk:
    """An exploration under way."""

    def __init__(self, found: Explored, limits: Limits, goodwill: bool) -> None:
        self.found = found
        self._limits = limits
        self._goodwill = goodwill
        self._followed = 0
        self._waiting = found.left
        """States that were reached and not gone on from yet: what is left when it is stopped."""
        begin = found.machine.begin()
        self._first = {begin.target: found.arrived(begin, ROOT)}

    def in_order(self) -> None:
        """Look at what is reached by no move, by one, by two."""
        moves, onward = 0, self._first
        following: dict[Spot, int] = {}
        with self._room() as room:
            while onward:
                hops = 0
                while onward and hops <= MOST_HOPS + 1:
                    new = self._take_in(onward, moves)
                    onward, hops = {}, hops + 1
                    for spot, states in new.items():
                        if self._spent():
                            raise FullError
                        for edge, reached in self._follow(spot, states):
                            into = onward if edge.cost == 0 else following
                            into[edge.target] = self.found.sets.union(into.get(edge.target, EMPTY), reached)
                        del self._waiting[spot]
                self._tidy()
                moves, onward, following = moves + 1, following, {}
        if not room.enough:  # what was come to and not looked at yet is left, too
            self._take_in(onward, moves)
            self._take_in(following, moves + 1)

    def plainest_first(self) -> None:
        """Look always from where the fewest states wait: sets stay plain, and small."""
        found, waiting = self.found, self._waiting
        self._take_in(self._first, -1)
        full_at: Spot | None = None
        while waiting and not self._spent():
            spot = _plainest(found.sets, waiting)
            states = waiting.pop(spot)
            with self._room() as room:
                for edge, reached in self._follow(spot, states):
                    self._take_in({edge.target: reached}, -1)
            if not room.enough:
                waiting[spot] = found.sets.union(waiting.get(spot, EMPTY), states)
                found.collect(waiting.values())
                if spot == full_at or found.taken > self._limits.nodes * _STILL_FULL:
                    return
            full_at = None if room.enough else spot

    def _follow(self, spot: Spot, states: int) -> Iterator[tuple[Edge, int]]:
        found = self.found
        for edge in found.machine.edges(spot):
            if edge.goodwill and not self._goodwill:
                continue
            reached = found.arrived(edge, states)
            if reached:
                for mark in edge.marks:
                    if mark not in found.marks:
                        found.marks[mark] = (len(found.moves), edge, states)
                yield edge, reached
            if reached or any(isinstance(op, Put) and op.crosses for op in edge.ops):
                found.into.setdefault(edge.target, {})[edge] = None
            self._followed += 1
            if self._followed % _TIDIED == 0:
                self._tidy()

    def _take_in(self, frontier: dict[Spot, int], moves: int) -> dict[Spot, int]:
        """Return what of a frontier was not reached before, and keep it."""
        found, sets, new = self.found, self.found.sets, {}
        stamp = len(found.moves)
        try:
            for spot, states in frontier.items():
                fresh = states
                for known in found.as_good(spot):
                    fresh = sets.minus(fresh, found.reached.get(known, EMPTY))
                if fresh:  # all sets are made before any is kept, for each of them may be one too many
                    reached = sets.union(found.reached.get(spot, EMPTY), fresh)
                    waiting = sets.union(self._waiting.get(spot, EMPTY), fresh)
                    new[spot], found.reached[spot], self._waiting[spot] = fresh, reached, waiting
                    found.history.setdefault(spot, []).append((stamp, fresh))
        finally:
            if new:
                found.moves.append(moves)
        return new

    def _spent(self) -> bool:
        found = self.found
        return found.taken > self._limits.nodes or (self._limits.states < _MANY and found.states > self._limits.states)

    def _room(self) -> Room:
        return Room(self.found.sets, self._limits.nodes - SPOT_NODES * self.found.machine.spots)

    def _tidy(self) -> None:
        self.found.sets.trim()
        self.found.machine.bench.trim(_MOST_REMEMBERED)
        self._limits.tell(self.found.states, self.found.sets.size)


def _plainest(sets: Sets, waiting: Mapping[Spot, int]) -> Spot:
    return min(itertools.islice(waiting, _MOST_LOOKED_AT), key=lambda spot: sets.count(waiting[spot]))


def through(sets: Sets, ops: tuple[Op, ...], states: int) -> int:
    """Return what becomes of states on their way through some ops."""
    for op in ops:
        if not states:
            return EMPTY
        states = op.forward(sets, states)
    return states


def back(sets: Sets, ops: tuple[Op, ...], states: int) -> int:
    """Return the states that become one of `states` on their way through some ops."""
    for op in reversed(ops):
        if not states:
            return EMPTY
        states = op.back(sets, states)
    return states


def leading_to(
    found: Explored,
    goals: Mapping[Spot, int],
    allowed: Callable[[Edge], bool],
    limits: Limits,
    kept: Collection[int] = (),
) -> dict[Spot, int] | None:
    """Return the reached states from which one of `goals` can be reached over the allowed edges, goals included.

    None where that takes more nodes than there may be. `kept` are sets that are needed afterwards.
    """
    sets = found.sets
    good, waiting = dict(goals), dict(goals)
    into: dict[Spot, list[Edge]] = {}
    for target, edges in found.into.items():
        for known in found.as_good(target):  # who is led to a later turn of a talk can do what an earlier one allows
            into.setdefault(known, []).extend(edge for edge in edges if allowed(edge))
    full_at: Spot | None = None
    while waiting:
        spot = _plainest(sets, waiting)
        states = waiting.pop(spot)
        with Room(sets, limits.nodes - SPOT_NODES * found.machine.spots) as room:
            for edge in into.get(spot, ()):
                fresh = sets.minus(found.before(edge, states), good.get(edge.source, EMPTY))
                if fresh:  # both sets are made before one is kept
                    more = sets.union(good.get(edge.source, EMPTY), fresh)
                    onward = sets.union(waiting.get(edge.source, EMPTY), fresh)
                    good[edge.source], waiting[edge.source] = more, onward
        if not room.enough:
            waiting[spot] = sets.union(waiting.get(spot, EMPTY), states)
            found.collect((*good.values(), *waiting.values(), *goals.values(), *kept))
            if spot == full_at or found.taken > limits.nodes * _STILL_FULL:
                return None
        full_at = None if room.enough else spot
        sets.trim()
    return good


def unknown(found: Explored) -> dict[Spot, int]:
    """Return the states from which it was not gone on, or where a value was no more followed."""
    sets = found.sets
    states = dict(found.left)
    for edge in (edge for edges in found.into.values() for edge in edges):
        for place, op in enumerate(edge.ops):
            if isinstance(op, Put) and op.crosses and edge.source in found.reached:
                at = through(sets, edge.ops[:place], found.reached[edge.source])
                lost = back(sets, edge.ops[:place], op.lost(sets, at))
                lost = sets.both(lost, found.reached[edge.source])
                states[edge.source] = sets.union(states.get(edge.source, EMPTY), lost)
    return {spot: lost for spot, lost in states.items() if lost}
