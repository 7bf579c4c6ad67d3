"""A game of a story that is being written: each edit begins it anew and makes the same moves again.

It is kept in memory only, so that no save is made of a story that may look different in a minute, and no ending found
in it counts. No model is asked again for what it has said already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from engine.cast import Cast
from engine.errors import PalaverError, Refused
from engine.opening import Opening
from engine.plaintext import clean_line
from engine.play import events as e
from engine.play.again import Turns, played_again
from engine.play.opening import begun
from engine.saves.fleeting import Fleeting
from engine.saves.rows import StoryRef
from engine.saves.shelf import Found
from engine.saves.store import Store
from engine.session import Session
from engine.story.graph import StoryGraph
from engine.watching import Edit, Watch

_SHOWN = 60
"""Characters shown of what the player said at a move that cannot be made."""


def beginning_of(graph: StoryGraph, found: Found) -> tuple[Opening, Turns]:
    """Return where a saved game begins, and its turns up to where it stands or to the moment that was meant.

    The save is only read.
    """
    with Store.open(found.save.path, read_only=True) as store:
        turns = store.path_to(found.moment.turn if found.moment else None)
    events = [turn.events for turn in turns]
    if not found.save.rehearsal:
        return Opening(graph.id), events
    scene = next((event.scene for event in events[0] if isinstance(event, e.SceneEntered)), "")
    began = next((dict(event.values) for event in events[0] if isinstance(event, e.Began)), {})
    starts = {name: variable.start for name, variable in graph.variables.items()}
    return Opening(graph.id, scene, {name: value for name, value in began.items() if value != starts.get(name)}), events


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Rehearsal:
    """Plays one story, whatever becomes of it."""

    def __init__(self, watch: Watch, opening: Opening, folder: Path, now: Callable[[], datetime] = _utc_now) -> None:
        """`opening` is where it begins each time; `folder` is where a report of it would be written."""
        self._watch = watch
        self._opening = opening
        self._folder = folder
        self._now = now
        self._playthrough = str(uuid4())
        self._given: Turns | None = None
        """What a game begins with instead of the story's beginning: moves from a file, or a save."""
        self._cut: tuple[Store, int, Turns] | None = None
        """The store of a game that an edit cut short, its length then, and all the turns that there were."""

    def look(self) -> Edit | None:
        """Look once whether the story was edited."""
        return self._watch.look()

    def plays(self, graph: StoryGraph) -> bool:
        """Tell whether this is the story."""
        return graph.id == self._opening.story

    def holds(self, session: Session) -> bool:
        """Tell whether a game is one of its own, rather than a saved one of the same story."""
        return isinstance(session.store, Fleeting)

    def follow(self, turns: Turns) -> None:
        """Let the first game begin with these turns."""
        self._given = turns

    def begin(self, graph: StoryGraph, cast: Cast, seed: int) -> Session:
        """Begin a game. Raises `Refused` when the story cannot begin like that."""
        given, self._given = self._given, None
        if given is not None:
            return self._replayed(graph, cast, given, {})
        first, _ = begun(graph, self._opening.start(graph, seed))
        return self._session(graph, cast, [first], {})

    def again(self, session: Session, graph: StoryGraph) -> Session:
        """Return the game of `session` in the story as it is now; its notices tell how far it came.

        Raises `PalaverError` when the story cannot even begin like that; `session` goes on as it was. Moves that an
        edit made impossible are made again after the next one, unless the player has gone on since.
        """
        path = session.store.path_to()
        turns: Turns = [turn.events for turn in path]
        if self._cut is not None:
            store, length, before = self._cut
            if store is session.store and len(store) == length and session.store.head == length:
                turns = before
        numbers = {turn.id: number for number, turn in enumerate(path, 1)}
        names = {named.name: numbers[named.turn] for named in session.store.names() if named.turn in numbers}
        return self._replayed(graph, session.cast, turns, names)

    def _replayed(self, graph: StoryGraph, cast: Cast, turns: Turns, names: dict[str, int]) -> Session:
        start = self._opening.start(graph, _seed(turns))
        try:
            replayed = played_again(graph, turns, start)
        except Refused as refused:
            raise PalaverError(f'The story cannot begin at "{start.scene}" any more: {refused}') from refused
        session = self._session(graph, cast, replayed.turns, names)
        self._cut = None
        if replayed.stopped_at:
            self._cut = (session.store, len(session.store), turns)
            did = clean_line(replayed.stopped_at)
            did = did if len(did) <= _SHOWN else did[: _SHOWN - 1] + "…"
            session.notices.append(
                f'{replayed.made} of {_moves(replayed.moves)} played again. Move {replayed.made + 1}, "{did}", '
                f"cannot be made now: {clean_line(replayed.reason)}"
            )
        elif replayed.moves:
            session.notices.append(f"{_moves(replayed.moves)} played again.")
        return session

    def _session(
        self, graph: StoryGraph, cast: Cast, turns: Sequence[tuple[e.Event, ...]], names: dict[str, int]
    ) -> Session:
        ref = StoryRef(graph.id, graph.title, graph.hash, graph.version)
        store = Fleeting(ref, _seed(turns), self._now(), folder=self._folder)
        store.meta = replace(store.meta, playthrough=self._playthrough)  # costs are counted as of one game
        for events in turns:
            store.append(events, now=self._now(), story_hash=graph.hash)
        for name, turn in names.items():
            if turn <= len(store):
                store.name(name, turn)
        return Session(graph, cast, store, self._now)


def _seed(turns: Turns) -> int:
    return next((event.seed for event in turns[0] if isinstance(event, e.Began)), 0)


def _moves(number: int) -> str:
    return f"{number} move{'' if number == 1 else 's'}"
