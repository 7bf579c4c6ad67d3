"""Finds a place inside a scalar again in the file it was written in: behind quotes, escapes, folds and indentation.

It compares the value with what is written, letter by letter; where the two part, it stays where they last agreed.
"""

from __future__ import annotations

_SPACE = " \n\t"
_ESCAPE_LENGTHS = {"x": 4, "u": 6, "U": 10}


def locate(written: str, start: int, value: str, offset: int) -> int:
    """Return where in `written` the character `offset` of `value` stands; the scalar begins at `start`."""
    at = _skip_anchor(written, start)
    style = written[at : at + 1]
    if style in ("'", '"'):
        at += 1
    elif style in ("|", ">"):
        at = written.find("\n", at) + 1
    else:
        style = ""
    if style in ("|", ">", "") and value[:1] not in ("\n", " ", "\t"):
        at = _past_space(written, at)
    index = 0
    while index < offset and at < len(written):
        letter, here = value[index], written[at]
        if style == '"' and here == "\\":
            at, made = _past_escape(written, at)
            index += made
        elif letter == here and letter != "\n":
            index, at = index + 1, at + (2 if style == "'" and here == "'" else 1)
        elif here in _SPACE:  # a line ends here, and in a fold it stands for one space or for fewer line ends
            at = _past_space(written, at)
            index += _run(value, index, style)
        else:
            break
    while style == '"' and written.startswith("\\\n", at):
        at = _past_space(written, at + 2)
    return at


def _skip_anchor(written: str, at: int) -> int:
    while written[at : at + 1] == "&":
        while written[at : at + 1].strip():
            at += 1
        at = _past_space(written, at)
    return at


def _past_space(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in _SPACE:
        at += 1
    return at


def _past_escape(written: str, at: int) -> tuple[int, int]:
    """Return where an escape ends and how many characters it makes."""
    kind = written[at + 1 : at + 2]
    if kind == "\n":  # a line that is joined to the next
        return _past_space(written, at + 2), 0
    return at + _ESCAPE_LENGTHS.get(kind, 2), 1


def _run(value: str, index: int, style: str) -> int:
    """Return how much white space of the value a line's end stands for."""
    rest = value[index:]
    if style == '"':
        return len(rest) - len(rest.lstrip("\n")) or rest.startswith(" ")
    return len(rest) - len(rest.lstrip(_SPACE))
