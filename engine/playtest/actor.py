"""Stands between a session and the scripted actor, and notes which written line answered, and where none did.

It changes no answer.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from engine.llm.protocol import Finished, Model, Piece, Request, Stage
from engine.plaintext import clean
from engine.playtest.parts import example_key
from engine.story.graph import StoryGraph


class Watched:
    """A `Model` that notes what the scripted actor behind it had to say."""

    def __init__(self, graph: StoryGraph, behind: Model) -> None:
        self._behind = behind
        self._keys = {
            id(example): example_key(scene.id, number)
            for scene in graph.scenes.values()
            for number, example in enumerate(scene.examples)
        } | {
            id(example): example_key(f"@{who}", number)
            for who, character in graph.characters.items()
            for number, example in enumerate(character.examples)
        }
        self.answered: list[tuple[str, str, str]] = []
        """Of each reply: scene, character, and the key of the example that gave it; empty where none did."""

    @property
    def name(self) -> str:
        """The actor's own."""
        return self._behind.name

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """Answer as the actor does."""
        async with aclosing(self._behind.stream(request)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Finished) and request.purpose == "act" and request.stage is not None:
                    self.answered.append((request.scene, request.who, self._source(request.stage, piece.text)))
                yield piece

    async def aclose(self) -> None:
        """Let go of the actor."""
        await self._behind.aclose()

    def _source(self, stage: Stage, text: str) -> str:
        for examples in stage.repertoire:
            for example in examples:
                if any(clean(reply).strip() == text for reply in example.replies):
                    return self._keys.get(id(example), "")
        return ""
