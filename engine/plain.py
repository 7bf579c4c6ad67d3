"""Plays a story line by line: for pipes, screen readers and tests. No control codes, no cursor movement, no boxes.

The words are those of the app, in reading order: scene, text, who speaks and what, numbered choices, then a prompt.
"""

from __future__ import annotations

import asyncio
import shlex
import shutil
import signal
import sys
import textwrap
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, TextIO

from engine import saying
from engine.addressing import addressed
from engine.asides import aside
from engine.choosing import meant, nothing_like_it, out_of_range
from engine.console import Command, Pick, Speech, Unknown, bare_command, help_lines, interpret, said_for_a_command
from engine.edits import Edits
from engine.errors import ModelError, PalaverError
from engine.linewise import Sentences, beyond, paragraphs, prose
from engine.plaintext import clean, clean_line
from engine.play.transcript import Line
from engine.recalling import memory_lines
from engine.saves.fleeting import Fleeting
from engine.session import LEFT, Session
from engine.updates import (
    Choosing,
    Delayed,
    Interrupted,
    Judging,
    Recalling,
    Speaking,
    TakenBack,
    Turned,
    Update,
    Words,
)
from engine.view import Option, View, scene_text

if TYPE_CHECKING:
    from engine.rehearsal import Rehearsal

LONGEST_TYPED = 2**20
"""Characters kept of one line of input; an endless one, such as a device gives, would take all memory."""
MOST_RECALLED = 6
"""Lines shown again after undo, load and /look."""
TELL_EVERY = 10.0
"""Seconds between two words about the same wait: a screen reader says each of them."""
WIDEST = 96
"""Columns of text on a terminal; a pipe gets a paragraph as one line."""


