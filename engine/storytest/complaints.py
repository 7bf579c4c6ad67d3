"""Says in an author's words, at its place, what the schema found wrong with a test. It changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.story.fields import Part, kind_word
from engine.story.places import Report, TreePath
from engine.story.suggest import did_you_mean, listed
from engine.story.treeplaces import follow, place_of
from engine.story.yamltree import Row, Table
from engine.storytest import forms

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_NOT_UNDERSTOOD = {"model_type", "model_attributes_type", "dict_type"}


def complain(errors: Iterable[ErrorDetails], root: Table, at: TreePath, report: Report) -> None:
    """Report every error that the schema found in the part at `at`, at its place."""
    for error in errors:
        path = (*at, *error["loc"])
        kind, value = error["type"], error["input"]
        subject = _subject(root, path)
        if kind == "too_short" and value:
            continue  # what was in it is wrong, and reported
        if kind == "extra_forbidden":
            report.error(place_of(root, path, key=True), "unknown-key", _unknown(str(path[-1]), part_at(path[:-1])))
            continue
        if value is None:
            kind, message = "empty", f"{subject} is empty: write what belongs there, or take it out."
        elif kind in _NOT_UNDERSTOOD:
            kind, message = "wrong-kind", f"{subject} wants a table{_keys(path)}, and this is {kind_word(value)}."
        elif kind == "string_type":
            kind, message = "wrong-kind", f"{subject} wants a text, and this is {kind_word(value)}."
        elif kind == "tuple_type":
            kind, message = "wrong-kind", f'{subject} wants a list, and this is {kind_word(value)}: begin with "- ".'
        elif kind in ("string_too_long", "too_long"):
            most = error["ctx"]["max_length"]
            kind, message = "too-long", f"{subject} is longer than the {most:,} that it may be: make it shorter."
        elif kind == "too_short":
            kind, message = "empty", f"{subject} has nothing in it: write at least one, or take it out."
        elif kind == "literal_error":
            guess = did_you_mean(str(value), forms.COMMANDS) or f" There is {listed(forms.COMMANDS)}."
            keys = f"A move is one of these words or a table with one of {listed(forms.DOES)}."
            kind, message = "wrong-value", f'"{str(value)[:60]}" is no move.{guess} {keys}'
        else:
            message = f"{subject} {error['msg']}"
        report.error(place_of(root, path, key=value is None), kind, message)


def taken_out(root: Table, path: TreePath, start: TreePath) -> bool:
    """Take what is wrong at `path` out of the part at `start`; tells whether that could be done."""
    spots = follow(root, path)
    if len(spots) <= len(follow(root, start)):
        return False
    around, name = spots[-2].value, spots[-1].name
    if isinstance(around, Table) and isinstance(name, str):
        around.pop(name, None)
    elif isinstance(around, Row) and isinstance(name, int):
        around[name] = Table()
    return True


def part_at(path: TreePath) -> type[Part]:
    """Return the innermost part that `path` leads into."""
    part: type[Part] = forms.File
    at = 0
    while at < len(path):
        inside = forms.PARTS.get((part, str(path[at])))
        at += 1
        if inside is not None:
            part, between = inside
            at += between if at < len(path) and (between == 0 or _is_place(part, path[at])) else 0
    return part


def _is_place(part: type[Part], element: str | int) -> bool:
    """Tell whether it is an id or position before a part; a list of one may be written without."""
    return part is forms.OneTest or isinstance(element, int)


def _unknown(key: str, part: type[Part]) -> str:
    known = [field.alias or name for name, field in part.model_fields.items()]
    guess = did_you_mean(key, known) or f" It has {listed(known, most=20)}."
    noun = forms.NOUNS[part]
    return f'{noun if noun[0] == chr(34) else f"A {noun}"} has no key "{key}".{guess}'


def _keys(path: TreePath) -> str:
    part = part_at(path)
    known = [field.alias or name for name, field in part.model_fields.items()]
    return f" with keys such as {listed(known[:3])}" if part is not forms.File else ' such as "a name: {moves: ...}"'


def _subject(root: Table, path: TreePath) -> str:
    spots = follow(root, path)
    named = next((spot.name for spot in reversed(spots) if isinstance(spot.name, str)), "this")
    return f'An item of "{named}"' if spots and isinstance(spots[-1].name, int) else f'"{named}"'
