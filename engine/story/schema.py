"""The whole authored form of a story: which keys there are, and what each wants.

Shapes only. Whether a scene that is named exists, whether an expression holds water and whether a story can be played
is for `compile` and `lint` to say. The docstrings are what an editor shows beside a key.
"""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from engine.story.fields import (
    SCALAR_SCHEMA,
    Code,
    Label,
    Name,
    Number,
    Prose,
    Scalar,
    Short,
    Some,
    Template,
    Whole,
    Words,
    YesNo,
)
from engine.story.graph import ShownBy

VERSION = 1
"""The version of the format that this program reads."""
MOST_SCENES = 5_000
MOST_TURNS = 500
ANYONE = ""
"""In `says`: any character present."""
TAG = "#"
"""Begins the marks of a scene's kind in an error's path, which no key of the author's can be mistaken for."""


_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}


class Part(BaseModel):
    """Anything written as a table of keys: keys it does not know are mistakes."""

    model_config = ConfigDict(extra="forbid")


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


class Fact(Part):
    """Something a character knows, told to its model only once it may know it."""

    condition: Code = Field("", alias="if")
    """It is known only while this holds. Without it, always."""
    fact: Prose
    """The fact, said to the character: "You put the lamp out yourself." """


class MoveRule(Part):
    """One step by which a character's reply may move a variable."""

    by: Whole | None = None
    """How far a number moves, up or down."""
    to: Scalar = None
    """The value that anything but a number takes."""
    when: Prose
    """The sentence that must have come true in the dialogue."""
    condition: Code = Field("", alias="if")
    """The rule counts only while this holds."""


class Example(Part):
    """An exchange that shows a model the tone, and plays the character when there is no model."""

    player: Some[Prose]
    """What the player says: one phrasing or several."""
    reply: Some[Prose]
    """What the character answers: one reply or several. Spoken words in double quotes, gestures outside."""
    condition: Code = Field("", alias="if")
    """The example counts only while this holds."""
    outcome: Name = ""
    """The outcome that has come true with this reply."""
    moves: dict[str, Scalar] = Field(default_factory=dict)
    """The rules of `moved_by` that this exchange sets off: variable and step, or variable and value."""


class SceneExample(Example):
    """An exchange written for one scene; it comes before those of the character."""

    who: Name = ""
    """Who answers, where several characters talk."""


class Taste(Part):
    """How a character's model should write. Taste only: a story can name no endpoint, no model and no key."""

    temperature: Annotated[Number, Field(ge=0, le=2)] | None = None
    """How freely it picks words, from 0 to 2."""
    top_p: Annotated[Number, Field(gt=0, le=1)] | None = None
    """The share of likely words it picks from, above 0 and at most 1."""
    max_tokens: Annotated[Whole, Field(ge=1, le=32_000)] | None = None
    """The longest reply, in tokens."""
    presence_penalty: Annotated[Number, Field(ge=-2, le=2)] | None = None
    """Above 0 it brings up new things, below 0 it stays with the old; from -2 to 2."""
    frequency_penalty: Annotated[Number, Field(ge=-2, le=2)] | None = None
    """Above 0 it repeats words less; from -2 to 2."""


class Character(Part):
    """Somebody played by a model."""

    name: Words = ""
    """The name the player sees. Without one it is made from the id."""
    persona: Prose
    """Who the character is, said to the model as "You are ...". It stays the same all through the story."""
    voice: Prose = ""
    """A short reminder of how the character speaks, at the very end of the prompt."""
    knows: tuple[Fact, ...] = ()
    """Facts that enter the prompt only once their `if` holds: what is not in the prompt cannot leak."""
    moved_by: dict[str, Some[MoveRule]] = Field(default_factory=dict)
    """Variables that this character's replies may move: one rule or a list of them for each."""
    examples: tuple[Example, ...] = ()
    """Exchanges that show how the character talks."""
    fallback: Some[Prose] = ()
    """What it says offline when nothing in the examples is near: one text or a list."""
    taste: Taste = Field(default_factory=Taste, alias="model")
    """How its model should write."""
    renamed_from: Name = ""
    """Its id in earlier versions of the story."""


class Lore(Part):
    """A fact drawn into the prompt when one of its words comes up."""

    keys: Some[Words]
    """The words that bring it up."""
    text: Prose
    """The fact."""
    who: Some[Name] = ()
    """The characters who know it. Without this, everyone may."""
    condition: Code = Field("", alias="if")
    """It is known only while this holds."""


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
    language: Annotated[Words, Field(pattern=r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")] = "en"
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
    scenes: Annotated[dict[str, Scene], Field(min_length=1, max_length=MOST_SCENES)]
    """Every scene."""
