"""Where a save stands in its story as the story is now: its events under the names of today, and the state they give.

It goes back in the save to the last turn from which the story, if it was edited, can go on. It plays nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import SaveDamaged, SaveError
from engine.play import events as e
from engine.play.renames import Renames
from engine.play.state import State, fold
from engine.saves.store import Store
from engine.story.graph import END, RETURN, StoryGraph


@dataclass(frozen=True, slots=True)
class Standing:
    """A save read up to its head."""

    events: tuple[e.Event, ...]
    state: State
    edited: bool
    """The story was edited since some of it was played."""
    lost: str
    """The scene for want of which the head went back; empty when it did not."""


def standing(graph: StoryGraph, store: Store, renames: Renames) -> Standing:
    """Return where the save stands.

    Raises `SaveDamaged` when it holds what its story does not allow, and `SaveError`, with the head where it was, when
    nothing of it can be gone on with.
    """
    lost, head = "", store.head
    while True:
        turns = store.path_to()
        stored = tuple(event for turn in turns for event in turn.events)
        events = renames.applied(stored)
        edited = any(turn.story_hash != graph.hash for turn in turns)
        if not isinstance(events[0], e.Began) or (events != stored and not edited):
            raise SaveDamaged(
                f"{store.path.name} holds values that its story does not allow.",
                do="It was altered outside Palaver; load another save.",
            )
        state = fold(events)
        missing = _missing(graph, state)
        if not missing:
            return Standing(events, state, edited, lost)
        lost = lost or missing
        if store.undo() is None:
            store.move_to(head)
            raise SaveError(
                f'This game of "{store.story.title}" cannot go on: its story has no scene "{lost}" any more, '
                "or is another one.",
                do="Begin a new game.",
            )


def _missing(graph: StoryGraph, state: State) -> str:
    """A scene that the game stands in or will come back to and that the story does not have."""
    frames = [scene for frame in state.stack for scene in (frame.scene, frame.goto)]
    known = {*graph.scenes, "", END, RETURN}
    return next((scene for scene in (state.scene, *frames) if scene not in known), "")
