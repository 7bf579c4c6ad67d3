"""Says in an author's words, at its place, what the schema found wrong. It changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.story import schema as form
from engine.story.fields import kind_word
from engine.story.parts import NOUNS, keys_of, kinds_with, owner_name, part_at, required_keys, untagged
from engine.story.places import Report, TreePath
from engine.story.scalars import UNKNOWN
from engine.story.slips import assignment_slip
from engine.story.suggest import did_you_mean, listed, nearest
from engine.story.treeplaces import follow, place_inside, place_of
from engine.story.yamltree import Row, Table

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_WANTED = {
    "palaver": 'write "palaver: 1" at the top',
    "title": 'write "title: " and its name',
    "start": 'write "start: " and the id of its first scene',
    "scenes": "write its scenes under it",
    "persona": "write who the character is, for its model to read",
    "text": "write what is to be read there",
    "fact": "write what the character knows",
    "when": "write the sentence that has to come true",
    "player": "write what the player says",
    "reply": "write what the character answers",
    "keys": "write the words that bring it up",
    "who": "name the character who breaks in",
    "turns": "write after how many lines the talk ends",
    "scene": "write the id of the scene to draw",
    "goto": "write where the story goes when no scene can be drawn",
    "talk": "write who talks",
    "ending": "write its name",
    "value": "write its first value, which says what it holds",
    "expr": "write the expression",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "less_than_equal": ("le", "at most"),
    "greater_than": ("gt", "more than"),
    "less_than": ("lt", "less than"),
}
_SHOWN = {"scene": ("text", "choices", "goto"), "piece of lore": ("keys", "text")}
"""Keys to name of a part where those it cannot do without say too little."""
_SECRETS = ("base_url", "url", "endpoint", "host", "key", "api_key", "token", "model", "name", "provider")


def complain(errors: Iterable[ErrorDetails], root: Table, report: Report) -> None:
    """Report every error of the schema at its place."""
    errors = tuple(errors)
    misspelt = set(misspelt_keys(errors, root).values())
    for error in errors:
        path = error["loc"]
        if _follows(error, root) or (error["type"] == "missing" and path in misspelt):
            continue
        kind, key = error["type"], path[-1] if path else ""
        if kind == "missing":
            part, start = part_at(path[:-1])
            wanted = _WANTED["value"] if part is form.Variable else _WANTED[str(key)]
            message = f'{owner_name(part, start)} has no "{key}": {wanted}.'
            report.error(place_of(root, path[:-1], key=True), "missing-key", message)
        elif kind == "extra_forbidden":
            comma = _cut_by_comma(path, root) if error["input"] is None else ""
            report.error(place_of(root, path, key=True), "unknown-key", comma or _unknown_key(path, root))
        elif kind == "template-here":
            offset = error["ctx"]["at"]
            report.error(place_inside(root, path, offset), kind, f"{_subject(path, root)} {error['msg']}")
        else:
            code, message = _wrong_value(error, root)
            report.error(place_of(root, path, key=error["input"] is None), code, message)


def misspelt_keys(errors: Iterable[ErrorDetails], root: Table) -> dict[TreePath, TreePath]:
    """Return the paths of unknown keys that stand in the place of one that is missing → the path of that one."""
    found: dict[TreePath, TreePath] = {}
    for error in errors:
        path = error["loc"]
        if error["type"] == "extra_forbidden" and error["input"] is not None:
            spots = follow(root, path[:-1])
            around = spots[-1].value if spots else root
            part = part_at(path[:-1])[0]
            meant = "" if _belongs_elsewhere(part, str(path[-1])) else nearest(str(path[-1]), keys_of(part))
            target = (*path[:-1], meant)
            if meant and isinstance(around, Table) and meant not in around and target not in found.values():
                found[path] = target
    return found


def _follows(error: ErrorDetails, root: Table) -> bool:
    """Tell whether an error only follows from another.

    A table that could not be read whole lacks things, and a list whose items are all wrong counts as empty.
    """
    if error["input"] == UNKNOWN or (error["type"] == "too_short" and error["input"]):
        return True
    spots = follow(root, error["loc"])
    around = spots[-1].value if spots else root
    return isinstance(around, Table) and around.broken and error["type"] != "extra_forbidden"


def _subject(path: TreePath, root: Table) -> str:
    spots = follow(root, path)
    if not spots:
        return "This"
    if isinstance(spots[-1].name, int):
        named = next((spot.name for spot in reversed(spots) if isinstance(spot.name, str)), "the list")
        return f'An item of "{named}"'
    return f'"{spots[-1].name}"'


def _wrong_value(error: ErrorDetails, root: Table) -> tuple[str, str]:
    """Return code and message for a value that is not what its key wants."""
    path, kind, value, context = error["loc"], error["type"], error["input"], error.get("ctx", {})
    subject = _subject(path, root)
    part, _ = part_at(path)
    if value is None:
        around, key = untagged(path)[-2:] if len(untagged(path)) > 1 else ("", "")
        if around in ("says", "opening") and (comma := _cut_by_comma(path, root)):
            return "empty", comma
        if around == "set" and (meant := assignment_slip(str(key))):
            return "empty", f'A "=" sets nothing here. Write {meant}.'
        return "empty", f"{subject} is empty: write what belongs there, or take it out."
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return "out-of-range", f"{subject} must be {words} {context[name]:g}, and this is {value}."
    match kind:
        case "string_type":
            return "wrong-kind", f"{subject} wants a text, and this is {kind_word(value)}."
        case "tuple_type":
            return "wrong-kind", f'{subject} wants a list, and this is {kind_word(value)}: begin each item with "- ".'
        case "dict_type" if path[-1] == "set" and isinstance(value, str) and (meant := assignment_slip(value)):
            return "wrong-kind", f'{subject} wants a table, and a "=" sets nothing: write {{{meant[1:-1]}}}.'
        case "dict_type" if path[-1] in ("opening", "moves", "set"):
            name = _example_name(path, root)
            example = f"{{{name}: 1}}" if path[-1] == "moves" else f"{{{name}: ...}}"
            return "wrong-kind", f"{subject} wants a table, and this is {kind_word(value)}: write it as {example}."
        case "dict_type":
            return (
                "wrong-kind",
                f'{subject} wants a table, and this is {kind_word(value)}: write "id: ..." below it, one a line.',
            )
        case "model_type" | "model_attributes_type":
            noun = "scene" if issubclass(part, form.AnyScene) else NOUNS[part]
            keys = listed(_SHOWN.get(noun) or required_keys(part) or keys_of(part)[:3])
            return (
                "wrong-kind",
                f"{_article(noun)} is written with keys such as {keys}, and this is {kind_word(value)}.",
            )
        case "string_too_long":
            return "too-long", f"{subject} is {len(value):,} characters long, and may have {context['max_length']:,}."
        case "too_short":
            return "empty", f"{subject} has nothing in it: write at least one, or take it out."
        case "too_long":
            return "too-long", f"{subject} has {len(value):,} entries, and may have {context['max_length']:,}."
        case "string_pattern_mismatch":
            return "wrong-value", f'{subject} wants the short name of a language, such as "en" or "pt-BR".'
        case _:
            return kind, f"{subject} {error['msg']}"


def _cut_by_comma(path: TreePath, root: Table) -> str:
    """Return what to say of a key without a value that is the rest of a text cut by its comma; else an empty text."""
    spots = follow(root, path)
    if not spots or spots[-1].name != path[-1]:
        return ""
    spot = spots[-1]
    before = spot.source.text.split("\n")[spot.key.line][: spot.key.column].rstrip()
    if not before.endswith(","):
        return ""
    return f'Between {{ and }} a comma ends a text, and "{spot.name}" is taken for a key: put the whole text in quotes.'


def _example_name(path: TreePath, root: Table) -> str:
    """Return a name of this story's own to write in a table of characters or of moves."""
    if path[-1] == "opening":
        spots = follow(root, (*path[:-1], "talk"))
        talkers = spots[-1].value if spots and spots[-1].name == "talk" else None
        if isinstance(talkers, Row):
            talkers = talkers[0] if talkers else None
        if isinstance(talkers, str):
            return str(talkers)
    declared = root.get("characters" if path[-1] == "opening" else "state")
    return next(iter(declared), "name") if isinstance(declared, Table) else "name"


