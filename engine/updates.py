"""What a session tells while an answer comes, for any front end to show."""

from __future__ import annotations

from dataclasses import dataclass

from engine.play.transcript import Line


@dataclass(frozen=True, slots=True)
class Speaking:
    """A character begins to answer."""

    who: str
    name: str
    narrates: bool = False
    """Nobody in the story speaks: what comes is told."""


@dataclass(frozen=True, slots=True)
class Words:
    """The next words of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The words of the answer so far do not count; another attempt follows."""

    reason: str


@dataclass(frozen=True, slots=True)
class Choosing:
    """Several could answer; who does is being found."""


@dataclass(frozen=True, slots=True)
class Recalling:
    """A character's memory is full: what it no longer holds word for word is being summed up."""

    name: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The answer is broken off here: somebody else breaks in, who speaks next."""

    name: str
    """Who breaks in."""


@dataclass(frozen=True, slots=True)
class Delayed:
    """The answer waits: why, and about how long (seconds)."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Judging:
    """The answer is whole; what it means for the story is being read."""


@dataclass(frozen=True, slots=True)
class Turned:
    """The turn is done and saved; these lines are its transcript."""

    lines: tuple[Line, ...]
    replies: int = 0
    """How many of the speeches in them are replies that were told as they came; the rest are news."""


Update = Speaking | Words | TakenBack | Choosing | Recalling | Interrupted | Delayed | Judging | Turned
