"""Answers in place of the models as a test says, and keeps everything that was asked.

Where the test gives no reply the scripted actor or a cassette answers. It judges nothing: what a test says that a judge
has read is handed on as it stands, for the engine's rules to take or refuse.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from engine.errors import ModelError, PalaverError
from engine.llm.protocol import Delta, Finished, Model, Piece, Request
from engine.play.moves import Claim, Read
from engine.story.expressions import Value
from engine.story.graph import MoveRule, StoryGraph
from engine.story.suggest import listed
from engine.storytest.cases import Reading, Step

NAME = "test"


class Understudy:
    """A `Model` that plays every part of one test."""

    def __init__(self, graph: StoryGraph, behind: Model) -> None:
        self.requests: list[Request] = []
        """Everything that was asked, in order."""
        self.problem: ModelError | None = None
        """What went wrong with whoever answers where the test says nothing."""
        self._graph = graph
        self._behind = behind
        self._replies: dict[str, deque[str]] = {}
        self._reading: Reading | None = None
        self._read = False

    @property
    def name(self) -> str:
        """`test`."""
        return NAME

    def prepare(self, step: Step) -> None:
        """Learn what is to be answered to the next line."""
        self._replies = {who: deque(texts) for who, texts in step.replies.items()}
        self._reading, self._read = step.reading, False

    @property
    def unsaid(self) -> list[str]:
        """Replies that the test gives and nobody asked for."""
        return [text for texts in self._replies.values() for text in texts]

    @property
    def unread(self) -> bool:
        """Whether the test gives a reading that nobody asked for."""
        return self._reading is not None and not self._read

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """Answer; raises what a cassette raises, and `PalaverError` for a reading that no rule of the story fits."""
        self.requests.append(request)
        mine = self._replies.get(request.who) or self._replies.get("")
        if request.purpose == "act" and mine:
            text = mine.popleft()
            yield Delta(text)
            yield self._meant(request, Finished(text, model=NAME, reading=Read(who=request.who)))
            return
        try:
            async with aclosing(self._behind.stream(request)) as pieces:
                async for piece in pieces:
                    acted = isinstance(piece, Finished) and request.purpose == "act"
                    yield self._meant(request, piece) if acted and isinstance(piece, Finished) else piece
        except ModelError as error:
            self.problem = error
            raise

    async def aclose(self) -> None:
        """Let go of whoever answers behind it."""
        await self._behind.aclose()

    def _meant(self, request: Request, whole: Finished) -> Finished:
        """Return the reply with what the test says was read in it; the first reply of a turn carries all of it."""
        reading = self._reading
        if reading is None:
            return whole
        if self._read:
            return replace(whole, reading=Read(who=request.who))
        self._read = True
        scene = self._graph.scenes[request.scene]
        name = reading.outcome.rpartition("/")[2]
        known = next((outcome for outcome in scene.outcomes if outcome.id == name), None)
        by_player = known is not None and known.shown_by == "player"
        line = request.stage.line if request.stage else ""
        outcome = Claim(name, reading.quote or (line if by_player else whole.text)) if name else None
        who = reading.who or request.who
        moved = tuple(
            Claim(self._rule(who, variable, value).id, reading.quote or whole.text, who)
            for variable, value in reading.moves
        )
        return replace(whole, reading=Read(outcome, moved, who=who, unsure=reading.unsure))

    def _rule(self, who: str, variable: str, value: Value) -> MoveRule:
        rules = [rule for rule in self._graph.characters[who].rules if rule.variable == variable]
        for rule in rules:
            if value in (rule.by, rule.to):
                return rule
        known = [f"{rule.by:+d}" if rule.by is not None else str(rule.to) for rule in rules]
        has = f'"moved_by" has {listed(known)}.' if known else f'"moved_by" has nothing for "{variable}".'
        raise PalaverError(f'No rule of "{who}" moves "{variable}" like this:', do=has)
