"""Adds up plays: what all of them together reached, how they ended, and where they went wrong.

Adding up the same plays gives the same tally in whatever order and by however many processes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from engine.play.movefile import Line
from engine.playtest.playing import Fallen, Play
from engine.playtest.ways import way_of
from engine.story.graph import StoryGraph

K = TypeVar("K")
_REPEATING = ("stubborn", "silent", "adversarial")
"""Players who say the same again, or what nobody can answer: what is repeated to them is no fault of a story."""
Way = tuple[Line, ...] | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One play that shows something, the shortest there was."""

    turns: int
    seed: int
    player: str
    way: Way = field(compare=False, default=None)
    """Its moves; None where a file of moves cannot say them."""
    again: bool = field(compare=False, default=True)
    """Its seed plays it again."""

    def before(self, other: Shown) -> bool:
        """Tell whether it is the better one to show."""
        return (self.turns, self.seed, self.player) < (other.turns, other.seed, other.player)


@dataclass(slots=True)
class Group:
    """Plays that went the same way."""

    count: int
    shown: Shown


@dataclass(slots=True)
class Tally:
    """What plays add up to."""

    players: Counter[str] = field(default_factory=Counter)
    """Plays by player."""
    turns: list[int] = field(default_factory=list)
    """Of each play that came to an end."""
    endings: dict[str, Group] = field(default_factory=dict)
    """By the ending's scene; one that ended at END by the scene it was in."""
    stalls: dict[str, Group] = field(default_factory=dict)
    """Plays that went on past the most turns, and could still be ended, by scene."""
    hangs: dict[tuple[str, str], Group] = field(default_factory=dict)
    """By why and by scene."""
    errors: dict[str, Group] = field(default_factory=dict)
    """What broke inside the engine."""
    lost: dict[str, Group] = field(default_factory=dict)
    """Plays given up for want of a model, by why."""
    hits: Counter[str] = field(default_factory=Counter)
    """How often each part was reached."""
    replies: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By scene and character, where the scripted actor plays."""
    fallen: Counter[Fallen] = field(default_factory=Counter)
    repeated: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Replies said again in the same play, by character and text, to players who do not repeat themselves."""
    refused: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    tokens: int = 0
    micro: int = 0

    @property
    def plays(self) -> int:
        """How many plays there were."""
        return self.players.total()

    def add(self, graph: StoryGraph, play: Play) -> None:
        """Take in one play."""
        self.players[play.player] += 1
        shown = Shown(play.turns, play.seed, play.player, again=play.again)

        def way() -> Way:
            return way_of(graph, play.turns_of)

        if play.ended:
            self.turns.append(play.turns)
            _put(self.endings, play.scene, 1, shown, way)
        if play.stalled:
            _put(self.stalls, play.scene, 1, shown, way)
        if play.hangs:
            _put(self.hangs, (play.hangs, play.scene), 1, shown, way)
        if play.error:
            _put(self.errors, play.error, 1, shown, way)
        if play.lost:
            _put(self.lost, play.lost, 1, shown, way)
        self.hits.update(play.hits)
        self.replies.update(play.replies)
        self.fallen.update(play.fallen)
        if play.player not in _REPEATING:
            self.repeated.update(play.repeated)
        self.refused.update(play.refused)
        self.tokens += play.tokens
        self.micro += play.micro

    def merge(self, other: Tally) -> None:
        """Take in what others added up."""
        self.players.update(other.players)
        self.turns += other.turns
        _merge(self.endings, other.endings)
        _merge(self.stalls, other.stalls)
        _merge(self.hangs, other.hangs)
        _merge(self.errors, other.errors)
        _merge(self.lost, other.lost)
        self.hits.update(other.hits)
        self.replies.update(other.replies)
        self.fallen.update(other.fallen)
        self.repeated.update(other.repeated)
        self.refused.update(other.refused)
        self.tokens += other.tokens
        self.micro += other.micro


def _put(groups: dict[K, Group], key: K, count: int, shown: Shown, way: Callable[[], Way]) -> None:
    """Add `count` plays to a group, and keep the better one to show; its moves are asked for only then."""
    group = groups.get(key)
    if group is None:
        groups[key] = Group(count, replace(shown, way=way()))
        return
    group.count += count
    if shown.before(group.shown):
        group.shown = replace(shown, way=way())


def _merge(mine: dict[K, Group], theirs: dict[K, Group]) -> None:
    for key, group in theirs.items():
        shown = group.shown
        _put(mine, key, group.count, shown, lambda shown=shown: shown.way)  # type: ignore[misc]  # mypy knows no default
