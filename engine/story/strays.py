"""Puts scenes, characters and variables that stand at the top of a file under the section they belong to.

Each section's strays are reported once. It guesses from the keys of a table alone, and moves nothing that is already
a key of a story.
"""

from __future__ import annotations

from engine.story import schema as form
from engine.story.parts import keys_of
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


def _is_stray(name: str, value: Node, signs: frozenset[str]) -> bool:
    if not isinstance(value, Table) or signs.isdisjoint(value):
        return False
    known = keys_of(form.Story)
    return name not in known and not nearest(name, known)
