"""Joins the files of a story into one tree.

Sections are joined entry by entry, lists one after the other. Nothing written twice is chosen between: it is reported
with both places.
"""

from __future__ import annotations

from engine.story.places import Place, Report, Source
from engine.story.treeplaces import place_of
from engine.story.yamltree import Row, Table, read_tree

SECTIONS = ("state", "let", "characters", "scenes")
"""Tables that several files may each have a part of."""
LISTS = ("lore", "notes")


def merged_tree(sources: tuple[Source, ...], report: Report) -> tuple[Table | None, bool]:
    """Return the story's tree (None where there is nothing at all) and whether every file could be read to its end."""
    trees: list[Table] = []
    whole = True
    for source in sources:
        tree, readable = read_tree(source, report)
        whole = whole and readable
        if isinstance(tree, Table) and tree:
            trees.append(tree)
        elif isinstance(tree, Table) and tree.broken:
            whole = False
        elif readable:
            what = "This file is empty" if not tree else "This file is no story"
            message = f'{what}: write keys such as "palaver: 1" and "scenes:", each with its value.'
            report.error(Place(source.name, 1), "no-keys", message)
            whole = False
    if len(trees) < 2:
        return (trees[0] if trees else None), whole
    story = Table()
    for tree in trees:
        story.broken = story.broken or tree.broken
        for key in tree:
            _join(story, tree, key, report)
    return story, whole


def _join(story: Table, tree: Table, key: str, report: Report) -> None:
    before, value = story.get(key), tree[key]
    if key not in story:
        story[key] = value
        story.places[key] = tree.places[key]
        if key in SECTIONS and isinstance(value, Table):  # a copy: the file's own table stays as it is
            story[key] = part = Table()
            part.update(value)
            part.places.update(value.places)
            part.broken = value.broken
    elif key in SECTIONS and isinstance(before, Table) and isinstance(value, Table):
        before.broken = before.broken or value.broken
        for name in value:
            if name in before:
                message = (
                    f'"{name}" is declared twice, first at {place_of(before, (name,), key=True)}. Rename one of them.'
                )
                report.error(place_of(value, (name,), key=True), "duplicate-id", message)
            else:
                before[name] = value[name]
                before.places[name] = value.places[name]
    elif key in LISTS and isinstance(before, Row) and isinstance(value, Row):
        joined = Row()
        joined.extend((*before, *value))
        joined.places = [*before.places, *value.places]
        story[key] = joined
    elif key == "palaver" and before == value:
        pass  # every file may say the version
    else:
        message = f'"{key}" stands in two files, first at {place_of(story, (key,), key=True)}. Keep one of them.'
        report.error(place_of(tree, (key,), key=True), "duplicate-key", message)
