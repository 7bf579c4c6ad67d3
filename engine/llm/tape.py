"""The lines of a cassette: how an answer is written down, and how a line that may be anybody's is read.

It reads values into the shapes of the protocol and refuses everything else; it runs nothing and opens nothing but the
file it is given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import JsonValue, ValidationError

from engine import errors
from engine.dialogue.masking import mask_keys
from engine.errors import CassetteDamaged, ModelError
from engine.llm.protocol import Delta, Finished, Notice, Piece, Request, Usage, Withdrawn
from engine.llm.tapeform import LONGEST_NAME, AnswerForm, ClaimForm, HeaderForm, SaidForm
from engine.plaintext import clean_line
from engine.play.moves import Claim, Read

FORMAT = 1
LARGEST = 64 * 1024 * 1024
"""Bytes of a cassette: some thousand turns with whole prompts."""
LONGEST_LINE = 8 * 1024 * 1024

ERRORS: dict[str, type[ModelError]] = {
    kind.__name__: kind
    for kind in (
        errors.ModelError, errors.Unreachable, errors.KeyRefused, errors.OutOfCredit, errors.Busy, errors.BadRequest,
        errors.Withheld, errors.BrokenReply, errors.NoWords,
    )
}  # fmt: skip
"""Failures that are played back as they were; any other is played back as the nearest of its ancestors here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One recorded answer."""

    key: str
    question: dict[str, Any]
    """What was asked."""
    model: str
    pieces: tuple[Piece, ...]
    end: Finished | ModelError | None
    """None when it was stopped."""


def asked(request: Request) -> dict[str, Any]:
    """Return what a request asks, as a cassette holds it: nothing of who is asked, and no provider's key in it."""
    messages = [{"role": message.role, "content": _sayable(mask_keys(message.content))} for message in request.messages]
    return {
        "purpose": request.purpose,
        "messages": messages,
        "settings": dict(request.settings),
        "schema": request.schema,
        "schema_name": request.schema_name,
    }


def _sayable(text: str) -> str:
    """The text with every lone surrogate replaced, so that it reads back from the file as it was hashed."""
    return text.encode("utf-8", "replace").decode()


