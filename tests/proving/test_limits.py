"""An exploration keeps within what it may take, and what it says when it was stopped is true all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.proving.explore import SPOT_NODES, Explored, Limits, explore, leading_to, unknown
from engine.proving.machine import Machine, Spot
from engine.proving.sets import EMPTY, FullError, Sets
from engine.story.load import load_story

PLANTED = sorted((Path(__file__).parent.parent / "stories_planted").glob("*/*.yaml"))
COUNTERS = 14
TANGLED = "\n".join(
    [
        "palaver: 1\ntitle: Tangled\nstart: hall\nstate:",
        *(f"  v{n}: {{start: 0, min: -9, max: 9}}" for n in range(COUNTERS)),
        "scenes:\n  hall:\n    choices:\n      - {text: Leave, goto: out}",
        *(
            f"      - {{id: up{n}, text: Up, if: v{n} * v{(n * 5 + 3) % COUNTERS} >= v{(n * 3 + 1) % COUNTERS}, "
            f"set: {{v{n}: v{n} + v{(n * 7 + 2) % COUNTERS} + 1}}}}"
            for n in range(COUNTERS)
        ),
        "  out: {ending: Out}\n",
    ]
)


def stuck(found: Explored) -> dict[Spot, int]:
    goals = {spot: states for spot, states in found.reached.items() if spot.kind == "end"}
    for spot, states in unknown(found).items():
        goals[spot] = found.sets.union(goals.get(spot, EMPTY), states)
    good = leading_to(found, goals, lambda edge: True, Limits())
    assert good is not None
    left = {spot: found.sets.minus(states, good.get(spot, EMPTY)) for spot, states in found.reached.items()}
    return {spot: states for spot, states in left.items() if states}


def test_a_full_store_of_sets_makes_no_more_and_keeps_what_it_has() -> None:
    sets = Sets(3)
    one, other = sets.single({0: 1}), sets.single({1: 2, 2: 3})
    sets.most = sets.size
    with pytest.raises(FullError):
        sets.union(one, other)
    assert sets.count(one) == sets.count(other) == 1
    sets.most += 10
    assert sets.count(sets.union(one, other)) == 2


@pytest.mark.parametrize("in_order", [True, False], ids=["in_order", "plainest_first"])
def test_no_more_nodes_are_made_than_there_may_be_though_one_scene_makes_them_all(
    tmp_path: Path, in_order: bool
) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(TANGLED, "utf-8")
    made: list[int] = []
    limits = Limits(3_000 + SPOT_NODES, tell=lambda states, nodes: made.append(nodes))
    found = explore(Machine(load_story(path)), limits, in_order=in_order)
    assert not found.whole
    assert all(nodes <= 3_000 for nodes in made)
    assert found.sets.size <= 2 * 3_000  # what was come to last is joined to what is left
    assert not stuck(found)


@pytest.mark.parametrize("in_order", [True, False], ids=["in_order", "plainest_first"])
def test_scenes_that_call_one_another_for_ever_are_stopped_at_too(tmp_path: Path, in_order: bool) -> None:
    path = tmp_path / "story.yaml"
    rooms = "".join(
        f"  {here}:\n    choices:\n      - {{text: Back, goto: RETURN}}\n"
        + "".join(f"      - {{id: {there}, text: On, call: {there}, goto: {here}}}\n" for there in "abcd")
        for here in "abcd"
    )
    path.write_text(f"palaver: 1\ntitle: Maze\nstart: a\nscenes:\n{rooms}  out: {{ending: Out}}\n", "utf-8")
    machine = Machine(load_story(path))
    found = explore(machine, Limits(20_000), in_order=in_order)
    assert not found.whole
    assert machine.spots <= 20_000 / SPOT_NODES + 1
    assert not stuck(found)


@pytest.mark.parametrize("path", PLANTED, ids=lambda path: path.stem)
@pytest.mark.parametrize("in_order", [True, False], ids=["in_order", "plainest_first"])
def test_what_is_found_before_it_is_stopped_is_found_without_limits_too(path: Path, in_order: bool) -> None:
    machine = Machine(load_story(path))
    whole = explore(machine, Limits())
    sets, lost = whole.sets, stuck(whole)
    limits = [Limits(whole.taken + more) for more in (0, 2, 5, 12, 40, 100)] + [
        Limits(states=most) for most in (0, 1, 2, 4)
    ]
    for limit in limits:
        found = explore(machine, limit, beside=[whole], in_order=in_order)
        for spot, states in found.reached.items():
            assert not sets.minus(states, whole.reached.get(spot, EMPTY))
        if found.whole:
            assert {spot for spot, states in found.reached.items() if states} == set(whole.reached)
        for spot, states in stuck(found).items():
            assert not sets.minus(states, lost.get(spot, EMPTY)), spot
