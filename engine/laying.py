"""Lays down a save from a file of moves, so that a way found by `palaver prove` is played on from like any game.

No model is asked: the file says what comes of each turn of talk, and the rules refuse what cannot be.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import PalaverError
from engine.play.events import Began, Event

if TYPE_CHECKING:
    from engine.story.graph import StoryGraph


def turns_of(graph: StoryGraph, moves: Path) -> list[tuple[Event, ...]]:
    """Return the events of the moves in a file, turn by turn. Raises `PalaverError` at a move that cannot be."""
    from engine.play.movefile import parsed, played

    try:
        seed, lines = parsed(moves.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise PalaverError(f"{moves} is no file of moves: it is not UTF-8 text.") from error
    turns = played(graph, seed, lines)
    return [tuple(event for step in turn.steps for event in step.events) for turn in turns]


def laid(graph: StoryGraph, moves: Path, path: Path, now: Callable[[], datetime]) -> None:
    """Make a save at `path` in which the moves in a file are played. Raises `PalaverError` at a move that cannot be.

    It is marked as a rehearsal.
    """
    from engine.saves.fresh import discard
    from engine.saves.rows import REHEARSAL
    from engine.saves.store import Store, StoryRef

    try:
        turns = turns_of(graph, moves)
        seed = next(event.seed for event in turns[0] if isinstance(event, Began))
        store = Store.create(path, StoryRef(graph.id, graph.title, graph.hash, graph.version), seed, now())
    except BaseException:
        discard(path)  # nothing was played in it, and an empty file would be listed as a damaged save
        raise
    with store:
        for number, events in enumerate(turns):
            store.append(events, now=now(), story_hash=graph.hash, note=None if number else REHEARSAL)
