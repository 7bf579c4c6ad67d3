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


@dataclass(frozen=True, slots=True)
class Read:
    """A reading of the turn's dialogue: which authored things have come true. Ends the turn of talk."""

    outcome: Claim | None = None
    moved: tuple[Claim, ...] = ()
    who: str = ""
    """The character whose move rules `moved` names."""
    by: str = "judge"
    """`judge` or `example`."""
    fault: str = ""
    """Why no reading could be had, when a judge was asked in vain; it is kept with the turn."""


Move = Begin | Choose | Say | Reply | Read
