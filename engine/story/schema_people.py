"""How the people of a story and what they know are written: the keys of characters, their examples, and lore."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from engine.story.fields import Code, Name, Number, Part, Prose, Scalar, Some, Whole, Words, YesNo

MOST_SCANNED = 500
"""Turns that lore can look back or stay."""


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
    narrator: YesNo = False
    """Nobody in the story: tells what comes of what the player does."""
    taste: Taste = Field(default_factory=Taste, alias="model")
    """How its model should write."""
    renamed_from: Name = ""
    """Its id in earlier versions of the story."""


class Lore(Part):
    """A fact drawn into the prompt when one of its words comes up."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["keys"]}, {"required": ["always"]}]})

    keys: Some[Words] = ()
    """The words that bring it up: one or a list. They can be left out where `always` is true."""
    beside: Some[Words] = Field((), alias="with")
    """Words of which one has to come up as well."""
    always: YesNo = False
    """It is in the prompt whatever is talked of."""
    depth: Annotated[Whole, Field(ge=0, le=MOST_SCANNED)] | None = None
    """How many turns back its words are looked for; 0 is this turn alone. Without this, as far as the scene goes."""
    sticky: Annotated[Whole, Field(ge=0, le=MOST_SCANNED)] | None = None
    """For how many turns it stays once it has come up. Without this, as long as its words are looked for."""
    priority: Annotated[Whole, Field(ge=-1_000, le=1_000)] = 0
    """Where not everything fits into the prompt, the higher goes in; from -1000 to 1000."""
    text: Prose
    """The fact."""
    who: Some[Name] = ()
    """The characters who know it. Without this, everyone may."""
    condition: Code = Field("", alias="if")
    """It is known only while this holds."""
