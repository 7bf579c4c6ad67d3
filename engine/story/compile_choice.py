"""Compiles the choices of a scene, and gives an id to each that has none."""

from __future__ import annotations

from collections.abc import Sequence

from engine.plaintext import clean_line
from engine.story import schema as form
from engine.story.desk import Desk
from engine.story.graph import Choice
from engine.story.ids import id_fault, slug
from engine.story.places import TreePath


def compile_choices(desk: Desk, path: TreePath, written: Sequence[form.Choice]) -> tuple[Choice, ...]:
    """Return the choices of the scene at `path`."""
    ids = _choice_ids(desk, path, written)
    return tuple(
        _choice(desk, (*path, "choices", number), f"{path[1]}/choices/{ids[number]}", choice)
        for number, choice in enumerate(written)
    )


def _choice(desk: Desk, path: TreePath, key: str, written: form.Choice) -> Choice:
    if written.ask:
        _check_asked(desk, (*path, "ask"), written.ask)
    return Choice(
        id=key.rpartition("/")[2],
        key=key,
        text=desk.text((*path, "text"), written.text, f"{key}/text"),
        way=desk.way(path, written, key),
        condition=desk.expression((*path, "if"), written.condition, f"{key}/if"),
        enabled=desk.expression((*path, "enabled_if"), written.enabled_if, f"{key}/enabled_if"),
        reason=clean_line(written.reason),
        once=written.once,
        ask=written.ask,
        former=written.renamed_from,
    )


def _choice_ids(desk: Desk, path: TreePath, written: Sequence[form.Choice]) -> list[str]:
    """Return an id for each choice: the one written, else one made from its text."""
    taken: dict[str, int] = {}
    for number, choice in enumerate(written):
        at = (*path, "choices", number, "id")
        if not choice.id:
            continue
        if fault := id_fault(choice.id):
            desk.error(at, "bad-id", fault)
        if choice.id in taken:
            first = desk.place((*path, "choices", taken[choice.id], "id"))
            message = f'"{choice.id}" is the id of two choices here, first at {first}. Rename one of them.'
            desk.error(at, "duplicate-id", message)
        taken.setdefault(choice.id, number)
    ids = []
    counts: dict[str, int] = {}  # how often each stem was tried: thousands of choices may read alike
    for number, choice in enumerate(written):
        made = choice.id
        stem = "" if made else slug(choice.text) or f"choice_{number + 1}"
        while not made or (not choice.id and made in taken):
            counts[stem] = count = counts.get(stem, 0) + 1
            made = stem if count == 1 else f"{stem}_{count}"
        taken.setdefault(made, number)
        ids.append(made)
    return ids


def _check_asked(desk: Desk, path: TreePath, name: str) -> None:
    variable = desk.variable(path, name, key=False)
    if variable is None:
        return
    if variable.kind != "text":
        message = f'"ask" keeps what the player types, and "{name}" holds no text: start it with "" or name another.'
        desk.error(path, "wrong-value", message)
    elif variable.options:
        message = f'"ask" keeps whatever the player types, and "{name}" is one of a few texts: name another variable.'
        desk.error(path, "wrong-value", message)
