"""What has happened: the only record of a playthrough.

Events carry results, never rules: folding them needs no story, so a save stays readable when its story is edited.
Authored text is told by reference (`Told`) and rendered from the story and the state at that point; what a player
or a model said is kept word for word. Shapes are part of the save format: a change here is a migration.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.story.expressions import Value


@dataclass(frozen=True, slots=True)
class Began:
    """A playthrough began: its seed and the starting values."""

    seed: int
    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class SceneEntered:
    """The story went to a scene; counts as a visit."""

    scene: str


@dataclass(frozen=True, slots=True)
class SceneResumed:
    """The story came back to a scene that had called another; no visit is counted."""

    scene: str


@dataclass(frozen=True, slots=True)
class Called:
    """A scene is about to be visited that ends in RETURN."""

    scene: str
    """The scene that called."""
    goto: str
    """Where RETURN goes; empty resumes `scene`."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A called scene came to its RETURN."""


@dataclass(frozen=True, slots=True)
class VariablesSet:
    """Variables took these values, already within their bounds."""

    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An authored passage was told."""

    passage: str


@dataclass(frozen=True, slots=True)
class ChoiceTaken:
    """The player took a choice; `once` choices are spent by it."""

    key: str
    text: str
    """The choice's text as the player saw it."""


@dataclass(frozen=True, slots=True)
class PlayerSpoke:
    """The player said something in a talk."""

    text: str
    to: str = ""
    """The character addressed; empty for whoever answers."""
    whispered: bool = False
    """Nobody but the character addressed heard it."""


@dataclass(frozen=True, slots=True)
class PlayerNoted:
    """The player wrote something aside, `((like this))`: no character ever hears of it."""

    text: str


@dataclass(frozen=True, slots=True)
class CharacterSpoke:
    """A character said something; everyone present in the scene heard it."""

    who: str
    text: str
    cut: bool = False
    """The reply was stopped, or the model's limit cut it."""
    opening: bool = False
    """The line is the author's own, spoken on entering."""
    model: str = ""
    """Who wrote it: a model's name, `scripted`, or empty for an opening."""
    whispered: bool = False
    """Nobody but the player heard it."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """Everyone present saw something the author wrote (`seen`)."""

    text: str


@dataclass(frozen=True, slots=True)
class Summarised:
    """What a character keeps of the turns that its prompt has no room for any more."""

    who: str
    upto: int
    """How many of the turns it witnessed are summed up, counted from the first."""
    text: str
    by: str
    """A model's name, or `authored`: drawn from what the author wrote of what came true."""


@dataclass(frozen=True, slots=True)
class OutcomeReached:
    """An authored outcome was recognised and its condition held; `once` outcomes are spent by it."""

    key: str
    by: str
    """`judge`, `says`, `example` or `player` (who was asked)."""
    evidence: str
    """The words of the dialogue that decided it."""


@dataclass(frozen=True, slots=True)
class OutcomeDoubted:
    """A judge was not sure that an outcome has come true: the player is asked."""

    key: str
    evidence: str


@dataclass(frozen=True, slots=True)
class DoubtAnswered:
    """The player said whether it has."""

    key: str
    yes: bool


@dataclass(frozen=True, slots=True)
class ReadingVetoed:
    """The player took a reading back: this was not what was meant. Its turn stands without it."""

    proposed: str
    """An outcome's key, or a move rule's id after its character's and a point (`maren.trust_1`)."""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class StateMoved:
    """A character's reply set off one of its move rules (its values follow as `VariablesSet`)."""

    who: str
    rule: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ReadingRefused:
    """A judge proposed something the engine did not accept; nothing changed."""

    proposed: str
    reason: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class TalkTurnEnded:
    """A turn of talk is over: everything said in it has been read."""


@dataclass(frozen=True, slots=True)
class LimitReached:
    """A talk came to its author's limit."""

    scene: str


@dataclass(frozen=True, slots=True)
class StoryEnded:
    """The story is over."""

    scene: str
    """The ending's scene id; empty for END."""


Event = (
    Began
    | SceneEntered
    | SceneResumed
    | Called
    | Returned
    | VariablesSet
    | Told
    | Witnessed
    | ChoiceTaken
    | PlayerSpoke
    | PlayerNoted
    | CharacterSpoke
    | OutcomeReached
    | OutcomeDoubted
    | DoubtAnswered
    | StateMoved
    | ReadingRefused
    | ReadingVetoed
    | TalkTurnEnded
    | Summarised
    | LimitReached
    | StoryEnded
)

EVENT_TYPES: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        Began, SceneEntered, SceneResumed, Called, Returned, VariablesSet, Told, Witnessed, ChoiceTaken, PlayerSpoke,
        PlayerNoted, CharacterSpoke, OutcomeReached, OutcomeDoubted, DoubtAnswered, StateMoved, ReadingRefused,
        ReadingVetoed, TalkTurnEnded, Summarised, LimitReached, StoryEnded,
    )
}  # fmt: skip
"""Event classes by the name that stands in saves."""
