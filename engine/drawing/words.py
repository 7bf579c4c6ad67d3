"""Makes a story's words fit to be drawn: cleaned, escaped, and as short as their place.

It measures in letters, for a drawing is made where no font is at hand. It renders no text: what varies with the state
of a playthrough is shown the way its author wrote it.
"""

from __future__ import annotations

import html
import re
import unicodedata

from engine.plaintext import clean, clean_line

_NOT_XML = re.compile(r"[\ufffe\uffff]")  # the two that plaintext leaves and XML 1.0 does not allow
_TAG = re.compile(r"{%-?\s*(\w+).*?%}", re.DOTALL)
_VALUE = re.compile(r"{{-?\s*(.*?)\s*-?}}", re.DOTALL)
_FOLD = re.compile(r"(?<!\n)\n(?!\n|\s*(?:[-*+>#]|\d+[.)]))")  # Markdown's line break that breaks no line
_COMMENT = re.compile(r"{#.*?#}", re.DOTALL)


def escaped(text: str) -> str:
    """Return `text` as it can stand in HTML and XML, in an element or in a quoted attribute."""
    return html.escape(_NOT_XML.sub("\ufffd", clean(text)))


def written(source: str) -> str:
    """Return an authored text on one line, its tags made readable: the arms of an `if` stand side by side."""
    text = _COMMENT.sub("", source)
    text = _TAG.sub(lambda tag: " / " if tag[1] in ("elif", "else") else "", text)
    return clean_line(_VALUE.sub(r"{\1}", text))


def fit(text: str, room: float) -> str:
    """Return as much of `text` as fits in `room` letters of middling width, with an ellipsis where it was cut."""
    taken = 0.0
    for place, letter in enumerate(text):
        taken += _width(letter)
        if taken > room or place > 4 * room:  # marks that sit on other letters take no room, and may be endless
            return _cut(text, room - 1)
    return text


def wrapped(text: str, room: float, most: int) -> list[str]:
    """Return `text` on at most `most` lines of `room` letters; the last ends in an ellipsis where words are left."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most:
        line = words.pop(0)
        while words and _length(f"{line} {words[0]}") <= room:
            line += f" {words.pop(0)}"
        lines.append(line)
    if words:
        lines[-1] = f"{lines[-1]} {words[0]}"
    return [fit(line, room) for line in lines]


def opening(source: str, most: int) -> str:
    """Return the beginning of a long text in its paragraphs, at most `most` characters, cut between words."""
    text = _FOLD.sub(" ", clean(source).strip())
    if len(text) <= most:
        return text
    head = text[:most]
    return f"{head.rsplit(None, 1)[0] if ' ' in head else head} …"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where there is not one."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _cut(text: str, room: float) -> str:
    taken = 0.0
    for place, letter in enumerate(text):
        taken += _width(letter)
        if taken > room or place >= 4 * room:
            return f"{text[:place].rstrip()}…"
    return text


def _length(text: str) -> float:
    return sum(map(_width, text))


def _width(letter: str) -> float:
    """Return about how wide a letter is in a sans-serif font, a small Latin one being 1."""
    if letter in "iljtfrI.,:;'!|()[] ":
        return 0.6
    if letter in "mwMW@%—":
        return 1.65
    if letter.isascii():
        return 1.25 if letter.isupper() else 1.0
    if unicodedata.combining(letter):
        return 0.0
    return 2.0 if unicodedata.east_asian_width(letter) in "WF" else 1.1
