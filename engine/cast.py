"""Who plays the characters in this game, and how much each may be told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.dialogue.tokens import TokenCounter
from engine.llm.protocol import Model


@dataclass(frozen=True, slots=True)
class Cast:
    """The models of one game."""

    actor: Model
    """Plays the characters."""
    judge: Model
    """Reads what has come true; may be the actor."""
    scripted: Model
    """Plays from the author's lines; always there."""
    counter: TokenCounter
    context: int = 4_096
    """Tokens of one prompt and its reply."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Parameters the player set: they go before a story's taste, and its `max_tokens` may not pass theirs."""

    mask: bool = False
    """Mask likely secrets and personal data in what the player types, before anything else is done with it."""

    async def aclose(self) -> None:
        """Let go of every model's connections."""
        for model in {id(m): m for m in (self.actor, self.judge, self.scripted)}.values():
            await model.aclose()
