"""Texts with `{{ }}` and `{% if %}`: checked when the story loads, rendered as Markdown source.

A tag on a line of its own leaves no empty line, and line breaks around the whole text are dropped. Yes-or-no values
show as yes and no, numbers without idle noughts. Nothing is escaped: those who show the result take it for text.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
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

_JOIN = emit.member(emit.constant(""), "join")


def compile_text(source: str, names: Names, site: str) -> Text:
    """Return a text ready to render; raises ExpressionError.

    `site` is a stable id of the text's place in the story: it keeps two texts with the same words from varying alike.
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
    render = translator.function(emit.call("finish", _joined(translator, tree.body)))
    return Text(source, render, frozenset(translator.reads), constant=not translator.reads)


def _joined(translator: Translator, body: Sequence[nodes.Node]) -> ast.expr:
    """Return Python that gives a run of words, shown values and choices between them as one text."""
    from jinja2 import nodes

    parts: list[ast.expr] = []
    for node in body:
        if isinstance(node, nodes.If):
            parts.append(_choice(translator, node))
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


def _choice(translator: Translator, node: nodes.If) -> ast.expr:
    branches = [(translator.condition(one.test), _joined(translator, one.body)) for one in (node, *node.elif_)]
    code = _joined(translator, node.else_)
    for test, body in reversed(branches):
        code = emit.choose(test, body, code)
    return code
