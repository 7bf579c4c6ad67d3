"""Reads what an author does not want to be warned of, and says where saying so does nothing.

`# palaver: ignore[code]` quiets a warning on its own line or, standing alone, on the next; `ignore-all[code]` anywhere
quiets it in the whole story. Errors are never quieted: a story with one cannot be played.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import yaml

from engine.story.codes import CODES
from engine.story.diagnostics import Diagnostic
from engine.story.places import Place, Source
from engine.story.suggest import did_you_mean

MOST_NOTES = 1_000
"""Comments of that kind that are heeded in one story: a suggestion for a misspelt one may cost 1 ms."""
_NOTE = re.compile(r"(?<!\S)#[ \t]*palaver:[ \t]*(ignore-all|ignore)\b(?:[ \t]*\[([^\]\n]*)\])?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Note:
    """One comment of that kind."""

    place: Place
    codes: tuple[str, ...]
    line: int
    """The line it is about; 0 for the whole story."""


def quieted(found: Iterable[Diagnostic], sources: Iterable[Source], *, whole: bool) -> tuple[Diagnostic, ...]:
    """Return the findings without those that are ignored, and with a warning for each ignore that does nothing.

    Where not everything was looked for (`whole` is false), an ignore may yet be needed and is let be.
    """
    notes = list(islice((note for source in sources for note in _notes(source)), MOST_NOTES + 1))
    if not notes:
        return tuple(found)
    too_many = notes[MOST_NOTES:]
    del notes[MOST_NOTES:]
    said: dict[tuple[str, int, str], list[Note]] = {}
    for note in notes:
        for code in note.codes:
            said.setdefault((note.place.file if note.line else "", note.line, code), []).append(note)
    used: dict[Place, set[str]] = {}
    kept = []
    for diagnostic in found:
        here, anywhere = (diagnostic.file, diagnostic.line, diagnostic.code), ("", 0, diagnostic.code)
        by = said.get(here) or said.get(anywhere) if diagnostic.severity == "warning" else None
        if by:
            for note in by:
                used.setdefault(note.place, set()).add(diagnostic.code)
        else:
            kept.append(diagnostic)
    for note in notes:
        kept += _idle(note, used.get(note.place, set()), whole=whole)
    for note in too_many:
        message = f'There are {MOST_NOTES:,} of these before it, and no more are read: write one "ignore-all" instead.'
        kept.append(Diagnostic(note.place.file, note.place.line, note.place.column, "warning", "bad-ignore", message))
    return tuple(sorted(kept))


def _idle(note: Note, used: set[str], *, whole: bool) -> Iterator[Diagnostic]:
    """Yield a warning for whatever a note says that does nothing."""
    place = note.place

    def warning(code: str, message: str) -> Diagnostic:
        return Diagnostic(place.file, place.line, place.column, "warning", code, message)

    if not note.codes:
        yield warning("bad-ignore", "This does not say which warning to ignore: write its code, as in ignore[no-hint].")
    for code in note.codes:
        if code not in CODES:
            guess = did_you_mean(code, CODES) or " `palaver check` prints each code at the end of its line."
            yield warning("bad-ignore", f'There is no warning "{code[:40]}".{guess}')
        elif CODES[code].severity == "error":
            yield warning("bad-ignore", f'"{code}" is an error, and errors cannot be ignored: mend it.')
        elif whole and code not in used:
            where = "in this story" if not note.line else "on that line"
            yield warning("unused-ignore", f'There is no "{code}" {where} to ignore: take this out.')


def _notes(source: Source) -> Iterator[Note]:
    if "palaver:" not in source.text or _NOTE.search(source.text) is None:
        return
    lines = source.text.split("\n")
    inside = set(_lines_of_texts(source.text))
    following = _following(lines)
    for number, line in enumerate(lines, 1):
        match = _NOTE.search(line) if number not in inside else None
        if match is None or _in_quotes(line, match.start()):
            continue
        codes = tuple(dict.fromkeys(code.strip() for code in (match[2] or "").split(",") if code.strip()))
        about = number
        if match[1].casefold() == "ignore-all":
            about = 0
        elif not line[: match.start()].strip():
            about = following[number]
        yield Note(Place(source.name, number, match.start() + 1), codes, about)


def _following(lines: list[str]) -> list[int]:
    """Return for each line, counted from 1, the number of the next after it that is no comment; itself at the end."""
    following = [0] * (len(lines) + 1)
    after = 0
    for number in range(len(lines), 0, -1):
        following[number] = after or number
        text = lines[number - 1].lstrip()
        after = number if text and not text.startswith("#") else after
    return following


def _in_quotes(line: str, at: int) -> bool:
    """Tell whether a text in quotes that begins on this line goes on past `at`."""
    before = re.sub(r"\\.|''", "", line[:at])
    return before.count('"') % 2 == 1 or bool(re.search(r"(?:^|[\s\[{,:])'[^']*$", before))


def _lines_of_texts(text: str) -> Iterator[int]:
    """Yield the lines after the first of each text that has several: what looks like a comment there may be none."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        event: Any = loader.get_event()
        while type(event) is not yaml.StreamEndEvent:
            begins, ends = event.start_mark, event.end_mark
            if type(event) is yaml.ScalarEvent and event.style and ends.line > begins.line:
                yield from range(begins.line + 2, ends.line + (ends.column > 0) + 1)
            event = loader.get_event()
    except (yaml.YAMLError, ValueError):  # reported when the story was read: what comes after it is not looked at
        return
    finally:
        loader.dispose()
