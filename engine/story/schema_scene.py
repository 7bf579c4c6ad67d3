"""How a scene is written: the keys of each kind of scene and of what stands in one."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import Discriminator, Field, Tag

from engine.story.fields import (
    Code,
    Label,
    Name,
    Number,
    Part,
    Prose,
    Scalar,
    Short,
    Some,
    Template,
    Whole,
    Words,
    YesNo,
)
from engine.story.graph import Order, ShownBy
from engine.story.schema_people import SceneExample

MOST_TURNS = 500
MOST_REPLIES = 8
"""Replies in one turn of talk that a scene can ask for."""
ANYONE = ""
"""In `says`: any character present."""
TAG = "#"
"""Begins the marks of a scene's kind in an error's path, which no key of the author's can be mistaken for."""

_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}


class Forced(Part):
    """A value worked out by an expression, where a bare text would be taken literally."""

    expr: Code
    """The expression, over the story's variables."""


def _value_kind(value: Any) -> str:
    return f"{TAG}expr" if isinstance(value, dict) else f"{TAG}value"


Assigned = Annotated[
    Annotated[Forced, Tag(f"{TAG}expr")] | Annotated[Scalar, Tag(f"{TAG}value")], Discriminator(_value_kind)
]
Effects = dict[str, Assigned]


class Way(Part):
    """What comes of something: values set, a text told, and where the story goes."""

    effects: Effects = Field(default_factory=dict, alias="set")
    """Variables and the values they take: literals, or expressions as text."""
    then: Template = ""
    """A text told after it."""
    goto: Name = ""
    """Where the story goes: a scene, END or RETURN. Without it the scene goes on."""
    call: Name = ""
    """A scene to visit that ends in RETURN; then `goto`, or back here."""
    seen: Template = ""
    """What the characters present see of it, told to their models: "The player pockets the letter." """


class Choice(Way):
    """Something the player can pick."""

    id: Name = ""
    """What saves call it. Made from the text when left out."""
    text: Label
    """What the player reads."""
    condition: Code = Field("", alias="if")
    """Hidden unless this holds."""
    enabled_if: Code = ""
    """Shown but greyed unless this holds."""
    reason: Words = ""
    """Why it is greyed."""
    once: YesNo = False
    """Spent once it is taken."""
    ask: Name = ""
    """A text variable that keeps what the player types on picking this."""
    renamed_from: Name = ""
    """Its id in earlier versions of the story."""


class Outcome(Way):
    """Something that may come true in a talk. A model can only propose it; the engine decides."""

    when: Prose = ""
    """The sentence a judge is asked about."""
    says: Annotated[dict[str, Some[Words]], Short(ANYONE, alone=_TEXTS)] = Field(default_factory=dict)
    """Words that decide it with no judge: a list for anyone, or lists by character or `player`. `*` is any words."""
    shown_by: Annotated[Name, Field(json_schema_extra={"enum": list(get_args(ShownBy))})] = "character"
    """Whose words show a judge that it came true: a `character`'s (when left out), the `player`'s, or `anyone`'s."""
    condition: Code = Field("", alias="if")
    """It can come true only while this holds."""
    once: YesNo = False
    """It can come true once."""
    ask: Words = ""
    """What the player is asked when a judge is not sure that it came true: "Did Maren ask you in?" """
    renamed_from: Name = ""
    """Its id in earlier versions of the story."""


class Suggestion(Part):
    """A line the player can pick instead of typing."""

    text: Label
    """The line."""
    condition: Code = Field("", alias="if")
    """Offered only while this holds."""


class Limit(Way):
    """How a talk ends by itself."""

    turns: Annotated[Whole, Field(ge=1, le=MOST_TURNS)]
    """After this many lines of the player's."""


class Interrupt(Part):
    """Somebody who breaks in when certain words come up in what another character says."""

    who: Name
    """The character who breaks in."""
    keys: Some[Words]
    """The words that bring it about: one or a list."""
    condition: Code = Field("", alias="if")
    """It happens only while this holds."""