class PlainGame:
    """One game over a pair of text streams."""

    def __init__(self, session: Session, source: TextIO, out: TextIO, edits: Edits | None = None) -> None:
        self.session = session
        self._edits = edits
        self._source = source
        self._out = out
        self._echo = not source.isatty()
        """What comes from a pipe is repeated after the prompt, so that the output reads as a transcript."""
        self._offered: tuple[Option, ...] = ()
        self._scene = ""
        self._width = min(WIDEST, shutil.get_terminal_size().columns - 1) if out.isatty() else 0

    async def play(self, *, opening: str) -> None:
        """Play until the story is over, the input ends or the player leaves."""
        self._say(opening)
        self._show(self.session.lines)
        self._tell_notices()
        self._offer()
        while True:
            line = self._ask("> ")
            if line is None:
                break
            try:
                if self._edited(line):
                    continue
                if not await self._obey(line):
                    break
            except PalaverError as error:
                self._say(str(error))
        self._part()

    def _part(self) -> None:
        """Tell who leaves where the game is kept; a pipe's transcript does without."""
        store = self.session.store
        if not (self._echo or isinstance(store, Fleeting)):  # a rehearsal is kept nowhere
            called = clean_line(store.path.stem)
            self._say("")
            self._say(f"Saved: {called}. To go on, add --load {shlex.quote(called)} to the command.")

    def _edited(self, line: str) -> bool:
        """Go on in the story as it was edited; True when the typed line may mean something else there."""
        session = self._edits.take(self.session) if self._edits is not None else None
        if session is None:
            return False
        before, self.session = self.session, session
        before.close()
        same = _offered(before.view) == _offered(session.view)
        self._again("The story was edited.")
        if line.strip() and not same:
            self._say("What you typed was meant for the story before that: type it again.")
        return not same

    async def _obey(self, line: str) -> bool:
        """Do what a typed line asks; False to leave."""
        view = self.session.view
        match interpret(line):
            case None:
                pass
            case Pick(number):
                option = next((option for option in view.options if option.number == number), None)
                if option is not None:
                    return await self._take(option)
                self._say(out_of_range(view))
            case Speech(text) if note := saying.aside(text):
                self._show(self.session.note(note))
            case Speech(text) if (to := addressed(text, view.present))[0]:
                await self._hear(self.session.say(to[1], to[0]))
            case Speech(text):
                option = meant(text, view)
                if option is not None:
                    return await self._take(option)
                if view.can_speak:
                    self.session.notices += said_for_a_command(text)
                    await self._hear(self.session.say(text))
                else:
                    self._say(nothing_like_it(view, bare_command(text)))
            case Unknown(name):
                self._say(f"There is no /{name}. /help lists what can be typed.")
            case Command("quit"):
                return False
            case Command(name, rest):
                await self._command(name, rest)
        return True

    async def _take(self, option: Option) -> bool:
        """Take an option, asking for the words it wants; False to leave instead."""
        if option.yes is not None:
            self._show(self.session.answer(option.yes))
            self._offer()
            return True
        if option.choice is None:
            await self._hear(self.session.say(option.text))
            return True
        answer = ""
        if option.asks and option.enabled:
            answer = (self._ask(f"{option.text}: ") or "").strip()
            if not answer or answer.startswith("/"):
                self._say("Nothing was chosen.")
                return await self._obey(answer)
        lines = self.session.choose(option.choice.choice.id, answer)
        self._show([line for line in lines if line.kind != "choice"])
        self._offer()
        return True

    async def _command(self, name: str, rest: str) -> None:
        session = self.session
        match name:
            case "help":
                for line in help_lines():
                    self._say(line)
            case "save":
                self._save(rest or f"turn {session.store.head}")
            case "load" if rest:
                session.load(rest)
                self._again(f'Loaded "{rest}". /load {LEFT} goes back to where you were.')
            case "load":
                names = [named.name for named in session.store.names()]
                self._say("Named: " + ", ".join(names) if names else "Nothing is named yet. /save NAME names a moment.")
            case "undo" if session.unsent is not None:
                session.unsent = None
                self._again("The line that got no answer is dropped.")
            case "undo":
                session.undo()
                self._again("The last turn is taken back.")
            case "redo":
                session.redo()
                self._again("Done again.")
            case "whisper" | "do" | "wait":
                await self._hear(saying.said(session, name, rest))
            case "notthat":
                session.not_that()
                self._again("It is taken back: nothing came of the last turn.")
            case "memory":
                for line in memory_lines(session, rest):
                    self._say(line)
            case "retry":
                await self._hear(session.retry())
            case "offline":
                await self._hear(session.retry(actor=session.cast.scripted))
            case "report" | "cost" | "budget":
                self._say(aside(session, name, rest))
            case "hint":
                self._say(session.view.hint or "There is no hint here.")
            case "look":
                self._again("")

    def _save(self, name: str) -> None:
        """Give this moment a name, also one that another moment has if the player says so."""
        elsewhere = any(n.name == name and n.turn != self.session.store.head for n in self.session.store.names())
        if elsewhere:
            answer = self._ask(f'"{name}" names another moment. Give it to this one instead? yes or no: ')
            if (answer or "").strip().lower() not in ("y", "yes"):
                self._say("It stays where it was.")
                return
        self.session.name(name, replace=elsewhere)
        self._say(f'Saved as "{name}". /load {name} comes back here.')

    async def _hear(self, updates: AsyncGenerator[Update]) -> None:
        """Print an answer sentence by sentence as it comes; Ctrl-C breaks it off and keeps what was said."""
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(signal.SIGINT, self.session.stop)
        try:
            await self._print_answer(updates)
        except ModelError as error:
            self._say(str(error))
            kept = "Your line is kept" if self.session.unsent else "The answer you had is kept"
            self._say(f"{kept}: /retry asks again, /offline lets the scripted actor answer, or say something else.")
        finally:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(signal.SIGINT)

    async def _print_answer(self, updates: AsyncGenerator[Update]) -> None:
        sentences = Sentences(self._say)
        waiting, told = "", 0.0
        async with aclosing(updates) as stream:
            async for update in stream:
                match update:
                    case Speaking(_, name, narrates):
                        sentences.begin("" if narrates else f"{name}: ")
                    case Words(text):
                        sentences.add(text)
                    case TakenBack(reason):
                        sentences.take_back()
                        self._say(f"({reason})")
                    case Delayed(reason, seconds):
                        if reason == waiting and seconds <= told and told - seconds < TELL_EVERY:
                            continue
                        waiting, told = reason, seconds
                        self._say(f"({reason.rstrip('.')}; waiting {max(seconds, 1):.0f} s. Ctrl-C stops.)")
                    case Recalling(name):
                        sentences.end()
                        self._say(f"({name} thinks back.)")
                    case Judging() | Interrupted() | Choosing():
                        sentences.end()
                    case Turned(lines, replies):
                        sentences.end()
                        self._show(beyond(lines, replies))
        self._tell_notices()
        self._offer(again=self.session.view.scene != self._scene)

    # Printing

    def _again(self, what: str) -> None:
        """Print where the game stands: the last scene's lines and what can be done."""
        if what:
            self._say(what)
        view = self.session.view
        heading = [Line("scene", view.scene_title)] if view.scene_title else []
        text = scene_text(self.session.graph, self.session.state)
        self._show([*heading, Line("told", text)])
        self._show(self._lately(view, text))
        self._tell_notices()
        self._offer()

    def _lately(self, view: View, text: str) -> list[Line]:
        """The last lines since the scene was come to, without its own `text`, which is told anew."""
        lines = list(self.session.lines)
        came = max((i for i, line in enumerate(lines) if line.kind == "scene"), default=-1)
        since = [line for line in lines[came + 1 :] if line.text != text and line.kind != "scene"]
        return since if view.over else since[-MOST_RECALLED:]

    def _show(self, lines: Iterable[Line]) -> None:
        for line in prose(lines):
            match line.kind:
                case "scene":
                    self._say("")
                    self._say(f"== {line.text} ==")
                case "told":
                    for paragraph in paragraphs(line.text):
                        self._say(paragraph)
                case "speech":
                    label = (
                        "  " if line.narrates else f"{line.name or 'You'}{' (whispers)' if line.whispered else ''}: "
                    )
                    self._say(f"{label}{' '.join(line.text.split())}" + (" (broken off)" if line.cut else ""))
                case "choice":
                    self._say(f"You chose: {line.text}")
                case "aside":
                    self._say(f"(( {' '.join(line.text.split())} ))")
                case "seen":
                    self._say(" ".join(line.text.split()))
                case "ending":
                    self._say("")
                    self._say(f"The end: {line.text}" if line.text else "The end.")

    def _tell_notices(self) -> None:
        while self.session.notices:
            self._say(f"({self.session.notices.pop(0)})")

    def _offer(self, *, again: bool = True) -> None:
        """Print what can be done; after a turn of talk only when it is something else than before."""
        view = self.session.view
        if not again and view.options == self._offered:
            return
        self._offered, self._scene = view.options, view.scene
        if view.doubt:
            self._say(view.doubt)
        for option in view.options:
            greyed = "" if option.enabled else f" (not now{': ' + option.reason if option.reason else ''})"
            spoken = "say: " if option.choice is None and option.yes is None else ""
            self._say(f"{option.number}. {spoken}{option.text}{greyed}")
        if view.can_speak:
            names = " or ".join(name for _, name in view.present)
            deed = ", do something (/do)" if view.narrated else ""
            self._say(f"Say something to {names}{deed}" + (", or a number." if view.options else "."))
        if view.over:
            self._say("/undo goes back a turn, /quit leaves.")

    def _say(self, text: str) -> None:
        indent = "  " if text.startswith("  ") else ""
        wrapped = textwrap.wrap(text, self._width, subsequent_indent=indent) if self._width and text else [text]
        print("\n".join(wrapped), file=self._out, flush=True)

    def _ask(self, prompt: str) -> str | None:
        """Return the next line typed, None at the end of the input."""
        self._out.write(prompt)
        self._out.flush()
        line = self._line()
        if self._echo:
            self._out.write(clean(line).rstrip("\n") + "\n")
        return line.rstrip("\r\n") if line else None

    def _line(self) -> str:
        """Read a line to its end and return its beginning."""
        line = rest = self._source.readline(LONGEST_TYPED)
        while len(rest) == LONGEST_TYPED and not rest.endswith("\n"):
            rest = self._source.readline(LONGEST_TYPED)
        return line


