"""Reads a story's files from its own folder, and nothing else.

It follows no link out of the folder, waits on no pipe or device, opens no file that a story names, and reads no more than
the limits allow. What it will not read is reported, and the rest is read all the same.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from engine.plaintext import clean_line
from engine.story.places import Place, Report, Source

MAIN_FILE = "story.yaml"
LARGEST_FILE = 2 * 1024 * 1024
"""Bytes."""
LARGEST_STORY = 8 * 1024 * 1024
"""Bytes, all files together."""
MOST_FILES = 64

# What `plaintext.clean` takes out of a text, and two code points that YAML does not allow.
CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_HARMLESS_ASCII = bytes([0x09, 0x0A, *range(0x20, 0x7F)])
_BYTE_ORDER_MARKS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


@dataclass(frozen=True, slots=True)
class Files:
    """A story's files as they were read."""

    id: str
    """The story's id: the name of its folder or file, made of small letters, digits and `_`."""
    hash: str
    """sha256 hex over names and bytes, in the order of the names."""
    sources: tuple[Source, ...]
    """The main file first, then the others by name."""


def read_files(path: Path, report: Report, *, base: Path | None = None) -> Files:
    """Return the files of the story at `path`: a folder with `story.yaml` in it, or one file.

    File names in the report are `path` as given, relative to `base` where that is said.
    """
    shown = _shown(path, base)
    try:
        folder = path.is_dir()
        found = _listed(path, shown, report) if folder else _named(path, shown, report)
    except (OSError, ValueError) as error:
        report.error(Place(shown), "no-story", f"This cannot be read: {_reason(error)}.")
        found = []
    sources, digest, total = [], hashlib.sha256(), 0
    for name, where, real in found:
        data = _read(real, Place(where), report)
        if data is None:
            continue
        total += len(data)
        if total > LARGEST_STORY:
            message = f"The story's files are larger than {LARGEST_STORY // 2**20} MiB together: take something out."
            report.error(Place(where), "too-large", message)
            break
        for part in (os.fsencode(name), data):
            digest.update(len(part).to_bytes(8, "big") + part)
        text = _decode(data, where, report)
        if text is not None:
            sources.append(Source(where, text))
    sources.sort(key=lambda source: Path(source.name).name != MAIN_FILE)
    return Files(_id(path, folder), digest.hexdigest(), tuple(sources))
