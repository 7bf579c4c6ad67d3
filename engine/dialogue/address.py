"""Tells who is called by name in a line said to a group, and who is spoken to in another's reply.

It compares words; whether the one it finds may speak now is for `floor` to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from engine.play.says import folded_words

# Titles name nobody by themselves.
_TITLES = frozenset({
    "the", "a", "an", "of", "mr", "mrs", "ms", "miss", "dr", "sir", "lady", "lord", "old", "young", "captain", "father",
    "mother", "sister", "brother", "aunt", "uncle",
})  # fmt: skip
_SPOKEN = re.compile(r"[\"\u201c\u201e\u00ab\u300c]([^\"\u201c\u201d\u00bb\u300d]+)(?:[\"\u201c\u201d\u00bb\u300d]|\Z)")
_PARTS = re.compile(r"[,.;:!?\u2026\u2014\u2013\u3001\u3002\uff0c\uff01\uff1f\n]+")
_Name = tuple[str, ...]


def addressed(line: str, names: Mapping[str, str]) -> str:
    """Return the id of who is called in `line`, or nothing.

    `names` maps the ids of those present to their names. A name that begins or ends the line calls its bearer ("Odd, is
    it true?", "Is Odd lying, Maren?"), else the one named first is meant. A part that two share calls nobody.
    """
    words = _words(line)
    found = [
        (at, at + len(name), who)
        for name, who in _bearers(names).items()
        for at in range(len(words) - len(name) + 1)
        if tuple(words[at : at + len(name)]) == name
    ]
    if not found:
        return ""
    first = min(found, key=lambda place: (place[0], -place[1]))
    last = max(found, key=lambda place: (place[1], -place[0]))
    return last[2] if first[0] > 0 and last[1] == len(words) else first[2]


def called(reply: str, names: Mapping[str, str]) -> str:
    """Return the id of whom a character speaks to in its reply, or nothing; the one called last is the one who answers.

    A name calls when it stands alone between pauses ("Is that so, Odd?"), in the spoken words where there are quotes.
    One that is only spoken of ("Ask Odd.", `She looks at Odd.`) does not.
    """
    spoken = "\n".join(_SPOKEN.findall(reply)) or reply
    bearers = _bearers(names)
    calls = [bearers[part] for piece in _PARTS.split(spoken) if (part := _untitled(_words(piece))) in bearers]
    return calls[-1] if calls else ""


def _bearers(names: Mapping[str, str]) -> dict[_Name, str]:
    """Return whom a whole name, or a word of one, stands for."""
    found: dict[_Name, set[str]] = {}
    for who, name in names.items():
        for part in {_untitled(_words(name)), *(tuple(_words(word)) for word in name.split())}:
            if part and not (len(part) == 1 and part[0] in _TITLES):
                found.setdefault(part, set()).add(who)
    return {part: next(iter(bearers)) for part, bearers in found.items() if len(bearers) == 1}


def _untitled(words: list[str]) -> _Name:
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    return tuple(words)


def _words(text: str) -> list[str]:
    """Return the words without accents, and without the `'s` of a possessive."""
    return [_plain(word) for word in folded_words(text)]


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.removesuffix("'s"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return bare or word
