"""Palaver: interactive fiction whose characters are played by a language model, and whose plot is not.

For those who play it from Python: `open_game`, `play_story`, `reply`, and without an event loop `play_sync` and
`reply_sync` (see `engine.api`). They are imported when they are first named, so that importing this costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.api import Game, Played, open_game, play_story, play_sync, reply, reply_sync
    from engine.errors import ModelError, PalaverError, Refused

__version__ = "0.1.0"
__all__ = [
    "Game",
    "ModelError",
    "PalaverError",
    "Played",
    "Refused",
    "__version__",
    "open_game",
    "play_story",
    "play_sync",
    "reply",
    "reply_sync",
]

_FROM_ERRORS = {"ModelError", "PalaverError", "Refused"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("engine.errors" if name in _FROM_ERRORS else "engine.api"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
