"""Which part of a story a path leads into, and what to call it when speaking to its author."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from engine.story import schema as form
from engine.story.places import TreePath

_INSIDE: dict[str, tuple[type[form.Part], int]] = {
    "state": (form.Variable, 1),
    "characters": (form.Character, 1),
    "lore": (form.Lore, 1),
    "scenes": (form.ChoiceScene, 1),
    "set": (form.Forced, 1),
    "knows": (form.Fact, 1),
    "moved_by": (form.MoveRule, 2),
    "examples": (form.Example, 1),
    "model": (form.Taste, 0),
    "choices": (form.Choice, 1),
    "outcomes": (form.Outcome, 1),
    "suggest": (form.Suggestion, 1),
    "limit": (form.Limit, 0),
    "interrupts": (form.Interrupt, 1),
    "pool": (form.Draw, 1),
}
"""What stands under a key, and how many ids or positions lie between."""

NOUNS: dict[type[form.Part], str] = {
    form.Story: "story",
    form.Variable: "variable",
    form.Character: "character",
    form.Lore: "piece of lore",
    form.Forced: "value",
    form.Fact: "fact",
    form.MoveRule: "rule of moved_by",
    form.Example: "example",
    form.SceneExample: "example",
    form.Taste: "model",
    form.Choice: "choice",
    form.Outcome: "outcome",
    form.Suggestion: "suggestion",
    form.Limit: "limit",
    form.Interrupt: "interrupt",
    form.Draw: "draw of a pool",
    form.TalkScene: "talk",
    form.PoolScene: "pool",
    form.EndingScene: "ending",
    form.ChoiceScene: "scene of choices",
}


def part_at(path: TreePath) -> tuple[type[form.Part], TreePath]:
    """Return the innermost part that `path` leads to or into, and the path to that part itself."""
    part: type[form.Part] = form.Story
    start, at = 0, 0
    while at < len(path):
        element = path[at]
        inside = _INSIDE.get(element) if isinstance(element, str) and element in keys_of(part) else None
        at += 1
        if inside is None:
            continue
        child, between = inside
        if at + between > len(path):
            break
        at += between
        if child is form.ChoiceScene:
            kind = str(path[at]).removeprefix(form.TAG) if at < len(path) else ""
            child = form.KINDS.get(kind, child)
        elif child is form.Example and issubclass(part, form.TalkScene):
            child = form.SceneExample
        part, start = child, at
    return part, path[:start]


def untagged(path: TreePath) -> TreePath:
    """Return the path as the author would walk it, without the marks of a scene's kind."""
    return tuple(element for element in path if not str(element).startswith(form.TAG))


@cache
def keys_of(part: type[form.Part]) -> tuple[str, ...]:
    """Return the keys an author may write in a part, in the order of the format."""
    return tuple(field.alias or name for name, field in part.model_fields.items())


@cache
def required_keys(part: type[form.Part]) -> tuple[str, ...]:
    """Return the keys an author has to write in a part."""
    return tuple(field.alias or name for name, field in part.model_fields.items() if field.is_required())


def owner_name(part: type[form.Part], path: TreePath) -> str:
    """Return what to call the part at `path` at the beginning of a sentence: `Scene "pier"`, `This choice`."""
    ids = untagged(path)
    if part is form.Story:
        return "The story"
    noun = "scene" if issubclass(part, form.AnyScene) else NOUNS[part]
    if ids and isinstance(ids[-1], str) and part not in (form.Taste, form.Limit, form.Forced, form.MoveRule):
        return f'{noun.capitalize()} "{ids[-1]}"'
    return f"This {noun}"


def kinds_with(key: str) -> Iterable[type[form.AnyScene]]:
    """Return the kinds of scene that have a key."""
    return (kind for kind in form.KINDS.values() if key in keys_of(kind))
