"""What the numbered list offers at each moment of a game: choices and lines to say, a way out of trouble, an end.

It only lists; nothing here does what a row stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from engine.view import Option, View


class Deed(Enum):
    """What a row does, where it is no choice of the story."""

    AGAIN = auto()
    """Send the player's line once more."""
    EDIT = auto()
    """Put the player's line back to be changed."""
    SCRIPTED = auto()
    """Let the scripted actor answer it."""
    DROP = auto()
    """Leave things as they were."""
    BEGIN = auto()
    """Begin the story anew, in a new save."""
    UNDO = auto()
    LIBRARY = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """One numbered row."""

    number: int
    text: str
    does: Option | Deed
    enabled: bool = True
    reason: str = ""
    """Why it cannot be taken now."""
    spoken: bool = False
    """Taking it says its text."""


def rows_of(view: View) -> tuple[Row, ...]:
    """Return what can be done at this moment of the story."""
    if view.over:
        return _deeds(("Begin anew", Deed.BEGIN), ("Take the last turn back", Deed.UNDO), ("The library", Deed.LIBRARY))
    return tuple(
        Row(option.number, option.text, option, option.enabled, option.reason, spoken=option.choice is None)
        for option in view.options
    )


def rows_in_trouble(*, unsent: bool, scripted: bool) -> tuple[Row, ...]:
    """Return the ways on when no answer came. `unsent`: a line waits for one. `scripted`: another actor can answer."""
    ways = [("Try again", Deed.AGAIN)]
    if unsent:
        ways.append(("Edit what you said", Deed.EDIT))
    if scripted:
        ways.append(("Let the scripted actor answer this line", Deed.SCRIPTED))
    if not unsent:
        ways.append(("Keep the answer you had", Deed.DROP))
    return _deeds(*ways)


def numbers_of(rows: Sequence[Row]) -> str:
    """Say which numbers there are."""
    if not rows:
        return "There is nothing to choose by number here."
    return f"The numbers go from 1 to {len(rows)}." if len(rows) > 1 else "The only number here is 1."


def _deeds(*ways: tuple[str, Deed]) -> tuple[Row, ...]:
    return tuple(Row(number, text, deed) for number, (text, deed) in enumerate(ways, 1))
