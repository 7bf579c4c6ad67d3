"""Reads expressions and texts with Jinja2's own lexer and parser, and refuses what Palaver leaves out of the language.

Nothing is computed, and no Jinja2 template is ever made: only its syntax tree is used. What is refused by its look
(filters, attributes, loops, deep nesting ...) is refused here, before the parser runs, in the author's words; what is
left is still held to a list of known nodes in `translate`.

Jinja2 knows only lines. To know columns as well, every token is handed to the parser with its offset in the source
where its line number would stand, so the `lineno` of a node or of a syntax error is an offset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from engine.story.arithmetic import LIMIT
from engine.story.terms import ExpressionError

if TYPE_CHECKING:
    from jinja2 import Environment, nodes
    from jinja2.parser import Parser

EXPRESSION_LIMIT = 500
"""Characters in one expression, wherever it stands."""
TEXT_LIMIT = 20_000
"""Characters in one text."""
NESTING_LIMIT = 20
"""Brackets inside brackets, `{% if %}` inside `{% if %}`. One bracket costs the parser 14 of Python's 1,000 frames."""
DEPTH_LIMIT = 60
"""Depth of an expression's tree, where a chain of the same operator counts once for each."""
TAG_LIMIT = 300
"""Tags in one text."""
BRANCH_LIMIT = 50
"""`{% elif %}` in one `{% if %}`."""

_OPERATORS = {
    "**": "There are no powers here. Multiply instead.",
    "|": "There are no filters (`|`) here. To say that either may hold, write `or`.",
    ".": "A name has no parts to reach with `.`. Use the variable's own name.",
    "{": "There are no braces here. Inside an expression, write a variable's name as it is.",
    "}": "There are no braces here. Inside an expression, write a variable's name as it is.",
    ":": "A colon means nothing here. Take it out.",
    ";": "A semicolon means nothing here. Take it out.",
    "=": "A single `=` does not compare. Write `==`.",
}
_CHARACTERS = {
    "'": "A text begins here with ' and does not end. Close it with '.",
    '"': 'A text begins here with " and does not end. Close it with ".',
    "&": "`&` means nothing here. Write `and`.",
    "!": "`!` means nothing here. Write `not`, or `!=` to compare.",
    "`": "` means nothing here. A text stands between ' and '.",
    "’": "Curly quotes mean nothing here. A text stands between ' and '.",
    "‘": "Curly quotes mean nothing here. A text stands between ' and '.",
    "“": "Curly quotes mean nothing here. A text stands between ' and '.",
    "”": "Curly quotes mean nothing here. A text stands between ' and '.",
}
_WORDS = {
    "is": "There are no tests with `is` here. Write `==`, or the variable's name alone.",
    "none": "There is no `none` here. A text can be empty: ''.",
    "None": "There is no `None` here. A text can be empty: ''.",
}
_TAGS = {
    "for": "loops",
    "endfor": "loops",
    "break": "loops",
    "continue": "loops",
    "set": "assignments (use the `set` of a scene, choice or outcome)",
    "endset": "assignments (use the `set` of a scene, choice or outcome)",
    "macro": "macros",
    "endmacro": "macros",
    "call": "macros",
    "endcall": "macros",
    "include": "includes",
    "import": "imports",
    "from": "imports",
    "extends": "templates that extend others",
    "block": "templates that extend others",
    "endblock": "templates that extend others",
    "filter": "filters",
    "endfilter": "filters",
    "raw": "raw blocks (to show braces, write {{ '{{' }})",
    "endraw": "raw blocks (to show braces, write {{ '{{' }})",
    "with": "`with` blocks",
    "endwith": "`with` blocks",
}
_KEYWORDS = frozenset({"and", "or", "not", "in", "if", "else", "true", "false"})
_OPEN, _CLOSE = frozenset({"(", "["}), frozenset({")", "]"})
_UNREAL = re.compile("[\ud800-\udfff\0]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Token:
    at: int
    kind: str
    text: str


def wrong(source: str, at: int, message: str) -> ExpressionError:
    """Return the error that says `message` of what stands at offset `at` of `source`."""
    before = source[:at]
    return ExpressionError(message, before.count("\n") + 1, len(before) - before.rfind("\n"))


def parse_expression(source: str) -> nodes.Expr:
    """Return the tree of one expression; each node's `lineno` is its offset in the source."""
    if not source.strip():
        raise wrong(source, 0, "The expression is empty. Write one, or leave the key out.")
    tokens = _tokens(source, "variable")
    for token in tokens:
        if token.kind == "variable_end":
            raise wrong(source, token.at, "`}}` does not belong in an expression. Write it without {{ }}.")
    if tokens[0].text == "{" and source.lstrip().startswith("{{"):
        raise wrong(source, tokens[0].at, "An expression stands here without {{ }}. Take them out.")
    _check_tag(source, tokens)
    parser = _parser(tokens)
    with _authors_words(source, tokens):
        tree = parser.parse_expression()
        if parser.stream.current.type != "eof":
            parser.fail("unexpected", parser.stream.current.lineno)
    _check_depth(source, tree)
    return tree


def parse_text(source: str) -> nodes.Template:
    """Return the tree of a text with its tags; each node's `lineno` is its offset in the source."""
    if len(source) > TEXT_LIMIT:
        raise wrong(source, TEXT_LIMIT, f"The text is longer than {TEXT_LIMIT:,} characters. Split it over scenes.")
    tokens = _tokens(source, None)
    _check_tags(source, tokens)
    with _authors_words(source, tokens):
        tree = _parser(tokens).parse()
    _check_depth(source, tree)
    return tree


@cache
def _environment() -> Environment:
    from jinja2 import Environment

    return Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)  # it makes no HTML


