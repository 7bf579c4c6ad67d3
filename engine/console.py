"""What a typed line means, the same in every front end: a number chooses, a /word commands, other text speaks.

It decides nothing and does nothing; it only reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

COMMANDS: dict[str, str] = {
    "help": "what can be typed",
    "save [NAME]": "give this moment a name (every turn is saved anyway)",
    "load [NAME]": "go to a named moment, or list them",
    "undo": "take the last turn back",
    "redo": "do it again",
    "whisper NAME TEXT": "say something that nobody else hears",
    "do TEXT": "do something instead of saying it: /do I try the window",
    "wait": "say nothing, and let the others speak",
    "notthat": "not what I meant: take back what was read into the last turn",
    "memory [NAME]": "what somebody here has in mind of you",
    "retry": "ask for another answer to what you said last",
    "offline": "let the scripted actor answer the line that the model did not",
    "report [WORDS]": "write the last exchange to a file, to keep or send on",
    "cost": "what was spent on models",
    "budget AMOUNT": "allow so many dollars more, or so many `tokens`, where a limit was reached",
    "hint": "the author's hint for this scene",
    "look": "read the scene and what can be done again",
    "quit": "leave; the game is kept",
}
"""Every command, as shown by /help."""
FORMS: dict[str, str] = {
    "@NAME WORDS": "say something to one who is here",
    "*WORDS*": "do something instead of saying it, as /do does",
    "((WORDS))": "a note that nobody in the story hears",
    "//WORDS": "say a line that begins with a slash",
}
"""What a line may look like besides, as shown by /help."""

_NAMES = {usage.split()[0] for usage in COMMANDS}
_NEVER_SAID = frozenset({"/help", "/save", "/load", "/undo", "/redo", "/retry", "/quit"})
"""Commands whose bare word is hardly meant for anybody in a story, unlike `wait` or `look`."""
_SHORT = {
    "q": "quit",
    "exit": "quit",
    "?": "help",
    "h": "help",
    "u": "undo",
    "r": "retry",
    "s": "save",
    "l": "look",
}


@dataclass(frozen=True, slots=True)
class Pick:
    """The option with this number, counted from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class Command:
    """A /word and what follows it."""

    name: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """Words to say, or to read as a choice."""

    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A /word that does not exist."""

    name: str


Typed = Pick | Command | Speech | Unknown


def interpret(line: str) -> Typed | None:
    """Return what `line` means; None for an empty one. A doubled slash speaks: `//me bows` says `/me bows`."""
    line = line.strip()
    if not line:
        return None
    if line.startswith("//"):
        return Speech(line[1:])
    if line.startswith("/"):
        word, _, rest = line[1:].partition(" ")
        name = _SHORT.get(word.lower(), word.lower())
        return Command(name, rest.strip()) if name in _NAMES else Unknown(word)
    number = line.rstrip(".)")
    if number.isascii() and number.isdigit() and len(number) <= 3:
        return Pick(int(number))
    return Speech(line)


def bare_command(text: str) -> str:
    """Return the command, with its slash, whose very word `text` is, as other games are told; empty for any other."""
    word = text.strip().casefold()
    name = _SHORT.get(word, word) if len(word) > 1 else word
    return f"/{name}" if name in _NAMES else ""


def said_for_a_command(text: str) -> list[str]:
    """Return what to tell who says the bare word of a command to somebody, and may have meant the command."""
    command = bare_command(text)
    return [f"That was said aloud. The command is {command}."] if command in _NEVER_SAID else []


def help_lines() -> Iterator[str]:
    """Yield what can be typed, a line for each."""
    yield "A number chooses. Other text is said; with nobody to talk to, it picks the choice it resembles."
    for usage, meaning in COMMANDS.items():
        yield f"/{usage} - {meaning}"
    for form, meaning in FORMS.items():
        yield f"{form} - {meaning}"
