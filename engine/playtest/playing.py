"""Plays one game to its end, or to where it hangs, and says what it reached.

The moves go to the session as a person's would; nothing is written to the disk. What breaks inside the engine is caught
here and reported with its play: a playtest looks for just that.
"""

from __future__ import annotations

import inspect
import random
import traceback
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

from engine.cast import Cast
from engine.errors import ModelError, Refused
from engine.plaintext import clean_line
from engine.play import events as e
from engine.play.opening import Start, begun
from engine.play.transcript import Line
from engine.playtest.actor import Watched
from engine.playtest.arms import Counted
from engine.playtest.parts import suggestion_key
from engine.playtest.players import PLAYERS, Move, Origin, Pick, Player, Seeking, Seen, takeable
from engine.saves.fleeting import Fleeting
from engine.saves.store import StoryRef
from engine.session import Session
from engine.updates import Update

_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
REFUSALS = 20
"""Moves refused one after another before a player is said to hang."""

WAY_OUT = 300
"""Turns that another player has, at the least, to end what went on past the most turns."""


@dataclass(frozen=True, slots=True)
class Fallen:
    """A line that nobody had written an answer to."""

    scene: str
    who: str
    line: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Play:
    """How one game went."""

    player: str
    seed: int
    turns: int
    scene: str
    """Where it ended."""
    ended: bool
    """The story came to an end; otherwise it hangs, or something broke."""
    stalled: bool
    """It went on past the most turns; another player could end it then, or was not let try, as a model answers."""
    hangs: str
    """Why it would never end: `turns` (nobody could end it), `nothing` (to do), `refused` (whatever is tried); empty
    otherwise."""
    error: str
    """What broke, with where; empty when nothing did."""
    lost: str
    """Why the game was given up: no model answered, or its budget is spent; empty otherwise."""
    hits: Mapping[str, int]
    """How often each part was reached, by key; of a branch, once where it was seen at all."""
    replies: Mapping[tuple[str, str], int]
    """Replies by scene and character."""
    fallen: tuple[Fallen, ...]
    repeated: Mapping[tuple[str, str], int]
    """Replies that a character gave again word for word, by character and text."""
    refused: Mapping[tuple[str, str, str], int]
    """Readings that were not accepted, by scene, what was proposed, and the reason."""
    turns_of: tuple[tuple[e.Event, ...], ...]
    """What happened, turn by turn, the beginning first."""
    lines: tuple[Line, ...]
    """The transcript."""
    tokens: int = 0
    micro: int = 0
    """What it cost, in millionths of a dollar."""
    again: bool = True
    """Its seed plays it again: no model had a part in it."""


async def play(
    counted: Counted,
    cast: Cast,
    name: str,
    seed: int,
    *,
    most: int,
    known: Mapping[str, int],
    player: Player | None = None,
) -> Play:
    """Play one game of at most `most` turns as the player `name`, or as the given `player`, with this seed.

    `known` is how often parts were reached by earlier games.
    """
    chance = random.Random(crc32(name.encode()) ^ seed * 0x9E3779B1)
    return await _Game(counted, cast, name, seed, player or PLAYERS[name](chance, known)).play(most)