class Draw(Part):
    """One scene of a pool."""

    scene: Name
    """The scene."""
    condition: Code = Field("", alias="if")
    """It can be drawn only while this holds."""
    weight: Annotated[Number, Field(gt=0, le=1_000_000)] = 1.0
    """How likely it is, beside the others."""
    once: YesNo = False
    """It can be drawn only while its scene has not been visited."""


class AnyScene(Part):
    """What every scene may have."""

    title: Words = ""
    """Its heading."""
    text: Template = ""
    """What is told on entering: Markdown, with `{{ }}` and `{% if %}`."""
    effects: Effects = Field(default_factory=dict, alias="set")
    """Variables set on entering, before the text is told."""
    renamed_from: Name = ""
    """Its id in earlier versions of the story."""


class ChoiceScene(AnyScene):
    """A scene of choices, or one that goes straight on."""

    choices: tuple[Choice, ...] = ()
    """What the player can pick."""
    goto: Name = ""
    """Where it goes when no choice can be taken."""


class TalkScene(AnyScene):
    """A talk with one character or several."""

    talk: Some[Name]
    """Who is present: a character or a list. Everyone hears every line."""
    opening: dict[str, Template] = Field(default_factory=dict)
    """Lines spoken on entering, by character."""
    direction: Template = ""
    """What the characters are doing here: part of what their models are told."""
    hint: Prose = ""
    """What the player reads on asking for a hint."""
    suggest: tuple[Annotated[Suggestion, Short("text")], ...] = ()
    """Lines the player can pick instead of typing."""
    examples: tuple[SceneExample, ...] = ()
    """Exchanges for this scene, before those of the characters."""
    outcomes: dict[str, Outcome] = Field(default_factory=dict)
    """What may come true here."""
    choices: tuple[Choice, ...] = ()
    """What the player can do beside talking."""
    limit: Limit | None = None
    """How the talk ends by itself."""
    order: Annotated[Name, Field(json_schema_extra={"enum": list(get_args(Order))})] = "turns"
    """Who answers a line that calls nobody: the next in `turns` (when left out), or whom the judge's `model` picks."""
    replies: Annotated[Whole, Field(ge=1, le=MOST_REPLIES)] = 1
    """The most replies to one line of the player's, from 1 to 8."""
    crosstalk: YesNo = False
    """A character who is called by name in another's reply may answer it, where `replies` leaves room."""
    interrupts: tuple[Interrupt, ...] = ()
    """Who breaks in when a word comes up: once in a turn, beyond what `replies` allows."""


class PoolScene(AnyScene):
    """A scene from which the story goes on to one of several, drawn by the playthrough's own seed."""

    pool: Annotated[tuple[Annotated[Draw, Short("scene")], ...], Field(min_length=1)]
    """The scenes to draw from."""
    goto: Name
    """Where it goes when none of them can be drawn."""


class EndingScene(AnyScene):
    """An ending."""

    ending: Words
    """Its name, for the list of endings a player has found."""


KINDS: dict[str, type[AnyScene]] = {
    "talk": TalkScene,
    "pool": PoolScene,
    "ending": EndingScene,
    "choices": ChoiceScene,
}
"""The kinds of scene by the key that makes them; the last one has any other."""


def scene_kind(scene: Any) -> str:
    """Return which kind of scene a table is meant to be, as the mark in an error's path."""
    keys = scene if isinstance(scene, dict) else ()
    return TAG + next((key for key in KINDS if key in keys), "choices")


Scene = Annotated[
    Annotated[TalkScene, Tag("#talk")]
    | Annotated[PoolScene, Tag("#pool")]
    | Annotated[EndingScene, Tag("#ending")]
    | Annotated[ChoiceScene, Tag("#choices")],
    Discriminator(scene_kind),
]
