"""Finds what only a model can bring about: a story plays with none, and its author's own lines have to carry it then.

It looks at what is written to be said, not at what a player will say: whether an example is ever the nearest one
depends on the play, and `palaver prove` and `palaver playtest` look further.
"""

from __future__ import annotations

from dataclasses import replace

from engine.story import schema as form
from engine.story.desk import Desk
from engine.story.flow import exits, reachable
from engine.story.graph import Outcome, Scene, StoryGraph
from engine.story.suggest import listed

MOST_ENDINGS = 100
"""Endings told of in one story: each is traced back through all of it."""


def warn_of_goodwill(desk: Desk, graph: StoryGraph, story: form.Story) -> None:
    """Warn of outcomes and endings that no play without a model can reach, and of characters with no fallback."""
    found = reachable(graph, [graph.start])
    barred: dict[str, list[Outcome]] = {}
    scenes: dict[str, Scene] = {}
    for name, scene in graph.scenes.items():
        shown = {
            example.outcome
            for example in (*scene.examples, *(each for who in scene.talk for each in graph.characters[who].examples))
        }
        opens = tuple(outcome for outcome in scene.outcomes if outcome.says or outcome.id in shown)
        scenes[name] = replace(scene, outcomes=opens) if len(opens) < len(scene.outcomes) else scene
        if name in found:
            barred[name] = [outcome for outcome in scene.outcomes if outcome not in opens]
    for name, outcomes in barred.items():
        for outcome in outcomes:
            message = (
                f'With no model nothing can make "{outcome.id}" come true: write an example with '
                f'"outcome: {outcome.id}", or words under "says".'
            )
            desk.warning(("scenes", name, "outcomes", outcome.id), "offline-outcome", message, key=True)
    offline = reachable(replace(graph, scenes=scenes), [graph.start])
    for scene in [ending for ending in graph.endings if ending.id in found and ending.id not in offline][:MOST_ENDINGS]:
        before = _leading_to(graph, scene.id)
        doors = [
            f"{name}/{outcome.id}"
            for name, outcomes in barred.items()
            for outcome in outcomes
            if outcome.way.goto in before or outcome.way.call in before
        ]
        message = f'No play without a model can reach this ending: give {listed(doors, most=3)} an example or "says".'
        desk.warning(("scenes", scene.id), "offline-ending", message, key=True)
    _warn_of_no_fallback(desk, graph, story, found)


def _leading_to(graph: StoryGraph, ending: str) -> set[str]:
    """Return the scenes from which an ending can be reached, itself among them."""
    before: dict[str, list[str]] = {}
    for scene in graph.scenes.values():
        for way in exits(scene):
            before.setdefault(way.target, []).append(scene.id)
    found: set[str] = set()
    waiting = [ending]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += before.get(name, ())
    return found


def _warn_of_no_fallback(desk: Desk, graph: StoryGraph, story: form.Story, found: set[str]) -> None:
    talking = {who for name in found for who in graph.scenes[name].talk}
    shown = {example.who for scene in graph.scenes.values() for example in scene.examples}
    for who, character in story.characters.items():
        if who in talking and not character.fallback and (character.examples or who in shown):
            message = (
                f'"{who}" has no "fallback": with no model there is nothing to say where no example is near. '
                "Write a line or two that fit anywhere."
            )
            desk.warning(("characters", who), "no-fallback", message, key=True)


def warn_of_hints(desk: Desk, graph: StoryGraph) -> None:
    """Warn of talks in which something may come true and nothing tells a player who is stuck what to try."""
    for name in sorted(reachable(graph, [graph.start])):
        scene = graph.scenes[name]
        if any(outcome.when for outcome in scene.outcomes) and not scene.hint and not scene.suggest:
            message = f'Talk "{name}" has neither "hint" nor "suggest": write a sentence for a player who is stuck.'
            desk.warning(("scenes", name), "no-hint", message, key=True)