def key_of(question: Mapping[str, Any]) -> str:
    """Return the name under which an answer is found: a hash of what is asked."""
    text = json.dumps(question, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def dump(value: object) -> str:
    """Return a value as JSON on one line, readable in any language."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def header(setup: Mapping[str, Any]) -> bytes:
    """Return the first line of a cassette of a play that was set up like this."""
    kept = {name: mask_keys(value) if isinstance(value, str) else value for name, value in setup.items()}
    found = {"palaver_cassette": FORMAT, **({"setup": kept} if kept else {})}
    return f"{dump(found)}\n".encode("utf-8", "replace")


def is_header(data: bytes) -> bool:
    """Tell whether a file that begins like this is a cassette, of whatever play."""
    try:
        HeaderForm.model_validate_json(data.partition(b"\n")[0])
    except ValidationError:
        return False
    return True


def line(model: str, request: Request, pieces: Sequence[Piece], end: Finished | ModelError | None) -> bytes:
    """Return the line that says what was asked of whom, and what was answered."""
    question = asked(request)
    found: dict[str, Any] = {
        "key": key_of(question),
        "request": question,
        "model": mask_keys(model)[:LONGEST_NAME],
        "pieces": [_said(piece) for piece in _without_keys(pieces)],
    }
    if isinstance(end, Finished):
        found["finished"] = {
            "text": mask_keys(end.text),
            "finish": end.finish[:LONGEST_NAME],
            "usage": {"prompt": end.usage.prompt, "completion": end.usage.completion, "cached": end.usage.cached},
            "model": mask_keys(end.model)[:LONGEST_NAME],
            "reading": _reading(end.reading) if end.reading else None,
        }
    elif end is not None:
        kind = next(kind.__name__ for kind in type(end).__mro__ if kind.__name__ in ERRORS)
        found["error"] = {
            "kind": kind,
            "what": mask_keys(end.what),
            "do": mask_keys(end.do),
            "status": end.status,
            "request_id": end.request_id[:LONGEST_NAME],
        }
    # A lone surrogate, which a server's JSON can hold, becomes what UTF-8 and every reader of JSON can.
    return f"{dump(found)}\n".encode("utf-8", "replace")


def _without_keys(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces as they came, unless what they spell together holds a key: then joined and masked."""
    spelled = "".join(piece.text for piece in pieces if isinstance(piece, Delta))
    if mask_keys(spelled) == spelled:
        return list(pieces)
    joined: list[Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        if isinstance(piece, Delta) and isinstance(before, Delta):
            joined[-1] = Delta(before.text + piece.text)
        else:
            joined.append(piece)
    return [Delta(mask_keys(piece.text)) if isinstance(piece, Delta) else piece for piece in joined]


def read(path: Path) -> tuple[dict[str, JsonValue], list[Answer]]:
    """Return the setup and the answers of a cassette in their order; raises `CassetteDamaged` that names the line."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise CassetteDamaged(f"{path} cannot be read: {error.strerror or error}.", do="Check its name.") from None
    if len(data) > LARGEST:
        raise CassetteDamaged(f"{path.name} is larger than any recording.", do="Is it the right file?")
    first, *lines = data.split(b"\n")
    try:
        begun = HeaderForm.model_validate_json(first[:LONGEST_LINE])
    except ValidationError:
        raise CassetteDamaged(f"{path.name} is no recording of a play.", do="`--record` makes one.") from None
    if begun.palaver_cassette != FORMAT:
        raise CassetteDamaged(
            f"{path.name} is a recording of another version ({begun.palaver_cassette}).", do="Record the play anew."
        )
    # What stands behind the last line break was being written when the power went.
    return begun.setup, [
        _answer(path.name, number, written) for number, written in enumerate(lines[:-1], start=2) if written.strip()
    ]


def _answer(file: str, number: int, data: bytes) -> Answer:
    if len(data) > LONGEST_LINE:
        raise CassetteDamaged(f"{file}:{number} is longer than any answer.", do="Record the play anew.")
    try:
        found = AnswerForm.model_validate_json(data)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        what = clean_line(f"{where} {first['msg'][:1].lower()}{first['msg'][1:]}".strip())[:300]
        raise CassetteDamaged(f"{file}:{number}: {what}.", do="Record the play anew.") from None
    question = found.request.model_dump(mode="json", by_alias=True)
    if key_of(question) != found.key:
        raise CassetteDamaged(f"{file}:{number}: the request was altered.", do="Record the play anew.")
    if found.finished is not None and found.error is not None:
        raise CassetteDamaged(f"{file}:{number} both succeeds and fails.", do="Record the play anew.")
    return Answer(
        found.key, question, found.model, tuple(_piece(file, number, said) for said in found.pieces), _end(found)
    )


def _end(found: AnswerForm) -> Finished | ModelError | None:
    if found.error is not None:
        failed = found.error
        kind = ERRORS.get(failed.kind, ModelError)
        return kind(failed.what, do=failed.do, status=failed.status, request_id=failed.request_id)
    if found.finished is None:
        return None
    done, read = found.finished, found.finished.reading
    return Finished(
        done.text,
        done.finish,
        Usage(done.usage.prompt, done.usage.completion, done.usage.cached),
        done.model,
        None
        if read is None
        else Read(
            _claim(read.outcome) if read.outcome else None,
            tuple(_claim(claim) for claim in read.moved),
            read.who,
            read.by,
            read.fault,
            read.unsure,
            read.vetoed,
        ),
    )


def _reading(read: Read) -> dict[str, Any]:
    """A reading as it is written; what it does not make use of is left out, as it is from recordings of before."""
    found: dict[str, Any] = {
        "outcome": _claimed(read.outcome) if read.outcome else None,
        "moved": [_claimed(claim) for claim in read.moved],
        "who": read.who,
        "by": read.by,
        "fault": read.fault,
    }
    return found | {name: True for name, given in (("unsure", read.unsure), ("vetoed", read.vetoed)) if given}


def _claimed(claim: Claim) -> dict[str, str]:
    return {name: text for name, text in asdict(claim).items() if text or name != "who"}


def _claim(found: ClaimForm) -> Claim:
    return Claim(found.id, found.evidence, found.who)


def _said(piece: Piece) -> dict[str, str]:
    match piece:
        case Delta(text):
            return {"delta": text}
        case Withdrawn(reason):
            return {"withdrawn": reason}
        case Notice(text):
            return {"notice": text}
    raise TypeError(f"no cassette holds a {type(piece).__name__}")


def _piece(file: str, number: int, said: SaidForm) -> Piece:
    given = [(name, text) for name, text in said.model_dump().items() if text is not None]
    if len(given) != 1:
        raise CassetteDamaged(f"{file}:{number}: a piece is not one thing.", do="Record the play anew.")
    name, text = given[0]
    kinds: dict[str, type[Delta | Withdrawn | Notice]] = {"delta": Delta, "withdrawn": Withdrawn, "notice": Notice}
    return kinds[name](text)
