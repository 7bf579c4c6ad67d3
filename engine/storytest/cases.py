"""Tests ready to be run: frozen, every name resolved, each expectation with the place it was written at.

Shapes only; `reading` makes them and `playing` plays them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from engine.play.opening import Start
from engine.story.diagnostics import Diagnostic
from engine.story.expressions import Expression, Value
from engine.story.graph import StoryGraph
from engine.story.places import Place

Deed = Literal["choose", "say", "do", "note", "answer", "undo", "redo", "retry", "notthat", "look"]
Kind = Literal[
    "scene", "ending", "over", "state", "if", "text", "not_text", "choices", "not_choices", "outcome", "not_outcome",
    "who", "question", "refused", "contains", "never",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must be true."""

    kind: Kind
    place: Place
    wanted: str = ""
    """The text, id or source it is about."""
    name: str = ""
    """The variable of `state`, the character of a prompt."""
    value: Value = False
    """The value of `state` and `over`."""
    condition: Expression | None = None
    several: tuple[str, ...] = ()
    """The ids of `who`, in order."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a judge answers."""

    outcome: str = ""
    quote: str = ""
    """Empty: all that was said by whoever shows the outcome."""
    moves: tuple[tuple[str, Value], ...] = ()
    """Variable and step, or variable and value."""
    who: str = ""
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One move with what its models answer and what must be true after it."""

    deed: Deed
    place: Place
    words: str = ""
    """What is said, done, chosen or noted."""
    typed: str = ""
    to: str = ""
    whispered: bool = False
    yes: bool = False
    replies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What characters answer, in order; under the empty name, whoever is asked."""
    reading: Reading | None = None
    expected: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One test."""

    name: str
    place: Place
    start: Start
    steps: tuple[Step, ...] = ()
    expected: tuple[Expectation, ...] = ()
    cassette: Path | None = None

    @property
    def id(self) -> str:
        """Its name with the file's: unique, and what is selected by."""
        return f"{self.place.file}::{self.name}"


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of one file."""

    file: str
    graph: StoryGraph
    cases: tuple[Case, ...]
    """None where the file has a mistake: half a file is not run."""
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def mistakes(self) -> tuple[Diagnostic, ...]:
        """What has to be mended before its tests are run."""
        return tuple(found for found in self.diagnostics if found.severity == "error")
