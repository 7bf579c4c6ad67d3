"""YAML as plain tables, rows and words, each with the place it was written at.

It makes no other value, resolves no type, runs no tag and expands no alias without measure: what cannot be read so is
reported with what to write instead. Keys keep their words, so `no:` and `12:` are the keys "no" and "12".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import yaml

from engine.plaintext import clean_line
from engine.story.places import Place, Report, Source
from engine.story.scalars import EMPTY, UNKNOWN, Plain
from engine.story.source import CONTROLS, control_name
from engine.story.yamlerrors import BEGINS_WITH_TEMPLATE, NO_DIRECTIVES, explain

DEEPEST = 50
"""Tables and lists inside one another."""
MOST_ALIASED = 10_000
"""Values that a file's aliases may stand for, all together."""

Event = Any
"""An event of the parser; PyYAML's stubs leave out half of what its events have."""


class Mark(Protocol):
    """A position in a text, counted from 0."""

    @property
    def line(self) -> int:
        """Lines before it."""

    @property
    def column(self) -> int:
        """Characters before it on its line."""


class Table(dict[str, "Node"]):
    """Keys and values, in the order written."""

    __slots__ = ("broken", "places")

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, tuple[Source, Mark, Mark]] = {}
        """For each key: the file, where the key stands and where its value begins."""
        self.broken = False
        """Some of it could not be read, and that is reported: what it lacks is no mistake of its own."""


class Row(list["Node"]):
    """A list."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        super().__init__()
        self.places: list[tuple[Source, Mark]] = []


Node = Table | Row | str | None
"""A `Plain` is a word without quotes; None is an empty value."""


def read_tree(source: Source, report: Report) -> tuple[Node, bool]:
    """Return a file's tree, and whether it could be read to its end; the tree of an empty file is None."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(source.text)
    try:
        return _Reader(source, loader.get_event, report).document(), True
    except _UnreadableError:
        return None, False
    except (yaml.YAMLError, ValueError) as error:  # ValueError: PyYAML's own parser, for an escape past U+10FFFF
        report.error(*explain(error, source))
        return None, False
    finally:
        loader.dispose()


class _UnreadableError(Exception):
    """The rest of the file cannot be read; the reason is reported already."""


class _Reader:
    """Builds the tree from the parser's events in one pass."""

    __slots__ = ("_aliased", "_anchors", "_count", "_next", "_report", "_source")

    def __init__(self, source: Source, next_event: Callable[[], Event], report: Report) -> None:
        self._source = source
        self._next = next_event
        self._report = report
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        self._count = 0
        self._aliased = 0

    def document(self) -> Node:
        self._next()  # the stream's start
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        if event.version or event.tags:
            self._wrong(event, "yaml", NO_DIRECTIVES)
        tree = self._value(self._next(), 0)
        self._next()  # the document's end
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            self._wrong(event, "several-documents", '"---" begins a second document: keep one in a file.')
        return tree

    def _wrong(self, event: Event, code: str, message: str) -> None:
        mark = event.start_mark
        self._report.error(Place(self._source.name, mark.line + 1, mark.column + 1), code, message)

    def _stop(self, event: Event, code: str, message: str) -> _UnreadableError:
        self._wrong(event, code, message)
        return _UnreadableError()

    def _value(self, event: Event, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if depth >= DEEPEST:
            message = f"Tables and lists stand more than {DEEPEST} deep in one another: write it flatter."
            raise self._stop(event, "too-deep", message)
        if event.tag is not None:
            self._refuse_tag(event)
        anchor, before = event.anchor, self._count
        if anchor is not None:
            self._anchors[anchor] = None
        self._count += 1
        node = self._table(depth) if isinstance(event, yaml.MappingStartEvent) else self._row(depth)
        if anchor is not None:
            self._anchors[anchor] = node, self._count - before
        return node

    def _table(self, depth: int) -> Table:
        table = Table()
        places, source, next_event = table.places, self._source, self._next
        while type(key_event := next_event()) is not yaml.MappingEndEvent:
            key = self._key(key_event, depth)
            event = next_event()
            value = self._scalar(event) if type(event) is yaml.ScalarEvent else self._value(event, depth + 1)
            if key is None:
                table.broken = True
            elif key in places:
                first = places[key][1]
                message = (
                    f'The key "{key}" stands twice here, first at {source.name}:{first.line + 1}:{first.column + 1}.'
                )
                self._wrong(key_event, "duplicate-key", f"{message} Keep one of them.")
            else:
                places[key] = source, key_event.start_mark, event.start_mark
                table[key] = value
        return table

    def _row(self, depth: int) -> Row:
        row = Row()
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            row.append(self._value(event, depth + 1))
            row.places.append((self._source, event.start_mark))
        return row

    def _key(self, event: Event, depth: int) -> str | None:
        """Return the key's words, or None where there are none to be had; that is reported."""
        if isinstance(event, yaml.ScalarEvent):
            key = self._scalar(event)
            if key == "<<" and isinstance(key, Plain):
                self._wrong(event, "merge-key", '"<<" merges nothing here: write the keys out.')
                return None
            if key is not None:
                return str(key)
        else:
            self._value(event, depth + 1)
        mark = event.start_mark
        if self._source.text.split("\n")[mark.line].startswith("{{", mark.column - 1):
            self._report.error(Place(self._source.name, mark.line + 1, mark.column), "yaml", BEGINS_WITH_TEMPLATE)
        else:
            self._wrong(event, "bad-key", 'A key must be a word before its ":".')
        return None

    def _scalar(self, event: Event) -> str | None:
        self._count += 1
        value: str = event.value
        node: str | None = value
        if event.tag is not None:
            self._refuse_tag(event)
            node = Plain(UNKNOWN)
        elif not event.style:
            node = None if value in EMPTY else Plain(value)
        elif event.style == '"' and not value.isprintable() and (found := CONTROLS.search(value)):
            message = f"An escape puts {control_name(found.group())} into this text. Take it out: terminals obey it."
            self._wrong(event, "control-character", message)
            node = CONTROLS.sub("\ufffd", value)
        if event.anchor is not None:
            self._anchors[event.anchor] = node, 1
        return node

    def _alias(self, event: Event) -> Node:
        name = event.anchor
        if name not in self._anchors:
            message = f'"*{name}" repeats what "&{name}" marks, but nothing above is marked so.'
            raise self._stop(event, "bad-alias", f"{message} Put a text that begins with * in quotes.")
        marked = self._anchors[name]
        if marked is None:
            raise self._stop(event, "bad-alias", f'"*{name}" stands inside what it repeats: write it out.')
        node, size = marked
        self._count += size
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            message = f"The aliases of this file stand for more than {MOST_ALIASED:,} values: write them out."
            raise self._stop(event, "bad-alias", message)
        return node

    def _refuse_tag(self, event: Event) -> None:
        tag = clean_line(str(event.tag)).replace("tag:yaml.org,2002:", "!!")
        do = (
            "Take it out."
            if tag.startswith("!!")
            else 'Write "not" as a word, and put a text that begins with "!" in quotes.'
        )
        self._wrong(event, "tag", f'"{tag}" is a YAML tag, and stories have none. {do}')
