"""What an edit of a story does to one saved game: where it goes on, and what of it is not as it was.

It reads the save as `standing` does when the game is opened, under both versions of the story. It changes none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.play import events as e
from engine.play.offer import stuck
from engine.play.renames import Renames
from engine.play.state import State
from engine.saves.store import Store, Turn
from engine.standing import Reach, reach
from engine.story.expressions import Value
from engine.story.graph import StoryGraph

Verdict = Literal["goes on", "goes back", "cannot go on", "stuck"]


@dataclass(frozen=True, slots=True)
class Moved:
    """A variable that does not hold what it held."""

    name: str
    """As it is called now; for one that is gone, as it was called."""
    before: Value | None
    """None for a variable that is new."""
    now: Value | None
    """None for one that is gone."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A named moment that cannot be come back to."""

    name: str
    lost: str
    """The scene that is gone."""


@dataclass(frozen=True, slots=True)
class Game:
    """One saved game and what becomes of it."""

    name: str
    verdict: Verdict
    turn: int
    """Moves that were made up to where it stands."""
    kept: int
    """Moves that are left of them where it goes on."""
    scene: str
    """Where it goes on; empty when it cannot."""
    over: bool = False
    """It has come to its end."""
    lost: str = ""
    """The scene that is gone, for want of which it goes back or cannot go on."""
    before: bool = False
    """It is no better off in the old version: what is wrong is no doing of this edit."""
    values: tuple[Moved, ...] = ()
    scenes: tuple[str, ...] = ()
    """Scenes that it was in and that are gone: they do not count as visited any more."""
    gone: tuple[str, ...] = ()
    """Keys of choices taken and outcomes reached that are gone, in scenes that are there."""
    texts: int = 0
    """Texts told in it that read otherwise now, or are gone."""
    people: tuple[str, ...] = ()
    """Characters who spoke in it and are gone."""
    endings: tuple[str, ...] = ()
    """Endings found in it that are gone."""
    moments: tuple[Moment, ...] = ()

    @property
    def hurt(self) -> bool:
        """Whether the edit takes something from the player."""
        return (self.verdict != "goes on" and not self.before) or bool(self.moments)


class Foresight:
    """Tells what becomes of games of `old` when the story is `new`."""

    def __init__(self, old: StoryGraph, new: StoryGraph) -> None:
        self._old = old
        self._new = new
        self._old_names = Renames(old)
        self._new_names = Renames(new)

    def of(self, store: Store, name: str) -> Game:
        """Return what becomes of the game in `store`, called `name`; raises `SaveError` when it cannot be read."""
        turns = store.path_to()
        now, before = self._reaches(turns)
        kept = turns[: now.turns]
        then = reach(self._old, kept, self._old_names) if kept else before
        verdict, worse = self._verdict(len(turns), now, before, then)
        return Game(
            name,
            verdict,
            turn=len(turns) - 1,
            kept=max(now.turns - 1, 0),
            scene=now.state.scene,
            over=now.state.over,
            lost=now.lost,
            before=verdict != "goes on" and not worse,
            values=tuple(self._values(then.state, now.state)) if kept and then.turns == now.turns else (),
            scenes=tuple(scene for scene in now.state.visits if scene not in self._new.scenes),
            gone=tuple(sorted(self._gone(now.state))),
            texts=self._texts(kept),
            people=self._people(now.events),
            endings=self._lost_endings(store),
            moments=tuple(self._lost_moments(store)),
        )

    def _verdict(self, turns: int, now: Reach, before: Reach, then: Reach) -> tuple[Verdict, bool]:
        """Return what becomes of a game, and whether that is worse than in the old version."""
        worse = now.turns < before.turns
        if not now.turns:
            return "cannot go on", worse
        if now.turns < turns:
            return "goes back", worse
        if stuck(self._new, now.state):
            return "stuck", not stuck(self._old, then.state)
        return "goes on", False

    def _reaches(self, turns: Sequence[Turn]) -> tuple[Reach, Reach]:
        return reach(self._new, turns, self._new_names), reach(self._old, turns, self._old_names)

    def _lost_moments(self, store: Store) -> Iterable[Moment]:
        for named in store.names():
            turns = store.path_to(named.turn)
            now, before = self._reaches(turns)
            if now.turns < min(len(turns), before.turns):
                yield Moment(named.name, now.lost)

    def _lost_endings(self, store: Store) -> tuple[str, ...]:
        events = [event for turn in store.having(e.StoryEnded) for event in turn.events]
        found = [
            each.scene for each in self._new_names.applied(events) if isinstance(each, e.StoryEnded) and each.scene
        ]
        endings = {scene.id for scene in self._new.endings}
        return tuple(scene for scene in dict.fromkeys(found) if scene not in endings)

    def _values(self, before: State, now: State) -> Iterable[Moved]:
        former = {each.former: name for name, each in self._new.variables.items() if each.former}
        known = set()
        for name in self._old.variables:
            called = name if name in self._new.variables else former.get(name, "")
            known.add(called)
            held = before.values.get(name)
            if not called:
                yield Moved(name, held, None)
            elif not _same(held, now.values.get(called)):
                yield Moved(called, held, now.values.get(called))
        for name in self._new.variables:
            if name not in known:
                yield Moved(name, None, now.values.get(name))

    def _gone(self, state: State) -> set[str]:
        scenes = self._new.scenes.values()
        choices = {choice.key for scene in scenes for choice in scene.choices}
        known = choices | {outcome.key for scene in scenes for outcome in scene.outcomes}
        return {key for key in state.spent - known if key.partition("/")[0] in self._new.scenes}

    def _texts(self, turns: Sequence[Turn]) -> int:
        told = {event for turn in turns for event in turn.events if isinstance(event, e.Told)}
        changed = 0
        for event in told:
            (was,), (now,) = self._old_names.applied([event]), self._new_names.applied([event])
            changed += _source(self._old, was) != _source(self._new, now)
        return changed

    def _people(self, events: Iterable[e.Event]) -> tuple[str, ...]:
        spoke = dict.fromkeys(event.who for event in events if isinstance(event, e.CharacterSpoke))
        return tuple(who for who in spoke if who not in self._new.characters)


def _same(one: Value | None, other: Value | None) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _source(graph: StoryGraph, event: e.Event) -> str | None:
    passage = graph.passages.get(event.passage) if isinstance(event, e.Told) else None
    return None if passage is None else passage.source
