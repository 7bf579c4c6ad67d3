"""Turns the raw pieces of a reply into words that may be shown at once, though a piece may end anywhere.

Terminal escapes and controls go (by `engine.plaintext.clean`, whose rules this module only makes incremental), and so
does what a model thinks aloud between `<think>` tags. It does not judge what is left.
"""

from __future__ import annotations

import re

from engine.plaintext import clean

# What may yet become an escape that `clean` removes, or half of a CR LF, at the end of the text so far.
_OPEN_ESCAPE = re.compile(
    r"\x1b\[[0-?]*[ -/]*\Z"
    r"|\x1b[\]PX^_](?:(?!\x07|\x1b\\|\x9c).)*\Z"
    r"|\x9b[0-?]*[ -/]*\Z"
    r"|\x1b[ -/]*\Z"
    r"|\r\Z",
    re.DOTALL,
)
_STRING_OPENERS = ("\x1b]", "\x1bP", "\x1bX", "\x1b^", "\x1b_")
# An escape this long is nobody's; let go, its opener is still removed and its parameters show as text.
_LONGEST_ESCAPE = 256

_THINK_NAMES = ("think", "thinking", "thought", "reasoning")
_OPENING = re.compile(rf"<({'|'.join(_THINK_NAMES)})>", re.IGNORECASE)
_CLOSING = re.compile(rf"</({'|'.join(_THINK_NAMES)})>", re.IGNORECASE)
_TAGS = tuple(f"<{slash}{name}>" for name in _THINK_NAMES for slash in ("", "/"))
_LONGEST_TAG = max(map(len, _TAGS))


class Cleaner:
    """Cleans a text that comes in pieces: what it returns, joined, is `clean` of the pieces joined."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """Return what can be said for sure so far."""
        text = self._held + text
        self._held = ""
        if text.isascii() and text.isprintable():
            return text
        found = _OPEN_ESCAPE.search(text)
        if found is None:
            return clean(text)
        tail = found.group()
        if tail.startswith(_STRING_OPENERS):
            # All of an open string is dropped in the end, so that only its opener need be kept, and the ESC that may
            # be half of its terminator: an endless one costs neither memory nor time.
            tail = tail[:2] + ("\x1b" if len(tail) > 2 and tail.endswith("\x1b") else "")
        elif len(tail) > _LONGEST_ESCAPE:
            return clean(text)
        self._held = tail
        return clean(text[: found.start()])

    def end(self) -> str:
        """Return what was held back, cleaned."""
        held, self._held = self._held, ""
        return clean(held)


class Prose:
    """A reply's words without thoughts, controls, or white space around them, piece by piece."""

    def __init__(self) -> None:
        self._cleaner = Cleaner()
        self._held = ""
        self._thinking = False
        self._spaces = ""
        self._shown: list[str] = []
        self.thought = False
        """Whether anything was kept out as a thought."""
        self.size = 0
        """Characters shown so far."""

    @property
    def text(self) -> str:
        """All the words so far.

        After a closing tag that nothing opened (a template may have opened it in the prompt), what came before it is no
        longer part of this, though it was returned piece by piece: the whole text is the one to keep.
        """
        return "".join(self._shown)

    def feed(self, text: str) -> str:
        """Return the words that can be shown now."""
        return self._show(self._without_thoughts(self._cleaner.feed(text)))

    def end(self) -> str:
        """Return the words held back until now."""
        rest = self._without_thoughts(self._cleaner.end())
        held, self._held = self._held, ""
        return self._show(rest + ("" if self._thinking else held))

    def _without_thoughts(self, text: str) -> str:
        if not self._held and not self._thinking and "<" not in text:
            return text
        text = self._held + text
        self._held = ""
        out: list[str] = []
        while text:
            opening, closing = _OPENING.search(text), _CLOSING.search(text)
            if self._thinking:
                if closing is None:
                    self._held = _partial_tag(text)
                    break
                self._thinking = False
                text = text[closing.end() :]
            elif closing is not None and (opening is None or closing.start() < opening.start()):
                self._forget()
                out.clear()
                text = text[closing.end() :]
            elif opening is not None:
                out.append(text[: opening.start()])
                self._thinking = self.thought = True
                text = text[opening.end() :]
            else:
                self._held = _partial_tag(text)
                out.append(text.removesuffix(self._held))
                break
        return "".join(out)

    def _forget(self) -> None:
        self.thought = True
        self._shown.clear()
        self._spaces = ""

    def _show(self, text: str) -> str:
        text = self._spaces + text
        body = text.rstrip()
        self._spaces = text[len(body) :]
        if not self._shown:
            body = body.lstrip()
            if not body:
                self._spaces = ""
        if body:
            self._shown.append(body)
            self.size += len(body)
        return body


def _partial_tag(text: str) -> str:
    """The end of `text` that may be the beginning of a tag."""
    start = text.rfind("<", -_LONGEST_TAG)
    tail = text[start:].lower() if start >= 0 else ""
    return text[start:] if tail and any(tag.startswith(tail) for tag in _TAGS) else ""
