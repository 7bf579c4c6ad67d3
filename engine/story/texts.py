"""Texts with `{{ }}` and `{% if %}`: checked when the story loads, rendered as Markdown source.

A tag on a line of its own leaves no empty line, and line breaks around the whole text are dropped. Yes-or-no values
show as yes and no, numbers without idle noughts. Nothing is escaped: those who show the result take it for text.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.story import emit
from engine.story.arithmetic import finish
from engine.story.grammar import check_characters, parse_text
from engine.story.refusals import wrong
from engine.story.terms import Names, Text
from engine.story.translate import Translator

if TYPE_CHECKING:
    from jinja2 import nodes

TEXT_LIMIT = 20_000
"""Characters in one text."""


@dataclass(slots=True)
class Arms:
    """Counts how often each branch of a text's `{% if %}` was rendered, for who asks which were ever read."""

    offsets: list[int] = field(default_factory=list)
    """Where each branch begins in the source, in the order they are compiled."""
    rendered: list[int] = field(default_factory=list)

    def add(self, offset: int) -> int:
        """Take in a branch; returns its number."""
        self.offsets.append(offset)
        self.rendered.append(0)
        return len(self.offsets) - 1

    def pass_through(self, number: int) -> str:
        """Count a branch that is being rendered; returns nothing to read."""
        self.rendered[number] += 1
        return ""


_JOIN = emit.member(emit.constant(""), "join")


def compile_text(source: str, names: Names, site: str, *, arms: Arms | None = None) -> Text:
    """Return a text ready to render; raises ExpressionError.

    `site` is a stable id of the text's place in the story: it keeps two texts with the same words from varying alike.
    Branches are counted in `arms` where that is given; a text without it renders at full speed.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if len(source) > TEXT_LIMIT:
        raise wrong(source, TEXT_LIMIT, f"The text is longer than {TEXT_LIMIT:,} characters. Split it over scenes.")
    check_characters(source)
    if "{" not in source:  # most texts: 2 µs in place of 60
        words = finish(source)
        return Text(source, lambda scope: words, frozenset(), constant=True)
    tree = parse_text(source)
    translator = Translator(source, names, site, in_text=True)
    reach = {} if arms is None else {"passed": arms.pass_through}
    render = translator.function(emit.call("finish", _joined(translator, tree.body, arms)), reach)
    return Text(source, render, frozenset(translator.reads), constant=not translator.reads)


def _joined(translator: Translator, body: Sequence[nodes.Node], arms: Arms | None) -> ast.expr:
    """Return Python that gives a run of words, shown values and choices between them as one text."""
    from jinja2 import nodes

    parts: list[ast.expr] = []
    for node in body:
        if isinstance(node, nodes.If):
            parts.append(_choice(translator, node, arms))
        elif isinstance(node, nodes.Output):
            for piece in node.nodes:
                if isinstance(piece, nodes.TemplateData):
                    parts.append(emit.constant(piece.data))
                else:
                    parts.append(translator.shown(piece))
        else:
            raise translator.unknown(node)
    if len(parts) == 1:
        return parts[0]
    return emit.call(_JOIN, emit.row(parts))


def _choice(translator: Translator, node: nodes.If, arms: Arms | None) -> ast.expr:
    branches = [
        (translator.condition(one.test), _arm(translator, one.body, arms, one.lineno)) for one in (node, *node.elif_)
    ]
    otherwise = node.else_[0].lineno if node.else_ else 0
    code = _arm(translator, node.else_, arms if node.else_ else None, otherwise)
    for test, body in reversed(branches):
        code = emit.choose(test, body, code)
    return code


def _arm(translator: Translator, body: Sequence[nodes.Node], arms: Arms | None, offset: int | None) -> ast.expr:
    """Return one branch, which counts itself where that is asked for."""
    if arms is None:
        return _joined(translator, body, None)
    number = arms.add(offset or 0)
    passed = emit.call("passed", emit.constant(number))
    return emit.call(_JOIN, emit.row([passed, _joined(translator, body, arms)]))
