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
from engine.story.grammar import TEXT_LIMIT, parse_text
from engine.story.terms import Names, Text
from engine.story.translate import Translator

if TYPE_CHECKING:
    from jinja2 import nodes

_JOIN = emit.member(emit.constant(""), "join")


def compile_text(source: str, names: Names, site: str) -> Text:
    """Return a text ready to render; raises ExpressionError.

    `site` is a stable id of the text's place in the story: it keeps two texts with the same words from varying alike.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if "{" not in source and len(source) <= TEXT_LIMIT:  # most texts: the lexer takes 20 times longer to find out
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
