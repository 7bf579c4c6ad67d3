"""Reads a story's tree into the models of the schema, mending what is wrong so that the rest can still be checked.

What it puts in place of a mistake is `UNKNOWN`, which later checks pass over: a mistake is reported once. What was
mended is never played.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from engine.story import schema as form
from engine.story.complaints import complain, misspelt_keys
from engine.story.ids import id_fault
from engine.story.parts import part_at, required_keys, untagged
from engine.story.places import Report, TreePath
from engine.story.scalars import UNKNOWN, Plain
from engine.story.strays import gather_strays, name_kinds
from engine.story.treeplaces import follow
from engine.story.yamltree import Node, Row, Table

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_ROUNDS = 8
_SECTIONS = ("scenes", "state", "let", "characters")
"""Without these there is nothing to check the rest against."""


@dataclass(slots=True)
class Form:
    """A story as its author wrote it, and what had to be mended in it."""

    story: form.Story
    lost: set[str] = field(default_factory=set)
    """Variables and lets of which nothing is known: nothing can be said about what uses them."""
    damaged: set[TreePath] = field(default_factory=set)
    """Parts with a mistake in them: nothing can be said about what they lack."""


def read_form(root: Table, report: Report) -> Form | None:
    """Return the story in the schema's models, mistakes reported and mended; None where there is too little left.

    The tree is changed by the mending.
    """
    lost: set[str] = set()
    gather_strays(root, report)
    name_kinds(root, report)
    damaged: set[TreePath] = set(_broken(root, ())) if report.failed else set()
    for _ in range(_ROUNDS):
        try:
            return Form(form.Story.model_validate(root), lost, damaged)
        except ValidationError as refused:
            errors = refused.errors(include_url=False)
        complain(errors, root, report)
        renamed = misspelt_keys(errors, root)
        for error in errors:
            if error["loc"] in renamed:
                _rename(root, error["loc"], str(renamed[error["loc"]][-1]))
        for error in errors:
            if error["loc"] in renamed or error["loc"] in renamed.values():
                damaged.add(untagged(part_at(error["loc"][:-1])[1]))
                continue
            path = _existing(root, error["loc"])
            damaged.add(untagged(part_at(path)[1]))
            lost.update(_lost_name(untagged(path)))
            if not _mended(error, root, path):
                return None
    return None


def _broken(node: Node, path: TreePath) -> Iterator[TreePath]:
    """Yield the parts in which a table could not be read whole; the tree is at most 50 deep."""
    if isinstance(node, Table) and node.broken:
        yield untagged(part_at(path)[1])
    entries = node.items() if isinstance(node, Table) else enumerate(node) if isinstance(node, Row) else ()
    for key, value in entries:
        yield from _broken(value, (*path, key))


def _rename(root: Table, path: TreePath, key: str) -> None:
    """Give a misspelt key its name, so that what stands under it is checked too."""
    spots = follow(root, path)
    around = spots[-2].value if len(spots) > 1 else root
    if isinstance(around, Table) and (name := str(path[-1])) in around:
        around[key] = around.pop(name)
        around.places[key] = around.places[name]


def _existing(root: Table, path: TreePath) -> TreePath:
    """Return `path` up to the last thing that the author wrote."""
    while path and len(follow(root, path[:-1])) == len(follow(root, path)):
        path = path[:-1]
    return path


def _lost_name(path: TreePath) -> tuple[str, ...]:
    known = len(path) > 2 and path[0] == "state" and path[2] not in ("start", "one_of")
    return () if known or len(path) < 2 or path[0] not in ("state", "let") else (str(path[1]),)


def _mended(error: ErrorDetails, root: Table, path: TreePath) -> bool:
    """Put something harmless in a mistake's place; tells whether there is such a thing."""
    spots = follow(root, path)
    if error["type"] == "missing":
        around = spots[-1].value if spots else root
        key = str(error["loc"][-1])
        if not isinstance(around, Table) or key in _SECTIONS:
            return False
        around[key] = _harmless(key)
        return True
    if not spots or (len(spots) == 1 and spots[0].name in _SECTIONS):
        return False
    around, name = spots[-2].value if len(spots) > 1 else root, spots[-1].name
    part, start = part_at(path)
    if isinstance(around, Row) and isinstance(name, int):
        around[name] = _harmless_part(part) if start == path else Plain(UNKNOWN)
    elif isinstance(around, Table) and isinstance(name, str):
        if part is form.Forced and id_fault(name):
            around.pop(name, None)  # `{heat = 2}`: there is no variable to look for
        elif start == path and error["type"] != "extra_forbidden":
            around[name] = _harmless_part(part)
        elif untagged(start) == untagged(path[:-1]) and name in required_keys(part):
            if name == "pool":
                around.clear()
                name = "goto"
            around[name] = _harmless(name)
        else:
            around.pop(name, None)
    return True


def _harmless(key: str) -> Plain:
    return Plain("1" if key in ("palaver", "turns") else UNKNOWN)


def _harmless_part(part: type[form.Part]) -> Table:
    table = Table()
    keys = ("goto",) if issubclass(part, form.AnyScene) else required_keys(part)
    for key in keys or ("when",):
        table[key] = _harmless(key)
    return table
