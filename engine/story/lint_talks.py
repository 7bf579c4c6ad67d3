"""Finds talks that never end, characters with nothing to say, and keys of a talk that do nothing there.

It looks at who is there, never at who will speak: that depends on the player.
"""

from __future__ import annotations

from engine.story import schema as form
from engine.story.desk import Desk
from engine.story.graph import Scene, StoryGraph, Way
from engine.story.places import TreePath


def warn_of_talks(desk: Desk, graph: StoryGraph, story: form.Story) -> None:
    """Warn of what is wrong with each talk, and of characters that only a model can give words to."""
    silent: set[str] = set()
    for scene in graph.scenes.values():
        if scene.kind == "choices":
            _warn_of_unseen(desk, scene)
        if scene.kind != "talk":
            continue
        path: TreePath = ("scenes", scene.id)
        if not _ends_without_model(scene):
            message = f'Talk "{scene.id}" may never end: give it a "limit", or a choice that always leaves.'
            desk.warning(path, "endless-talk", message, key=True)
        people = sum(not graph.characters[who].narrator for who in scene.talk)
        _warn_of_group(desk, path, scene, people)
        _warn_of_namesakes(desk, graph, scene)
        for outcome in scene.outcomes:
            if outcome.ask and not outcome.when:
                message = '"ask" is for when a judge is not sure, and no judge is asked here: write "when" too.'
                desk.warning((*path, "outcomes", outcome.id, "ask"), "idle-key", message, key=True)
        answering = {example.who for example in scene.examples}
        for who in scene.talk:
            if who not in answering and not story.characters[who].examples and not story.characters[who].fallback:
                silent.add(who)
    for who in graph.characters:
        if who in silent:
            message = f'"{who}" has nothing to say where there is no model: write examples, or a "fallback".'
            desk.warning(("characters", who), "silent-character", message, key=True)


def _ends_without_model(scene: Scene) -> bool:
    """Tell whether a player can get out whatever a model says.

    One choice that may be hidden, greyed or spent is no way out; two such may take turns.
    """

    def leads_out(way: Way) -> bool:
        return way.goto not in ("", scene.id)

    leaving = [choice for choice in scene.choices if leads_out(choice.way)]
    sure = any(choice.condition is None and choice.enabled is None and not choice.once for choice in leaving)
    said = any(outcome.says and leads_out(outcome.way) for outcome in scene.outcomes)
    return scene.limit is not None or sure or said or len(leaving) > 1


def _warn_of_group(desk: Desk, path: TreePath, scene: Scene, people: int) -> None:
    """Warn of keys for several where `people`, narrators aside, are too few, and where there is room for one reply."""
    for key, written, enough in (
        ("order", scene.order != "turns", people > 1),
        ("replies", scene.replies > 1, people > 1),
        ("crosstalk", scene.crosstalk, people > 1),
        ("interrupts", bool(scene.interrupts), len(scene.talk) > 1),
    ):
        if written and not enough:
            message = f'"{key}" is for several who talk, a narrator aside: name another in "talk", or take it out.'
            desk.warning((*path, key), "idle-key", message, key=True)
    if scene.crosstalk and people > 1 and scene.replies == 1:
        message = '"crosstalk" needs room for a second reply: write "replies: 2" or more.'
        desk.warning((*path, "crosstalk"), "idle-key", message, key=True)


def _warn_of_namesakes(desk: Desk, graph: StoryGraph, scene: Scene) -> None:
    named: dict[str, str] = {}
    for number, who in enumerate(scene.talk):
        name = graph.characters[who].name
        other = named.setdefault(name.casefold(), who)
        if other != who:
            message = f'"{other}" and "{who}" are both called {name} here, and a player calls one of them by name'
            desk.warning(("scenes", scene.id, "talk", number), "same-name", f"{message}: rename one of them.")


def _warn_of_unseen(desk: Desk, scene: Scene) -> None:
    for number, choice in enumerate(scene.choices):
        if choice.way.seen is not None:
            message = '"seen" is for the characters present, and in a scene of choices there are none: take it out.'
            desk.warning(("scenes", scene.id, "choices", number, "seen"), "idle-key", message, key=True)
