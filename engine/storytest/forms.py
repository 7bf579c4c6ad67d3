"""The authored form of a test file: which keys there are, and what each wants.

Shapes only. Whether a scene or a variable that is named exists is for `reading` to say, and whether a test holds for
`playing`. The docstrings are what an editor shows beside a key.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from engine.story.fields import Code, Name, Part, Prose, Scalar, Short, Some, Whole, Words, YesNo, wrong

MOST_MOVES = 1_000
MOST_TESTS = 2_000
COMMANDS = ("undo", "redo", "retry", "notthat")
DOES = ("choose", "say", "do", "note", "answer", "command")
"""The keys of which a move has one."""

_YES = {"yes": True, "true": True, "no": False, "false": False}
_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}


def _answered(value: object) -> object:
    if isinstance(value, str) and value.casefold() in _YES:
        return _YES[value.casefold()]
    raise wrong("wrong-kind", "wants yes or no.")


def _given(value: object) -> object:
    if value is None:
        raise wrong("empty", "is empty: write what belongs there, or take it out.")
    return value


def _replies(value: object) -> object:
    """Read one text or a list as what whoever is asked says, in order."""
    return value if isinstance(value, dict) else {"": value}


Given = BeforeValidator(_given)
"""For what can be left out, and cannot be left empty."""
YesOrNo = Annotated[bool, BeforeValidator(_answered), WithJsonSchema({"enum": ["yes", "no", True, False]})]
Replies = Annotated[
    dict[str, Some[Prose]],
    BeforeValidator(_replies),
    WithJsonSchema({"anyOf": [*_TEXTS["anyOf"], {"type": "object", "additionalProperties": _TEXTS}]}),
]


class Start(Part):
    """Where a test begins, instead of at the story's own beginning."""

    scene: Name = ""
    """The scene that is entered first, with its text and its `set`. Without it, the story's start."""
    state: dict[str, Scalar] = Field(default_factory=dict)
    """Variables and what they hold at first, where that is not what the story says."""
    visited: Some[Name] = ()
    """Scenes that were visited before; one that is named twice was visited twice."""
    done: Some[Words] = ()
    """Choices taken and outcomes reached before, as `scene/id`: those with `once` are spent."""
    seed: Whole = 1
    """What chance follows from."""


class Reads(Part):
    """What a judge answers when it is asked about the turn. The engine still decides whether it may."""

    outcome: Name = ""
    """The outcome that it says has come true; `none` for none."""
    quote: Prose = ""
    """The words of the dialogue that show it. Without it, all that was said by whoever shows the outcome."""
    moves: dict[str, Scalar] = Field(default_factory=dict)
    """Rules of `moved_by` that it says are set off: variable and step, or variable and value."""
    who: Name = ""
    """Whose rules these are, where several talk. Without it, whoever answers first."""
    unsure: YesNo = False
    """It is not sure of the outcome: the player is asked, where the story says what to ask."""


class Prompt(Part):
    """What a character was told before it answered."""

    who: Name = ""
    """The character. Without it, everybody who answered."""
    contains: Some[Prose] = ()
    """Texts that stand in its prompt. Case, line breaks and the kind of quotes do not count."""
    never: Some[Prose] = ()
    """Texts that stand in none of its prompts."""


class Expect(Part):
    """What must be true: beside a move, right after it; at the end of a test, of the test as a whole."""

    scene: Name = ""
    """Where the story is."""
    ending: Words = ""
    """The ending that is reached: its scene or its name."""
    over: Annotated[YesNo | None, Given] = None
    """Whether the story is over."""
    state: dict[str, Scalar] = Field(default_factory=dict)
    """Variables and what they hold."""
    condition: Some[Code] = Field((), alias="if")
    """Expressions that hold, such as `trust >= 2 and not has_key`."""
    text: Some[Prose] = ()
    """Words that the player read. Case, line breaks and the kind of quotes do not count."""
    not_text: Some[Prose] = ()
    """Words that the player did not read."""
    choices: Some[Words] = ()
    """Choices that can be taken now, by id or text. There may be others."""
    not_choices: Some[Words] = ()
    """Choices that cannot be taken now: greyed, spent, hidden, or of another scene."""
    outcome: Some[Name] = ()
    """Outcomes that came true; `none` when none did."""
    not_outcome: Some[Name] = ()
    """Outcomes that did not come true."""
    who: Some[Name] = ()
    """Who answered, in this order."""
    question: Prose = ""
    """Words of the question that waits for the player's yes or no."""
    refused: Prose = ""
    """Words of the reason why the move, or something that was read into it, was refused; `true` for any reason."""
    prompt: Some[Prompt] = ()
    """What characters were told."""


class Move(Part):
    """One thing that the player does, or with `expect` alone, a look at where the story is."""

    choose: Words = ""
    """Take a choice: its id, or its text as the player reads it."""
    typed: Words = ""
    """What is typed for a choice that asks."""
    say: Prose = ""
    """Say something in a talk."""
    do: Prose = ""
    """Do something in a talk, told rather than said: `I try the window`."""
    note: Prose = ""
    """Write something aside that no character hears."""
    answer: Annotated[YesOrNo | None, Given] = None
    """Answer the question that waits: yes or no."""
    command: Annotated[Literal["undo", "redo", "retry", "notthat"] | None, Given] = None
    """A command of the game: undo, redo, retry or notthat. The word alone will do: `- undo`."""
    to: Name = ""
    """To whom it is said."""
    whisper: YesNo = False
    """Nobody but `to` hears it."""
    reply: Replies = Field(default_factory=dict)
    """What the model answers: a text, a list where several answer, or texts by character. Without it, the scripted
    actor answers from the story's examples."""
    reads: Annotated[Annotated[Reads, Short("outcome")] | None, Given] = None
    """What the judge answers: an outcome, or keys. Without it, what the example says, and nothing for a `reply`."""
    expect: Annotated[Expect | None, Given] = None
    """What must be true after this move."""


class OneTest(Part):
    """One test: where it begins, what is done, and what must be true then."""

    start: Start = Field(default_factory=Start, alias="from")
    """Where it begins. Without it, where the story does."""
    cassette: Words = ""
    """A recording in the story's folder that answers in place of the models: `tests/first_night.jsonl`."""
    moves: Annotated[
        tuple[Annotated[Move, Short("command", alone={"enum": list(COMMANDS)})], ...], Field(max_length=MOST_MOVES)
    ] = ()
    """What is done, one after another."""
    expect: Annotated[Expect | None, Given] = None
    """What must be true at the end; texts, prompts and outcomes are those of the whole test."""


class File(Part):
    """A file of tests that stands beside a story."""

    tests: Annotated[dict[str, OneTest], Field(min_length=1, max_length=MOST_TESTS)]
    """Every test under its name, which says what it shows."""


PARTS: dict[tuple[type[Part], str], tuple[type[Part], int]] = {
    (File, "tests"): (OneTest, 1),
    (OneTest, "from"): (Start, 0),
    (OneTest, "moves"): (Move, 1),
    (OneTest, "expect"): (Expect, 0),
    (Move, "reads"): (Reads, 0),
    (Move, "expect"): (Expect, 0),
    (Expect, "prompt"): (Prompt, 1),
}
"""What stands under a key of a part, and how many ids or positions lie between."""
NOUNS: dict[type[Part], str] = {
    File: "file of tests",
    OneTest: "test",
    Start: '"from"',
    Move: "move",
    Reads: '"reads"',
    Expect: '"expect"',
    Prompt: '"prompt"',
}
