"""Puts a dialogue into a question as data that no line of it can break out of: one JSON object a line.

It shortens nothing and judges nothing; whoever asks says what the data is for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping


def fence(fields: Mapping[str, str | bool]) -> str:
    """Return one JSON object on one line, in which no mark of a chat template survives as itself."""
    encoded = json.dumps(fields, ensure_ascii=False)
    return encoded.replace("<", "\\u003c").replace("[", "\\u005b").replace("##", "\\u0023\\u0023")


def fenced(lines: Iterable[tuple[str, str]], names: Mapping[str, str]) -> Iterator[str]:
    """Yield each line (speaker id, text) as one JSON object, under the speaker's name where it has one."""
    for who, text in lines:
        yield fence({"speaker": names.get(who, who), "line": text})
