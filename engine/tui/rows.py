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
    RAISE = auto()
    """Allow more to be spent."""
    MODEL = auto()
    """Pick who plays."""
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
        Row(
            option.number,
            option.text,
            option,
            option.enabled,
            option.reason,
            spoken=option.choice is None and option.yes is None,
        )
        for option in view.options
    )


def rows_in_trouble(
    *, unsent: bool, scripted: bool, over_budget: bool = False, other_model: bool = False
) -> tuple[Row, ...]:
    """Return the ways on when no answer came.

    `unsent`: a line waits for one. `scripted`: another actor can answer. `over_budget`: the player's own limit refused,
    and asking again would change nothing. `other_model`: there are others to pick from.
    """
    edit = ("Edit what you said", Deed.EDIT) if unsent else ("Keep the answer you had", Deed.DROP)
    offline = [("Let the scripted actor answer this line", Deed.SCRIPTED)] if scripted else []
    if over_budget:
        cheaper = [("Pick a cheaper model", Deed.MODEL)] if other_model else []
        return _deeds(("Raise the limit", Deed.RAISE), *offline, edit, *cheaper)
    again, other = ("Try again", Deed.AGAIN), [("Pick another model", Deed.MODEL)] if other_model else []
    return _deeds(again, edit, *offline, *other) if unsent else _deeds(again, *offline, edit, *other)


def numbers_of(rows: Sequence[Row]) -> str:
    """Say which numbers there are."""
    if not rows:
        return "There is nothing to choose by number here."
    return f"The numbers go from 1 to {len(rows)}." if len(rows) > 1 else "The only number here is 1."


def _deeds(*ways: tuple[str, Deed]) -> tuple[Row, ...]:
    return tuple(Row(number, text, deed) for number, (text, deed) in enumerate(ways, 1))
