"""Where each scene of a graph can lead, whatever the state: the map that `lint` and others walk.

It evaluates no condition. An exit is there if some state may open it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.story.graph import RETURN, Scene, StoryGraph, Way


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out of a scene."""

    target: str
    """A scene id, END or RETURN."""
    called: bool = False
    """The target is visited and comes back with RETURN."""


def ways(scene: Scene) -> Iterator[Way]:
    """Yield everything in a scene that may go somewhere, pools and the scene's own `goto` aside."""
    for choice in scene.choices:
        yield choice.way
    for outcome in scene.outcomes:
        yield outcome.way
    if scene.limit is not None:
        yield scene.limit.way


def exits(scene: Scene) -> Iterator[Exit]:
    """Yield where a scene can lead."""
    for way in ways(scene):
        if way.call:
            yield Exit(way.call, called=True)
        if way.goto:
            yield Exit(way.goto)
    for draw in scene.pool:
        yield Exit(draw.scene)
    if scene.goto:
        yield Exit(scene.goto)


def reachable(
    graph: StoryGraph,
    start: Iterable[str],
    *,
    through: Callable[[Exit], bool] = lambda way: True,
    found: set[str] | None = None,
) -> set[str]:
    """Return the scenes that can be reached from these, themselves included; they are added to `found` if given."""
    found = set() if found is None else found
    waiting = [scene for scene in start if scene in graph.scenes]
    while waiting:
        scene = waiting.pop()
        if scene not in found:
            found.add(scene)
            waiting += [way.target for way in exits(graph.scenes[scene]) if way.target in graph.scenes and through(way)]
    return found


def returning(graph: StoryGraph) -> set[str]:
    """Return the scenes from which a RETURN of their own can be reached; those they call have one for themselves."""
    before: dict[str, list[str]] = {}
    for scene in graph.scenes.values():
        for way in exits(scene):
            if not way.called:
                before.setdefault(way.target, []).append(scene.id)
    found: set[str] = set()
    waiting = [*before.get(RETURN, ())]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += before.get(name, ())
    return found


def straight_on(graph: StoryGraph) -> dict[str, list[str]]:
    """Return, for each scene that waits for no move of the player's, where it may go again and again.

    A scene drawn once is left out, and one drawn under a condition that the scenes passed on the way may change.
    """
    passed = [scene for scene in graph.scenes.values() if scene.kind == "pool" or _passes(scene)]
    changed = {effect.variable for scene in passed for effect in scene.effects}
    onward: dict[str, list[str]] = {}
    for scene in passed:
        targets = []
        for draw in scene.pool:
            reads = draw.condition.reads if draw.condition is not None else frozenset()
            if not draw.once and not any(name in changed or name.startswith("@") for name in reads):
                targets.append(draw.scene)
        if all(draw.once or draw.condition is not None for draw in scene.pool):
            targets.append(scene.goto)
        onward[scene.id] = targets
    return onward


def _passes(scene: Scene) -> bool:
    return scene.kind == "choices" and not scene.choices and bool(scene.goto)


def circles(onward: Mapping[str, Collection[str]]) -> Iterator[list[str]]:
    """Yield one circle for each knot of scenes that lead back to themselves, the first scene not repeated."""
    done: set[str] = set()
    for start in onward:
        circle = [] if start in done else _way_back(start, onward)
        if circle:
            done.update(circle)
            yield circle


def _way_back(start: str, onward: Mapping[str, Collection[str]]) -> list[str]:
    """Return the shortest way from `start` to itself, or nothing."""
    before: dict[str, str] = {}
    waiting = [start]
    for scene in waiting:
        for target in onward.get(scene, ()):
            if target == start:
                way = [scene]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1]
            if target not in before:
                before[target] = scene
                waiting.append(target)
    return []
