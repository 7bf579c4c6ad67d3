"""Reads a story's files from its own folder, and nothing else.

It follows no link out of the folder, waits on no pipe or device, opens no file that a story names, and reads no more
than the limits allow. What it will not read is reported, and the rest is read all the same.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from engine.plaintext import clean_line
from engine.story.ids import slug
from engine.story.places import Place, Report, Source
from engine.story.suggest import did_you_mean

MAIN_FILE = "story.yaml"
LARGEST_FILE = 2 * 1024 * 1024
"""Bytes."""
LARGEST_STORY = 8 * 1024 * 1024
"""Bytes, all files together."""
MOST_FILES = 64

# What `plaintext.clean` takes out of a text, and two code points that YAML does not allow.
CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029"
    "\ufeff\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Characters that no text of a story may hold: terminals obey them, or nobody can see them."""
_HARMLESS = bytes([0x09, 0x0A, 0x0D, *range(0x20, 0x7F)])
_MOST_CONTROLS = 20
# NONBLOCK: opening a pipe that nobody writes to must not wait. NOFOLLOW: links are resolved before. Not on Windows.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"))


@dataclass(frozen=True, slots=True)
class Files:
    """A story's files as they were read."""

    id: str
    """The story's id: the name of its folder or file, as an id."""
    hash: str
    """sha256 hex over names and bytes, in the order of the names."""
    sources: tuple[Source, ...]
    """`story.yaml` first, then the others by name."""
    whole: bool
    """Every file could be read; where one could not, nothing can be said to be missing."""
    hints: tuple[tuple[Place, str, str], ...] = ()
    """Place, code and message of what may explain errors: files that were not read."""


def read_files(path: Path, report: Report, *, base: Path | None = None) -> Files:
    """Return the files of the story at `path`: a folder with `story.yaml` in it, or one file.

    Files are named in the report as `path` was given, or relative to `base` where that is said and holds them.
    """
    shown = path.relative_to(base) if base is not None and path.is_relative_to(base) else path
    found: list[tuple[Path, Path]] | None
    try:
        found = _listed(path, shown, report) if path.is_dir() else _named(path, shown, report)
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        report.error(Place(_name(shown)), "no-story", f"This cannot be read: {_reason(error)}.")
        found = None
    if found is None:
        return Files("", "", (), whole=False)
    sources: list[Source] = []
    contents: dict[str, bytes] = {}
    for real, name in sorted(found, key=lambda pair: pair[1].name != MAIN_FILE):
        place = Place(_name(name))
        data = _read(real, place, report)
        if data is None:
            continue
        contents[name.name] = data
        if sum(map(len, contents.values())) > LARGEST_STORY:
            message = f"With this file the story is larger than {LARGEST_STORY // 2**20} MiB: take something out."
            report.error(place, "too-large", message)
            break
        text = _decoded(data, place.file, report)
        if text is not None:
            sources.append(Source(place.file, text))
    digest = hashlib.sha256()
    for file_name, data in sorted(contents.items()):
        for part in (os.fsencode(file_name), data):
            digest.update(len(part).to_bytes(8, "big") + part)
    whole = len(sources) == len(found)
    return Files(story_id(path), digest.hexdigest(), tuple(sources), whole, tuple(_hints(path, shown)))


