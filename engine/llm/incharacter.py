"""Keeps a model in its part: a reply stops where it would speak for somebody else, and is not said twice.

What is cut was never shown. A reply that repeats an earlier one is asked again once; a second time the author's own
line stands in, where there is one left to say.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from engine.dialogue import conduct
from engine.dialogue.repetition import looping, repeats
from engine.dialogue.staying import Staying
from engine.errors import NoWords
from engine.llm.protocol import Delta, Finished, Model, Notice, Piece, Request, Stage, Withdrawn
from engine.plaintext import clean, readable

LOOK_AFTER = 400
"""Characters between two looks for a reply that goes round in a circle."""


class InCharacter:
    """A `Model` that stays in its part, whatever the one behind it does."""

    def __init__(self, actor: Model) -> None:
        self._actor = actor

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._actor.name

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """Answer as the model behind it does, within the part.

        Raises what that raises, and `NoWords` when it says nothing, twice, that is the character's to say.
        """
        stage = request.stage
        if request.purpose != "act" or stage is None:
            async with aclosing(self._actor.stream(request)) as pieces:
                async for piece in pieces:
                    yield piece
            return
        asked, name = request, stage.name
        for attempt in (1, 2):
            whole: Finished | None = None
            async with aclosing(self._within(asked, stage)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Finished):
                        whole = piece
                    else:
                        yield piece
            if whole is None:
                return  # stopped: whoever asked keeps what was said
            said = readable(clean(whole.text))
            if said and not repeats(whole.text, stage.said):
                yield whole
                return
            if attempt == 1:
                done = "repeated what was said already" if said else "only spoke for somebody else"
                yield Withdrawn(f"{name} {done}. It is asked once more.")
                asked = request.noted(conduct.again(f"it {done}"))
            elif not said:
                raise NoWords(f"{self.name} said nothing that is {name}'s to say.", do="Try again.")
            elif other := next((line for line in stage.fallback if not repeats(line, stage.said)), ""):
                yield Withdrawn(f"{name} repeats it again. The author's own line stands in.")
                yield Delta(other)
                yield replace(whole, text=other)
            else:
                yield Notice(f"{name} repeats what was said. Say something else, or ask for another answer.")
                yield whole

    async def _within(self, request: Request, stage: Stage) -> AsyncGenerator[Piece]:
        """One attempt, held to the part; the stream behind it is closed where it leaves it."""
        part = _part(stage)
        said, look = "", LOOK_AFTER
        async with aclosing(self._actor.stream(request)) as pieces:
            async for piece in pieces:
                match piece:
                    case Delta(text):
                        shown = part.add(text)
                        if shown:
                            said += shown
                            yield Delta(shown)
                        if len(said) >= look:
                            look = len(said) + LOOK_AFTER
                            if looping(said) != said:
                                break
                        if part.broken:
                            break
                    case Withdrawn():
                        part, said, look = _part(stage), "", LOOK_AFTER
                        yield piece
                    case Finished():
                        rest = part.end()
                        if rest:
                            yield Delta(rest)
                        yield replace(piece, text=said + rest)
                        return
                    case _:
                        yield piece
            else:
                return
        yield Finished(looping(said).rstrip(), model=self.name)

    async def aclose(self) -> None:
        """Let go of the connections of the model behind it."""
        await self._actor.aclose()


def _part(stage: Stage) -> Staying:
    return Staying(stage.name, stage.others, narrator=stage.narrator, language=stage.language)
