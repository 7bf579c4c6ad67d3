"""Which things done once have to be remembered as done: those that could do something again, or keep another from it.

Most need not be: a drawer that gives a mitten gives nothing more the second time, and a secret that is told while it is
unknown is known from then on.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator

from engine.play.values import fitted
from engine.proving.reading import TURNS, VISITS, Reading, parts
from engine.story.expressions import Expression, Value
from engine.story.flow import ways
from engine.story.graph import Choice, Draw, Effect, Outcome, Scene, StoryGraph, Way

Read = Callable[[Expression, str], Reading]


class Kept:
    """Tells, from all that the story may assign to its variables, what has to be remembered."""

    def __init__(self, graph: StoryGraph, relevant: Collection[str], read: Read) -> None:
        self._graph = graph
        self._relevant = relevant
        self._read = read
        self.given: dict[str, set[Value] | None] = {}
        """Variable → the constants it is ever set to; None where it is set otherwise too."""
        for scene in graph.scenes.values():
            for effect in scene.effects:
                self._give(effect.variable, self._set_to(effect, scene))
            for way in ways(scene):
                for effect in way.effects:
                    self._give(effect.variable, self._set_to(effect, scene))
            for choice in scene.choices:
                self._give(choice.ask, None)
        for character in graph.characters.values():
            for rule in character.rules:
                self._give(rule.variable, rule.to)

    def spendings(self, scene: Scene) -> Iterator[Choice | Outcome]:
        """Yield the choices and outcomes of a scene of which it has to be remembered that they are spent."""
        for choice in scene.choices:
            if choice.once and not self._shut_by_itself(choice, scene):
                settles = bool(scene.goto)
                if settles or choice.ask or not self._idle_again(choice.way, scene):
                    yield choice
        for outcome in scene.outcomes:
            asked = outcome.once and not self._shut_by_itself(outcome, scene)
            if asked and (outcome.says or not self._idle_again(outcome.way, scene)):
                yield outcome

    def cards(self, scene: Scene) -> Iterator[Draw]:
        """Yield the cards of which it has to be remembered whether they were drawn."""
        for draw in scene.pool:
            if draw.once and not self._passes_to(draw.scene, scene.goto):
                yield draw

    def _give(self, variable: str, value: Value | None) -> None:
        known = self.given.setdefault(variable, set())
        if value is None or known is None:
            self.given[variable] = None
        else:
            known.add(value)

    def _idle_again(self, way: Way, scene: Scene) -> bool:
        """Tell whether a way that was gone once changes nothing when it is gone again."""
        if way.goto or way.call or TURNS in self._relevant:
            return False
        for effect in way.effects:
            if effect.variable in self._relevant:
                given = self.given[effect.variable]
                if given is None or len(given) > 1:
                    return False
        return True

    def _shut_by_itself(self, thing: Choice | Outcome, scene: Scene) -> bool:
        """Tell whether going a thing's way makes its own condition false for ever."""
        if thing.condition is None:
            return False
        reading = self._read(thing.condition, scene.id)
        if len(reading.ways) > 1:
            return False
        changed = {effect.variable: self._set_to(effect, scene) for effect in thing.way.effects}
        return any(self._part_shut(part, changed) for part in parts(reading))

    def _part_shut(self, part: Reading, changed: dict[str, Value | None]) -> bool:
        if len(part.names) != 1 or changed.get(part.names[0]) is None:
            return False
        given = self.given.get(part.names[0])
        return bool(given) and not any(part.may_hold([value]) for value in given or ())

    def _set_to(self, effect: Effect, scene: Scene) -> Value | None:
        """Return the constant that an effect always makes its variable hold; None where there is none."""
        value, variable = _constant(self._read(effect.value, scene.id)), self._graph.variables[effect.variable]
        if value is None or (variable.options and value not in variable.options):  # what is no option changes nothing
            return None
        return fitted(variable, value, variable.start)

    def _passes_to(self, name: str, target: str) -> bool:
        """Tell whether a scene does nothing but lead to `target`."""
        scene = self._graph.scenes[name]
        plain = scene.kind == "choices" and not scene.choices and scene.goto == target
        return (
            plain
            and f"{VISITS}{name}" not in self._relevant
            and not any(effect.variable in self._relevant for effect in scene.effects)
        )


def _constant(reading: Reading) -> Value | None:
    """Return the value of an expression that is a constant; None where it is none."""
    value = reading.code.value if isinstance(reading.code, ast.Constant) and len(reading.ways) == 1 else None
    return value if isinstance(value, bool | int | float | str) else None
