"""Who plays the characters in this game, and how much each may be told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.dialogue.tokens import TokenCounter
from engine.llm.protocol import Model

if TYPE_CHECKING:
    from engine.llm.meter import Meter


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
    summariser: Model | None = None
    """Sums up what the characters' prompts have no room for any more; None: what the author wrote of it does."""
    context: int = 4_096
    """Tokens of one prompt and its reply."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Parameters the player set: they go before a story's taste, and its `max_tokens` may not pass theirs."""
    judge_fixed: Mapping[str, Any] = field(default_factory=dict)
    """The same for the judge's own model."""
    judge_continues: bool = False
    """The judge's question continues the actor's prompt: they are one model of a server that keeps it cached."""
    mask: bool = False
    """Mask likely secrets and personal data in what the player types, before anything else is done with it."""
    meter: Meter | None = None
    """Knows what was spent and what may be; None where nothing costs anything."""
    conceal: Callable[[str], str] = str
    """Takes the keys in use out of a text that is passed on."""
    notices: tuple[str, ...] = ()
    """What a player should know of it, told at the start of each game."""

    @property
    def free(self) -> bool:
        """Whether the scripted actor plays: no model is asked."""
        return self.actor is self.scripted

    async def aclose(self) -> None:
        """Let go of every model's connections, then of the account."""
        await self.release()
        if self.meter is not None:
            self.meter.close()

    async def release(self) -> None:
        """Let go of every model's connections; others may go on with the account."""
        for model in {id(m): m for m in (self.actor, self.judge, self.scripted, self.summariser) if m}.values():
            await model.aclose()
