"""Takes scenes, characters and variables for what they are where their author misplaced or misspelt what says so.

Each slip is reported once, here. It guesses from the keys of a table alone, and touches none that the format knows.
"""

from __future__ import annotations

from engine.story import schema as form
from engine.story.parts import keys_of, kinds_with
from engine.story.places import Report
from engine.story.suggest import listed, nearest
from engine.story.treeplaces import place_of
from engine.story.yamltree import Node, Table

_SIGNS = {
    "scenes": frozenset(("text", "choices", "goto", "talk", "pool", "ending")),
    "characters": frozenset(("persona",)),
    "state": frozenset(("start", "one_of")),
}
"""By section: the keys that only what belongs there has."""


def gather_strays(root: Table, report: Report) -> None:
    """Move what stands at the top and belongs under a section there, and report it."""
    for section, signs in _SIGNS.items():
        strays = [name for name, value in root.items() if _is_stray(name, value, signs)]
        around = root.get(section)
        if not strays or not (around is None or isinstance(around, Table)):
            continue
        names = listed(strays).replace(" or ", " and ")
        told = f"{names} stands at the top: put it" if len(strays) == 1 else f"{names} stand at the top: put them"
        place = place_of(root, (strays[0],), key=True)
        report.error(place, "misplaced-key", f'{told} under "{section}:", indented deeper.')
        if around is None:
            around = root[section] = Table()
            root.places.setdefault(section, root.places[strays[0]])
        for name in strays:
            if name not in around:
                around[name], around.places[name] = root[name], root.places[name]
            del root[name]


def name_kinds(root: Table, report: Report) -> None:
    """Give scenes whose kind is misspelt (`tlak: maren`) that kind, and report it."""
    scenes = root.get("scenes")
    for name, scene in scenes.items() if isinstance(scenes, Table) else ():
        if not isinstance(scene, Table) or not form.KINDS.keys().isdisjoint(scene):
            continue
        for key in scene:
            kind = "" if any(kinds_with(key)) else nearest(key, form.KINDS)
            if kind and all(form.KINDS[kind] in kinds_with(other) for other in scene if any(kinds_with(other))):
                place = place_of(root, ("scenes", name, key), key=True)
                report.error(place, "unknown-key", f'A scene has no key "{key}". Did you mean "{kind}"?')
                scene[kind], scene.places[kind] = scene.pop(key), scene.places[key]
                break


def _is_stray(name: str, value: Node, signs: frozenset[str]) -> bool:
    if not isinstance(value, Table) or signs.isdisjoint(value):
        return False
    known = keys_of(form.Story)
    return name not in known and not nearest(name, known)