def _listed(folder: Path, shown: Path, report: Report) -> list[tuple[Path, Path]] | None:
    """Return the folder's story files, each resolved and as shown, by name; None where one cannot be used."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    yaml_names = [name for name in names if name.endswith(".yaml")]
    if MAIN_FILE not in yaml_names:
        instead = yaml_names[:1] + [name for name in names if name == "story.yml"]
        rename = f' Rename "{instead[-1]}" to it?' if instead else ""
        report.error(Place(_name(shown)), "no-story", f"There is no {MAIN_FILE} in this folder.{rename}")
        return None
    if len(yaml_names) > MOST_FILES:
        message = f"There are {len(yaml_names)} files here, and a story may have {MOST_FILES}: merge some."
        report.error(Place(_name(shown)), "too-large", message)
        return None
    root = _real(folder)
    usable = []
    for name in yaml_names:
        real = _real(folder / name)
        if real.is_relative_to(root):
            usable.append((real, shown / name))
        else:
            message = "This is a link out of the story's folder, and such links are not followed: put a copy here."
            report.error(Place(_name(shown / name)), "unsafe-file", message)
    return usable if len(usable) == len(yaml_names) else None


def _named(path: Path, shown: Path, report: Report) -> list[tuple[Path, Path]] | None:
    if path.exists():
        return [(_real(path), shown)]
    beside = sorted(entry.name for entry in path.parent.iterdir()) if path.parent.is_dir() else []
    near = did_you_mean(path.name, beside)
    report.error(Place(_name(shown)), "no-story", f"There is no such file or folder.{near}")
    return None


def _read(real: Path, place: Place, report: Report) -> bytes | None:
    """Return the file's bytes if it is a regular file of allowed size; else report why not."""
    try:
        with open(os.open(real, _FLAGS), "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                report.error(place, "unsafe-file", "This is not a file with text in it: take it out of the folder.")
                return None
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        report.error(place, "unsafe-file", f"This file cannot be read: {_reason(error)}.")
        return None
    if len(data) > LARGEST_FILE:
        message = f"This file is larger than {LARGEST_FILE // 2**20} MiB: share it out over several files."
        report.error(place, "too-large", message)
        return None
    return data


def _decoded(data: bytes, name: str, report: Report) -> str | None:
    """Return the text, its lines ending in LF and its control characters reported and made visible."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data.count(0) > len(data) // 4:
        report.error(Place(name, 1), "not-utf8", "This file is in UTF-16 or no text at all: save it as UTF-8.")
        return None
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode().replace("\r\n", "\n").replace("\r", "\n")
        place = Place(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = f"The byte {data[error.start]:#04x} here is not UTF-8: save the file as UTF-8."
        report.error(place, "not-utf8", message)
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if data.translate(None, _HARMLESS):
        for found in islice(CONTROLS.finditer(text), _MOST_CONTROLS):
            place = Place(
                name, text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
            )
            message = f"{control_name(found.group())} stands here, which no text may hold: take it out."
            report.error(place, "control-character", message)
        text = CONTROLS.sub("\ufffd", text)
    return text


def control_name(character: str) -> str:
    """Return how to call a control character in a sentence: `U+202E (right-to-left override)`."""
    name = unicodedata.name(character, "escape" if character == "\x1b" else "control character").lower()
    return f"U+{ord(character):04X} ({name})"


def _hints(path: Path, shown: Path) -> Iterator[tuple[Place, str, str]]:
    if path.is_dir():
        for name in sorted(other.name for other in path.glob("[!.]*.yml")):
            message = f'This file was not read: name it "{Path(name).stem}.yaml" if it is part of the story.'
            yield Place(_name(shown / name)), "ignored-file", message
    elif path.name == MAIN_FILE and any(other.name != MAIN_FILE for other in path.parent.glob("[!.]*.yaml")):
        message = "This file was read alone: name its folder, and the files beside it are read too."
        yield Place(_name(shown)), "read-alone", message
    elif path.suffix == ".yaml" and path.is_file() and (path.parent / MAIN_FILE).is_file():
        message = f"This file was read alone, and its folder is a story with a {MAIN_FILE}: name the folder instead."
        yield Place(_name(shown)), "read-alone", message


def story_id(path: Path) -> str:
    """Return the id of the story at `path`: the name of its folder or file, as an id."""
    real = _real(path)
    name = real.parent.name if real.name == MAIN_FILE else real.name if real.is_dir() else real.stem
    if made := slug(name):
        return made
    return f"story_{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"


def _real(path: Path) -> Path:
    """Return the path with its links followed; unlike with `Path.resolve`, a circle of links fails only when read."""
    return Path(os.path.realpath(path))


def _name(path: Path) -> str:
    return clean_line(str(path))


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
