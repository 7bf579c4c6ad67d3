"""Turns the authored form of a story into its graph: links resolved, conditions and texts ready to call.

It reports what does not fit together and goes on; the graph of a story with errors serves to find more of them and must
not be played. Whether a sound story leads anywhere is for `lint`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.plaintext import clean_line
from engine.story import schema as form
from engine.story.compile_people import compile_character, compile_lore
from engine.story.compile_scene import compile_scene
from engine.story.compile_state import compile_state
from engine.story.desk import Desk
from engine.story.former import check_former, former_keys
from engine.story.graph import StoryGraph
from engine.story.ids import SPEAKER_WORDS, id_fault
from engine.story.mending import Form
from engine.story.source import Files


def compile_story(desk: Desk, read: Form, files: Files) -> StoryGraph:
    """Return the story's graph; what is wrong with it is reported, each thing at its place."""
    story = read.story
    for section, names, words in (
        ("characters", story.characters, SPEAKER_WORDS),
        ("scenes", story.scenes, frozenset[str]()),
    ):
        for name in names:
            if fault := id_fault(name, words):
                desk.error((section, name), "bad-id", fault, key=True)
    compile_state(desk, story, read.lost)

    outcomes = _outcomes(desk, story)
    characters = {
        name: compile_character(desk, name, written, None if outcomes is None else outcomes.get(name, ()))
        for name, written in story.characters.items()
    }
    scenes = {name: compile_scene(desk, name, written, characters) for name, written in story.scenes.items()}
    desk.target(("start",), story.start, scene_only=True)
    check_former(desk, story, scenes)
    return StoryGraph(
        id=files.id,
        title=clean_line(story.title),
        start=story.start,
        hash=files.hash,
        variables=desk.variables,
        characters=characters,
        scenes=scenes,
        passages=desk.passages,
        lore=tuple(compile_lore(desk, number, lore, characters) for number, lore in enumerate(story.lore)),
        lore_budget=story.lore_budget,
        author=clean_line(story.author),
        about=story.about.strip(),
        language=story.language,
        version=clean_line(story.version),
        minutes=story.minutes,
        notes=tuple(map(clean_line, story.notes)),
        former_scenes={scene.former: name for name, scene in scenes.items() if scene.former},
        former_keys=former_keys(scenes),
    )


def _outcomes(desk: Desk, story: form.Story) -> Mapping[str, Collection[str] | None] | None:
    """Return for each character the outcomes of the talks it is in; None where one of these could not be read.

    Where a talk names nobody that there is, it may have meant anybody: then nothing is known of anyone.
    """
    found: dict[str, set[str] | None] = {}
    for name, scene in story.scenes.items():
        if isinstance(scene, form.TalkScene):
            for who in scene.talk:
                if who not in story.characters:
                    return None
                known = found.get(who, set())
                whole = known is not None and ("scenes", name) not in desk.damaged
                found[who] = {*known, *scene.outcomes} if known is not None and whole else None
    return found
