"""What screens ask of the app: they bubble up to it, so no screen needs to know the others."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from engine.session import Session


@dataclass
class PlayGame(Message):
    """Play this game."""

    session: Session
    fresh: bool = False
    """It has just begun."""
    typed: str = ""
    """What stands in the line already."""


class OpenLibrary(Message):
    """The game is closed; show the library."""


class LeaveGame(Message):
    """The game is closed; go back to where one came from."""
