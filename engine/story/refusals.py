"""Refuses, by their look alone, the things in an expression that Palaver leaves out of Jinja2's language.

It sees tokens and knows no meaning. Filters, attributes, stray characters and nesting deeper than the parser should go
end here, before the parser runs, in the author's words and with their place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.story.arithmetic import LIMIT
from engine.story.terms import ExpressionError

EXPRESSION_LIMIT = 500
"""Characters in one expression. Inside a text those between quotes do not count: `cycle` takes whole paragraphs."""
NESTING_LIMIT = 20
"""Brackets inside brackets. One costs the parser 14 of Python's 1,000 frames."""

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
_TURNED = {"=>": ">=", "=<": "<="}
_CHARACTERS = {
    "'": "A text begins here with ' and does not end. Close it with ', or write \" around a text with a ' in it.",
    '"': 'A text begins here with " and does not end. Close it with ".',
    "&": "`&` means nothing here. Write `and`.",
    "!": "`!` means nothing here. Write `not`, or `!=` to compare.",
    **dict.fromkeys("`´‘’“”", "These quotes mean nothing here. A text stands between ' and '."),
    **dict.fromkeys(")]}", "This closes nothing that is open here. Check the brackets."),
}
_WORDS = {
    "is": "There are no tests with `is` here. Write `==`, or the variable's name alone.",
    "none": "There is no `none` here. A text can be empty: ''.",
    "None": "There is no `None` here. A text can be empty: ''.",
}
_PREFIXES = frozenset({"not", "-", "+"})
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a source as the lexer cut it: its offset, Jinja2's name for its kind, and its characters."""

    at: int
    kind: str
    text: str

    @property
    def end(self) -> int:
        """Offset just past it."""
        return self.at + len(self.text)


def wrong(source: str, at: int, message: str) -> ExpressionError:
    """Return the error that says `message` of what stands at offset `at` of `source`."""
    before = source[:at]
    return ExpressionError(message, before.count("\n") + 1, len(before) - before.rfind("\n"))


def short(words: str) -> str:
    """Return an author's words as they may stand in an error: printable, at most 40 characters of them."""
    shown = "".join(character if character.isprintable() else "�" for character in words[:40])
    return shown if len(words) <= 40 else f"{shown[:39]}…"


def wrong_character(source: str, at: int) -> ExpressionError:
    """Return the error about a character that begins nothing."""
    character = source[at : at + 1]
    return wrong(source, at, _CHARACTERS.get(character, f"`{short(character)}` means nothing here. Take it out."))


def check_length(source: str, start: int, end: int) -> None:
    """Refuse an expression of too many characters."""
    if end - start > EXPRESSION_LIMIT:
        message = f"The expression is longer than {EXPRESSION_LIMIT} characters. Name parts of it with `let`."
        raise wrong(source, start, message)


def check_expression(source: str, tokens: Sequence[Token]) -> None:
    """Refuse, in the tokens of one expression, what has no meaning here and what nests too deep."""
    nesting = stacked = 0
    after_prefix = False
    for token in tokens:
        if token.kind == "operator":
            if (meant := _TURNED.get(source[token.at : token.at + 2])) is not None:
                raise wrong(
                    source, token.at, f"`{source[token.at : token.at + 2]}` means nothing here. Write `{meant}`."
                )
            if token.text in _OPERATORS:
                raise wrong(source, token.at, _OPERATORS[token.text])
            nesting += (token.text in "([") - (token.text in ")]")
        elif token.kind == "name":
            _check_word(source, token)
        elif token.kind == "string":
            _check_string(source, token)
        elif token.kind in ("integer", "float"):
            _check_number(source, token)
        prefix = token.text in _PREFIXES
        stacked += prefix and after_prefix
        after_prefix = prefix
        if nesting + stacked > NESTING_LIMIT:
            raise wrong(source, token.at, "The expression nests too deep here. Name parts of it with `let`.")


def _check_word(source: str, token: Token) -> None:
    if token.text in _WORDS:
        raise wrong(source, token.at, _WORDS[token.text])
    if not token.text.isidentifier():
        message = f"`{short(token.text)}` is not a name. Names are made of letters, digits and _."
        raise wrong(source, token.at, message)


def _check_string(source: str, token: Token) -> None:
    for escape in _ESCAPE.finditer(token.text):
        if escape[1] not in "\\'\"n":
            message = "A backslash means nothing before this character. Write \\\\ to show one."
            raise wrong(source, token.at + escape.start(), message)


def _check_number(source: str, token: Token) -> None:
    digits = token.text.replace("_", "")
    if not digits.isascii():
        raise wrong(source, token.at, "A number is written with the digits 0 to 9.")
    if len(digits) > 40 or (int(digits, 0) if token.kind == "integer" else float(digits)) > LIMIT:
        raise wrong(source, token.at, "The number is too long or too large. Numbers stop at 1,000,000,000,000,000.")
