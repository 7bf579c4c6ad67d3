"""Counts tokens, exactly where the model's table is known and by estimate elsewhere.

It loads nothing and keeps nothing: an exact counter is given its table, and learning makes a new estimate.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from engine.dialogue.messages import Message

PER_MESSAGE = 4
"""Tokens around each message: three of framing and one for its role. Source: OpenAI's published recipe for
counting the tokens of chat completion calls, the same for all its models since June 2023."""
PRIMING = 3
"""Tokens that open the reply, once a request; same source."""

# Names of models that use o200k_base, bare or behind a provider's ("openai/gpt-4o") or fine-tuning ("ft:") prefix.
_O200K = re.compile(
    r"(?:^|[/:])(?:chatgpt-4o|gpt-4o|gpt-4\.[1-9]|gpt-[5-9]|gpt-oss|o[1-9])(?:$|[-.:@_])", re.IGNORECASE
)

UNLEARNT_MARGIN = 1.125
"""How far above four bytes a token an estimate keeps until a server has told it better."""
MARGIN = 1.03
"""The same, once one has."""
DEAD_BAND = 0.05
"""Corrections smaller than this are left: each one recuts the history, which empties the provider's cache."""
UNCUT = 1_500
"""A prompt of fewer tokens is not cut by any server (the smallest default context is 2,048). A longer one may be
cut without a word and so counted short: it never lowers an estimate."""
_LEAST, _MOST = 0.25, 4.0


class Encoder(Protocol):
    """What an exact count needs of a tokenizer; tiktoken's `Encoding` is one."""

    def encode_ordinary(self, text: str) -> Sequence[int]:
        """Cut `text` into token ids, taking special tokens for plain text."""


class TokenCounter(Protocol):
    """Counts texts in one model's tokens."""

    def count(self, text: str) -> int:
        """Return how many tokens `text` takes."""

    def corrected(self, counted: int, actual: int | None) -> TokenCounter:
        """Return a counter that has learnt from a prompt it counted as `counted` and the server as `actual`.

        Returns itself when there was nothing to learn; what it counted before then still stands.
        """


@dataclass(frozen=True, slots=True)
class Exact:
    """Counts with the model's own table."""

    encoder: Encoder

    def count(self, text: str) -> int:
        """Return how many tokens `text` takes."""
        return len(self.encoder.encode_ordinary(text))

    def corrected(self, counted: int, actual: int | None) -> Self:
        """Return itself: a table has nothing to learn."""
        return self


@dataclass(frozen=True, slots=True)
class Estimate:
    """Counts a token for every four bytes, times a factor learnt from what the server says.

    Four bytes: within 1 to 3 % over a whole English prompt and 4 % on Chinese and Russian, but -23 % to +34 %
    on one message and -20 % on JSON. Hence the margin.
    """

    factor: float = 1.0
    learnt: bool = False

    @classmethod
    def of(cls, factor: float) -> Self:
        """Return an estimate that has learnt this factor before, within what can be believed."""
        return cls(min(_MOST, max(_LEAST, factor)), learnt=True)

    @property
    def margin(self) -> float:
        """How far above the plain estimate the counts are kept."""
        return MARGIN if self.learnt else UNLEARNT_MARGIN

    def count(self, text: str) -> int:
        """Return about how many tokens `text` takes, rather too many than too few."""
        size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        return math.ceil(size / 4 * self.factor * self.margin)

    def corrected(self, counted: int, actual: int | None) -> Self:
        """Return an estimate that would have counted as the server did, or itself if it nearly does."""
        if actual is None or actual <= 0 or counted <= 0:
            return self
        factor = min(_MOST, max(_LEAST, self.factor * actual * self.margin / counted))
        if factor < self.factor and actual >= UNCUT:
            return self
        if self.learnt and abs(factor / self.factor - 1) < DEAD_BAND:
            return self
        return type(self)(factor, learnt=True)


def uses_o200k(model: str) -> bool:
    """Tell whether `model`, by its name, is one of OpenAI's that use the table o200k_base."""
    return _O200K.search(model) is not None


def counter_for(model: str, encoder: Encoder | None = None) -> TokenCounter:
    """Return an exact counter for OpenAI's models when their table is given, an estimate for all others."""
    return Exact(encoder) if encoder is not None and uses_o200k(model) else Estimate()


def count_messages(messages: Iterable[Message], counter: TokenCounter) -> int:
    """Return the tokens of messages with their framing, without the reply's priming."""
    return sum(PER_MESSAGE + counter.count(message.content) for message in messages)