def _parser(tokens: Sequence[_Token]) -> Parser:
    from jinja2.lexer import TokenStream
    from jinja2.parser import Parser

    environment = _environment()
    parser = Parser(environment, "")
    raw = ((token.at, token.kind, token.text) for token in tokens)
    parser.stream = TokenStream(environment.lexer.wrap(raw), None, None)
    return parser


def _tokens(source: str, state: str | None) -> list[_Token]:
    """Return all that is not white space; `state` is "variable" for a bare expression."""
    from jinja2 import TemplateSyntaxError

    unreal = _UNREAL.search(source)
    if unreal:
        raise wrong(source, unreal.start(), "A character here is broken. Type the line again.")
    tokens = []
    end = 0
    try:
        for _, kind, text in _environment().lexer.tokeniter(source, None, None, state):
            # What the lexer drops between two tokens is white space only, so the next match is the token itself.
            at = max(source.find(text, end), end)
            end = at + len(text)
            if kind != "whitespace":
                tokens.append(_Token(at, kind, text))
    except TemplateSyntaxError as error:
        raise _wrong_character(source, end, tokens) from error
    return tokens


def _wrong_character(source: str, at: int, tokens: Sequence[_Token]) -> ExpressionError:
    """Return what to say where the lexer could go no further than `at`."""
    last = tokens[-1] if tokens else None
    if last is not None and last.kind == "comment_begin":
        return wrong(source, last.at, "The comment that begins here does not end. Close it with #}.")
    if last is not None and last.kind == "raw_begin":
        return _wrong_tag(source, last.at, "raw")
    character = source[at : at + 1]
    if character in _CLOSE or character == "}":
        return wrong(source, at, f"`{character}` closes nothing that is open here. Check the brackets.")
    return wrong(source, at, _CHARACTERS.get(character, f"`{character}` means nothing here. Take it out."))


def _check_tags(source: str, tokens: Sequence[_Token]) -> None:
    """Refuse all tags but {{ }}, {% if %} and its kin, properly nested."""
    open_ifs: list[list[int]] = []  # offset, branches, and 1 once `else` was seen
    tags = 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token.kind in ("raw_begin", "raw_end"):
            raise _wrong_tag(source, token.at, "raw")
        if token.kind not in ("variable_begin", "block_begin"):
            continue
        tags += 1
        if tags > TAG_LIMIT:
            raise wrong(source, token.at, f"The text has more than {TAG_LIMIT} tags. Split it over scenes.")
        closer = token.kind.replace("begin", "end")
        first = index
        while index < len(tokens) and tokens[index].kind != closer:
            index += 1
        mark = token.text[:2]
        if index == len(tokens):
            raise wrong(
                source, token.at, f"`{mark}` is never closed. Close it with `{'}}' if mark == '{{' else '%}'}`."
            )
        inside = tokens[first:index]
        if token.kind == "block_begin":
            _check_block(source, token, inside, open_ifs)
        elif not inside:
            raise wrong(source, token.at, "There is nothing between {{ and }}. Write what to show.")
        _check_tag(source, inside)
    if open_ifs:
        raise wrong(source, open_ifs[-1][0], "This {% if %} is never closed. Close it with {% endif %}.")


