"""The way to a state that was found, as lines that can be played, and tried out by the rules of the game itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import PalaverError
from engine.play.movefile import Line, Turn, played
from engine.proving.explore import Explored
from engine.proving.machine import Edge, Spot
from engine.proving.sets import ROOT
from engine.story.graph import StoryGraph

_SEEDS = 300
"""Seeds that are tried for a way that chance has to take."""


@dataclass(frozen=True, slots=True)
class Path:
    """A way from the beginning to a state."""

    lines: tuple[Line, ...]
    seed: int = 1
    shortest: bool = True
    """No way takes fewer moves (a talk that is waited out counted as one)."""
    tried: bool = True
    """The rules of the game play it; where not, it needs a chance that none of the seeds tried has."""
    edges: tuple[Edge, ...] = ()


def path_to(found: Explored, spot: Spot, states: int) -> Path:
    """Return the way to the nearest of some states that were reached at a spot."""
    first = found.first(spot, states, sys.maxsize)
    assert first is not None
    return _path(found, spot, *first, ())


def path_over(found: Explored, mark: str) -> Path:
    """Return the way on which something is taken or comes true for the first time."""
    stamp, edge, states = found.marks[mark]
    before = found.sets.both(found.before(edge, found.arrived(edge, states)), states)
    first = found.first(edge.source, before, stamp + 1)
    assert first is not None
    return _path(found, edge.source, *first, (edge,))


def _path(found: Explored, spot: Spot, stamp: int, near: int, after: tuple[Edge, ...]) -> Path:
    sets = found.sets
    shortest = found.moves[stamp] >= 0
    begin = found.machine.begin()
    state = sets.single(sets.one(near))
    edges: list[Edge] = list(after)
    while spot != begin.target or not sets.both(state, found.arrived(begin, ROOT)):
        best: tuple[int, int, Edge] | None = None
        for edge in found.into.get(spot, ()):
            first = found.first(edge.source, found.before(edge, state), stamp)
            if first is not None and (best is None or first[0] < best[0]):
                best = (*first, edge)
        assert best is not None, "what was found was reached from somewhere"
        stamp, near, edge = best
        edges.insert(0, edge)
        spot, state = edge.source, sets.single(sets.one(near))
    return tried(found.machine.graph, tuple(edges), shortest=shortest)


def tried(graph: StoryGraph, edges: tuple[Edge, ...], *, shortest: bool) -> Path:
    """Return edges as lines, with a seed for which the rules of the game go that way."""
    lines, places = _lines(edges)
    for seed in range(1, _SEEDS + 1):
        if _goes(graph, seed, lines, places):
            return Path(lines, seed, shortest, True, edges)
    return Path(lines, 1, shortest, False, edges)


def _lines(edges: Sequence[Edge]) -> tuple[tuple[Line, ...], list[Spot]]:
    """Return the lines and, for each, the spot where it leaves the story waiting (or settling, where the path ends)."""
    lines: list[Line] = []
    places: list[Spot] = []
    for edge in edges:
        deed = edge.deed
        if deed.choice:
            lines.append(Line(choice=deed.choice, typed=deed.typed))
        elif deed.waited:
            lines.append(Line(waited=True))
        elif deed.moved is not None:
            lines.append(Line(moved=deed.moved))
        elif (deed.outcome or deed.doubted) and lines:
            before = lines.pop()
            lines.append(
                Line(
                    moved=before.moved,
                    outcome=deed.outcome or deed.doubted,
                    doubted=bool(deed.doubted),
                    said=deed.said,
                )
            )
        if lines:
            places[len(lines) - 1 :] = [edge.target]
    return tuple(lines), places


def _goes(graph: StoryGraph, seed: int, lines: Sequence[Line], places: Sequence[Spot]) -> bool:
    """Tell whether the story goes where the lines are meant to lead, with this seed."""
    refused = False
    turns: list[Turn] = []
    try:
        turns.extend(played(graph, seed, lines))
    except PalaverError:
        refused = True
    reached = {turn.number: turn.steps[-1].state for turn in turns}
    for number, place in enumerate(places, 1):
        state = reached.get(number)
        if state is None:
            # What ends in a circle is refused by its last move, and that is what it shows.
            return refused and number == len(lines) and place.kind == "settle"
        if place.kind == "settle" and number < len(lines):
            return False
        if place.kind == "end" and not (state.over and state.ending == place.scene):
            return False
        if place.kind == "wait" and (state.over or state.scene != place.scene):
            return False
    return True