@contextmanager
def _ctrl_c_at_once() -> Iterator[None]:
    """Let Ctrl-C leave the game though it waits for a line, as it mostly does: asyncio's own handler would wait too.

    While an answer streams, Ctrl-C stops that instead (`PlainGame._hear`).
    """
    usual = signal.getsignal(signal.SIGINT)
    if usual in (None, signal.SIG_IGN):
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _offered(view: View) -> tuple[object, ...]:
    """Return what a typed line can mean at a moment."""
    options = tuple((option.text, option.enabled, option.asks) for option in view.options)
    return view.scene, view.present, view.doubt, options


async def play_plain(
    session: Session,
    *,
    opening: str,
    source: TextIO | None = None,
    out: TextIO | None = None,
    rehearsal: Rehearsal | None = None,
) -> None:
    """Play `session` over standard input and output, or the given streams; the session is closed at the end.

    `rehearsal` is what tells of edits, where the story is watched.
    """
    source, out = source or sys.stdin, out or sys.stdout
    game: PlainGame | None = None
    try:
        if source is None or out is None:
            raise PalaverError(
                "The game has no standard input or no standard output.", do="Play in a terminal or through a pipe."
            )
        edits = Edits(rehearsal, out) if rehearsal is not None else None
        game = PlainGame(session, source, out, edits)
        with _ctrl_c_at_once(), edits or nullcontext():
            await game.play(opening=opening)
    finally:
        ended = game.session if game is not None else session
        ended.close()
        await ended.cast.aclose()
