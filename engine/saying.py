"""Reads the commands that say something in another way than aloud: a whisper, a deed, silence. The same everywhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from engine.dialogue.channels import heard
from engine.errors import Refused
from engine.session import Session
from engine.updates import Update
from engine.view import View

WAYS = frozenset({"whisper", "do", "wait"})
"""The commands that are answered here."""
SILENCE = "…"
"""What is said by waiting."""


def said(session: Session, command: str, rest: str) -> AsyncGenerator[Update]:
    """Say what /whisper, /do or /wait asks, and stream the answer. Raises `Refused` when it cannot be read."""
    match command:
        case "whisper":
            who, text = addressee(rest, session.view)
            return session.say(text, who, whispered=True)
        case "do":
            deed = rest.strip().strip("*_").strip()
            if not deed:
                raise Refused("Do what? Type it after the word: /do I try the window")
            return session.say(f"*{deed}*")
        case _:
            return session.say(SILENCE)


def aside(text: str) -> str:
    """Return what is written in a line that is nothing but an `((aside))`; empty for any other."""
    line = heard(text)
    return "" if line.said else line.aside


def addressee(rest: str, view: View) -> tuple[str, str]:
    """Return whom `NAME TEXT` addresses, of those present, and the text; raises `Refused`.

    Any part of a name will do. With one character present the name may be left out.
    """
    words = rest.split()
    for who, name in view.present:
        full = [part.casefold() for part in name.split()]
        begun = [word.strip("@,:").casefold() for word in words[: len(full)]]
        named = len(full) if begun == full else bool(begun) and any(part.startswith(begun[0]) for part in (who, *full))
        if not begun or not begun[0] or not named:
            continue
        text = rest.split(maxsplit=int(named))[int(named) :]
        if not text:
            raise Refused(f"Whisper what to {name}?")
        return who, text[0].strip()
    if len(view.present) == 1 and words:
        return view.present[0][0], rest.strip()
    names = " and ".join(name for _, name in view.present)
    raise Refused(f"Whisper to whom? /whisper NAME TEXT. Here: {names}." if names else "There is nobody here.")
