"""Every error that Palaver raises on purpose.

    PalaverError              a person can read it and act on it; the command line prints it without a traceback
    ├── StoryError            a story cannot be played; carries every diagnostic
    ├── NoSuchStory           nothing is at that path, nor in the library under that name
    ├── ConfigError           a setting is wrong
    ├── Refused               the game does not allow that now
    ├── ModelError            a model did not answer; the player's line is kept and may be tried again
    │   ├── Unreachable       no connection, no such host, TLS failure, time-out
    │   │   └── Unconnected   nothing was sent, so nothing can be billed
    │   ├── KeyRefused        401, 403
    │   ├── OutOfCredit       429 or 402 that no waiting will mend
    │   ├── OverBudget        the player's own limit on money or tokens would be passed; nothing was sent
    │   ├── Busy              429, 5xx: later it may work
    │   ├── BadRequest        400, 404, 413, 422: the server does not take what was asked (model name, context size)
    │   │   └── Withheld      a filter or the model itself would not give this reply, or not take this line
    │   ├── BrokenReply       the reply began and was cut, malformed or empty
    │   │   └── NoWords       the reply came whole, and without a word
    │   └── CassetteMiss      a recording that is played back does not hold what was asked
    ├── CassetteDamaged       a recording of a play is none of ours, or was altered
    └── SaveError             a save cannot be read or written
        ├── SaveLocked        another process plays it
        └── SaveDamaged       it is not a save of ours, or it was cut or altered

This module imports nothing of Palaver but the shape of a diagnostic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.story.diagnostics import Diagnostic


class PalaverError(Exception):
    """What went wrong, where, and what to do about it."""

    def __init__(self, what: str, *, do: str = "") -> None:
        super().__init__(f"{what} {do}".strip())
        self.what = what
        """One sentence: what happened and where."""
        self.do = do
        """One sentence: what the reader can do; may be empty."""


class StoryError(PalaverError):
    """A story that cannot be played, with every mistake found in it."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(found) for found in self.diagnostics))


class NoSuchStory(PalaverError):
    """A story that is neither at a path nor in the library: the command named the wrong one."""


class ConfigError(PalaverError):
    """A setting, flag or environment variable that cannot be used."""


class Refused(PalaverError):
    """The game does not allow that now; nothing was changed."""


class ModelError(PalaverError):
    """A model did not answer. Nothing of the turn is lost; the line may be sent again."""

    def __init__(self, what: str, *, do: str = "", status: int | None = None, request_id: str = "") -> None:
        super().__init__(what, do=do)
        self.status = status
        """The HTTP status, where there was one."""
        self.request_id = request_id
        """The server's own name for the request, to quote to its support."""
        self.took: tuple[int, int, int] | None = None
        """Tokens that the server counted for it all the same: of the prompt, of those from a cache, of the reply."""


class Unreachable(ModelError):
    """No connection could be made, or the server fell silent before it began to answer."""


class Unconnected(Unreachable):
    """No connection was made, so nothing was sent and nothing can be billed."""


class OverBudget(ModelError):
    """The player's own limit on money or tokens would be passed by what was asked; nothing was sent."""

    def __init__(self, what: str, *, do: str = "", scope: str = "", unit: str = "", short: int = 0) -> None:
        super().__init__(what, do=do)
        self.scope = scope
        """Whose limit it is: `session`, `game` or `day`."""
        self.unit = unit
        """What ran out: `money` or `tokens`."""
        self.short = short
        """By how much the call would pass the limit: micro-dollars or tokens."""


class KeyRefused(ModelError):
    """The server does not accept the key, or the key may not use this model."""


class OutOfCredit(ModelError):
    """The account's money or quota is spent: waiting will not help."""


class Busy(ModelError):
    """The server is over its limits or failing; the same request may work later."""


class BadRequest(ModelError):
    """The server does not accept what was asked: an unknown model, or more text than it can hold."""


class BrokenReply(ModelError):
    """A reply began and then was cut, malformed or empty; it is never taken for a whole one."""


class Withheld(BadRequest):
    """A filter, or the model itself, would not give this reply; or a moderation would not let the line out."""


class NoWords(BrokenReply):
    """The reply came whole, and without a word in it."""


class CassetteMiss(ModelError):
    """A recording that is played back does not hold what was asked."""


class CassetteDamaged(PalaverError):
    """The file is not a recording of ours, or it was altered."""


class SaveError(PalaverError):
    """A save could not be read or written."""


class SaveLocked(SaveError):
    """Another process is playing this save."""


class SaveDamaged(SaveError):
    """The file is not one of our saves, or it was cut or altered."""
