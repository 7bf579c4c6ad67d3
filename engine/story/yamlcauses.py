"""Looks for the slip that made a file unreadable where the parser only noticed it later, or blamed something else.

It is asked only about files that are not YAML, and says nothing where it cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from engine.story.places import Source

At = tuple[int, int]
"""Line and column, counted from 0."""

_KEY_OR_ITEM = re.compile(r"\s*(?:- |(?:- +)?[^\s:#'\"]+:(?:\s|$))")
_DASHED_KEY = re.compile(r"(\s*(?:- +)*)-[^\s:\-]+:\s")
_DASHED_WORD = re.compile(r"(\s*(?:- +)*)-[\"'\[{\w]")
_CLOSE_COLON = re.compile(r"(\s*(?:- +)*)([a-z_]+):(?![/:])\S")
_KEYLESS = re.compile(r"\s*[a-z_]+(?: +[^\s:#]+)?\s*$")
_BRACKETED_TEXT = re.compile(r"\s*(?:- +)*(?:[^\s:#'\"]+:\s+)?(([\[{]).*[\]}])\s*$")


def earlier_cause(
    source: Source, lines: Sequence[str], line: int, column: int, *, explained: bool
) -> tuple[At, str] | None:
    """Return where the slip behind an error at `line` and `column` is and what to do about it, if it can be told.

    An error that its own line has `explained` can still come of a quote, but not of a slip on the line above.
    """
    if (opened := _unclosed_quote(source, line, column)) is not None:
        return opened, "The quote that opens here is not closed before the next key. Close it, or take it out."
    for number in (line, *(() if explained else _line_above(lines, line))):
        written = lines[number] if number < len(lines) else ""
        if dashed := (_DASHED_WORD if number == line else _DASHED_KEY).match(written):
            at = len(dashed[1])
            shown = written[at + 1 :].split()[0]
            return (number, at), f'A space is missing after this "-": write "- {shown} ...".'
        if close := _CLOSE_COLON.match(written):
            return (number, close.start(2)), f'A space is missing after "{close[2]}:". Write "{close[2]}: ...".'
    if not explained and (bare := _keyless(lines, line)) is not None:
        return bare, 'This line is neither a key nor an item: a key ends with ":", an item begins with "- ".'
    written = lines[line][:column] if line < len(lines) else ""
    if (text := _BRACKETED_TEXT.match(written)) and lines[line][column:].strip():
        return (line, text.start(1)), f'A text that begins with "{text[2]}" must stand in quotes.'
    return None


def _unclosed_quote(source: Source, line: int, column: int) -> At | None:
    """Return where the last quote before the error opens, if a key or an item stands inside what it quotes.

    A quote that is left open runs on to the next quote of its kind, wherever that is, and what follows looks odd.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(source.text)
    quoted = None
    try:
        while (token := loader.get_token()) is not None:
            start = token.start_mark
            if (start.line, start.column) > (line, column):
                break
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                quoted = token
    except (yaml.YAMLError, ValueError):
        pass  # what comes after the error is no matter
    finally:
        loader.dispose()
    if quoted is None or not quoted.start_mark.line < quoted.end_mark.line == line:
        return None
    swallowed = source.text.split("\n")[quoted.start_mark.line + 1 : quoted.end_mark.line + 1]
    if not any(_KEY_OR_ITEM.match(each) for each in swallowed):
        return None
    return quoted.start_mark.line, quoted.start_mark.column


def _keyless(lines: Sequence[str], line: int) -> At | None:
    """Return where the line above a key stands, if it stands like a key and is none: `heat 0`."""
    for above in _line_above(lines, line):
        written, key = lines[above], lines[line] if line < len(lines) else ""
        indent = len(written) - len(written.lstrip())
        if indent == len(key) - len(key.lstrip()) and _KEYLESS.match(written) and _KEY_OR_ITEM.match(key):
            return above, indent
    return None


def _line_above(lines: Sequence[str], line: int) -> Sequence[int]:
    above = [number for number in range(max(line - 3, 0), min(line, len(lines))) if lines[number].strip()]
    return above[-1:]
