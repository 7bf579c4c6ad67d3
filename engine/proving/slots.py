"""Which parts of a playthrough the rules ever ask about, each with the values it may hold, as codes.

What only texts show is left out: it changes what is read, never what can happen.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.plaintext import clean_line
from engine.play.values import LONGEST_TEXT
from engine.proving.bounds import Bound, Survey, bound
from engine.proving.kept import Kept
from engine.proving.reading import TURNS, VISITS, Reading, read
from engine.story.expressions import Expression, Value
from engine.story.flow import ways
from engine.story.graph import Choice, Draw, Effect, MoveRule, Outcome, Scene, StoryGraph

SPENT = "@spent:"
"""With a key after it: the name of the slot that tells whether it is spent."""
_TYPED = ("anything else", "something else", "whatever else", "none of these")


class Slots:
    """The names and values that matter in one story. Code 0 is where each of them starts."""

    def __init__(self, graph: StoryGraph) -> None:
        self.graph = graph
        self._readings: dict[tuple[int, str], Reading] = {}
        self.survey = Survey()
        effects = list(_effects(graph))
        self.names = self._relevant(effects)
        self.index = {name: number for number, name in enumerate(self.names)}
        self._survey_moves()
        self.bounds: list[Bound] = []
        self._values: list[list[Value]] = []
        self._codes: list[dict[Value, int]] = []
        for name in self.names:
            variable = graph.variables.get(name)
            start: Value = variable.start if variable is not None else (False if name.startswith(SPENT) else 0)
            counted = not name.startswith(SPENT)
            self.bounds.append(bound(self.survey.of(name), variable) if counted else Bound())
            self._values.append([start])
            self._codes.append({start: 0})
        self.crossed: set[str] = set()
        """Names that came to a bound past which they are not followed."""

    def reading(self, expression: Expression, scene: str) -> Reading:
        """Return what an expression reads in a scene, made once."""
        key = (id(expression), scene if "@visits" in expression.reads else "")
        found = self._readings.get(key)
        if found is None:
            found = self._readings[key] = read(expression, scene)
        return found

    def code(self, slot: int, value: Value) -> int | None:
        """Return the code of a value, with numbers stopped at their bound; None where it is not followed any more."""
        limits = self.bounds[slot]
        if limits.high is not None and not isinstance(value, str) and value > limits.high:
            if not limits.high_exact:
                self.crossed.add(self.names[slot])
                return None
            value = type(value)(limits.high)
        elif limits.low is not None and not isinstance(value, str) and value < limits.low:
            if not limits.low_exact:
                self.crossed.add(self.names[slot])
                return None
            value = type(value)(limits.low)
        codes = self._codes[slot]
        found = codes.get(value)
        if found is None:
            found = codes[value] = len(codes)
            self._values[slot].append(value)
        return found

    def value(self, slot: int, code: int) -> Value:
        """Return the value that a code stands for."""
        return self._values[slot][code]

    def many(self, slot: int) -> int:
        """Return how many codes a slot has so far."""
        return len(self._values[slot])

    def typed(self, variable: str) -> tuple[str, ...]:
        """Return what it is enough to type into a text variable: every text it is compared with, and one other."""
        if variable not in self.index:
            return (_TYPED[0],)
        uses = self.survey.of(variable)
        found = {*uses.texts, str(self.graph.variables[variable].start)}
        for name in self.names if uses.summed else ():
            declared = self.graph.variables.get(name)
            if declared is not None and declared.kind == "text":
                found |= self.survey.of(name).texts | {str(declared.start)}
        can = [text for text in sorted(found) if text and clean_line(text) == text and len(text) <= LONGEST_TEXT]
        return (*can, next(text for text in _TYPED if text not in found))

    def latches(self) -> list[int]:
        """Return the slots that stay set once they are: spent things, and variables that only ever take one value."""
        found = []
        for slot, name in enumerate(self.names):
            given = self.kept.given.get(name)
            variable = self.graph.variables.get(name)
            if name.startswith(SPENT):
                once: set[Value] = {True}
            elif variable is not None and variable.kind in ("bool", "text") and given is not None:
                once = given - {variable.start} if variable.start not in given else set()
            else:
                continue
            if len(once) == 1 and self.code(slot, next(iter(once))) == 1:
                found.append(slot)
        return found

    def unfollowed(self) -> list[str]:
        """Return the typed variables that are used in ways in which one text cannot stand for all others."""
        asked = {choice.ask for scene in self.graph.scenes.values() for choice in scene.choices if choice.ask}
        return sorted(name for name in asked if name in self.index and self.survey.of(name).summed)

    def spent(self, thing: Choice | Outcome) -> str:
        """Return the slot that tells whether something is spent; empty where that is never asked, or follows anyway."""
        name = f"{SPENT}{thing.key}"
        return name if thing.once and name in self.index else ""

    def unseen(self, draw: Draw) -> str:
        """Return the slot that tells whether a card drawn once was drawn; empty where it makes no difference."""
        name = f"{VISITS}{draw.scene}"
        return name if draw.once and name in self.index else ""

    def _relevant(self, effects: list[tuple[Effect, str]]) -> tuple[str, ...]:
        """Return the slots that decide what can happen, in the order in which the story comes to them."""
        found: dict[str, None] = {}
        order: list[str] = []
        for scene in self.graph.scenes.values():
            for condition in _conditions(self.graph, scene):
                reading = self.reading(condition, scene.id)
                self.survey.condition(reading)
                found.update(dict.fromkeys(reading.names))
                order += reading.names
            order += _once(scene)
        waiting = True
        surveyed: set[int] = set()
        while waiting:
            waiting = False
            for number, (effect, scene_id) in enumerate(effects):
                if effect.variable in found and number not in surveyed:
                    surveyed.add(number)
                    waiting = True
                    reading = self.reading(effect.value, scene_id)
                    self.survey.effect(effect.variable, reading)
                    found.update(dict.fromkeys(reading.names))
        self.kept = kept = Kept(self.graph, found, self.reading)
        for scene in self.graph.scenes.values():
            found.update(dict.fromkeys(f"{SPENT}{thing.key}" for thing in kept.spendings(scene)))
            found.update(dict.fromkeys(f"{VISITS}{draw.scene}" for draw in kept.cards(scene)))
        return tuple(dict.fromkeys(name for name in (*order, *found) if name in found))

    def _survey_moves(self) -> None:
        for name in self.names:
            if name == TURNS or name.startswith(VISITS):
                self.survey.of(name).grows = True
        for character in self.graph.characters.values():
            for rule in character.rules:
                uses = self.survey.of(rule.variable)
                if rule.by is not None:
                    uses.grows |= rule.by > 0
                    uses.shrinks |= rule.by < 0
                elif isinstance(rule.to, str):
                    uses.texts.add(rule.to)


def rules_of(graph: StoryGraph, scene: Scene) -> Iterator[tuple[str, MoveRule]]:
    """Yield the move rules of those present, with whose they are."""
    for who in scene.talk:
        for rule in graph.characters[who].rules:
            yield who, rule


def _conditions(graph: StoryGraph, scene: Scene) -> Iterator[Expression]:
    found: list[Expression | None] = []
    for choice in scene.choices:
        found += [choice.condition, choice.enabled]
    found += [outcome.condition for outcome in scene.outcomes]
    found += [rule.condition for _, rule in rules_of(graph, scene)]
    found += [draw.condition for draw in scene.pool]
    yield from (each for each in found if each is not None)


def _once(scene: Scene) -> Iterator[str]:
    yield from (f"{SPENT}{choice.key}" for choice in scene.choices if choice.once)
    yield from (f"{SPENT}{outcome.key}" for outcome in scene.outcomes if outcome.once)
    yield from (f"{VISITS}{draw.scene}" for draw in scene.pool if draw.once)


def _effects(graph: StoryGraph) -> Iterator[tuple[Effect, str]]:
    """Yield every assignment of the story, with the scene in which it is made."""
    for scene in graph.scenes.values():
        for effect in scene.effects:
            yield effect, scene.id
        for way in ways(scene):
            for effect in way.effects:
                yield effect, scene.id
