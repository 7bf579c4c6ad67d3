"""Carries a playthrough over to an edited story: old names become the new ones, and what changed is told.

It changes no save: it maps events on their way from the save to the game. Where the story lost a name without saying what it
is called now, the event stays as it is, and folding it does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.play import events as e
from engine.play.state import State
from engine.play.values import fitted
from engine.story.expressions import Value
from engine.story.graph import StoryGraph, Variable


class Renames:
    """What a story's `renamed_from` say, ready to be applied to events."""

    __slots__ = ("_characters", "_keys", "_scenes", "_variables")

    def __init__(self, graph: StoryGraph) -> None:
        self._scenes = graph.former_scenes
        self._keys = graph.former_keys
        self._variables = {v.former: name for name, v in graph.variables.items() if v.former}
        self._characters = {c.former: name for name, c in graph.characters.items() if c.former}

    def __bool__(self) -> bool:
        """Whether anything was renamed at all."""
        return bool(self._scenes or self._keys or self._variables or self._characters)

    def applied(self, events: Iterable[e.Event]) -> tuple[e.Event, ...]:
        """Return the events under the names of today."""
        return tuple(self._renamed(event) for event in events) if self else tuple(events)

    def _renamed(self, event: e.Event) -> e.Event:
        match event:
            case e.SceneEntered(scene) | e.SceneResumed(scene) | e.LimitReached(scene) | e.StoryEnded(scene):
                return replace(event, scene=self._scene(scene))
            case e.Called(scene, goto):
                return e.Called(self._scene(scene), self._scene(goto))
            case e.Told(passage):
                return e.Told(self._key(passage))
            case e.ChoiceTaken(key) | e.OutcomeReached(key):
                return replace(event, key=self._key(key))
            case e.Began(seed, values):
                return e.Began(seed, self._values(values))
            case e.VariablesSet(values):
                return e.VariablesSet(self._values(values))
            case e.CharacterSpoke(who) | e.StateMoved(who):
                return replace(event, who=self._characters.get(who, who))
            case e.PlayerSpoke(_, to):
                return replace(event, to=self._characters.get(to, to))
            case _:
                return event

    def _scene(self, scene: str) -> str:
        return self._scenes.get(scene, scene)

    def _key(self, key: str) -> str:
        if key in self._keys:
            return self._keys[key]
        scene, slash, rest = key.partition("/")
        return self._scene(scene) + slash + rest

    def _values(self, values: tuple[tuple[str, Value], ...]) -> tuple[tuple[str, Value], ...]:
        return tuple((self._variables.get(name, name), value) for name, value in values)


def refitted(graph: StoryGraph, state: State) -> State:
    """Return a state from an earlier version of the story with every variable of this one, within its bounds."""
    values = {name: _kept(variable, state.values) for name, variable in graph.variables.items()}
    return state if values == state.values else replace(state, values=values)


def _kept(variable: Variable, values: Mapping[str, Value]) -> Value:
    value = values.get(variable.name, variable.start)
    both = (isinstance(value, str), isinstance(variable.start, str))
    return fitted(variable, value, variable.start) if both[0] == both[1] else variable.start
