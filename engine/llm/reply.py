"""Reads one reply from the bytes of a response body: words out as they come, and in the end a whole reply or a fault.

It does no IO and knows no status. Its rule is that a reply is whole when a `finish_reason` was seen, and only then:
`[DONE]` and the end of the stream prove nothing, and some servers never send the first.
"""

from __future__ import annotations

import enum

from engine.llm.chunks import Chunk, NotAChunk, ServerError, read_chunk
from engine.llm.prose import Prose
from engine.llm.protocol import Finished, Usage
from engine.llm.sse import Decoder, EventTooLong

TEXT_LIMIT = 1024 * 1024
"""Characters of a reply: a hundred times the longest a story could want."""
BODY_LIMIT = 64 * 1024 * 1024
"""Bytes of a response body, wrapping and all: about 200 bytes are sent for every token."""
_WHOLE_LIMIT = 8 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class Kind(enum.Enum):
    """What can be wrong with a reply."""

    CUT = "it ended before it was finished"
    EMPTY = "it holds no words"
    THOUGHT_ONLY = "the model only thought, and said nothing"
    MALFORMED = "a part of it cannot be read"
    TOO_LONG = "it is longer than any reply should be"
    WEB_PAGE = "it is a web page"
    WITHHELD = "the server withheld it"
    ERROR = "the server reported an error"


class BadReply(Exception):
    """A reply that is not to be taken for one."""

    def __init__(self, kind: Kind, error: ServerError | None = None) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.error = error or ServerError()


class ReplyReader:
    """Reads one response body, whether it is a stream of events or one JSON document."""

    def __init__(self, *, text_limit: int = TEXT_LIMIT) -> None:
        self._text_limit = text_limit
        self._bytes = 0
        self._start = bytearray()
        self._decoder: Decoder | None = None
        self._whole = False
        self._prose = Prose()
        self._reasoned = False
        self._refusal = ""
        self._finish = ""
        self._usage = Usage()
        self._model = ""
        self._taken = False
        self.done = False
        """Whether the server has said that nothing more comes."""

    @property
    def begun(self) -> bool:
        """Whether any byte was received."""
        return self._bytes > 0

    @property
    def streams(self) -> bool:
        """Whether the body is a stream of events rather than one JSON document."""
        return self._decoder is not None

    @property
    def usage(self) -> Usage:
        """What the server has counted so far, also for a reply that is no good."""
        return self._usage

    @property
    def finished(self) -> bool:
        """Whether the reply is whole; only its usage may still come."""
        return bool(self._finish)

    def feed(self, data: bytes) -> str:
        """Return the words that these bytes complete; raises `BadReply`."""
        self._bytes += len(data)
        if self._bytes > BODY_LIMIT:
            raise BadReply(Kind.TOO_LONG)
        if self._decoder is None:
            return self._recognise(data)
        return self._read_events(self._decoder, data)

    def end(self) -> tuple[str, Finished]:
        """Return the last words and the whole reply; raises `BadReply` when it is not whole or holds nothing."""
        words = ""
        if self._whole:
            words = self._take(self._read(self._start.decode("utf-8", "replace")))
        elif self._decoder is not None:
            try:
                for event in self._decoder.end():
                    words += self._event(event.data)
            except EventTooLong:
                raise BadReply(Kind.TOO_LONG) from None
            except BadReply:
                # What the end of the stream left open is a cut event unless the reply had finished before it.
                if not self.finished:
                    raise
        words += self._prose.end()
        return words, self._finished()

    def _recognise(self, data: bytes) -> str:
        """Find out by the first byte that says something what the body is: content types are not to be relied on."""
        self._start += data
        if self._whole:
            if len(self._start) > _WHOLE_LIMIT:
                raise BadReply(Kind.TOO_LONG)
            return ""
        if _BOM.startswith(bytes(self._start[:3])):
            return ""
        text = bytes(self._start).removeprefix(_BOM).lstrip()
        if not text:
            self._start.clear()
        elif text.startswith(b"<"):
            raise BadReply(Kind.WEB_PAGE)
        elif text.startswith((b"{", b"[")):
            self._whole = True
            self._start = bytearray(text)
        else:
            self._decoder = Decoder()
            self._start.clear()
            return self._read_events(self._decoder, text)
        return ""

    def _read_events(self, decoder: Decoder, data: bytes) -> str:
        try:
            return "".join([self._event(event.data) for event in decoder.feed(data)])
        except EventTooLong:
            raise BadReply(Kind.TOO_LONG) from None

    def _event(self, data: str) -> str:
        data = data.strip()
        if self.done or not data:
            return ""
        if data == "[DONE]":
            self.done = True
            return ""
        return self._take(self._read(data))

    def _read(self, data: str) -> Chunk:
        try:
            return read_chunk(data)
        except NotAChunk:
            raise BadReply(Kind.MALFORMED) from None

    def _take(self, chunk: Chunk) -> str:
        if chunk.error is not None and not self.finished:
            raise BadReply(Kind.ERROR, chunk.error)
        self._taken = True
        self._reasoned = self._reasoned or chunk.reasoned
        self._finish = chunk.finish or self._finish
        self._model = chunk.model or self._model
        self._usage = chunk.usage or self._usage
        if len(self._refusal) < 1000:
            self._refusal += chunk.refusal
        words = self._prose.feed(chunk.text) if chunk.text else ""
        if self._prose.size > self._text_limit:
            raise BadReply(Kind.TOO_LONG)
        return words

    def _finished(self) -> Finished:
        text = self._prose.text
        if not self.finished:
            raise BadReply(Kind.CUT if self._taken else Kind.EMPTY)
        if text:
            finish = "refusal" if self._refusal else self._finish
            return Finished(text, finish, self._usage, self._model)
        if self._refusal or self._finish == "content_filter":
            raise BadReply(Kind.WITHHELD, ServerError(message=self._refusal))
        raise BadReply(Kind.THOUGHT_ONLY if self._reasoned or self._prose.thought else Kind.EMPTY)
