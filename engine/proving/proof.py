"""What is proved of a story: which endings can be reached, where it can get stuck, and what only a model can open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from engine.proving.explore import NODE_BYTES, Explored, Limits, explore, leading_to, unknown
from engine.proving.machine import Edge, Machine, Spot
from engine.proving.paths import Path, path_over, path_to
from engine.proving.ranges import Range, ranges
from engine.proving.sets import EMPTY
from engine.story.flow import returning, ways
from engine.story.graph import Scene, StoryGraph

BASE_MEMORY = 90_000_000
"""Bytes that the program takes before it explores anything."""
_IN_ORDER = 0.3
"""Share of the nodes that looking for shortest paths may take where the whole takes more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a story, or worth knowing."""

    code: str
    severity: str
    """`error` or `warning`."""
    key: str
    """What it is about: a scene's id, or the key of a choice or an outcome."""
    message: str
    path: Path | None = None
    """The way there; None where there is none to show."""


@dataclass(frozen=True, slots=True)
class Ending:
    """One ending, and the way to it."""

    scene: str
    """Its scene; empty for an END."""
    name: str
    path: Path | None
    """None where it cannot be reached, or was not so far."""
    alone: bool | None
    """It can be reached though no model ever recognises anything; None where that is not known."""


@dataclass(slots=True)
class Proof:
    """All that was found."""

    graph: StoryGraph
    whole: bool
    """Everything was followed to its end; where not, what was not found may still be there."""
    states: int
    nodes: int
    notes: list[str] = field(default_factory=list)
    """What was not followed, and why."""
    endings: list[Ending] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)
    needing: list[str] = field(default_factory=list)
    """Scenes that can be come to only if a model recognises something."""


def prove(
    graph: StoryGraph,
    *,
    memory: int = 500_000_000,
    states: int = 10**30,
    tell: Callable[[int], None] = lambda states: None,
) -> Proof:
    """Return what can be proved of a story within `memory` bytes and `states` states; `tell` hears the states found."""
    return _Prover(graph, memory, states, tell).proof()


