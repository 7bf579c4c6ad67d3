"""A game can begin at any scene and with any state, and is then nothing but its events."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import Refused
from engine.play.events import Told
from engine.play.moves import Begin
from engine.play.opening import Start, begun
from engine.play.state import State, fold
from engine.play.step import step
from engine.story.graph import StoryGraph
from engine.story.load import load_story

ROOT = Path(__file__).parent.parent.parent
STORIES = [ROOT / "stories" / "lamp", *sorted((ROOT / "tests" / "stories_good").glob("*.yaml"))]


@pytest.fixture(params=STORIES, ids=lambda path: path.stem)
def graph(request: pytest.FixtureRequest) -> StoryGraph:
    return load_story(request.param)


def test_at_the_story_s_own_start_it_begins_as_the_rules_do(graph: StoryGraph) -> None:
    assert begun(graph, Start(graph.start, 5))[0] == step(graph, State(), Begin(5)).events


def test_every_scene_is_entered_as_if_all_before_had_happened(graph: StoryGraph) -> None:
    for scene in graph.scenes.values():
        taken = tuple((choice.key, choice.id) for choice in scene.choices)
        reached = tuple(outcome.key for outcome in scene.outcomes)
        start = Start(scene.id, 3, {}, (scene.id, graph.start), taken, reached)
        try:
            events, before = begun(graph, start)
        except Refused:  # it only waits at other times
            continue
        state = fold(events)
        assert state.visits[scene.id] >= 2
        assert state.spent >= {*(key for key, _ in taken), *reached}
        assert (state.seed, state.turns) == (3, len(taken))
        assert state.values.keys() == graph.variables.keys()
        if scene.passage:
            assert events[before:].count(Told(scene.passage)) >= 1


def test_variables_hold_what_is_said_and_the_others_what_the_story_says() -> None:
    graph = load_story(STORIES[0])
    state = fold(begun(graph, Start("door", values={"trust": 2, "mitten": True}))[0])
    assert (state.values["trust"], state.values["mitten"], state.values["why"]) == (2, True, "nobody says")
    assert state.scene == "door"
