"""Keeps with a game how its model was found to count tokens, so that a loaded game remembers what it did before.

It keeps no other knowledge of a model, and believes it of no other model.
"""

from __future__ import annotations

from engine.cast import Cast
from engine.dialogue.tokens import Estimate, TokenCounter
from engine.plaintext import clean_line
from engine.saves.store import Store

_FACTOR, _FACTOR_OF = "factor", "factor_of"
"""In a turn's note: by what a plain estimate is multiplied, and for which model."""
_LONGEST_NAME = 100


def counted(counter: TokenCounter, cast: Cast) -> dict[str, str | float]:
    """Return what a save keeps of what was learnt from the server of how it counts; empty where nothing was."""
    if not isinstance(counter, Estimate) or not counter.learnt:
        return {}
    return {_FACTOR: counter.factor, _FACTOR_OF: _played_by(cast)}


def counting(store: Store, cast: Cast) -> TokenCounter:
    """Return the cast's counter, with what it had learnt of the same model when this game was played last."""
    if not isinstance(cast.counter, Estimate):
        return cast.counter
    for turn in store.backwards():
        note = turn.note or {}
        factor = note.get(_FACTOR)
        if isinstance(factor, float):
            return Estimate.of(factor) if note.get(_FACTOR_OF) == _played_by(cast) else cast.counter
    return cast.counter


def _played_by(cast: Cast) -> str:
    return clean_line(cast.actor.name)[:_LONGEST_NAME]
