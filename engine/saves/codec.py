"""Turns events into the JSON of a save and back, exactly: what it does not know, it refuses.

It knows shapes and sizes only: whether events make sense together is for their fold to show. All text passes
`plaintext.clean` both ways, so no save can carry a terminal escape to a screen.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, NoReturn, get_type_hints

from engine.plaintext import clean
from engine.play.events import EVENT_TYPES, Event
from engine.story.expressions import Value

LONGEST_TEXT = 100_000
"""Characters in one text of an event: five times the longest reply that the rules keep."""
LONGEST_TURN = 2_000_000
"""Characters in the JSON of one turn: sixteen replies of the greatest length fill a sixth of it."""
MOST_EVENTS = 20_000
MOST_VALUES = 20_000
LARGEST_INT = 2**63 - 1
"""What SQLite and most readers of JSON hold; the rules stop at a ten-thousandth of it."""
LONGEST_NOTE = 4_000
MOST_NOTES = 50

Scalar = bool | int | float | str | None
Note = Mapping[str, Scalar]
"""What is worth knowing about how a turn was made (model, tokens): flat, small, and never a key."""

_TYPE = "event"
"""The member that names the event's type; no event has a field of this name."""
_LATER: Mapping[str, Mapping[str, Any]] = {"PlayerSpoke": {"whispered": False}, "CharacterSpoke": {"whispered": False}}
"""Fields that a later version of the format added, with what they were before: turns saved earlier lack them."""
_SECRETS = ("key", "secret", "password", "authorization", "credential")
"""Words that no name in a note may hold, so that nobody stores a key there by habit."""


class Malformed(ValueError):
    """What is wrong with a row; whoever reads the row adds which one it is."""


def encode_events(events: Sequence[Event]) -> str:
    """Return the JSON that stands in a save for the events of one turn; raises `Malformed` for what no save holds."""
    if not events:
        raise Malformed("it has no events")
    if len(events) > MOST_EVENTS:
        raise Malformed(f"it has {len(events)} events, more than {MOST_EVENTS}")
    return _bounded(_dump([_encoded(event) for event in events]), LONGEST_TURN, "it")


def decode_events(text: str) -> tuple[Event, ...]:
    """Return the events of one turn; raises `Malformed` for anything that `encode_events` would not write."""
    loaded = _load(_bounded(text, LONGEST_TURN, "it"))
    if not isinstance(loaded, list) or not loaded:
        raise Malformed("its events are not a list")
    if len(loaded) > MOST_EVENTS:
        raise Malformed(f"it has {len(loaded)} events, more than {MOST_EVENTS}")
    return tuple(_decoded(item) for item in loaded)


def encode_note(note: Note) -> str:
    """Return the JSON of a turn's note; raises `Malformed` for nested, long or secret-sounding ones."""
    return _bounded(_dump(_note(dict(note))), LONGEST_NOTE, "its note")


def decode_note(text: str) -> dict[str, Scalar]:
    """Return a turn's note."""
    loaded = _load(_bounded(text, LONGEST_NOTE, "its note"))
    if not isinstance(loaded, dict):
        raise Malformed("its note is not an object")
    return _note(loaded)


def _encoded(event: Event) -> dict[str, Any]:
    name = type(event).__name__
    shape = _shape(name)
    item: dict[str, Any] = {_TYPE: name}
    for field, where, check in shape:
        item[field] = check(getattr(event, field), where)
    return item


def _decoded(item: Any) -> Event:
    if not isinstance(item, dict) or not isinstance(name := item.get(_TYPE), str):
        raise Malformed("it holds something that is not an event")
    if name not in EVENT_TYPES:
        raise Malformed(f'it holds an event of an unknown type, "{clean(name[:40])}"')
    shape = _shape(name)
    given = {**_LATER[name], **item} if name in _LATER else item
    if len(given) != len(shape) + 1:
        raise Malformed(f"{name} has other fields than it should")
    found: list[Any] = []
    for field, where, check in shape:
        if field not in given:
            raise Malformed(f'{name} lacks "{field}"')
        found.append(check(given[field], where))
    return EVENT_TYPES[name](*found)


Check = Callable[[Any, str], Any]
"""Gives the value back as it may stand in an event, or raises `Malformed` with the place given to it."""


@cache
def _shape(name: str) -> tuple[tuple[str, str, Check], ...]:
    """Return the fields of an event type, in order, each with its place in words and what may stand in it."""
    kind = EVENT_TYPES.get(name)
    if kind is None:
        raise Malformed(f'"{name}" is not a type of event')
    hints = get_type_hints(kind)
    return tuple((field.name, f"{name}.{field.name}", _CHECKS[hints[field.name]]) for field in fields(kind))


def _text(value: Any, where: str) -> str:
    if type(value) is not str:
        _wrong(where, "a text")
    return clean(_bounded(value, LONGEST_TEXT, where))


def _whole(value: Any, where: str) -> int:
    if type(value) is not int:
        _wrong(where, "a whole number")
    if abs(value) > LARGEST_INT:
        raise Malformed(f"{where} is too large a number")
    return value


def _yes_or_no(value: Any, where: str) -> bool:
    if type(value) is not bool:
        _wrong(where, "true or false")
    return value


def _value(value: Any, where: str) -> Value:
    match value:
        case bool():
            return value
        case int():
            return _whole(value, where)
        case float():
            if type(value) is not float or not math.isfinite(value):
                _wrong(where, "a finite number")
            return value
        case _:
            return _text(value, where)


def _values(value: Any, where: str) -> tuple[tuple[str, Value], ...]:
    if not isinstance(value, list | tuple):
        _wrong(where, "a list")
    if len(value) > MOST_VALUES:
        raise Malformed(f"{where} has more than {MOST_VALUES} values")
    return tuple(_pair(pair, where) for pair in value)


def _pair(pair: Any, where: str) -> tuple[str, Value]:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        _wrong(where, "pairs of a name and a value")
    return _text(pair[0], where), _value(pair[1], where)


_CHECKS: Mapping[Any, Check] = {
    str: _text,
    int: _whole,
    bool: _yes_or_no,
    tuple[tuple[str, Value], ...]: _values,
}


def _note(loaded: dict[str, Any]) -> dict[str, Scalar]:
    if len(loaded) > MOST_NOTES:
        raise Malformed(f"its note has more than {MOST_NOTES} entries")
    note: dict[str, Scalar] = {}
    for key, value in loaded.items():
        name = _text(key, "a name in its note")
        if any(word in name.casefold() for word in _SECRETS):
            raise Malformed(f'its note holds "{name[:40]}", and a save keeps no secrets')
        note[name] = None if value is None else _value(value, f"{name[:40]} in its note")
    return note


def _dump(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _load(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise Malformed("its JSON is nested too deeply") from None
    except Malformed:
        raise
    except ValueError as error:  # JSONDecodeError, and the interpreter's own limit on digits
        raise Malformed(f"its JSON cannot be read ({error})") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("its JSON gives the same member twice")
    return found


def _constant(name: str) -> NoReturn:
    raise Malformed(f"its JSON holds {name}, which is not a number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _bounded(text: str, most: int, where: str) -> str:
    if len(text) > most:
        raise Malformed(f"{where} is {len(text):,} characters long, more than {most:,}")
    return text


def _wrong(where: str, wanted: str) -> NoReturn:
    raise Malformed(f"{where} is not {wanted}")
