"""Finds which values some variables may have in which scene, whatever the player and the models do.

It follows every way of the story at once, for the few variables that are asked about: what depends on anything else
may happen. So it may tell of a moment that no play comes to, and misses none that one does. It plays nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from engine.play.values import fitted, moved
from engine.story.expressions import Expression, Value
from engine.story.graph import END, RETURN, Effect, Scene, StoryGraph, Way

MOST_MOMENTS = 20_000
"""Moments after which it gives up; counters without bounds have no end of values."""
VISITED = "@visited:"
UNKNOWN = frozenset({"@visits", "@turns"})
"""What expressions read that is never known: how often, and when."""

Known = frozenset[str]


@dataclass(frozen=True, slots=True)
class Moment:
    """A scene and the values that the variables asked about may have there: an expression's scope."""

    scene: str
    values: Mapping[str, Value]
    visits: Mapping[str, int]
    known: Known = frozenset()
    """What of it is so: the rest of what an expression may read could be anything."""
    turns: int = 0
    seed: int = 0


class _Undecided(Exception):
    """There are too many values to look at."""


class Reach:
    """The moments of one story."""

    def __init__(self, graph: StoryGraph) -> None:
        self._graph = graph
        self._found: dict[Known, tuple[Moment, ...] | None] = {}
        self._returns = self._continuations()

    def moments(self, reads: Iterable[str]) -> tuple[Moment, ...] | None:
        """Return every moment that may come about, told apart by what is read; None when there are too many."""
        known = self._closed(name for name in reads if name not in UNKNOWN)
        if known not in self._found:
            try:
                self._found[known] = tuple(_Search(self._graph, known, self._returns).moments())
            except _Undecided:
                self._found[known] = None
        return self._found[known]

    def _closed(self, reads: Iterable[str]) -> Known:
        """Return the names with those that their new values are computed from."""
        known, waiting = set[str](), list(reads)
        while waiting:
            name = waiting.pop()
            if name in known or name in UNKNOWN:
                continue
            known.add(name)
            waiting += [read for effect in self._effects() if effect.variable == name for read in effect.value.reads]
        return frozenset(known)

    def _effects(self) -> Iterator[Effect]:
        for scene in self._graph.scenes.values():
            yield from scene.effects
            for way in ways(scene):
                yield from way.effects

    def _continuations(self) -> tuple[str, ...]:
        """Return where a RETURN may lead: a call's `goto`, or the scene that called."""
        found: dict[str, None] = {}
        for scene in self._graph.scenes.values():
            for way in ways(scene):
                if way.call:
                    found[way.goto or scene.id] = None
        return tuple(target for target in found if target in self._graph.scenes)


def ways(scene: Scene) -> Iterator[Way]:
    """Yield every way out of a scene or on in it, but where it goes straight on."""
    yield from (choice.way for choice in scene.choices)
    yield from (outcome.way for outcome in scene.outcomes)
    if scene.limit is not None:
        yield scene.limit.way


def may_hold(condition: Expression | None, moment: Moment) -> bool:
    """Tell whether a condition may hold; one that reads what is not known may."""
    return condition is None or not condition.reads <= moment.known or bool(condition.evaluate(moment))


def may_fail(condition: Expression | None, moment: Moment) -> bool:
    """Tell whether a condition may not hold; where none is written, nothing ever does."""
    return condition is None or not condition.reads <= moment.known or not condition.evaluate(moment)


def after(graph: StoryGraph, moment: Moment, effects: Iterable[Effect]) -> Moment:
    """Return the moment after assignments; what is set to what is not known is not known."""
    values, known = dict(moment.values), moment.known
    for effect in effects:
        name = effect.variable
        if effect.value.reads <= known:
            value = effect.value.evaluate(Moment(moment.scene, values, moment.visits))
            values[name] = fitted(graph.variables[name], value, values[name])
        else:
            known -= {name}
    return replace(moment, values=values, known=known)


