"""What was spent and what was said last, for commands that ask about the game and make no move in it."""

from __future__ import annotations

from engine.plaintext import clean_line
from engine.session import Session
from engine.spending import allow, spending

ASIDES = frozenset({"report", "cost", "budget"})
"""The commands that are answered here."""


def aside(session: Session, command: str, rest: str) -> str:
    """Do what /report, /cost or /budget asks, and return what to tell. Raises what the session raises."""
    match command:
        case "report":
            return f"Written to {clean_line(str(session.report(rest)))}. Nothing was sent anywhere."
        case "budget":
            return allow(session.cast, rest)
        case _:
            return spending(session.cast)
