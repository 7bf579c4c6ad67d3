"""Reads expressions and texts with Jinja2's own lexer and parser, up to a syntax tree and no further.

Nothing is computed and no Jinja2 template is ever made. What Palaver leaves out of the language is refused by its look
in `refusals` and `tags`, before the parser runs; what is left is held to a list of known nodes in `translate`.

Jinja2 knows only lines. To know columns as well, every token is handed to the parser with its offset in the source
where its line number would stand, so the `lineno` of a node or of a syntax error is an offset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from engine.story.refusals import Token, check_expression, check_length, short, wrong, wrong_character
from engine.story.tags import check_tags, unclosed_tag, wrong_tag

if TYPE_CHECKING:
    from jinja2 import Environment, nodes
    from jinja2.parser import Parser

DEPTH_LIMIT = 60
"""Depth of an expression's tree, where a chain of the same operator counts once for each."""
UNENDED_COMMENT = "The comment that begins here does not end. Close it with #}."
_KEYWORDS = frozenset({"and", "or", "not", "in", "if", "else", "true", "false"})
_UNREAL = re.compile("[\ud800-\udfff\0]")


def parse_expression(source: str) -> nodes.Expr:
    """Return the tree of one expression; each node's `lineno` is its offset in the source."""
    if not source.strip():
        raise wrong(source, 0, "The expression is empty. Write one, or leave the key out.")
    check_length(source, 0, len(source.strip()))
    check_characters(source)
    tokens = _tokens(source, "variable")
    for token in tokens:
        if token.kind == "variable_end":
            raise wrong(source, token.at, "`}}` does not belong in an expression. Write it without {{ }}.")
    if tokens[0].text == "{" and source.lstrip().startswith("{{"):
        raise wrong(source, tokens[0].at, "An expression stands here without {{ }}. Take them out.")
    check_expression(source, tokens)
    parser = _parser(tokens)
    with _authors_words(source, tokens, parser):
        tree = parser.parse_expression()
        if parser.stream.current.type != "eof":
            parser.fail("unexpected", parser.stream.current.lineno)
    _check_depth(source, tree)
    return tree


def check_characters(source: str) -> None:
    """Refuse halves of characters, which no file can hold, and NUL."""
    unreal = _UNREAL.search(source)
    if unreal:
        raise wrong(source, unreal.start(), "A character here is broken. Type the line again.")


def parse_text(source: str) -> nodes.Template:
    """Return the tree of a text with its tags; each node's `lineno` is its offset in the source."""
    tokens = _tokens(source, None)
    check_tags(source, tokens)
    parser = _parser(tuple(_with_line_ends(source, tokens)))
    with _authors_words(source, tokens, parser):
        tree = parser.parse()
    _check_depth(source, tree)
    return tree


@cache
def _environment() -> Environment:
    from jinja2 import Environment

    return Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)  # it makes no HTML


def _parser(tokens: Sequence[Token]) -> Parser:
    from jinja2.lexer import TokenStream
    from jinja2.parser import Parser

    environment = _environment()
    parser = Parser(environment, "")
    raw = ((token.at, token.kind, token.text) for token in tokens)
    parser.stream = TokenStream(environment.lexer.wrap(raw), None, None)
    return parser


def _tokens(source: str, state: str | None) -> list[Token]:
    """Return all that is not white space; `state` is "variable" for a bare expression."""
    from jinja2 import TemplateSyntaxError

    tokens = []
    end = 0
    try:
        for _, kind, text in _environment().lexer.tokeniter(source, None, None, state):
            # What the lexer drops between two tokens is white space only, so the next match is the token itself.
            at = max(source.find(text, end), end)
            end = at + len(text)
            if kind != "whitespace":
                tokens.append(Token(at, kind, text))
    except TemplateSyntaxError as error:
        last = tokens[-1] if tokens else Token(0, "", "")
        if last.kind == "comment_begin":
            raise wrong(source, last.at, UNENDED_COMMENT) from error
        if last.kind == "raw_begin":
            raise wrong_tag(source, last.at, "raw") from error
        raise unclosed_tag(source, tokens, end) or wrong_character(source, end) from error
    return tokens


def _with_line_ends(source: str, tokens: Sequence[Token]) -> Iterator[Token]:
    """Give back the line ends that Jinja2 takes after every tag, but for lines on which nothing else stands.

    Else a paragraph that ends in {% endif %} would run into the next one.
    """
    filled_from = -1
    for token in tokens:
        if token.kind == "variable_begin" or (token.kind == "data" and token.text.strip(" \t\n")):
            filled_from = token.at + len(token.text.rstrip(" \t\n"))
        yield token
        if token.kind == "block_end" and token.text == "%}\n" and filled_from > source.rfind("\n", 0, token.at) + 1:
            yield Token(token.end - 1, "data", "\n")


def _check_depth(source: str, tree: nodes.Node) -> None:
    from jinja2 import nodes

    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEPTH_LIMIT:
            raise wrong(source, node.lineno or 0, "The expression has too many parts. Name some of them with `let`.")
        inner = depth + 1 if isinstance(node, (nodes.Expr, nodes.Helper)) else 0
        waiting.extend((child, inner) for child in node.iter_child_nodes())


@contextmanager
def _authors_words(source: str, tokens: Sequence[Token], parser: Parser) -> Iterator[None]:
    """Turn a syntax error of Jinja2's parser into one that shows the author the place and the word."""
    from jinja2 import TemplateSyntaxError

    try:
        yield
    except TemplateSyntaxError as error:
        reached = parser.stream.current
        if reached.type == "eof" or reached.type.endswith("_end"):
            end = len(source) if reached.type == "eof" else reached.lineno
            raise wrong(source, end, "The expression ends too soon: something is missing here.") from error
        word = next((token.text for token in tokens if token.at == error.lineno), "this")
        hint = "Is something missing before it?"
        if word not in _KEYWORDS and word.lower() in _KEYWORDS:
            hint = f"Did you mean `{word.lower()}`?"
        raise wrong(source, error.lineno, f"`{short(word)}` is not expected here. {hint}") from error
