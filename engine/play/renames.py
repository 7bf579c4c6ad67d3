"""Carries a playthrough over to an edited story: old names become the new ones, values fit the new declarations.

It changes no save: it maps events on their way from the save to the game. Where the story lost a name without saying
what it is called now, the event stays as it is, and folding it does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.play import events as e
from engine.play.values import fitted
from engine.story.expressions import Value
from engine.story.graph import StoryGraph, Variable


class Renames:
    """What a story's `renamed_from` say, ready to be applied to events."""

    __slots__ = ("_characters", "_declared", "_keys", "_scenes", "_variables")

    def __init__(self, graph: StoryGraph) -> None:
        self._declared = graph.variables
        self._scenes = graph.former_scenes
        self._keys = graph.former_keys
        self._variables = {v.former: name for name, v in graph.variables.items() if v.former}
        self._characters = {c.former: name for name, c in graph.characters.items() if c.former}

    def applied(self, events: Iterable[e.Event]) -> tuple[e.Event, ...]:
        """Return the events under the names of today."""
        return tuple(self._renamed(event) for event in events)

    def _renamed(self, event: e.Event) -> e.Event:
        match event:
            case e.SceneEntered(scene) | e.SceneResumed(scene) | e.LimitReached(scene) | e.StoryEnded(scene):
                return replace(event, scene=self._scene(scene))
            case e.Called(scene, goto):
                return e.Called(self._scene(scene), self._scene(goto))
            case e.Told(passage):
                return e.Told(self._key(passage))
            case e.ChoiceTaken(key) | e.OutcomeReached(key) | e.OutcomeDoubted(key) | e.DoubtAnswered(key):
                return replace(event, key=self._key(key))
            case e.ReadingVetoed(proposed) if "/" in proposed:
                return replace(event, proposed=self._key(proposed))
            case e.ReadingVetoed(proposed) if "." in proposed:
                who, _, rule = proposed.partition(".")
                return replace(event, proposed=f"{self._characters.get(who, who)}.{rule}")
            case e.Began(seed, values):
                known = dict(self._values(values))
                return e.Began(seed, tuple((n, known.get(n, v.start)) for n, v in self._declared.items()))
            case e.VariablesSet(values):
                return e.VariablesSet(self._values(values))
            case e.CharacterSpoke(who) | e.StateMoved(who) | e.Summarised(who):
                return replace(event, who=self._characters.get(who, who))
            case e.PlayerSpoke(_, to):
                return replace(event, to=self._characters.get(to, to))
            case _:
                return event

    def _scene(self, scene: str) -> str:
        return self._scenes.get(scene, scene)

    def _key(self, key: str) -> str:
        scene, slash, rest = self._keys.get(key, key).partition("/")
        now = self._scene(scene) + slash + rest
        return self._keys.get(now, now)

    def _values(self, values: tuple[tuple[str, Value], ...]) -> tuple[tuple[str, Value], ...]:
        named = ((self._variables.get(name, name), value) for name, value in values)
        return tuple((n, _kept(self._declared[n], value)) for n, value in named if n in self._declared)


def _kept(variable: Variable, value: Value) -> Value:
    """Return the old value as the variable can hold it now, or its start where the kinds have parted."""
    alike = isinstance(value, str) == isinstance(variable.start, str)
    return fitted(variable, value, variable.start) if alike else variable.start
