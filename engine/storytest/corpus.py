"""Everything a story can tell a character, as one text to look words up in. It says nothing about when it is told."""

from __future__ import annotations

from collections.abc import Iterator

from engine.play.evidence import folded
from engine.story.graph import Example, Scene, StoryGraph


def told_to_characters(graph: StoryGraph) -> str:
    """Return the texts that may come into a prompt, folded: what stands in none of them can never be in one."""
    return folded("\n".join(_texts(graph)))


def _texts(graph: StoryGraph) -> Iterator[str]:
    for lore in graph.lore:
        yield lore.text
    for variable in graph.variables.values():
        yield from (str(variable.start), *variable.options)
    for character in graph.characters.values():
        yield from (character.name, character.persona, character.voice)
        yield from (fact.text for fact in character.knows)
        yield from _spoken(character.examples)
        yield from character.fallback
    for scene in graph.scenes.values():
        yield from _of_scene(scene)


def _of_scene(scene: Scene) -> Iterator[str]:
    yield scene.title
    yield scene.direction.source if scene.direction is not None else ""
    yield from (text.source for _, text in scene.opening)
    yield from _spoken(scene.examples)
    ways = [choice.way for choice in scene.choices] + [outcome.way for outcome in scene.outcomes]
    ways += [scene.limit.way] if scene.limit is not None else []
    yield from (way.seen.source for way in ways if way.seen is not None)
    yield from (outcome.when for outcome in scene.outcomes)


def _spoken(examples: tuple[Example, ...]) -> Iterator[str]:
    for example in examples:
        yield from (*example.player, *example.replies)
