"""Decodes server-sent events from bytes cut anywhere.

It does no IO, knows nothing of chat completions, and refuses to hold more than its limits. Of the WHATWG format it
keeps `data` and `event`; `id` and `retry` are for clients that reconnect, which this one never does.
"""

from __future__ import annotations

from dataclasses import dataclass

LINE_LIMIT = 1024 * 1024
EVENT_LIMIT = 2 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class EventTooLong(ValueError):
    """A line or an event is longer than anyone honest sends."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event: its data lines joined by newlines, and its name where it has one."""

    data: str
    name: str = ""


class Decoder:
    """Turns chunks of bytes into the events they complete.

    Lines may end in LF, CR or CR LF, even with a chunk's border in between. Comments and unknown fields are dropped,
    invalid UTF-8 is replaced by U+FFFD. Sizes are in bytes.
    """

    def __init__(self, *, line_limit: int = LINE_LIMIT, event_limit: int = EVENT_LIMIT) -> None:
        self._line_limit = line_limit
        self._event_limit = event_limit
        self._line = bytearray()
        self._after_cr = False
        self._first = True
        self._data: list[str] = []
        self._size = 0
        self._name = ""

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Return the events that this chunk completes; raises `EventTooLong`."""
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
            self._after_cr = False
        if not chunk:
            return []
        self._after_cr = chunk.endswith(b"\r")
        events: list[ServerEvent] = []
        # bytes.splitlines breaks at LF, CR and CR LF only, unlike str.splitlines.
        for piece in chunk.splitlines(keepends=True):
            if len(self._line) + len(piece) > self._line_limit:
                raise EventTooLong(f"a line of more than {self._line_limit} bytes")
            if not piece.endswith((b"\n", b"\r")):
                self._line += piece
                continue
            line = piece.rstrip(b"\r\n")
            if self._line:  # most lines come whole, and are not copied
                line = bytes(self._line + line)
                self._line.clear()
            event = self._take(line)
            if event is not None:
                events.append(event)
        return events

    def end(self) -> list[ServerEvent]:
        """Return the event left open when the stream ended: some servers forget the last blank line."""
        last = [self._take(bytes(self._line)), self._take(b"")] if self._line else [self._take(b"")]
        self._line.clear()
        return [event for event in last if event is not None]

    def _take(self, line: bytes) -> ServerEvent | None:
        if self._first:
            line = line.removeprefix(_BOM)
            self._first = False
        if not line:
            event = ServerEvent("\n".join(self._data), self._name) if self._data else None
            self._data, self._size, self._name = [], 0, ""
            return event
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._size += len(value)
            if self._size > self._event_limit:
                raise EventTooLong(f"an event of more than {self._event_limit} bytes")
            self._data.append(value.decode("utf-8", "replace"))
        elif name == b"event":
            self._name = value.decode("utf-8", "replace")
        return None
