"""Keeps the keys a request was sent with out of the reply, though a reply comes in pieces.

Servers that log or echo requests may say a key back; words go to the screen and into saves, which people send on. It
does not look for keys it was not given: a story may well talk of things that are shaped like one.
"""

from __future__ import annotations

from collections.abc import Iterable

MASK = "[key]"
SHORTEST = 12
"""Characters. Shorter ones are what local servers are given for form's sake (`none`, `ollama`), and stand in prose."""


class Veil:
    """Takes a reply piece by piece and gives it back with every key masked."""

    def __init__(self, secrets: Iterable[str]) -> None:
        keys = {secret for secret in secrets if len(secret) >= SHORTEST and not any(map(str.isspace, secret))}
        self._keys = sorted(keys, key=len, reverse=True)
        self._held = ""

    def feed(self, text: str) -> str:
        """Return what can be said for sure so far; the beginning of what may be a key is held back."""
        if not self._keys:
            return text
        text = self.whole(self._held + text)
        self._held = max((_opening(text, key) for key in self._keys), key=len, default="")
        return text.removesuffix(self._held)

    def end(self) -> str:
        """Return what was held back and is no key."""
        held, self._held = self._held, ""
        return held

    def whole(self, text: str) -> str:
        """Return a whole text masked."""
        for key in self._keys:
            text = text.replace(key, MASK)
        return text


def _opening(text: str, key: str) -> str:
    """The longest beginning of `key`, short of all of it, that `text` ends with."""
    return next((key[:size] for size in range(len(key) - 1, 0, -1) if text.endswith(key[:size])), "")
