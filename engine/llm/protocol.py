"""The one seam between the game and whoever plays its characters.

Messages go in, a stream of pieces comes out, the last of which is `Finished`. HTTP, scripted, recorded and test models
all stand behind `Model`, so a whole game runs with no screen and no network. A failure is raised as a `ModelError`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from engine.dialogue.messages import Message
from engine.play.moves import Read
from engine.story.graph import Example

Purpose = Literal["act", "judge", "choose", "summary"]
"""Answer as a character; read what has come true; find who answers; sum up what a character no longer has in mind."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What an actor without a model needs to know to answer: the authored lines that count now."""

    who: str
    line: str
    """What the player said."""
    repertoire: tuple[tuple[Example, ...], ...]
    """Groups of examples in order of preference (the scene's, then the character's), each already filtered: its
    condition holds, and its outcome, where it has one, is eligible now."""
    fallback: tuple[str, ...]
    said: tuple[str, ...]
    """This character's earlier replies in the playthrough, oldest first."""
    seed: int
    """Differs for each turn and retry; the same for the same playthrough, turn and try."""
    name: str = ""
    """The character's name."""
    others: tuple[str, ...] = ()
    """Names of everybody else in the story, whose words are never this character's to say."""
    narrator: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model."""

    purpose: Purpose
    messages: tuple[Message, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of this call (temperature, max_tokens ...): laid over the endpoint's own."""
    schema: Mapping[str, Any] | None = None
    """JSON Schema of the answer, in the portable subset; None for prose."""
    schema_name: str = ""
    stage: Stage | None = None
    game: str = ""
    """The playthrough that asks, for the ledger of costs; this and the next two are never sent."""
    scene: str = ""
    who: str = ""
    """The character who answers, or whose answer is judged."""

    def noted(self, note: str) -> Request:
        """Return the request with a note at its very end, so that the cached beginning stays the same."""
        *earlier, last = self.messages or (Message("user", ""),)
        if last.role != "user":
            return replace(self, messages=(*self.messages, Message("user", note)))
        return replace(self, messages=(*earlier, Message("user", f"{last.content}\n{note}".strip())))


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call as the server counted them; None where it did not say."""

    prompt: int | None = None
    completion: int | None = None
    cached: int | None = None
    """How many of `prompt` were read from the provider's cache."""


@dataclass(frozen=True, slots=True)
class Delta:
    """The next words of a reply."""

    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing has come yet: why, and for how many seconds it will wait."""

    reason: str
    seconds: float
    read: bool = False
    """Whether what was sent before may have been read, and billed, though nothing came of it."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The reply is whole."""

    text: str
    """All of it."""
    finish: str = "stop"
    """`stop`, `length`, `content_filter`, or whatever else the server said."""
    usage: Usage = Usage()
    model: str = ""
    """The model that answered, as the server named it."""
    reading: Read | None = None
    """For an actor that knows what its own line means (the scripted one): no judge is asked then."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The words of this reply so far, if any, are taken back, and another attempt at it follows."""

    reason: str
    """One sentence for the player: what was wrong with it and what is done now."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the player should be told once; the reply goes on."""

    text: str


Piece = Delta | Waiting | Withdrawn | Notice | Finished


class Model(Protocol):
    """Somebody who can play a character or judge a dialogue."""

    @property
    def name(self) -> str:
        """How the player sees it: a model's name, or `scripted`."""

    def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """Answer, piece by piece; raises `ModelError`. Closing the generator cancels at once."""

    async def aclose(self) -> None:
        """Let go of connections."""
