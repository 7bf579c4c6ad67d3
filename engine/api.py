"""Palaver from Python: play a story, a whole game at once or move by move, or hear one reply of one character.

Everything here is a thin face over `engine.session` and adds no rule to it. `play_sync` and `reply_sync` run the same
coroutines in an event loop of their own; there is no second implementation. It shows nothing and reads no keyboard.

A story is a path or the name of one in the library. `settings` are those of the config file (`base_url`, `model`,
`temperature`, `offline` ...) and `api_key`; what is not given comes from the environment and the config file, as for
the `palaver` command. A `cast` of your own models takes the place of all of them; you then close it.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import random
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from engine.briefing import Briefing
from engine.cast import Cast
from engine.casting import cast_for
from engine.choosing import meant
from engine.config import load_settings
from engine.dialogue.masking import mask
from engine.errors import PalaverError, Refused
from engine.library import library_of
from engine.llm.protocol import Delta, Finished
from engine.play.events import SceneEntered
from engine.play.moves import Begin, Say
from engine.play.state import State, fold
from engine.play.step import step
from engine.play.transcript import Line
from engine.saves.fresh import discard
from engine.session import Session
from engine.settings import Settings
from engine.story.graph import StoryGraph
from engine.updates import Turned, Update, Words
from engine.view import Option, View

Move = int | str | tuple[int, str]
"""A number picks an option, with the words it asks for beside it; a text is said, or picks the option it means."""
Player = Callable[[View, tuple[Line, ...]], Move | Awaitable[Move | None] | None]
"""Is shown what can be done and what was just told, and returns its move; None leaves the game."""
Hearer = Callable[[str], object]
"""Is called with the next words of a reply as they come, also with those of an attempt that is then taken back, where a
model is tried again: `Game.stream` tells them apart, and what is returned is only what counts."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Played:
    """How a whole game went."""

    lines: tuple[Line, ...]
    """Its transcript."""
    over: bool
    """Whether the story came to an end; otherwise the player left."""
    ending: str
    """The ending's name; empty where it has none."""