def _check_block(source: str, tag: _Token, inside: Sequence[_Token], open_ifs: list[list[int]]) -> None:
    word = inside[0].text if inside else ""
    if word == "if":
        if len(open_ifs) == NESTING_LIMIT:
            raise wrong(
                source, tag.at, f"More than {NESTING_LIMIT} {{% if %}} stand in one another. Give parts to `let`."
            )
        open_ifs.append([tag.at, 0, 0])
    elif word not in ("elif", "else", "endif"):
        raise _wrong_tag(source, tag.at, word)
    elif not open_ifs:
        raise wrong(
            source, tag.at, f"This {{% {word} %}} belongs to no {{% if %}}. Take it out, or open one before it."
        )
    elif word == "endif":
        open_ifs.pop()
    elif open_ifs[-1][2]:
        raise wrong(source, tag.at, f"{{% {word} %}} comes after {{% else %}}. Let {{% else %}} be the last.")
    elif word == "else":
        open_ifs[-1][2] = 1
    else:
        open_ifs[-1][1] += 1
        if open_ifs[-1][1] > BRANCH_LIMIT:
            raise wrong(source, tag.at, f"This {{% if %}} has more than {BRANCH_LIMIT} {{% elif %}}. Split it.")
    if word in ("if", "elif") and len(inside) == 1:
        raise wrong(source, tag.at, f"{{% {word} %}} has no condition. Write one: {{% {word} has_key %}}.")
    if word == "else" and len(inside) > 1 and inside[1].text == "if":
        raise wrong(source, tag.at, "`else if` is not known. Write {% elif ... %}.")
    if word in ("else", "endif") and len(inside) > 1:
        raise wrong(source, inside[1].at, f"{{% {word} %}} takes nothing after it. Take it out.")


def _wrong_tag(source: str, at: int, word: str) -> ExpressionError:
    known = "A text knows {{ }}, {% if %}, {% elif %}, {% else %} and {% endif %}."
    if word in _TAGS:
        return wrong(source, at, f"{{% {word} %}}: there are no {_TAGS[word]} in a text. {known}")
    return wrong(source, at, f"{{% {word or ' '} %}} is not known. {known}")


def _check_tag(source: str, tokens: Sequence[_Token]) -> None:
    """Refuse, in one expression, what has no meaning here, and what nests deeper than the parser should go."""
    if tokens and tokens[-1].at + len(tokens[-1].text) - tokens[0].at > EXPRESSION_LIMIT:
        raise wrong(
            source,
            tokens[0].at,
            f"The expression is longer than {EXPRESSION_LIMIT} characters. Name parts of it with `let`.",
        )
    nesting = prefixes = 0
    before = ""
    for token in tokens:
        if token.kind == "operator":
            if token.text in _OPERATORS:
                raise wrong(source, token.at, _OPERATORS[token.text])
            nesting += (token.text in _OPEN) - (token.text in _CLOSE)
        elif token.kind == "name":
            _check_word(source, token)
        elif token.kind == "string":
            _check_string(source, token)
        elif token.kind in ("integer", "float"):
            _check_number(source, token)
        prefix = token.text if token.text in ("not", "-", "+") else ""
        prefixes += bool(prefix and before)
        before = prefix
        if nesting + prefixes > NESTING_LIMIT:
            raise wrong(source, token.at, "The expression nests too deep here. Name parts of it with `let`.")


def _check_word(source: str, token: _Token) -> None:
    if token.text in _WORDS:
        raise wrong(source, token.at, _WORDS[token.text])
    if not token.text.isidentifier():
        raise wrong(source, token.at, f"`{token.text}` is not a name. Names are made of letters, digits and _.")


def _check_string(source: str, token: _Token) -> None:
    for escape in _ESCAPE.finditer(token.text):
        if escape[1] not in "\\'\"n":
            raise wrong(
                source,
                token.at + escape.start(),
                "A backslash means nothing before this character. Write \\\\ to show one.",
            )


def _check_number(source: str, token: _Token) -> None:
    digits = token.text.replace("_", "")
    if not digits.isascii():
        raise wrong(source, token.at, "A number is written with the digits 0 to 9.")
    if len(digits) > 40 or not (int(digits, 0) if token.kind == "integer" else float(digits)) <= LIMIT:
        raise wrong(source, token.at, "The number is too large or too long. Numbers stop at 1,000,000,000,000,000.")


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
def _authors_words(source: str, tokens: Sequence[_Token]) -> Iterator[None]:
    """Turn a syntax error of Jinja2's parser into one that shows the author the place and the word."""
    from jinja2 import TemplateSyntaxError

    try:
        yield
    except TemplateSyntaxError as error:
        token = next((token for token in tokens if token.at == error.lineno), None)
        if token is None or "end of " in (error.message or ""):
            end = token.at if token is not None and token.kind.endswith("_end") else len(source)
            raise wrong(source, end, "The expression ends too soon: something is missing here.") from error
        hint = "Is something missing before it?"
        if token.text not in _KEYWORDS and token.text.lower() in _KEYWORDS:
            hint = f"Did you mean `{token.text.lower()}`?"
        raise wrong(source, token.at, f"`{token.text}` is not expected here. {hint}") from error
