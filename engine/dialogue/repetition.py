"""Notices a reply that says again what was just said, and one that runs in a circle.

It compares words, not meanings, so it works the same in every language; it asks nobody for another reply.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.play.says import folded_words

RECENT = 8
"""How many of the last replies a new one is compared with."""
SHORT = 5
"""Replies of fewer words are the same only when they are equal, and only to the last one: anybody says "No." twice."""
ALIKE = 0.6
"""Share of the shorter one's word triples that stand in the other as well. Measured: near-duplicates (a word or a
gesture changed) have 0.64 and more, the 841 replies of the bundled story 0.57 at most unless one quotes the other."""
OF_THE_LONGER = 0.4
"""The same of the longer one, lest a long answer that takes a sentence up again be called the old one."""
_SHINGLE = 3
SAME_SENTENCE = 3
"""A sentence that comes as often as this in one reply is a loop."""
SAME_RUN = 20
"""So is a run of up to `_LONGEST_RUN` words that follows itself so often."""
_LONGEST_RUN = 8
_ENDS = frozenset(".!?\u2026\n\u3002\uff01\uff1f\u061f\u0964")
_CLOSING = frozenset("\"'\u201d\u2019\u00bb\u300d\u300f)*_")


def repeats(text: str, said: Sequence[str]) -> bool:
    """Tell whether `text` nearly says one of the last replies of `said` (oldest first) again."""
    words = folded_words(text)
    if not words or not said:
        return False
    if len(words) < SHORT:
        return words == folded_words(said[-1])
    shingles = _shingles(words)
    for earlier in said[-RECENT:]:
        others = _shingles(folded_words(earlier))
        common = len(shingles & others)
        if (
            others
            and common >= ALIKE * min(len(shingles), len(others))
            and (common >= OF_THE_LONGER * max(len(shingles), len(others)))
        ):
            return True
    return False


def looping(text: str) -> str:
    """Return what of a reply is worth keeping: all of it, or what came before it began to repeat itself."""
    return text[: min(_by_sentences(text), _by_runs(text))].rstrip()


def _shingles(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}


def _by_sentences(text: str) -> int:
    """Return where the second coming of a sentence that comes three times begins."""
    begins: dict[str, list[int]] = {}
    for start, end in _sentences(text):
        key = " ".join(folded_words(text[start:end]))
        if key:
            places = begins.setdefault(key, [])
            places.append(start)
            if len(places) == SAME_SENTENCE:
                return places[1]
    return len(text)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = at = 0
    while at < len(text):
        at += 1
        if text[at - 1] in _ENDS:
            while at < len(text) and (text[at] in _ENDS or text[at] in _CLOSING):
                at += 1
            yield start, at
            start = at
    if start < len(text):
        yield start, len(text)


def _by_runs(text: str) -> int:
    """Return where the second of twenty same runs of words begins."""
    pieces = text.split()
    words = ["".join(folded_words(piece)) or piece for piece in pieces]
    for length in range(1, _LONGEST_RUN + 1):
        same = 0
        for at in range(length, len(words)):
            same = same + 1 if words[at] == words[at - length] else 0
            if same == length * (SAME_RUN - 1):
                return _place(text, pieces, at - same + 1)
    return len(text)


def _place(text: str, pieces: Sequence[str], number: int) -> int:
    at = 0
    for piece in pieces[:number]:
        at = text.index(piece, at) + len(piece)
    return at
