"""Lays down a save from a file of moves, so that a way found by `palaver prove` is played on from like any game.

No model is asked: the file says what comes of each turn of talk, and the rules refuse what cannot be.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import PalaverError

if TYPE_CHECKING:
    from engine.story.graph import StoryGraph


def laid(graph: StoryGraph, moves: Path, path: Path, now: Callable[[], datetime]) -> None:
    """Make a save at `path` in which the moves in a file are played. Raises `PalaverError` at a move that cannot be."""
    from engine.play.movefile import parsed, played
    from engine.saves.fresh import discard
    from engine.saves.store import Store, StoryRef

    try:
        seed, lines = parsed(moves.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise PalaverError(f"{moves} is no file of moves: it is not UTF-8 text.") from error
    try:
        turns = list(played(graph, seed, lines))
        store = Store.create(path, StoryRef(graph.id, graph.title, graph.hash, graph.version), seed, now())
    except BaseException:
        discard(path)  # nothing was played in it, and an empty file would be listed as a damaged save
        raise
    with store:
        for turn in turns:
            events = tuple(event for step in turn.steps for event in step.events)
            store.append(events, now=now(), story_hash=graph.hash)
