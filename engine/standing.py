"""Where a save stands in its story as the story is now: its events under the names of today, and the state they give.

It goes back in the save to the last turn from which the story, if it was edited, can go on. It plays nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import SaveDamaged, SaveError
from engine.play import events as e
from engine.play.renames import Renames
from engine.play.state import State, fold
from engine.saves.store import Store, Turn
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


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a playthrough can be stood on in a story."""

    turns: int
    """Turns up to the last at which the game can go on; 0 when it cannot at all."""
    events: tuple[e.Event, ...]
    """Those of these turns, under the names of the story."""
    state: State
    """The state after them."""
    lost: str
    """The scene for want of which the rest is left; empty when nothing is."""


def reach(graph: StoryGraph, turns: Sequence[Turn], renames: Renames) -> Reach:
    """Return how much of `turns` can be stood on in `graph`, whose renames these are."""
    events: list[e.Event] = []
    state, lost = State(), ""
    found = Reach(0, (), state, "")
    for number, turn in enumerate(turns, 1):
        named = renames.applied(turn.events)
        events += named
        state = fold(named, state)
        lost = _missing(graph, state)
        if not lost:
            found = Reach(number, (), state, "")
    kept = sum(len(turn.events) for turn in turns[: found.turns])
    return Reach(found.turns, tuple(events[:kept]), found.state, lost)


def standing(graph: StoryGraph, store: Store, renames: Renames) -> Standing:
    """Return where the save stands, its head moved back there if need be.

    Raises `SaveDamaged` when it holds what its story does not allow, and `SaveError`, with the head where it was, when
    nothing of it can be gone on with.
    """
    turns = store.path_to()
    _check(graph, store, turns, renames)
    found = reach(graph, turns, renames)
    if not found.turns:
        raise SaveError(
            f'This game of "{store.story.title}" cannot go on: its story has no scene "{found.lost}" any more, '
            "or is another one.",
            do="Begin a new game.",
        )
    kept = turns[: found.turns]
    if len(kept) < len(turns):
        _check(graph, store, kept, renames)
        store.move_to(kept[-1].id)
    return Standing(found.events, found.state, _edited(graph, kept), found.lost)


def _check(graph: StoryGraph, store: Store, turns: Sequence[Turn], renames: Renames) -> None:
    """Raise `SaveDamaged` for events that the very story they were played in does not allow."""
    begun = isinstance(turns[0].events[0], e.Began)
    if not begun or (not _edited(graph, turns) and any(renames.applied(turn.events) != turn.events for turn in turns)):
        raise SaveDamaged(
            f"{store.path.name} holds values that its story does not allow.",
            do="It was altered outside Palaver; load another save.",
        )


def _edited(graph: StoryGraph, turns: Sequence[Turn]) -> bool:
    return any(turn.story_hash != graph.hash for turn in turns)


def _missing(graph: StoryGraph, state: State) -> str:
    """A scene that the game stands in or will come back to and that the story does not have."""
    frames = [scene for frame in state.stack for scene in (frame.scene, frame.goto)]
    known = {*graph.scenes, "", END, RETURN}
    return next((scene for scene in (state.scene, *frames) if scene not in known), "")
