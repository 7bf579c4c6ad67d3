"""The whole authored form of a story: which keys there are, and what each wants.

Shapes only. Whether a scene that is named exists, whether an expression holds water and whether a story can be played
is for `compile` and `lint` to say. The docstrings are what an editor shows beside a key. Each part stands here under
its name, wherever it is written down: `schema_people` and `schema_scene` are for this module alone.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.story.fields import SCALAR_SCHEMA, Code, Name, Number, Part, Prose, Scalar, Short, Some, Whole, Words
from engine.story.schema_people import Character, Example, Fact, Lore, MoveRule, SceneExample, Taste
from engine.story.schema_scene import (
    ANYONE,
    KINDS,
    MOST_TURNS,
    TAG,
    AnyScene,
    Choice,
    ChoiceScene,
    Draw,
    Effects,
    EndingScene,
    Forced,
    Interrupt,
    Limit,
    Outcome,
    PoolScene,
    Scene,
    Suggestion,
    TalkScene,
    Way,
    scene_kind,
)

__all__ = [
    "ANYONE",
    "KINDS",
    "MOST_SCENES",
    "MOST_TURNS",
    "TAG",
    "VERSION",
    "AnyScene",
    "Character",
    "Choice",
    "ChoiceScene",
    "Draw",
    "Effects",
    "EndingScene",
    "Example",
    "Fact",
    "Forced",
    "Interrupt",
    "Limit",
    "Lore",
    "MoveRule",
    "Outcome",
    "Part",
    "PoolScene",
    "Scene",
    "SceneExample",
    "Story",
    "Suggestion",
    "TalkScene",
    "Taste",
    "Variable",
    "Way",
    "scene_kind",
]

VERSION = 1
"""The version of the format that this program reads."""
MOST_SCENES = 5_000
_LANGUAGE = r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$"


class Variable(Part):
    """A variable: what it holds at the start, and what it may come to hold."""

    start: Scalar
    """Its first value, which says what it holds: true or false, a whole number, a number with a point, or text."""
    min: Number | None = None
    """The least it can be; a value below stops here."""
    max: Number | None = None
    """The most it can be; a value above stops here."""
    one_of: tuple[Words, ...] = ()
    """The only texts it can hold."""
    shown: Words = ""
    """Its label in the player's journal. Without one it stays hidden."""
    renamed_from: Name = ""
    """Its id in earlier versions of the story, so that old saves keep its value."""


class Story(Part):
    """An interactive story for Palaver."""

    palaver: Annotated[Whole, Field(ge=VERSION, le=VERSION)]
    """The version of this format: 1."""
    title: Words
    """The story's title."""
    start: Name
    """The id of the first scene."""
    author: Words = ""
    """Who wrote it."""
    about: Prose = ""
    """What it is about, in a sentence or two."""
    language: Annotated[Words, Field(pattern=_LANGUAGE, json_schema_extra={"pattern": _LANGUAGE})] = "en"
    """The language it is written in, such as en or pt-BR."""
    version: Words = ""
    """The story's own version, as its author counts."""
    minutes: Annotated[Whole, Field(ge=1, le=100_000)] | None = None
    """How long a playthrough takes."""
    notes: Some[Words] = ()
    """What a player may want to know of the contents beforehand."""
    state: dict[str, Annotated[Variable, Short("start", alone=SCALAR_SCHEMA)]] = Field(default_factory=dict)
    """Every variable, typed by its first value."""
    let: dict[str, Code] = Field(default_factory=dict)
    """Names for expressions, to be used like variables."""
    characters: dict[str, Character] = Field(default_factory=dict)
    """Everybody who talks."""
    lore: tuple[Lore, ...] = ()
    """Facts drawn into a prompt when their words come up."""
    lore_budget: Annotated[Whole, Field(ge=1, le=100_000)] | None = None
    """The most tokens of a prompt that lore may take. Without this, the prompt sees to it."""
    scenes: Annotated[dict[str, Scene], Field(min_length=1, max_length=MOST_SCENES)]
    """Every scene."""