class Game:
    """A game in progress. Each move is done and saved when it returns, or has changed nothing and raises."""

    def __init__(self, session: Session, played_by: str) -> None:
        self.session = session
        """What lies beneath, for naming moments, going to them, and stopping a reply."""
        self.played_by = played_by
        """Who plays the characters, in a few words."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """The transcript so far."""
        return self.session.lines

    @property
    def view(self) -> View:
        """What can be done and seen now: options, who is present, the journal, whether it is over."""
        return self.session.view

    async def move(self, move: Move, *, words: Hearer | None = None) -> tuple[Line, ...]:
        """Make a move and return what it added to the transcript; raises `Refused` or `ModelError`."""
        number, answer = move if isinstance(move, tuple) else (move, "")
        view = self.view
        if isinstance(number, str):
            option = meant(number, view)
            if option is None and view.can_speak:
                return await self.say(number, words=words)
        else:
            option = next((option for option in view.options if option.number == number), None)
        if option is None:
            raise Refused(_nothing_like(number, view))
        if option.choice is None:
            return await self.say(option.text, words=words)
        return self.session.choose(option.choice.choice.id, answer)

    async def say(self, text: str, to: str = "", *, words: Hearer | None = None) -> tuple[Line, ...]:
        """Say something, `to` a character or to whoever answers; returns what it added to the transcript."""
        return await _heard(self.session.say(text, to), words)

    def stream(self, text: str, to: str = "") -> AsyncGenerator[Update]:
        """Say something and follow the answer update by update; the last is `Turned`. Close it to break off."""
        return self.session.say(text, to)

    async def retry(self, *, words: Hearer | None = None) -> tuple[Line, ...]:
        """Send again the line that got no answer, else ask for another answer to the last one."""
        return await _heard(self.session.retry(), words)

    def undo(self) -> None:
        """Take the last turn back."""
        self.session.undo()


@asynccontextmanager
async def open_game(
    story: str | Path,
    *,
    save: str | Path | None = None,
    seed: int | None = None,
    cast: Cast | None = None,
    **settings: Any,
) -> AsyncIterator[Game]:
    """Open a game to play move by move: the one saved in the file `save` if there is one, else a new one.

    With no `save` the game is gone at the end. The same `seed` and moves give the same game.
    """
    chosen = _settings(settings)
    graph = _story(story, chosen)
    who, played_by = (cast, cast.actor.name) if cast is not None else cast_for(chosen)
    try:
        with _place(save) as path:
            if path.exists():
                session = Session.resume(graph, who, path)
            else:
                drawn = random.SystemRandom().getrandbits(31) if seed is None else seed
                try:
                    session = Session.begin(graph, who, path, seed=drawn)
                except BaseException:
                    discard(path)  # nothing was played in it
                    raise
            if cast is None:
                session.notices[:0] = (*chosen.warnings, *who.notices)
            try:
                yield Game(session, played_by)
            finally:
                session.close()
    finally:
        if cast is None:
            await who.aclose()


async def play_story(
    story: str | Path,
    player: Player,
    *,
    words: Hearer | None = None,
    save: str | Path | None = None,
    seed: int | None = None,
    cast: Cast | None = None,
    **settings: Any,
) -> Played:
    """Play a whole game: `player` is asked for one move after another until the story is over or it returns None.

    `words` hears the replies as they come. What a move raises ends the game; a `save` keeps all turns before it.
    """
    async with open_game(story, save=save, seed=seed, cast=cast, **settings) as game:
        told = game.lines
        while not game.view.over:
            move = player(game.view, told)
            if inspect.isawaitable(move):
                move = await move
            if move is None:
                break
            told = await game.move(move, words=words)
        return Played(game.lines, game.view.over, game.view.ending)


async def reply(
    story: str | Path,
    who: str,
    line: str,
    *,
    scene: str = "",
    words: Hearer | None = None,
    seed: int = 0,
    cast: Cast | None = None,
    **settings: Any,
) -> Finished:
    """Return what character `who` of a story answers to one line, outside any game; nothing is judged or saved.

    It is as if the story began in `scene`, by default the first in which they talk. Raises `ModelError`.
    """
    chosen = _settings(settings)
    graph = _story(story, chosen)
    scene = scene or next((place.id for place in graph.scenes.values() if who in place.talk), "")
    if scene not in graph.scenes or who not in graph.scenes[scene].talk:
        where = f'in "{scene}"' if scene else "anywhere in it"
        raise Refused(f'In {graph.title}, nobody called "{who}" talks {where}.')
    began = (step(graph, State(), Begin(seed)).events[0], SceneEntered(scene))
    playing = cast if cast is not None else cast_for(chosen)[0]
    finished = None
    try:
        spoken = step(graph, fold(began), Say(mask(line).text if playing.mask else line, who))
        if spoken.refused:
            raise Refused(spoken.refused)
        briefing = Briefing(graph, playing, playing.counter, game="")
        briefing.extend(began)
        async with aclosing(playing.actor.stream(briefing.act(spoken.state, who))) as pieces:
            async for piece in pieces:
                if isinstance(piece, Finished):
                    finished = piece
                elif isinstance(piece, Delta) and words is not None:
                    words(piece.text)
    finally:
        if cast is None:
            await playing.aclose()
    if finished is None:
        raise PalaverError(f"{playing.actor.name} stopped in the middle of its reply.")
    return finished


def _in_its_own_loop(start: Callable[_P, Coroutine[Any, Any, _T]], name: str, doc: str) -> Callable[_P, _T]:
    """Make the synchronous entry to a coroutine function."""

    def run(*given: _P.args, **named: _P.kwargs) -> _T:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(start(*given, **named))
        raise PalaverError(
            f"{name} was called where an event loop is running, which it would block.",
            do=f"Await engine.{start.__name__} there instead.",
        )

    run.__name__ = run.__qualname__ = name
    run.__doc__ = doc
    run.__signature__ = inspect.signature(start)  # type: ignore[attr-defined]  # functions have it once it is set
    return run


play_sync = _in_its_own_loop(play_story, "play_sync", "Play a whole game without an event loop: see `play_story`.")
reply_sync = _in_its_own_loop(reply, "reply_sync", "Return one reply without an event loop: see `reply`.")


async def _heard(updates: AsyncGenerator[Update], words: Hearer | None) -> tuple[Line, ...]:
    """Take a whole answer; returns the turn's lines."""
    lines: tuple[Line, ...] = ()
    async with aclosing(updates) as coming:
        async for update in coming:
            if isinstance(update, Words) and words is not None:
                words(update.text)
            elif isinstance(update, Turned):
                lines = update.lines
    return lines


def _settings(given: Mapping[str, Any]) -> Settings:
    """What holds, with `given` before everything else; a key that is given stays with the server that is."""
    flags = {name: value for name, value in given.items() if name != "api_key"}
    environ = dict(os.environ)
    if given.get("api_key"):
        environ["PALAVER_API_KEY"] = str(given["api_key"])
        if flags.get("base_url"):
            environ.pop("PALAVER_BASE_URL", None)
    return load_settings(flags, environ)


def _story(story: str | Path, settings: Settings) -> StoryGraph:
    return library_of(settings.stories).load(story)


@contextmanager
def _place(save: str | Path | None) -> Iterator[Path]:
    """Where the game is kept: in the file named, or in one that is gone afterwards."""
    if save is not None:
        yield Path(save)
        return
    with tempfile.TemporaryDirectory(prefix="palaver-") as folder:
        yield Path(folder) / "game.palaver"


def _nothing_like(move: int | str, view: View) -> str:
    if view.over:
        return "The story is over."
    can: list[Option] = [option for option in view.options if option.enabled]
    return f"{move!r} is not among the choices: " + "; ".join(f"{option.number}. {option.text}" for option in can)
