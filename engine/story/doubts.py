"""Warns of texts that YAML did not read as their author sees them: cut at a "#", or a bare yes, no or number.

It looks at files as they were written, before anything is mended, and knows the keys that want words by name.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from engine.story.inside import locate
from engine.story.places import Place, Report, Source
from engine.story.scalars import NumberRefusedError, Plain, value_of
from engine.story.yamltree import Mark, Node, Row, Table

_SENTENCES = frozenset(("persona", "voice", "fact", "when", "direction", "hint"))
"""Keys that no number alone can fill."""
_NAMES = frozenset(("player", "says", "keys", "with", "name"))
"""Keys that "true" alone may fill."""
_TEXTS = frozenset(
    (
        "about",
        "author",
        "ending",
        "fallback",
        "notes",
        "opening",
        "reason",
        "reply",
        "seen",
        "shown",
        "suggest",
        "text",
        "then",
    )
) | {*_SENTENCES, *_NAMES, "title"}
"""Keys whose values a person or a model reads."""
_QUESTION = "ask"
"""A text where an outcome has it; where a choice has it, the name of a variable, which has no spaces."""
_BY_ID = frozenset(("scenes", "characters", "outcomes", "moved_by", "state", "opening", "says"))
"""Tables whose keys are names that the author chose."""
_OTHERS = frozenset(("set", "let", "moves", "model", "one_of"))
"""Tables and lists with no texts in them."""
# A comment after a text is meant when it stands off by two spaces or a tab, and is not like "#9".
_CUT = re.compile(r"(?<![\s#])(?: #|[ \t]+#\d)")
_AFTER = re.compile(r" (#(?! ?palaver:)\S*)|[ \t]+(#\d\S*)")
_FARTHEST = 200
"""Lines that a text without quotes may go on before its end is no longer looked for."""


def doubt(tree: Table, report: Report) -> None:
    """Warn of the texts in a story's tree that are not what their author sees."""
    written: dict[str, _Written] = {}
    for key, value, source, mark in _plain_texts(tree, ""):
        if (bare := _bare(key, value)) is not None:
            message = f'"{key}" wants words, and this is {bare}: write words, or put it in quotes if it is meant.'
            report.warning(Place(source.name, mark.line + 1, mark.column + 1), "bare-value", message)
        if source.name not in written:
            written[source.name] = _Written(source)
        if "{#" not in value and (cut := written[source.name].cut(value, mark)) is not None:
            place, rest = cut
            message = f'The text ends here: YAML takes "{rest}" and what follows for a comment. Put the text in quotes'
            report.warning(place, "cut-text", f"{message}, or two spaces before a comment.")


def _plain_texts(node: Node, key: str, *, by_id: bool = False) -> Iterator[tuple[str, Plain, Source, Mark]]:
    """Yield the texts without quotes under `key`, each with its key, its file and where it begins."""
    if isinstance(node, Table):
        for name, value in node.items():
            source, _, mark = node.places[name]
            inside = key if by_id else name
            if isinstance(value, Plain):
                if inside in _TEXTS or (inside == _QUESTION and " " in value):
                    yield inside, value, source, mark
            elif isinstance(value, Table | Row) and (by_id or name not in _OTHERS):
                yield from _plain_texts(value, inside, by_id=not by_id and name in _BY_ID)
    elif isinstance(node, Row):
        for value, (source, mark) in zip(node, node.places, strict=True):
            if isinstance(value, Plain):
                if key in _TEXTS:
                    yield key, value, source, mark
            else:
                yield from _plain_texts(value, key)


def _bare(key: str, value: Plain) -> str | None:
    try:
        meant = value_of(value)
    except NumberRefusedError:
        return None
    if isinstance(meant, bool):
        return None if key in _NAMES else "true or false"
    return "a number" if isinstance(meant, int | float) and key in _SENTENCES else None


class _Written:
    """A file's lines, and on which of them a text may have been cut."""

    __slots__ = ("_lines", "_source", "_starts")

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines: list[int] = []
        self._starts: list[int] = []
        if "#" in source.text and _CUT.search(source.text):
            lines = source.text.split("\n")
            self._lines = [number for number, line in enumerate(lines) if _CUT.search(line)]
            self._starts = [0, *accumulate(len(line) + 1 for line in lines)]

    def cut(self, value: str, mark: Mark) -> tuple[Place, str] | None:
        """Return where a comment ends the text that begins at `mark`, and the comment's first word."""
        near = bisect_left(self._lines, mark.line)
        if near == len(self._lines) or self._lines[near] > mark.line + min(value.count(" ") + 1, _FARTHEST):
            return None
        text = self._source.text
        end = locate(text, self._starts[mark.line] + mark.column, value, len(value) - 1) + 1
        comment = _AFTER.match(text, end)
        if comment is None:
            return None
        line = text.count("\n", 0, end)
        return Place(self._source.name, line + 1, end - self._starts[line] + 1), comment[1] or comment[2]
