"""Begins a game at any scene and with any state, by the rules and in events, as if it had been played up to there.

It makes nothing up that the events do not hold, so such a game is saved, undone and remembered like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.errors import Refused
from engine.play import events as e
from engine.play.moves import Begin
from engine.play.state import State
from engine.play.step import step
from engine.story.expressions import Value
from engine.story.graph import StoryGraph


@dataclass(frozen=True, slots=True)
class Start:
    """Where a game begins."""

    scene: str
    seed: int = 1
    values: Mapping[str, Value] = field(default_factory=dict)
    """Variables that hold something else than the story says."""
    visited: tuple[str, ...] = ()
    """Scenes visited before; one that is named twice was visited twice."""
    taken: tuple[tuple[str, str], ...] = ()
    """Choices taken before: key and text."""
    reached: tuple[str, ...] = ()
    """Outcomes reached before, by key."""


def begun(graph: StoryGraph, start: Start) -> tuple[tuple[e.Event, ...], int]:
    """Return the events of a game that begins at `start`, and how many of them only tell what was before.

    The scene is entered by the rules: its `set`, its text, its opening lines. Raises `Refused` with the rules' reason.
    """
    past: tuple[e.Event, ...] = (
        *(e.SceneEntered(scene) for scene in start.visited),
        *(e.ChoiceTaken(key, text) for key, text in start.taken),
        *(e.OutcomeReached(key, "player", "") for key in start.reached),
    )
    before = State(
        visits=Counter(start.visited),
        spent=frozenset((*(key for key, _ in start.taken), *start.reached)),
        turns=len(start.taken),
    )
    variables = {
        name: replace(variable, start=start.values.get(name, variable.start))
        for name, variable in graph.variables.items()
    }
    taken = step(replace(graph, start=start.scene, variables=variables), before, Begin(start.seed))
    if taken.refused:
        raise Refused(taken.refused)
    began, *entered = taken.events
    return (began, *past, *entered), 1 + len(past)