class _Prover:
    """One proof being made."""

    def __init__(self, graph: StoryGraph, memory: int, states: int, tell: Callable[[int], None]) -> None:
        self._graph = graph
        self._machine = machine = Machine(graph)
        most = max((memory - BASE_MEMORY) // NODE_BYTES, 2_000)

        def limits(share: float) -> Limits:
            return Limits(int(most * share), states, lambda found, nodes: tell(found))

        near = self._near = self._all = explore(machine, limits(_IN_ORDER))
        if near.left and states >= near.states:
            near.collect()
            self._all = explore(machine, limits(1.0), beside=[near], in_order=False)
        beside = list({id(each): each for each in (near, self._all)}.values())
        self._all.collect()
        self._alone = explore(machine, limits(_IN_ORDER), beside=beside, goodwill=False)
        if self._alone.left:
            self._alone = explore(machine, limits(1.0), beside=beside, goodwill=False, in_order=False)
        self._alone.collect()
        self._limits = limits(1.0)
        self._whole = self._all.whole and not machine.slots.unfollowed()
        self._cramped: set[str] = set()
        """What was not looked into for want of memory."""
        self._good: dict[Spot, int] = {}

    def proof(self) -> Proof:
        """Return what was found."""
        found = self._all
        proof = Proof(self._graph, self._whole, found.states, found.sets.size)
        proof.endings = list(self._endings())
        proof.findings = [*self._unreached(), *self._stuck(), *self._circles(), *self._dead(), *self._goodwill(proof)]
        alone = {spot.scene for spot in self._alone.reached}
        proof.needing = [name for name in self._scenes() if self._alone.whole and name not in alone]
        proof.ranges = ranges(found, self._limits.nodes)
        proof.notes = list(self._notes())
        proof.whole = self._whole and not self._cramped
        return proof

    # Endings and scenes

    def _scenes(self) -> list[str]:
        reached = {spot.scene for spot in self._all.reached}
        return [name for name in self._graph.scenes if name in reached]

    def _path(self, spot: Spot) -> Path | None:
        for found in (self._near, self._all):
            if found.reached.get(spot):
                return path_to(found, spot, found.reached[spot])
        return None

    def _endings(self) -> Iterator[Ending]:
        named = [(scene.id, scene.ending) for scene in self._graph.endings]
        for scene, name in [*named, *([("", "END")] if Spot("end", "") in self._all.reached else [])]:
            spot = Spot("end", scene)
            alone: bool | None = bool(self._alone.reached.get(spot))
            if not alone and not self._alone.whole:
                alone = None
            yield Ending(scene, name, self._path(spot), alone)

    def _unreached(self) -> Iterator[Finding]:
        if not self._whole:
            return
        reached = set(self._scenes())
        for scene in self._graph.scenes.values():
            if scene.id in reached:
                continue
            if scene.kind == "ending":
                message = f'No way leads to the ending "{scene.ending}", whatever the player and the models do.'
                yield Finding("unreachable-ending", "error", scene.id, message)
            else:
                yield Finding("unreachable-scene", "warning", scene.id, f'No way leads to scene "{scene.id}".')
        if not any(spot.kind == "end" for spot in self._all.reached):
            yield Finding("no-ending", "error", self._graph.start, "No way leads to any end of the story.")

    # Where it gets stuck

    def _goals(self) -> dict[Spot, int]:
        found = self._all
        goals = {spot: states for spot, states in found.reached.items() if spot.kind == "end"}
        for spot, states in unknown(found).items():
            goals[spot] = found.sets.union(goals.get(spot, EMPTY), states)
        return goals

    def _leading_to(self, goals: dict[Spot, int], allowed: Callable[[Edge], bool], what: str) -> dict[Spot, int]:
        """Return the states that can come to a goal; all that were reached, and a note, where that takes too much."""
        good = leading_to(self._all, goals, allowed, self._limits, self._good.values())
        if good is None:
            self._cramped.add(what)
            return self._all.reached
        return good

    def _without(self, good: dict[Spot, int], kinds: tuple[str, ...] = ("wait",)) -> dict[Spot, int]:
        sets = self._all.sets
        left = {
            spot: sets.minus(states, good.get(spot, EMPTY))
            for spot, states in self._all.reached.items()
            if spot.kind in kinds
        }
        return {spot: states for spot, states in left.items() if states}

    def _entries(self, bad: dict[Spot, int]) -> Iterator[tuple[Spot, Path, int]]:
        """Yield one way into each scene in which a story goes wrong that was right until then."""
        nearest: dict[str, tuple[int, Spot]] = {}
        counts: dict[str, int] = {}
        for spot, states in bad.items():
            first = self._all.first(spot, states, 1 << 60)
            counts[spot.scene] = counts.get(spot.scene, 0) + self._all.sets.count(states)
            if first is not None and (spot.scene not in nearest or first[0] < nearest[spot.scene][0]):
                nearest[spot.scene] = (first[0], spot)
        told: set[str] = set()
        for _, spot in sorted(nearest.values(), key=lambda entry: entry[0]):
            path = self._shortest(spot, bad[spot])
            earlier = {edge.source.scene for edge in path.edges}
            if not earlier & told:
                told.add(spot.scene)
                yield spot, path, counts[spot.scene]

    def _shortest(self, spot: Spot, states: int) -> Path:
        near = self._near.sets.both(self._near.reached.get(spot, EMPTY), states)
        return path_to(self._near, spot, near) if near else path_to(self._all, spot, states)

    def _stuck(self) -> Iterator[Finding]:
        self._good = self._leading_to(self._goals(), lambda edge: True, "where it can get stuck")
        bad = self._without(self._good, ("wait", "judge", "settle"))
        for spot, path, count in self._entries({spot: states for spot, states in bad.items() if spot.kind == "wait"}):
            moves = _onward(self._all, spot, bad)
            states = f"{count:,} states" if count > 1 else "1 state"
            message = (
                f'From scene "{spot.scene}" ({states}) no end can be reached any more; it goes on in {_listed(moves)}.'
            )
            yield Finding("soft-lock", "error", spot.scene, message, path)

    def _circles(self) -> Iterator[Finding]:
        """Scenes gone through without a move of the player's that never come to one that waits."""
        found = self._all
        waiting = {spot: states for spot, states in found.reached.items() if spot.kind in ("wait", "end")}
        for spot, states in unknown(found).items():
            waiting[spot] = found.sets.union(waiting.get(spot, EMPTY), states)
        out = self._leading_to(waiting, lambda edge: edge.cost == 0, "where it can run in a circle")
        for spot, path, _ in self._entries(self._without(out, ("settle",))):
            scene = self._graph.scenes[spot.scene]
            message = f'The story runs in a circle from scene "{scene.id}" and never waits for the player.'
            yield Finding("endless-circle", "error", scene.id, message, path)

    # What is written and never comes about

    def _dead(self) -> Iterator[Finding]:
        if self._whole:
            reached = set(self._scenes())
            marks = self._all.marks
            for scene in self._graph.scenes.values():
                if scene.id in reached:
                    yield from self._dead_in(scene)
            for mark in marks:
                if mark.endswith("/RETURN"):
                    scene_id = mark.partition("/")[0]
                    message = f'Scene "{scene_id}" comes to a RETURN that no "call" waits for: the story ends there.'
                    yield Finding("stray-return", "warning", scene_id, message, self._mark_path(mark))
        coming_back = returning(self._graph)
        for name in sorted({way.call for scene in self._graph.scenes.values() for way in ways(scene)} - {""}):
            if name not in coming_back and name in self._scenes():
                message = f'Scene "{name}" is called and never comes to a RETURN.'
                yield Finding("no-return", "warning", name, message)

    def _mark_path(self, mark: str) -> Path:
        return path_over(self._near if mark in self._near.marks else self._all, mark)

    def _dead_in(self, scene: Scene) -> Iterator[Finding]:
        marks = self._all.marks
        for choice in scene.choices:
            if choice.key not in marks:
                message = f'Choice "{choice.id}" of scene "{scene.id}" can never be taken.'
                yield Finding("dead-choice", "warning", choice.key, message)
        for outcome in scene.outcomes:
            if outcome.key not in marks:
                message = f'Outcome "{outcome.id}" of scene "{scene.id}" can never come true.'
                yield Finding("dead-outcome", "warning", outcome.key, message)
        for number, card in enumerate(scene.pool):
            if f"{scene.id}/pool/{number}" not in marks:
                message = f'The pool "{scene.id}" can never draw "{card.scene}".'
                yield Finding("dead-card", "warning", f"{scene.id}/pool/{number}", message)

    # What depends on models

    def _goodwill(self, proof: Proof) -> Iterator[Finding]:
        for ending in proof.endings:
            if ending.path is not None and ending.alone is False:
                message = f'The ending "{ending.name}" is reached only if a model recognises something on the way.'
                yield Finding("goodwill-only", "warning", ending.scene, message, ending.path)
        alone = self._leading_to(self._goals(), lambda edge: not edge.goodwill, "where only a model helps on")
        sets = self._all.sets
        bad = {spot: sets.both(states, self._good.get(spot, EMPTY)) for spot, states in self._without(alone).items()}
        for spot, path, _ in self._entries({spot: states for spot, states in bad.items() if states}):
            message = f'From scene "{spot.scene}" no end can be reached unless a model recognises something.'
            yield Finding("goodwill-only-way", "warning", spot.scene, message, path)

    def _notes(self) -> Iterator[str]:
        slots = self._machine.slots
        if self._all.left:
            yield "Stopped before the end: give it more --memory or --states."
        if self._cramped:
            yield f"Not looked into for want of --memory: {', '.join(sorted(self._cramped))}."
        for name in sorted(slots.crossed):
            stretch = slots.bounds[slots.index[name]]
            called = name.partition(":")[2] or name.removeprefix("@")
            yield f'"{called}" has no end: it was followed from {stretch.low:g} to {stretch.high:g} only.'
        for name in slots.unfollowed():
            yield f'What is typed into "{name}" is used in a way that a few typed texts cannot stand for.'


def _onward(found: Explored, spot: Spot, bad: dict[Spot, int]) -> list[str]:
    """Return the scenes that can still be come to where no end can be: none where nothing can be done."""
    scenes: dict[str, None] = {}
    seen, waiting = {spot}, [spot]
    while waiting:
        at = waiting.pop()
        for edge in found.machine.edges(at):
            if at in bad and found.arrived(edge, bad[at]):
                scenes[edge.target.scene] = None
                if edge.target not in seen:
                    seen.add(edge.target)
                    waiting.append(edge.target)
    return list(scenes)


def _listed(names: list[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4} more"
