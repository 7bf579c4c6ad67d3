"""Finds what makes a story unplayable, or not what its author meant, though each part of it is sound.

It looks at the graph alone and plays nothing. A warning must be true of every playthrough: better none than a wrong
one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.story import schema as form
from engine.story.desk import Desk
from engine.story.flow import Exit, circles, exits, reachable, returning, straight_on, ways
from engine.story.graph import END, RETURN, StoryGraph
from engine.story.lint_choices import warn_of_choices
from engine.story.lint_leaks import warn_of_leaks
from engine.story.lint_lore import warn_of_lore
from engine.story.lint_talks import warn_of_talks

_WORD = re.compile(r"[a-z][a-z0-9_]*")


def lint(desk: Desk, graph: StoryGraph, story: form.Story) -> None:
    """Report what is wrong with a compiled story as a whole; warnings only where there is no error to mend first."""
    _check_ways_on(desk, graph)
    _check_circles(desk, graph)
    if desk.report.failed:
        return
    _warn_of_unreachable(desk, graph)
    _warn_of_calls(desk, graph)
    _warn_of_ways_out(desk, graph)
    warn_of_talks(desk, graph, story)
    _warn_of_unused(desk, graph, story)
    warn_of_lore(desk, graph, story)
    warn_of_leaks(desk, graph)
    warn_of_choices(desk, story)


def _check_ways_on(desk: Desk, graph: StoryGraph) -> None:
    """A scene of choices has to leave the player something to do."""
    for scene in graph.scenes.values():
        if scene.kind != "choices" or scene.goto or desk.is_damaged(("scenes", scene.id)):
            continue
        if not scene.choices:
            message = f'Scene "{scene.id}" leads nowhere: give it "choices", "talk" or "goto", or make it an "ending".'
            desk.error(("scenes", scene.id), "no-way-on", message, key=True)
        elif all(choice.condition or choice.enabled or choice.once for choice in scene.choices):
            message = f'Every choice of scene "{scene.id}" may be hidden, greyed or spent: add one that always holds'
            desk.error(("scenes", scene.id), "no-way-on", f'{message}, or a "goto" for when none is left.', key=True)


def _check_circles(desk: Desk, graph: StoryGraph) -> None:
    for circle in circles(straight_on(graph)):
        shown = " → ".join([*circle[:6], *(["..."] if len(circle) > 6 else []), circle[0]])
        message = f"The story goes round here and never waits for the player: {shown}. Put a choice somewhere in it."
        desk.error(("scenes", circle[0]), "endless-circle", message, key=True)


def _warn_of_unreachable(desk: Desk, graph: StoryGraph) -> None:
    found = reachable(graph, [graph.start])
    for name in _heads(graph, [name for name in graph.scenes if name not in found]):
        message = f'Nothing leads to scene "{name}" from the start: add a "goto" to it, or take it out.'
        desk.warning(("scenes", name), "unreachable-scene", message, key=True)
    scenes = [graph.scenes[name] for name in found]
    if not any(scene.kind == "ending" or any(way.target == END for way in exits(scene)) for scene in scenes):
        message = 'No ending can be reached from here: write a scene with "ending", or a "goto: END".'
        desk.warning(("start",), "no-ending", message)


def _heads(graph: StoryGraph, lost: list[str]) -> Iterator[str]:
    """Yield the fewest scenes from which all these could be reached, so that one cut is reported once."""
    led_to = {way.target for name in lost for way in exits(graph.scenes[name]) if way.target != name}
    covered: set[str] = set()
    for name in (*(name for name in lost if name not in led_to), *lost):
        if name not in covered:
            yield name
            reachable(graph, [name], found=covered)


def _warn_of_calls(desk: Desk, graph: StoryGraph) -> None:
    """RETURN needs a caller, and a call needs a RETURN."""

    def stays(way: Exit) -> bool:
        return not way.called

    for name in sorted(reachable(graph, [graph.start], through=stays)):
        if any(way.target == RETURN for way in exits(graph.scenes[name])):
            message = (
                f'Scene "{name}" ends in RETURN and can be reached with no "call" to return to, and then the story '
                'ends: come to it by "call" everywhere, or name a scene instead.'
            )
            desk.warning(("scenes", name), "stray-return", message, key=True)
    called = {way.call for scene in graph.scenes.values() for way in ways(scene) if way.call}
    coming_back = returning(graph)
    for name in sorted(called):
        if name not in coming_back:
            message = (
                f'Scene "{name}" is called and never comes to a RETURN: write "goto: RETURN" at its end, or go to it.'
            )
            desk.warning(("scenes", name), "no-return", message, key=True)


def _warn_of_ways_out(desk: Desk, graph: StoryGraph) -> None:
    for scene in graph.scenes.values():
        leads = any(way.goto or way.call for way in ways(scene))
        if scene.kind == "choices" and scene.choices and not scene.goto and not leads:
            message = f'No choice leads out of scene "{scene.id}": give one a "goto".'
            desk.warning(("scenes", scene.id), "no-way-out", message, key=True)


def _warn_of_unused(desk: Desk, graph: StoryGraph, story: form.Story) -> None:
    for name, variable in graph.variables.items():
        if name not in desk.reads and not variable.shown:
            message = f'Nothing reads "{name}": use it in an "if" or a text, show it, or take it out.'
            desk.warning(("state", name), "unread-variable", message, key=True)
    if story.let:
        words = {word for source in (*desk.sources, *story.let.values()) for word in _WORD.findall(source)}
        for name in story.let:
            if name not in words:
                message = f'Nothing uses "{name}": use it in an "if" or a text, or take it out.'
                desk.warning(("let", name), "unused-let", message, key=True)
