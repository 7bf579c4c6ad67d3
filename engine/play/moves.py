"""What may be asked of the engine. A move is a request: `step` answers with events or with a refusal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Begin:
    """Start the story with this seed."""

    seed: int


@dataclass(frozen=True, slots=True)
class Choose:
    """Take a choice of the current scene."""

    choice: str
    """The choice's id."""
    text: str = ""
    """What the player typed, for a choice that asks."""


@dataclass(frozen=True, slots=True)
class Say:
    """Say something in a talk."""

    text: str
    to: str = ""
    """The character addressed; empty for whoever answers."""
    whispered: bool = False
    """Only the character addressed hears it, and only they can answer."""


@dataclass(frozen=True, slots=True)
class Note:
    """Write something aside that no character hears."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Say whether the outcome in doubt has come true."""

    yes: bool


@dataclass(frozen=True, slots=True)
class Remember:
    """Sum up what a character has witnessed up to a turn."""

    who: str
    upto: int
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A character's reply, from a model, a script or a cassette."""

    who: str
    text: str
    cut: bool = False
    model: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a reading says has come true, with the words that show it."""

    id: str
    """An outcome's id, or a move rule's."""
    evidence: str
    who: str = ""
    """For a move rule: the character whose it is; empty for the reading's own."""


@dataclass(frozen=True, slots=True)
class Read:
    """A reading of the turn's dialogue: which authored things have come true. Ends the turn of talk."""

    outcome: Claim | None = None
    moved: tuple[Claim, ...] = ()
    who: str = ""
    """The character whose move rules `moved` names, where a claim does not say."""
    by: str = "judge"
    """`judge` or `example`."""
    fault: str = ""
    """Why no reading could be had, when a judge was asked in vain; it is kept with the turn."""
    unsure: bool = False
    """The judge is not sure of the outcome: the player is asked, where its author wrote what to ask."""
    vetoed: bool = False
    """The player says that none of this was meant: it is kept as such, and nothing comes true in this turn."""


Move = Begin | Choose | Say | Reply | Read | Note | Answer | Remember
