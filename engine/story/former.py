"""What things were called in earlier versions of a story, so that old saves find them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.story import schema as form
from engine.story.desk import Desk
from engine.story.graph import Scene
from engine.story.ids import id_fault
from engine.story.places import TreePath


def check_former(desk: Desk, story: form.Story, scenes: Mapping[str, Scene]) -> None:
    """Report every `renamed_from` that could not be followed, because the name is in use or claimed twice."""
    sections: tuple[tuple[str, Mapping[str, form.Variable | form.Character | form.AnyScene]], ...] = (
        ("state", story.state),
        ("characters", story.characters),
        ("scenes", story.scenes),
    )
    for section, entries in sections:
        former = [((section, name), name, entry.renamed_from) for name, entry in entries.items()]
        _check(desk, former)
    for name, scene in scenes.items():
        if any(choice.former for choice in scene.choices):
            paths = (("scenes", name, "choices", number) for number in range(len(scene.choices)))
            _check(desk, [(path, choice.id, choice.former) for path, choice in zip(paths, scene.choices, strict=True)])
        _check(desk, [(("scenes", name, "outcomes", each.id), each.id, each.former) for each in scene.outcomes])


def _check(desk: Desk, entries: Iterable[tuple[TreePath, str, str]]) -> None:
    entries = tuple(entries)
    claimed: dict[str, str] = {}
    names = {name for _, name, _ in entries}
    for path, name, former in entries:
        if not former:
            continue
        at = (*path, "renamed_from")
        if fault := id_fault(former):
            desk.error(at, "bad-id", fault)
        elif former in names:
            message = (
                f'"{former}" is in use, so "{name}" cannot have had that name: take this out, or rename the other.'
            )
            desk.error(at, "bad-rename", message)
        elif former in claimed:
            message = f'"{claimed[former]}" was renamed from "{former}" as well: only one of them can have been.'
            desk.error(at, "bad-rename", message)
        claimed.setdefault(former, name)


def former_keys(scenes: Mapping[str, Scene]) -> dict[str, str]:
    """Return what choices and outcomes were called in saves → what they are called now.

    A save may be older than the renaming of the scene, of the entry, or of both.
    """
    found = {}
    for scene in scenes.values():
        for section, entries in (("choices", scene.choices), ("outcomes", scene.outcomes)):
            for entry in entries:
                for old_scene in filter(None, (scene.id, scene.former)):
                    for old in filter(None, (entry.id, entry.former)):
                        found[f"{old_scene}/{section}/{old}"] = entry.key
                found.pop(entry.key, None)
    return found