def _article(noun: str) -> str:
    return f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}"


def _belongs_elsewhere(part: type[form.Part], key: str) -> bool:
    """Tell whether a key is spelt well and only stands in the wrong part."""
    return (
        (part is form.Taste and key in _SECRETS)
        or (issubclass(part, form.AnyScene) and any(kinds_with(key)))
        or (key == "when" and "if" in keys_of(part))
    )


def _unknown_key(path: TreePath, root: Table) -> str:
    """Return what to say of a key that the format does not have there."""
    key = str(path[-1])
    part, _ = part_at(path[:-1])
    known = keys_of(part)
    if part is form.Taste and key in _SECRETS:
        return (
            f'"{key}" cannot stand in a story: which model answers, where and with which key is for the player to set.'
        )
    if issubclass(part, form.AnyScene) and (kinds := tuple(kinds_with(key))):
        if key in form.KINDS:
            makes = next(name for name, kind in form.KINDS.items() if kind is part)
            return f'"{key}" cannot stand beside "{makes}": make two scenes of it.'
        names = " and ".join(f"a {NOUNS[kind]}" for kind in kinds)
        return f'"{key}" belongs to {names}, and this is {_article(NOUNS[part]).lower()}.'
    if key == "when" and "if" in known:
        return (
            f'{_article(NOUNS[part])} has no "when", which is a sentence for a judge. '
            'Write "if" and an expression over variables.'
        )
    guess = did_you_mean(key, known)
    return f'{_article(NOUNS[part])} has no key "{key}".{guess or f" It has {listed(known, most=20)}."}'
