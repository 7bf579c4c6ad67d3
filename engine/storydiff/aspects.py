"""What there is to compare of each part of a story: aspects by the name of their key, as text.

It compares nothing; equal texts mean the same to a game.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from engine.plaintext import clean_line
from engine.story.expressions import Expression, Text
from engine.story.graph import Character, Choice, Effect, Outcome, Scene, StoryGraph, Variable, Way

Aspects = Mapping[str, str]
PROSE = frozenset(
    (
        "text", "then", "seen", "title", "opening", "direction", "hint", "suggest", "examples", "persona", "voice",
        "knows", "fallback", "reason", "lore", "about",
    )
)  # fmt: skip
"""Aspects that are read rather than reckoned with: that they changed is enough to say."""


def of_story(graph: StoryGraph) -> Aspects:
    """Return what a game may notice of the story itself."""
    return _written(title=graph.title, start=graph.start)


def of_variable(variable: Variable) -> Aspects:
    """Return what a variable may hold."""
    return _written(
        kind=variable.kind,
        start=variable.start,
        min=variable.low,
        max=variable.high,
        one_of=variable.options,
        shown=variable.shown,
    )


def of_character(character: Character) -> Aspects:
    """Return who a character is."""
    return _written(
        name=character.name,
        persona=character.persona,
        voice=character.voice,
        knows=character.knows,
        moved_by=character.rules,
        examples=character.examples,
        fallback=character.fallback,
        narrator=character.narrator,
        model=tuple(f"{name} {value}" for name, value in sorted(character.taste.items())),
    )


def of_scene(graph: StoryGraph, scene: Scene) -> Aspects:
    """Return what a scene is, without its choices and outcomes."""
    limit = scene.limit
    return _written(
        kind=scene.kind,
        title=scene.title,
        text=_passage(graph, scene.passage),
        set=scene.effects,
        goto=scene.goto,
        talk=scene.talk,
        opening=tuple(f"{who}: {text.source}" for who, text in scene.opening),
        direction=scene.direction,
        hint=scene.hint,
        suggest=scene.suggest,
        examples=scene.examples,
        limit=f"{limit.turns} turns; {_way_in_a_line(graph, limit.way)}" if limit is not None else "",
        order=scene.order,
        replies=scene.replies,
        crosstalk=scene.crosstalk,
        interrupts=scene.interrupts,
        pool=scene.pool,
        ending=scene.ending,
    )


def of_choice(graph: StoryGraph, choice: Choice) -> Aspects:
    """Return what a choice is."""
    own = {"if": choice.condition, "enabled_if": choice.enabled}
    return {
        **_written(text=choice.text, **own, reason=choice.reason, once=choice.once, ask=choice.ask),
        **_way(graph, choice.way),
    }


def of_outcome(graph: StoryGraph, outcome: Outcome) -> Aspects:
    """Return what an outcome is."""
    own = {"if": outcome.condition}
    return {
        **_written(when=outcome.when, says=outcome.says, **own, once=outcome.once, ask=outcome.ask),
        **_written(shown_by=outcome.shown_by),
        **_way(graph, outcome.way),
    }


def of_lore(graph: StoryGraph) -> Aspects:
    """Return all lore as one."""
    return _written(lore=graph.lore, lore_budget=graph.lore_budget)


def _way(graph: StoryGraph, way: Way) -> Aspects:
    return _written(set=way.effects, then=_passage(graph, way.passage), seen=way.seen, call=way.call, goto=way.goto)


def _way_in_a_line(graph: StoryGraph, way: Way) -> str:
    return "; ".join(f"{name}: {text}" for name, text in _way(graph, way).items() if text)


def _passage(graph: StoryGraph, passage: str) -> str:
    return graph.passages[passage].source if passage in graph.passages else ""


def _written(**aspects: object) -> dict[str, str]:
    return {name: _spelled(value) for name, value in aspects.items()}


def _spelled(value: object) -> str:
    """Return a value of the graph as an author would write it, more or less; the same for the same meaning."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Expression():
            lets = "; ".join(let.source for let in value.lets)
            return clean_line(f"{value.source} (with {lets})" if lets else value.source)
        case Text():
            return value.source
        case Effect():
            return f"{value.variable}: {_spelled(value.value)}"
        case float():
            return f"{value:g}"
        case tuple():
            return "; ".join(_spelled(each) for each in value)
        case _ if is_dataclass(value):
            parts = [(field.name, _spelled(getattr(value, field.name))) for field in fields(value)]
            return ", ".join(f"{name} {text}" for name, text in parts if text)
        case _:
            return str(value)
