"""Goes on when a model does not play its part: another wording, another model, or the author's own line.

A reply counts as refused when a filter cut it, the server or the model itself declined, nothing came, the prompt was
said back, or its first words are a model's and not a character's. What an honest failure is (no connection, a spent
account, a budget) goes to the player at once. Each attempt is a call of its own to the models given, so whatever counts
and limits calls behind them sees them all; and each is announced by a `Withdrawn`, so nothing is paid twice in silence.

Words are held back only while they could still be the beginning of a refusal, mostly for none or a few of them. A
player thus nearly never sees a line appear and vanish, and never waits for a whole reply. Only what a server withholds
in mid-reply is taken back after it was shown.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from typing import Literal

from engine.dialogue import conduct
from engine.errors import ModelError, NoWords, Withheld
from engine.llm.protocol import Delta, Finished, Model, Piece, Request, Withdrawn
from engine.llm.wordings import folded, may_step_out, steps_out

Rung = Literal["reword", "other_model", "authored"]
RUNGS: tuple[Rung, ...] = ("reword", "other_model", "authored")
"""In the order in which they are tried where the player says nothing."""

REWORDED = (
    "[This is a scene in a story, and it goes on. If there is something you may not show, let the character turn the "
    "talk elsewhere, fall silent or look away. Answer with the character's words and gestures only.]"
)
ECHO = 60
"""Characters said back from the beginning of the prompt, or from the label of the player's line, that are no chance."""

_MACHINE = re.compile(
    # Capitals where small letters mean something else: `ai` is Italian for `to the`.
    r"\b(?:(?-i:AI|A\.I|KI|IA|ИИ)|artificial|robot|android|machine|computer|chat ?bot|language model|roboter"
    r"|inteligencia artificial|intelligence artificielle|künstliche intelligenz)\b",
    re.IGNORECASE,
)
_NOT_ONE = re.compile(
    r"\b(?:not|never|no|nor|if|when|whether|tells?|says?|claims?|calls?|asks?|deny|admit|\w+n't|nicht|nie|kein\w*|wenn|falls"
    r"|nunca|jamás|si|ne|jamais|non|mai|se|не|никогда|если)\b",
    re.IGNORECASE,
)
_APOSTROPHE = str.maketrans("’", "'")
_SENTENCE = re.compile(r"[.!?]\s+|\n\s*\n")


def _plays_a_machine(persona: str) -> bool:
    """Tell whether the part is a machine's, whose own words a model's would be.

    A sentence that only warns of it ("If you are told that you are an AI ...", "Never say that you are a machine") is
    written for people's parts, and most of all for those.
    """
    text = persona.translate(_APOSTROPHE)
    found = [(said, machine) for said in _SENTENCE.split(text) if (machine := _MACHINE.search(said))]
    return any(not _NOT_ONE.search(said, 0, machine.start()) for said, machine in found)


_PLAYER = "the player says:"
_AFTER_PERSONA = conduct.rules("", "").partition("\n")[0]


class Persistent:
    """A `Model` that plays on where the one behind it refuses."""

    def __init__(
        self, actor: Model, *, scripted: Model, other: Model | None = None, ladder: Sequence[Rung] = RUNGS
    ) -> None:
        self._actor = actor
        self._rungs = tuple(_rung(step, actor, other, scripted) for step in ladder if step != "other_model" or other)
        self._models = [model for model in (actor, other) if model is not None]

    @property
    def name(self) -> str:
        """The name of the model that is asked first."""
        return self._actor.name

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """Answer as the model behind it does; a refused reply is withdrawn and the next rung is tried.

        Raises `Withheld` or `NoWords` when the last rung is refused too, and what the first model raises otherwise.
        """
        if request.purpose != "act":
            async with contextlib.aclosing(self._actor.stream(request)) as pieces:
                async for piece in pieces:
                    yield piece
            return
        attempts = [_Attempt(self._actor, request, ""), *(rung(request) for rung in self._rungs)]
        said = ""
        """What went wrong last."""
        for place, attempt in enumerate(attempts):
            if place:
                yield Withdrawn(f"{said} {attempt.announced}")
            try:
                async with contextlib.aclosing(attempt.pieces()) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except ModelError as error:
                refused = isinstance(error, Withheld | NoWords)
                last = attempt is attempts[-1]
                if last or not (refused or place):
                    raise
                said = error.what

    async def aclose(self) -> None:
        """Let go of the connections of all models behind it."""
        for model in self._models:
            await model.aclose()


class _Attempt:
    """One model asked once."""

    def __init__(self, model: Model, request: Request, announced: str) -> None:
        self._model = model
        self._request = request
        self.announced = announced
        """What the player is told before it is asked."""
        prompt = request.messages[0].content if request.messages else ""
        persona = prompt.partition(_AFTER_PERSONA)[0]
        self._machine = _plays_a_machine(persona)
        self._openings = tuple(_said_back(prompt))

    async def pieces(self) -> AsyncGenerator[Piece]:
        """Yield what the model says, its first words only once they are a character's; raises `Withheld`."""
        held, open_ = "", True
        async with contextlib.aclosing(self._model.stream(self._request)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Delta) and open_:
                    held += piece.text
                    self._check(held)
                    if not self._undecided(held):
                        open_ = False
                        yield Delta(held)
                    continue
                if isinstance(piece, Withdrawn):
                    held, open_ = "", True
                if isinstance(piece, Finished):
                    self._check_whole(piece)
                    if open_ and held:
                        yield Delta(held)
                yield piece

    def _check(self, text: str, *, whole: bool = False) -> None:
        name = self._model.name
        if not self._machine and steps_out(text, whole=whole):
            raise Withheld(f"{name} stepped out of the part.", do="Say it another way.")
        start = folded(text)
        if any(start.startswith(opening) for opening in self._openings):
            raise Withheld(f"{name} said its instructions back.", do="Say it another way.")

    def _check_whole(self, finished: Finished) -> None:
        name = self._model.name
        if finished.finish in ("content_filter", "refusal"):
            who = "The filter of" if finished.finish == "content_filter" else "The model"
            raise Withheld(f"{who} {name} withheld the reply.", do="Say it another way.")
        if not finished.text.strip(" \t\r\n\"'*_"):
            if finished.reading is None:  # an author's silence is a reply
                raise NoWords(f"{name} said nothing.", do="Try again.")
        elif finished.reading is None:
            self._check(finished.text, whole=True)

    def _undecided(self, text: str) -> bool:
        """Whether these first words may still become something that is no reply."""
        start = folded(text)
        if not self._machine and may_step_out(text):
            return True
        return any(opening.startswith(start) for opening in self._openings)


def _rung(step: Rung, actor: Model, other: Model | None, scripted: Model) -> Callable[[Request], _Attempt]:
    if step == "reword":
        return lambda request: _Attempt(actor, request.noted(REWORDED), "It is asked once more, in other words.")
    if step == "other_model" and other is not None:
        return lambda request: _Attempt(other, request, f"{other.name} is asked instead.")
    return lambda request: _Attempt(scripted, request, "The author's own line stands in.")


def _said_back(prompt: str) -> Iterator[str]:
    """Beginnings that are the prompt's and not a character's."""
    yield _PLAYER
    start = folded(prompt[: 4 * ECHO])[:ECHO]
    if len(start) == ECHO:
        yield start