class _Game:
    def __init__(self, counted: Counted, cast: Cast, name: str, seed: int, player: Player) -> None:
        graph = counted.graph
        counted.begin()
        self._counted = counted
        self._name, self._seed, self._player = name, seed, player
        self._cast = cast
        self._watched = cast.actor if isinstance(cast.actor, Watched) else None
        self._hits: Counter[str] = Counter()
        self._fallen: list[Fallen] = []
        self._replies: Counter[tuple[str, str]] = Counter()
        events, _ = begun(graph, Start(graph.start, seed, {}))
        store = Fleeting(StoryRef(graph.id, graph.title, graph.hash, graph.version), seed, _NOON, folder=Path())
        store.append(events, now=_NOON, story_hash=graph.hash)
        self._session = Session(graph, cast, store, lambda: _NOON)

    async def play(self, most: int) -> Play:
        before = self._cast.meter.spent.session if self._cast.meter is not None else None
        hangs = error = lost = ""
        done = None
        try:
            hangs = await self._through(most)
            if hangs == "turns":
                done = self._told(hangs)
                hangs = ""
                if self._watched is not None:  # whoever costs money is not asked to find the way out
                    self._player = Seeking(random.Random(self._seed), {})
                    hangs = await self._through(max(most, WAY_OUT) + self._session.state.turns)
        except ModelError as gave_up:
            lost = str(gave_up)
        except Exception as broken:  # noqa: BLE001 - whatever breaks in a play is what a playtest is to find
            error = _where(broken)
        self._session.close()
        if done is not None:  # what the other player did on the way out is not this one's play
            done = replace(done, hangs=hangs, stalled=not (hangs or error or lost))
        else:
            done = self._told(hangs)
        after = self._cast.meter.spent.session if self._cast.meter is not None else None
        if after is None or before is None:
            return replace(done, error=error, lost=lost)
        spent = after - before
        return replace(done, error=error, lost=lost, tokens=spent.tokens, micro=spent.micro)

    async def _through(self, most: int) -> str:
        """Play on until the story is over; returns why it is not."""
        session, refused = self._session, 0
        while not session.state.over:
            view = session.view
            if session.state.turns >= most:
                return "turns"
            if not takeable(view) and not view.can_speak:
                return "nothing"
            if refused >= REFUSALS:
                return "refused"
            move = self._player.move(Seen(session.graph, session.state, view, session.lines))
            if inspect.isawaitable(move):
                move = await move
            try:
                await self._make(move)
                refused = 0
            except Refused:
                refused += 1
        return ""

    async def _make(self, move: Move) -> None:
        session = self._session
        if not isinstance(move, Pick):
            return await self._said(session.say(move.text, move.to, whispered=move.whispered), move.text, move.origin)
        option = move.option
        if option.yes is not None:
            session.answer(option.yes)
        elif option.choice is not None:
            session.choose(option.choice.choice.id, move.typed)
        else:
            self._count_suggestion(option.text)
            return await self._said(session.say(option.text), option.text, "suggested")
        return None

    def _count_suggestion(self, text: str) -> None:
        state = self._session.state
        for number, suggestion in enumerate(self._session.graph.scenes[state.scene].suggest):
            if clean_line(suggestion.text.render(state)) == text:
                self._hits[suggestion_key(state.scene, number)] += 1
                return

    async def _said(self, updates: AsyncGenerator[Update], line: str, origin: Origin) -> None:
        async with aclosing(updates) as coming:
            async for _ in coming:
                pass
        if self._watched is None:
            return
        for scene, who, example in self._watched.answered:
            self._replies[scene, who] += 1
            if example:
                self._hits[example] += 1
            else:
                self._fallen.append(Fallen(scene, who, clean_line(line)[:200], origin))
        self._watched.answered.clear()

    def _told(self, hangs: str) -> Play:
        session = self._session
        turns = tuple(turn.events for turn in session.store.path_to())
        repeated: Counter[tuple[str, str]] = Counter()
        refused: Counter[tuple[str, str, str]] = Counter()
        said: set[tuple[str, str]] = set()
        scene, hits = "", Counter(self._hits)
        for event in (event for turn in turns for event in turn):
            match event:
                case e.SceneEntered(scene):
                    hits[scene] += 1
                case e.SceneResumed(scene):
                    pass
                case e.ChoiceTaken(key) | e.OutcomeReached(key):
                    hits[key] += 1
                case e.LimitReached(limit):
                    hits[f"{limit}/limit"] += 1
                case e.CharacterSpoke(who, text, opening=False):
                    repeated[who, text] += (who, text) in said
                    said.add((who, text))
                case e.ReadingRefused(proposed, reason):
                    refused[scene, proposed, reason] += 1
                case _:
                    pass
        return Play(
            self._name,
            self._seed,
            session.state.turns,
            session.state.ending or session.state.scene,
            session.state.over,
            False,
            hangs,
            "",
            "",
            {**hits, **dict.fromkeys(self._counted.seen(), 1)},
            dict(self._replies),
            tuple(self._fallen),
            +repeated,
            refused,
            turns,
            session.lines,
            again=self._watched is not None and self._name in PLAYERS,
        )


def _where(broken: Exception) -> str:
    """Return an error and the place in the engine that raised it."""
    frame = traceback.extract_tb(broken.__traceback__)[-1]
    return f"{type(broken).__name__}: {clean_line(str(broken))[:300]} ({Path(frame.filename).name}:{frame.lineno})"
