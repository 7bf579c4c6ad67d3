"""What the rows of a save say, checked one by one.

Each row ends in a sum over its other columns: SQLite keeps none, so a flipped bit would otherwise change what somebody
said and nobody would know. It guards against a failing disk, not against a forger. It knows no SQL and no file.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from engine.plaintext import clean_line
from engine.play.events import Event
from engine.saves.codec import (
    LARGEST_INT,
    Malformed,
    Scalar,
    decode_events,
    decode_note,
    encode_events,
    encode_note,
)
from engine.saves.tree import Place

LONGEST_LINE = 500
"""Characters in a title, id, hash or version."""
LONGEST_NAME = 80
"""Characters in the name of a moment."""

REHEARSAL: Mapping[str, bool] = {"rehearsal": True}
"""The note of the first turn of a game that its author laid: what is found in it is no player's finding."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class StoryRef:
    """The story that is played, as it was when the playthrough began."""

    id: str
    title: str
    hash: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Meta:
    """What a save says of itself."""

    playthrough: str
    """A UUID: the same in every copy of the playthrough."""
    created: datetime
    seed: int
    story: StoryRef


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a playthrough, whole."""

    id: int
    """Counts from 1 in the order played, over all branches."""
    parent: int
    """The turn it was played from; 0 for the first."""
    at: datetime
    """When it was committed; UTC, to the second."""
    events: tuple[Event, ...]
    story_hash: str = ""
    """The story's hash when it was played."""
    note: Mapping[str, Scalar] | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A name that the player gave to a moment."""

    name: str
    turn: int
    at: datetime
    """When that turn was committed."""


META = "one, playthrough, created, seed, story_id, story_title, story_hash, story_version, sum"
TURN = "id, parent, at, story_hash, events, note, sum"
PLACE = "one, head, tip, sum"
NAME = "name, turn, sum"
"""The columns of each table, in the order that the functions below take and give."""


def meta_row(meta: Meta) -> Row:
    """Return the row that keeps `meta`; raises `Malformed`."""
    story = meta.story
    lines = (_line(text) for text in (story.id, story.title, story.hash, story.version))
    return _summed(1, _line(meta.playthrough), written(meta.created), _integer(meta.seed), *lines)


def read_meta(row: Row) -> Meta:
    """Return what a row of `meta` says; raises `Malformed`."""
    _, playthrough, created, seed, *story = _checked(row)
    return Meta(_own(playthrough), _moment(created), _integer(seed), StoryRef(*(_own(text) for text in story)))


def turn_row(turn: Turn) -> Row:
    """Return the row that keeps `turn`; raises `Malformed`."""
    return _summed(
        turn.id,
        turn.parent or None,
        written(turn.at),
        _line(turn.story_hash),
        encode_events(turn.events),
        None if turn.note is None else encode_note(turn.note),
    )


def read_turn(row: Row) -> Turn:
    """Return what a row of `turns` says; raises `Malformed`."""
    number, parent, at, story_hash, events, note = _checked(row)
    if parent is not None and not 0 < _integer(parent) < _integer(number):
        raise Malformed("the turn that it follows is not an earlier one")
    if not isinstance(events, str) or not isinstance(note, str | None):
        raise Malformed("its events are not text")
    return Turn(
        _integer(number),
        parent or 0,
        _moment(at),
        decode_events(events),
        _own(story_hash),
        None if note is None else decode_note(note),
    )


def place_row(place: Place) -> Row:
    """Return the row that keeps a place in the tree."""
    return _summed(1, place.head or None, place.tip or None)


def read_place(row: Row) -> Place:
    """Return the place that a row keeps; raises `Malformed`."""
    _, head, tip = _checked(row)
    return Place(_integer(head or 0), _integer(tip or 0))


def name_row(name: str, turn: int) -> Row:
    """Return the row that keeps a name; raises `Malformed`."""
    return _summed(_name(name), turn)


def read_name(row: Row) -> tuple[str, int]:
    """Return a name and the turn that it is given to; raises `Malformed`."""
    name, turn = _checked(row)
    return _name(name), _integer(turn)


def written(at: datetime) -> str:
    """Return a moment as saves write it: `2026-11-24T18:30:05Z`."""
    if at.tzinfo is None:
        raise ValueError("A time without its zone cannot be saved: give datetime.now(UTC).")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
# A moment is shown in the reader's own zone and has to be a date there: some hours of the years 1 and 9999 are not.
_EAST, _WEST = timezone(timedelta(hours=23)), timezone(timedelta(hours=-23))


def _moment(text: Any) -> datetime:
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise Malformed("its time is not a time")
    try:
        at = datetime.fromisoformat(text)
        for zone in (_EAST, _WEST):
            at.astimezone(zone)
    except (ValueError, OverflowError) as error:
        raise Malformed(f"its time is not a time ({error})") from None
    return at


def _line(text: str) -> str:
    """Return a text of our own as it goes into a save."""
    return clean_line(text)[:LONGEST_LINE].rstrip()


def _own(text: Any) -> str:
    """Return a text read from a save that can only have been written by `_line`."""
    if not isinstance(text, str) or len(text) > LONGEST_LINE or clean_line(text) != text:
        raise Malformed("it holds a text that Palaver does not write")
    return text


def _name(text: Any) -> str:
    if not 0 < len(_own(text)) <= LONGEST_NAME:
        raise Malformed("it is empty or too long")
    return str(text)


def _integer(number: Any) -> int:
    if type(number) is not int or abs(number) > LARGEST_INT:
        raise Malformed("it holds a number that Palaver does not write")
    return number


def _sum(columns: Row) -> int:
    return zlib.crc32(json.dumps(columns).encode("ascii"))


def _summed(*columns: int | str | None) -> Row:
    return (*columns, _sum(columns))


def _checked(row: Row) -> Row:
    """Return a row without its sum, which must be right."""
    *columns, found = row
    if not all(isinstance(column, int | str | None) for column in columns) or found != _sum(tuple(columns)):
        raise Malformed("its sum is wrong")
    return tuple(columns)
