"""To whom a typed line is said: `@Maren hello`, and Tab that goes through those who are here.

It reads a line and rewrites one; it says nothing to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.plaintext import clean_line

AT = "@"
_WHISPERS = ("/whisper", "/w")
Present = Sequence[tuple[str, str]]
"""Those who are here: id and name."""


def named(text: str, present: Present) -> tuple[str, str]:
    """Return who is named at the beginning of `text` and what follows; nobody and all of it when nobody is.

    A name counts whole or by its first word, an id counts too, and case does not matter.
    """
    folded = text.casefold()
    found = [
        (len(call), who)
        for who, call in _calls(present)
        if folded.startswith(call) and not folded[len(call) : len(call) + 1].isalnum()
    ]
    if not found:
        return "", text
    length, who = max(found)
    return who, text[length:].lstrip(" ,:").strip()


def addressed(line: str, present: Present) -> tuple[str, str]:
    """Return who a line that begins with `@` and a name is for, and the line without that; nobody for any other."""
    if not line.startswith(AT):
        return "", line
    who, text = named(line[1:], present)
    return (who, text) if who else ("", line)


def next_addressed(line: str, present: Present) -> str | None:
    """Return `line` as it stands when Tab is pressed once more: for the next one here, and after the last for all.

    An `@` with the beginning of a name is completed, and a whisper goes from one to the next. None where Tab has
    nothing to do: fewer than two are here, and nothing of that is begun.
    """
    names = [clean_line(name) for _, name in present]
    head, rest = _split(line)
    if not names or (len(names) < 2 and not head):
        return None
    who, text = named(rest, present)
    ids = [who for who, _ in present]
    if who:
        place = ids.index(who) + 1
        if place < len(names):
            return f"{head}{names[place]} {text}"
        return text if head == AT else f"{head}{names[0]} {text}"
    begun, _, text = rest.partition(" ")
    if head == AT and begun:
        found = [name for name in names if name.casefold().startswith(begun.casefold())]
        return f"{head}{found[0]} {text}" if found else None
    return f"{head or AT}{names[0]} {rest}"


def _split(line: str) -> tuple[str, str]:
    """Return what makes a line address somebody, and what follows it; nothing where it does not."""
    for whisper in _WHISPERS:
        if line.casefold().startswith(f"{whisper} "):
            return f"{whisper} ", line[len(whisper) :].lstrip()
    return (AT, line[1:]) if line.startswith(AT) else ("", line)


def _calls(present: Present) -> list[tuple[str, str]]:
    """Return by what each is called, caseless; a first word that two share calls neither."""
    calls = [(who, call) for who, name in present for call in {clean_line(name).casefold(), who.casefold()}]
    firsts = [(who, clean_line(name).casefold().partition(" ")[0]) for who, name in present]
    shared = [first for _, first in firsts]
    return calls + [(who, first) for who, first in firsts if first and shared.count(first) == 1]