class _Search:
    """One search through a story, for the variables that are `known`."""

    def __init__(self, graph: StoryGraph, known: Known, returns: tuple[str, ...]) -> None:
        self._graph, self._returns = graph, returns
        self._names = tuple(sorted(name for name in known if name in graph.variables))
        self._scenes = frozenset(name.removeprefix(VISITED) for name in known if name.startswith(VISITED))
        self._known = known
        self._seen: dict[tuple[str, tuple[Value, ...], frozenset[str]], Moment] = {}
        self._waiting: list[Moment] = []
        self._start = {name: variable.start for name, variable in graph.variables.items()}

    def moments(self) -> Iterable[Moment]:
        self._go(self._graph.start, Moment("", dict(self._start), {}, self._known))
        while self._waiting:
            self._leave(self._waiting.pop())
        return self._seen.values()

    def _leave(self, moment: Moment) -> None:
        graph, scene = self._graph, self._graph.scenes[moment.scene]
        for choice in scene.choices:
            if may_hold(choice.condition, moment) and may_hold(choice.enabled, moment):
                if choice.ask in self._names:
                    raise _Undecided  # the player may type anything
                self._take(choice.way, moment)
        for outcome in scene.outcomes:
            if may_hold(outcome.condition, moment):
                self._take(outcome.way, moment)
        if scene.limit is not None:
            self._take(scene.limit.way, moment)
        for who in scene.talk:
            for rule in graph.characters[who].rules:
                if rule.variable in self._names and may_hold(rule.condition, moment):
                    now = moment.values[rule.variable]
                    value = fitted(graph.variables[rule.variable], moved(rule, now), now)
                    self._come(replace(moment, values={**moment.values, rule.variable: value}))
        for draw in scene.pool:
            if may_hold(draw.condition, moment):
                self._go(draw.scene, moment)
        if scene.goto:
            self._go(scene.goto, moment)

    def _take(self, way: Way, moment: Moment) -> None:
        for changed in self._done(way.effects, moment):
            if way.call:
                self._go(way.call, changed)
            elif way.goto:
                self._go(way.goto, changed)
            else:
                self._come(changed)

    def _go(self, target: str, moment: Moment) -> None:
        if target == RETURN:
            for back in self._returns:  # entered anew, or resumed as it was: both are looked at
                self._come(replace(moment, scene=back))
                self._go(back, moment)
        elif target != END and target in self._graph.scenes:
            scene = self._graph.scenes[target]
            visits = {**moment.visits, target: 1} if target in self._scenes else moment.visits
            for entered in self._done(scene.effects, replace(moment, scene=target, visits=visits)):
                self._come(entered)

    def _done(self, effects: Iterable[Effect], moment: Moment) -> list[Moment]:
        """Return what assignments may lead to: several moments where one draws or counts."""
        moments = [moment]
        for effect in effects:
            if effect.variable not in self._names:
                continue
            if effect.value.reads.isdisjoint(UNKNOWN):
                moments = [after(self._graph, each, (effect,)) for each in moments]
            else:
                values = self._any(effect.variable)
                moments = [
                    replace(each, values={**each.values, effect.variable: value})
                    for each in moments
                    for value in values
                ]
        return moments

    def _any(self, name: str) -> tuple[Value, ...]:
        """Return every value a variable may have."""
        variable = self._graph.variables[name]
        if variable.kind == "bool":
            return (False, True)
        if variable.options:
            return variable.options
        if variable.kind == "int" and variable.low is not None and variable.high is not None:
            values = range(int(variable.low), int(variable.high) + 1)
            if len(values) <= MOST_MOMENTS:
                return tuple(values)
        raise _Undecided

    def _come(self, moment: Moment) -> None:
        values = tuple(moment.values[name] for name in self._names)
        key = (moment.scene, values, frozenset(moment.visits))
        if key not in self._seen:
            if len(self._seen) >= MOST_MOMENTS:
                raise _Undecided
            self._seen[key] = moment
            self._waiting.append(moment)
