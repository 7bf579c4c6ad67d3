"""Lists what a story keeps from a character, and what it tells that character, each with its place and condition.

It judges nothing and evaluates nothing. Passages and choices are not listed: no character is told of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from engine.story.expressions import Expression, Text
from engine.story.graph import Character, Effect, Example, Scene, StoryGraph, Way

Path = tuple[str | int, ...]
"""Where something stands in the story's tree: `("characters", "maren", "knows", 1)`."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Something kept from a character while its condition does not hold."""

    kind: Literal["fact", "lore", "example"]
    path: Path
    who: str
    """The character it is kept from."""
    texts: tuple[str, ...]
    condition: Expression | None = None
    """What unlocks it; None for lore that this character never learns."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A text of the author's that may come into a character's prompt."""

    path: Path
    name: str
    """What it is, for a sentence: `the persona`."""
    text: str | Text
    scene: str = ""
    """Where it is shown; empty for any talk of the character's."""
    conditions: tuple[Expression, ...] = ()
    """All of them hold when it is shown."""
    effects: tuple[Effect, ...] = ()
    """Done between these conditions and its showing."""
    line: bool = False
    """One of the character's own example lines."""
    outcome: tuple[Effect, ...] = ()
    """For such a line: what comes of saying it."""

    @property
    def source(self) -> str:
        """All of its words, whichever of them come to be shown."""
        return self.text if isinstance(self.text, str) else self.text.source


def talks_of(graph: StoryGraph, who: str) -> tuple[Scene, ...]:
    """Return the scenes in which a character talks."""
    return tuple(scene for scene in graph.scenes.values() if who in scene.talk)


def secrets(graph: StoryGraph) -> tuple[Secret, ...]:
    """Return everything that is locked, character by character; those who never talk are told nothing."""
    return tuple(
        secret
        for character in graph.characters.values()
        if talks_of(graph, character.id)
        for secret in _secrets_from(graph, character)
    )


def shown_to(graph: StoryGraph, who: str) -> tuple[Shown, ...]:
    """Return every text that may come into `who`'s prompt, spoken lines that it may witness included."""
    character = graph.characters[who]
    scenes = talks_of(graph, who)
    return (*_always(graph, character), *(shown for scene in scenes for shown in _in_scene(graph, scene, character)))


def _secrets_from(graph: StoryGraph, character: Character) -> Iterator[Secret]:
    who = character.id
    for number, fact in enumerate(character.knows):
        if fact.condition is not None:
            yield Secret("fact", ("characters", who, "knows", number), who, (fact.text,), fact.condition)
    for number, page in enumerate(graph.lore):
        if page.who and who not in page.who:
            yield Secret("lore", ("lore", number), who, (page.text,))
        elif page.condition is not None:
            yield Secret("lore", ("lore", number), who, (page.text,), page.condition)
    for path, example in _examples_of(graph, who):
        if example.condition is not None:
            yield Secret("example", path, who, example.replies, example.condition)


def _examples_of(graph: StoryGraph, who: str) -> Iterator[tuple[Path, Example]]:
    for number, example in enumerate(graph.characters[who].examples):
        yield ("characters", who, "examples", number), example
    for scene in talks_of(graph, who):
        for number, example in enumerate(scene.examples):
            if example.who == who:
                yield ("scenes", scene.id, "examples", number), example


def _always(graph: StoryGraph, character: Character) -> Iterator[Shown]:
    """Yield what may be told in every talk of the character's."""
    who = character.id
    yield Shown(("characters", who, "persona"), "the persona", character.persona)
    if character.voice:
        yield Shown(("characters", who, "voice"), "the voice", character.voice)
    for number, fact in enumerate(character.knows):
        yield Shown(("characters", who, "knows", number), "another fact", fact.text, conditions=_all(fact.condition))
    for number, page in enumerate(graph.lore):
        if not page.who or who in page.who:
            yield Shown(("lore", number), "the lore", page.text, conditions=_all(page.condition))
    for number, example in enumerate(character.examples):
        if not example.outcome:  # one with an outcome is listed with each talk that has it
            path = ("characters", who, "examples", number)
            yield from _exchange(example, Shown(path, "", "", conditions=_all(example.condition), line=True))


def _in_scene(graph: StoryGraph, scene: Scene, character: Character) -> Iterator[Shown]:
    here: Path = ("scenes", scene.id)
    if scene.title:
        yield Shown((*here, "title"), "the scene's title", scene.title, scene.id)
    if scene.direction is not None:
        yield Shown((*here, "direction"), "the direction", scene.direction, scene.id)
    for who, line in scene.opening:
        yield Shown((*here, "opening", who), f"{graph.characters[who].name}'s opening", line, scene.id)
    for path, example in _examples_in(graph, scene):
        outcome = next((outcome for outcome in scene.outcomes if outcome.id == example.outcome), None)
        if example.outcome and outcome is None:
            continue  # it counts in other talks only
        conditions = (*_all(example.condition), *_all(outcome.condition if outcome else None))
        effects = outcome.way.effects if outcome else ()
        if example.who != character.id:
            name = f"{graph.characters[example.who].name}'s line in an example"
            yield from _overheard(example, Shown(path, name, "", scene.id, conditions, effects))
        elif path[0] == "scenes" or outcome is not None:
            yield from _exchange(example, Shown(path, "", "", scene.id, conditions, line=True, outcome=effects))
    for outcome in scene.outcomes:
        if outcome.when:  # stands in the summary of turns that a prompt has no room for
            where: Path = (*here, "outcomes", outcome.id, "when")
            conditions = _all(outcome.condition)
            yield Shown(where, "an outcome's sentence", outcome.when, scene.id, conditions, outcome.way.effects)
    for path, way, conditions in _ways(scene):
        if way.seen is not None:
            yield Shown((*path, "seen"), "what is seen", way.seen, scene.id, conditions, way.effects)


def _examples_in(graph: StoryGraph, scene: Scene) -> Iterator[tuple[Path, Example]]:
    """Yield every example that may count in a talk, with its place."""
    for number, example in enumerate(scene.examples):
        yield ("scenes", scene.id, "examples", number), example
    for who in scene.talk:
        for number, example in enumerate(graph.characters[who].examples):
            yield ("characters", who, "examples", number), example


def _exchange(example: Example, like: Shown) -> Iterator[Shown]:
    """Yield what stands in the prompt of an example of the character's own, or is said by the scripted actor."""
    yield replace(like, path=(*like.path, "player", 0), name="an example", text=example.player[0])
    for number, reply in enumerate(example.replies):
        yield replace(like, path=(*like.path, "reply", number), name="an example's reply", text=reply)


def _overheard(example: Example, like: Shown) -> Iterator[Shown]:
    """Yield what the character may hear another say; what comes of it has come before it is asked again."""
    for number, reply in enumerate(example.replies):
        yield replace(like, path=(*like.path, "reply", number), text=reply)


def _ways(scene: Scene) -> Iterator[tuple[Path, Way, tuple[Expression, ...]]]:
    here: Path = ("scenes", scene.id)
    for number, choice in enumerate(scene.choices):
        yield (*here, "choices", number), choice.way, (*_all(choice.condition), *_all(choice.enabled))
    for outcome in scene.outcomes:
        yield (*here, "outcomes", outcome.id), outcome.way, _all(outcome.condition)
    if scene.limit is not None:
        yield (*here, "limit"), scene.limit.way, ()


def _all(condition: Expression | None) -> tuple[Expression, ...]:
    return () if condition is None else (condition,)
