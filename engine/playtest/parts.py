"""Lists everything of a story that a play can reach, each with a key and the way to its place in the files.

It reads no file; `Parts.place` asks whoever did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.plaintext import clean_line
from engine.playtest.arms import Arm
from engine.story.graph import StoryGraph
from engine.story.places import TreePath

Kind = Literal["scene", "choice", "outcome", "limit", "suggestion", "example", "branch"]
KINDS: dict[Kind, str] = {
    "scene": "scenes",
    "choice": "choices",
    "outcome": "outcomes",
    "limit": "limits",
    "suggestion": "suggestions",
    "example": "examples",
    "branch": "branches of texts",
}
"""Every kind of part, and what several of it are called."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something an author wrote that a play can reach."""

    key: str
    """Unique in the story."""
    kind: Kind
    path: TreePath
    """The way to it through the story's files."""
    about: str
    """What it is in a few words of the author's, on one line."""
    offset: int | None = None
    """Where in the text at `path` it begins; None where it is all of it."""


def parts(graph: StoryGraph, arms: tuple[Arm, ...] = ()) -> tuple[Part, ...]:
    """Return everything that can be reached, scene by scene, then the characters' examples and the branches."""
    return (
        *_of_scenes(graph),
        *(
            Part(example_key(f"@{who}", number), "example", ("characters", who, "examples", number), _line(one.player))
            for who, character in graph.characters.items()
            for number, one in enumerate(character.examples)
        ),
        *(Part(arm.key, "branch", arm.path, _short(arm.words), arm.offset) for arm in arms),
    )


def suggestion_key(scene: str, number: int) -> str:
    """Return the key of a scene's suggestion."""
    return f"{scene}/suggest/{number}"


def example_key(holder: str, number: int) -> str:
    """Return the key of an example of a scene, or of a character (`@id`)."""
    return f"{holder}/examples/{number}"


def _of_scenes(graph: StoryGraph) -> Iterator[Part]:
    for scene in graph.scenes.values():
        at: TreePath = ("scenes", scene.id)
        yield Part(scene.id, "scene", at, _short(scene.ending or scene.title or scene.id))
        for number, choice in enumerate(scene.choices):
            yield Part(choice.key, "choice", (*at, "choices", number), _short(choice.text.source))
        for outcome in scene.outcomes:
            yield Part(outcome.key, "outcome", (*at, "outcomes", outcome.id), _short(outcome.when or outcome.id))
        if scene.limit is not None:
            yield Part(f"{scene.id}/limit", "limit", (*at, "limit"), f"after {scene.limit.turns} turns")
        for number, suggestion in enumerate(scene.suggest):
            path = (*at, "suggest", number)
            yield Part(suggestion_key(scene.id, number), "suggestion", path, _short(suggestion.text.source))
        for number, example in enumerate(scene.examples):
            yield Part(example_key(scene.id, number), "example", (*at, "examples", number), _line(example.player))


def _line(phrasings: tuple[str, ...]) -> str:
    return _short(phrasings[0])


def _short(text: str) -> str:
    return clean_line(text)[:80]
