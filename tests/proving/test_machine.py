"""What the prover takes for possible is what the rules of the game allow, move by move."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.library import bundled_stories
from engine.play.moves import Begin
from engine.play.state import State
from engine.play.step import step
from engine.proving.explore import through
from engine.proving.machine import Machine, Spot
from engine.proving.sets import Sets
from engine.story.graph import StoryGraph
from engine.story.load import load_story
from support.brute import successors

PLANTED = Path(__file__).parent.parent / "stories_planted"
GOOD = Path(__file__).parent.parent / "stories_good"
STORIES = [
    *sorted(PLANTED.glob("*/*.yaml")),
    *(GOOD / name for name in ("calls.yaml", "storylets.yaml", "every_key")),
    bundled_stories() / "lamp",
]
Place = tuple[Spot, int]


@cache
def machine_of(path: Path) -> tuple[StoryGraph, Machine, Sets]:
    graph = load_story(path)
    machine = Machine(graph)
    return graph, machine, Sets(len(machine.slots.names))


def by_edges(machine: Machine, sets: Sets, spot: Spot, state: int) -> set[Place]:
    """Where one move leads, over the machine's edges."""
    found: set[Place] = set()
    seen: set[Place] = set()
    waiting = [(edge.target, through(sets, edge.ops, state)) for edge in machine.edges(spot) if not edge.deed.waited]
    while waiting:
        at, states = waiting.pop()
        if not states or (at, states) in seen:
            continue
        seen.add((at, states))
        if at.kind in ("wait", "end"):
            found |= {(at, single) for _, single in sets.split(states, tuple(range(sets.slots)))}
        else:
            waiting += [(edge.target, through(sets, edge.ops, states)) for edge in machine.edges(at)]
    return found


def follow(path: Path, picks: list[int], seed: int) -> None:
    """Walk through a story by its rules, and compare at each state what can be done."""
    graph, machine, sets = machine_of(path)
    state = step(graph, State(), Begin(seed)).state
    chance = any(scene.pool for scene in graph.scenes.values()) or "one_of" in repr(graph)
    for pick in picks:
        if state.over or not state.scene:
            return
        spot, single = machine.spot(state), sets.single(machine.codes(state))
        possible = list(successors(graph, state, waits=False, answers=False))
        allowed = {(machine.spot(after), sets.single(machine.codes(after))) for _, after in possible}
        predicted = by_edges(machine, sets, spot, single)
        assert allowed <= predicted
        if not chance:
            # A thing done once that need not be remembered as done can be done again, and changes nothing.
            assert predicted - allowed <= {(spot, single)} | quiet(spot, single, graph)
        if not possible:
            return
        state = possible[pick % len(possible)][1]


def quiet(spot: Spot, single: int, graph: StoryGraph) -> set[Place]:
    found = graph.scenes[spot.scene].limit
    talked = 0 if found is None else min(spot.talked + 1, found.turns)
    return {(spot._replace(talked=talked), single)}


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
@settings(max_examples=6, deadline=None)
@given(picks=st.lists(st.integers(0, 10_000), min_size=1, max_size=12), seed=st.integers(0, 1_000))
def test_what_the_rules_allow_is_what_the_prover_follows(path: Path, picks: list[int], seed: int) -> None:
    follow(path, picks, seed)
