"""Writes the last exchange with a model to a file that a player can read, and send on if they like.

Nothing is sent. The file holds what was asked and answered, word for word; keys are masked in it. What the dialogue
holds is indented, so that no line of it can pass for a line of the report's own.
"""

from __future__ import annotations

import os
import platform
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from engine import __version__
from engine.dialogue.masking import mask_keys
from engine.errors import PalaverError
from engine.llm.protocol import Finished, Purpose, Request
from engine.plaintext import clean, clean_line
from engine.play.events import Event
from engine.play.moves import Read

LONGEST_WORDS = 4_000
"""Characters of what the player says about it."""
_MOST_OF_A_NAME = 100
_WHAT: Mapping[Purpose, str] = {
    "act": "the character's reply",
    "judge": "what it means for the story",
    "choose": "who answers",
    "summary": "what a character keeps in mind",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of the exchange and what became of it."""

    request: Request
    asked_of: str
    """The model's name, as the player set it."""
    finished: Finished | None = None
    """None when it failed or was stopped."""
    problem: str = ""
    """What the player was told instead of a reply."""
    seconds: float = 0.0
    """How long it took, with any wait for a turn."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn of talk as it went between the game and its models."""

    asked: tuple[Asked, ...]
    """In order: the character's request, then the judge's where there was one."""
    reading: Read | None = None
    """What the turn was taken to mean."""
    events: tuple[Event, ...] = ()
    """What came of it; empty when the turn failed."""
    story: str = ""
    """Its id, version and title, for whoever has to find it."""
    save: str = ""
    """The save's name, and the turn."""


def write_report(
    exchange: Exchange | None,
    folder: Path,
    now: datetime,
    *,
    words: str = "",
    setup: Mapping[str, str] | None = None,
    mask: Callable[[str], str] = str,
) -> Path:
    """Write a report into `folder` and return its path; raises `PalaverError`.

    `words` are the player's own; `setup` is what else a reader should know, such as the settings that differ from the
    usual; `mask` takes out the keys that are in use (`Endpoint.mask`).
    """
    if exchange is None:
        raise PalaverError("There is nothing to report yet:", do="say something to a character first.")
    text = "".join(f"{line}\n" for line in _lines(exchange, now, words, setup or {}))
    data = mask_keys(mask(text)).encode("utf-8", "replace")
    stem = f"report-{now:%Y%m%d-%H%M%S}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (f"{stem}.txt", *(f"{stem}-{number}.txt" for number in range(2, 100))):
            path = folder / name
            try:
                file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(file, "wb") as out:
                out.write(data)
            return path
    except OSError as error:
        raise PalaverError(
            f"The report cannot be written in {folder}: {error.strerror or error}.", do="Check the saves folder."
        ) from None
    raise PalaverError(f"{folder} is full of reports of this second.", do="Try again.")


def _lines(exchange: Exchange, now: datetime, words: str, setup: Mapping[str, str]) -> Iterator[str]:
    yield "A report from Palaver"
    yield ""
    yield "It holds what was said in one turn of a game and how it was asked of a model. Nothing was sent to anybody."
    yield ""
    python = f"{platform.python_version()} on {platform.system()}"
    known = {"written": f"{now:%Y-%m-%d %H:%M:%S %Z}".strip(), "palaver": __version__, "python": python}
    known |= {"story": exchange.story, "save": exchange.save, **setup}
    for name, value in known.items():
        if value:
            yield f"{clean_line(name)}: {clean_line(value)}"
    if words.strip():
        yield from _headed("What the player says about it", words[:LONGEST_WORDS])
    for number, asked in enumerate(exchange.asked, start=1):
        yield from _asked(number, asked)
    if exchange.reading is not None:
        yield from _headed("What it was taken to mean", "\n".join(_shown(exchange.reading)))
    if exchange.events:
        yield from _headed("What came of it", "\n".join(_event(event) for event in exchange.events))


def _asked(number: int, asked: Asked) -> Iterator[str]:
    request = asked.request
    what = _WHAT[request.purpose]
    yield ""
    yield f"== Request {number}: {what}, asked of {clean_line(asked.asked_of)[:_MOST_OF_A_NAME]}"
    if request.settings:
        yield f"settings: {_pairs(dict(request.settings))}"
    if request.schema is not None:
        yield f"answer held to a schema: {clean_line(request.schema_name)}"
    for message in request.messages:
        yield from _headed(f"Sent as {message.role}", message.content)
    finished = asked.finished
    if finished is None:
        yield from _headed("No reply", asked.problem or "It was stopped.")
        return
    yield from _headed(f"Answered by {clean_line(finished.model or asked.asked_of)[:_MOST_OF_A_NAME]}", finished.text)
    counts = {"prompt": finished.usage.prompt, "completion": finished.usage.completion, "cached": finished.usage.cached}
    counted = {name: count for name, count in counts.items() if count is not None}
    yield f"finish: {clean_line(finished.finish)[:_MOST_OF_A_NAME]}; tokens: {_pairs(counted) or 'not told'}"


def _headed(heading: str, text: str) -> Iterator[str]:
    yield ""
    yield f"-- {heading}"
    yield textwrap.indent(clean(text).strip() or "(nothing)", "    ", lambda _: True)


def _shown(read: Read) -> Iterator[str]:
    """A reading, line by line."""
    yield f"read by: {read.by}"
    if read.fault:
        yield f"it could not be read: {clean_line(read.fault)}"
    claims: Sequence[tuple[str, str, str]] = [
        *([("outcome", read.outcome.id, read.outcome.evidence)] if read.outcome else []),
        *(("moved", claim.id, claim.evidence) for claim in read.moved),
    ]
    for kind, name, evidence in claims:
        yield f'{kind}: {clean_line(name)}, shown by "{clean_line(evidence)}"'
    if not claims:
        yield "nothing has come true"


def _event(event: Event) -> str:
    values = {field.name: value for field in fields(event) if (value := getattr(event, field.name)) is not False}
    return clean_line(f"{type(event).__name__}: {_pairs(values)}".rstrip(": "))


def _pairs(values: Mapping[str, object]) -> str:
    return clean_line(", ".join(f"{name}={value!r}" for name, value in values.items() if value not in ("", None)))
