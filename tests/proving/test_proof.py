"""What `prove` says of stories with a planted fault each, of sound ones, and beside an enumeration made separately."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from engine.library import bundled_stories
from engine.play.movefile import parsed, played, written
from engine.proving.explore import Limits, explore
from engine.proving.machine import Machine, Spot
from engine.proving.proof import Proof, prove
from engine.story.graph import StoryGraph
from engine.story.load import load_story
from support.brute import Enumerated, enumerated

PLANTED = Path(__file__).parent.parent / "stories_planted"
FAULTY = sorted((PLANTED / "faulty").glob("*.yaml"))
SOUND = sorted((PLANTED / "sound").glob("*.yaml"))
SEEDS = range(1, 9)


@cache
def graph_of(path: Path) -> StoryGraph:
    return load_story(path)


@cache
def proof_of(path: Path) -> Proof:
    return prove(graph_of(path))


@cache
def enumeration_of(path: Path, goodwill: bool = True) -> Enumerated:
    return enumerated(graph_of(path), SEEDS, goodwill=goodwill)


def planted(path: Path) -> set[tuple[str, ...]]:
    lines = path.read_text("utf-8").splitlines()
    return {tuple(line.removeprefix("# expect: ").split()) for line in lines if line.startswith("# expect: ")}


def test_there_are_thirty_of_each() -> None:
    assert len(FAULTY) >= 30
    assert len(SOUND) >= 30


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_the_planted_fault_is_found_and_nothing_else(path: Path) -> None:
    assert {(finding.code, finding.key) for finding in proof_of(path).findings} == planted(path)


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_a_sound_story_yields_nothing(path: Path) -> None:
    proof = proof_of(path)
    assert (proof.findings, proof.notes, proof.whole) == ([], [], True)
    assert all(ending.path is not None for ending in proof.endings)


@pytest.mark.parametrize("path", [*FAULTY, *SOUND], ids=lambda path: path.stem)
def test_each_way_found_can_be_played(path: Path) -> None:
    proof = proof_of(path)
    for ending in proof.endings:
        if ending.path is not None:
            seed, lines = parsed(written(ending.path.lines, seed=ending.path.seed, about=["the way"]))
            state = list(played(proof.graph, seed, lines))[-1].steps[-1].state
            assert (state.over, state.ending) == (True, ending.scene)
    for finding in proof.findings:
        assert finding.path is None or finding.path.tried


@pytest.mark.parametrize("path", [*FAULTY, *SOUND], ids=lambda path: path.stem)
def test_verdicts_agree_with_an_enumeration(path: Path) -> None:
    proof, brute = proof_of(path), enumeration_of(path)
    ways = {ending.scene: len(ending.path.lines) for ending in proof.endings if ending.path is not None}
    assert ways == brute.endings
    alone = {ending.scene for ending in proof.endings if ending.alone}
    assert alone == set(enumeration_of(path, goodwill=False).endings)
    dead = {finding.key for finding in proof.findings if finding.code in ("dead-choice", "dead-outcome")}
    unseen = {finding.key for finding in proof.findings if finding.code == "unreachable-scene"}
    scenes = {state.scene for state in brute.states.values()}
    things = [
        thing for name in scenes for thing in (*proof.graph.scenes[name].choices, *proof.graph.scenes[name].outcomes)
    ]
    if not any(finding.code == "endless-circle" for finding in proof.findings):  # the rules refuse a way into one
        assert {thing.key for thing in things} - brute.taken == dead
    assert not unseen & scenes
    assert bool(brute.stuck()) == any(finding.code == "soft-lock" for finding in proof.findings)


@pytest.mark.parametrize("path", [*FAULTY, *SOUND], ids=lambda path: path.stem)
@pytest.mark.parametrize("in_order", [True, False], ids=["in_order", "plainest_first"])
def test_states_agree_with_an_enumeration(path: Path, in_order: bool) -> None:
    machine = Machine(graph_of(path))
    found = explore(machine, Limits(), in_order=in_order)
    expected: set[tuple[str, int]] = set()
    for state in enumeration_of(path).states.values():
        if not state.over:
            forget = found.live.forgetting(Spot("wait", state.scene))
            single = found.sets.single(machine.codes(state))
            expected.add((state.scene, single if forget is None else forget.forward(found.sets, single)))
    reached: dict[str, int] = {}
    for spot, states in found.reached.items():
        if spot.kind == "wait":
            reached[spot.scene] = found.sets.union(reached.get(spot.scene, 0), states)
    assert {scene for scene, _ in expected} == set(reached)
    for scene, states in reached.items():
        together = 0
        for name, single in expected:
            together = found.sets.union(together, single if name == scene else 0)
        assert together == states


def test_what_was_stopped_before_the_end_is_said_to_be() -> None:
    proof = prove(graph_of(PLANTED / "faulty" / "unreachable_ending.yaml"), states=1)
    assert not proof.whole
    assert [note for note in proof.notes if "Stopped before the end" in note]
    assert not [finding for finding in proof.findings if finding.code == "unreachable-ending"]


def test_the_bundled_story_can_always_come_to_an_end() -> None:
    proof = prove(load_story(bundled_stories() / "lamp"))
    assert proof.whole
    assert {finding.code for finding in proof.findings} <= {"goodwill-only"}
    assert all(ending.path is not None and ending.path.shortest and ending.path.tried for ending in proof.endings)
