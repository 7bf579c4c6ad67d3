"""Records what was asked of models and what they answered, and plays it back with no network.

A request is known by what is asked (purpose, messages, settings, schema), never by whom: no key, no address and no
header is in a cassette, and text shaped like a provider's key is masked in it. Waiting is not recorded, since time is
not played back. A cassette from a stranger is read as data with bounds; it can make a character say anything, as any
model can, and nothing else.

The file is JSON lines: a first line that names the format, then one line for each answer, written when it is over.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

from engine.errors import CassetteMiss, ModelError, PalaverError
from engine.llm import tape
from engine.llm.protocol import Finished, Model, Notice, Piece, Request, Waiting

_CONTEXT = 30
"""Characters shown on both sides of where two requests part."""


class Recorder:
    """A `Model` that passes everything through and writes it down. Several may share a file."""

    def __init__(self, inner: Model, path: Path, setup: Mapping[str, Any] | None = None) -> None:
        """Raises `PalaverError` when the file cannot be written, or is not a cassette of this play.

        `setup` is what else a play follows from and can be said in JSON, such as its seed and the size of the context:
        it is kept for whoever plays it back.
        """
        self._inner = inner
        self._path = path
        self._full = False
        _begin(path, tape.header(setup or {}))

    @property
    def name(self) -> str:
        """The name of the model that is recorded."""
        return self._inner.name

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """Answer as the inner model does; what was answered is in the file when this is over, however it ends."""
        pieces: list[Piece] = []
        end: Finished | ModelError | None = None
        try:
            async with contextlib.aclosing(self._inner.stream(request)) as stream:
                async for piece in stream:
                    if isinstance(piece, Finished):
                        end = piece
                        notice = self._write(request, pieces, end)
                        if notice:
                            yield Notice(notice)
                    elif not isinstance(piece, Waiting):
                        pieces.append(piece)
                    yield piece
        except ModelError as error:
            end = error
            self._write(request, pieces, error)
            raise
        finally:
            if end is None:
                self._write(request, pieces, None)

    async def aclose(self) -> None:
        """Let go of the inner model's connections."""
        await self._inner.aclose()

    def _write(self, request: Request, pieces: list[Piece], end: Finished | ModelError | None) -> str:
        """Append one answer; returns why it could not, once: a play is worth more than its recording."""
        if self._full:
            return ""
        data = tape.line(self.name, request, pieces, end)
        try:
            if len(data) <= tape.LONGEST_LINE and self._path.stat().st_size + len(data) <= tape.LARGEST:
                _append(self._path, data)
                return ""
            why = "it is full"
        except OSError as error:
            why = str(error.strerror or error)
        self._full = True
        return f"The recording {self._path.name} ends here: {why}."


class Cassette:
    """A `Model` that answers from a recording. One serves actor and judge alike."""

    def __init__(self, path: Path) -> None:
        """Raises `CassetteDamaged` for a file that no `Recorder` wrote."""
        self._file = path.name
        self.setup, answers = tape.read(path)
        """What the recorder was told of the play; empty when it was told nothing."""
        self._left: dict[str, deque[tape.Answer]] = defaultdict(deque)
        for answer in answers:
            self._left[answer.key].append(answer)
        self._requests = [answer.question for answer in answers]
        self._name = next((a.model for a in answers if a.question["purpose"] == "act"), "cassette")

    @property
    def name(self) -> str:
        """The name of the model that was recorded."""
        return self._name

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """Answer as was recorded; the same request again gets the next answer to it. Raises what was raised then.

        An answer that was stopped ends where it was stopped, without a `Finished`. Raises `CassetteMiss` for a request
        that was not recorded, or more often than it was.
        """
        question = tape.asked(request)
        left = self._left.get(tape.key_of(question))
        if not left:
            raise CassetteMiss(self._missing(question, left is not None), do="Record the play anew.")
        answer = left.popleft()
        for piece in answer.pieces:
            yield piece
        if isinstance(answer.end, ModelError):
            raise answer.end
        if answer.end is not None:
            yield answer.end

    async def aclose(self) -> None:
        """Nothing is held."""

    @property
    def unplayed(self) -> int:
        """How many answers were not asked for yet."""
        return sum(map(len, self._left.values()))

    def _missing(self, question: Mapping[str, Any], played: bool) -> str:
        if played:
            return f"{self._file} holds this request, but not once more."
        alike = [other for other in self._requests if other["purpose"] == question["purpose"]]
        if not alike:
            return f"{self._file} holds no request to {question['purpose']}."
        nearest = max(alike, key=lambda other: _likeness(question, other))
        return f"{self._file} does not hold this request. The nearest differs in {_difference(question, nearest)}."


def _likeness(question: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """How many characters two requests share at their beginning, message by message."""
    shared = 0
    for mine, theirs in zip(question["messages"], other["messages"], strict=False):
        shared += _shared(mine["content"], theirs["content"])
        if mine != theirs:
            break
    return shared


def _difference(question: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Where two requests part first, and how they read there."""
    mine, theirs = question["messages"], other["messages"]
    for place, (one, two) in enumerate(zip(mine, theirs, strict=False), start=1):
        if one["role"] != two["role"]:
            return f"message {place}: recorded by {two['role']}, asked by {one['role']}"
        if one["content"] != two["content"]:
            at = _shared(one["content"], two["content"])
            return (
                f"message {place} ({one['role']}), character {at + 1}: "
                f"recorded {_around(two['content'], at)}, asked {_around(one['content'], at)}"
            )
    if len(mine) != len(theirs):
        return f"how many messages it has: recorded {len(theirs)}, asked {len(mine)}"
    names = [name for name in ("settings", "schema", "schema_name") if question[name] != other[name]]
    return f"{names[0]}: recorded {tape.dump(other[names[0]])[:200]}, asked {tape.dump(question[names[0]])[:200]}"


def _shared(one: str, two: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))


def _around(text: str, at: int) -> str:
    start, end = max(0, at - _CONTEXT), at + _CONTEXT
    return json.dumps(f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}", ensure_ascii=False)


def _begin(path: Path, header: bytes) -> None:
    """Write the first line of a new cassette, or make ready to go on with an old one of the same play."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        old = path.read_bytes() if path.exists() else b""
        if old and not old.startswith(header):
            what = "is a recording of another play" if tape.is_header(old) else "is there already and is no recording"
            raise PalaverError(f"{path} {what}.", do="Name another file.")
        if not old:
            _append(path, header)
        elif not old.endswith(b"\n"):  # the power went while a line was written: it is no answer
            os.truncate(path, old.rindex(b"\n") + 1)
    except OSError as error:
        raise PalaverError(f"{path} cannot be written: {error.strerror or error}.", do="Name another file.") from None


def _append(path: Path, data: bytes) -> None:
    """Add to the end in one piece, so that two recorders of one file do not mix their lines."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        while data:
            data = data[os.write(file, data) :]
    finally:
        os.close(file)
