"""Compiles the scenes of a story: what is told in them and where they lead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.plaintext import clean_line
from engine.story import schema as form
from engine.story.compile_choice import compile_choices
from engine.story.compile_talk import compile_talk
from engine.story.desk import Desk
from engine.story.graph import Character, Draw, Scene
from engine.story.places import TreePath


def compile_scene(desk: Desk, name: str, written: form.AnyScene, characters: Mapping[str, Character]) -> Scene:
    """Return a scene with everything in it resolved."""
    path: TreePath = ("scenes", name)
    common: dict[str, Any] = {
        "id": name,
        "title": clean_line(written.title),
        "passage": desk.passage((*path, "text"), written.text, name),
        "effects": desk.effects((*path, "set"), written.effects, name),
        "former": written.renamed_from,
    }
    match written:
        case form.TalkScene():
            return Scene(kind="talk", **common, **compile_talk(desk, path, name, written, characters))
        case form.PoolScene():
            pool = tuple(_draw(desk, (*path, "pool", number), draw) for number, draw in enumerate(written.pool))
            return Scene(kind="pool", **common, pool=pool, goto=desk.target((*path, "goto"), written.goto))
        case form.EndingScene():
            return Scene(kind="ending", **common, ending=clean_line(written.ending))
        case form.ChoiceScene():
            goto = desk.target((*path, "goto"), written.goto)
            return Scene(kind="choices", **common, choices=compile_choices(desk, path, written.choices), goto=goto)
        case _:
            raise AssertionError(written)


def _draw(desk: Desk, path: TreePath, written: form.Draw) -> Draw:
    return Draw(
        scene=desk.target((*path, "scene"), written.scene, scene_only=True),
        weight=written.weight,
        condition=desk.expression((*path, "if"), written.condition, "/".join(map(str, path))),
        once=written.once,
    )
