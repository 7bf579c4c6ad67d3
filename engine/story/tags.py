"""Refuses, by their look alone, the tags in a text that Palaver leaves out of Jinja2's language.

A text knows {{ }}, {% if %} with its kin, and comments. Whatever else there is in braces ends here, before the parser
runs, and so does an {% if %} that is not properly closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.story.refusals import NESTING_LIMIT, Token, check_expression, check_length, short, wrong
from engine.story.terms import ExpressionError

TAG_LIMIT = 300
"""Tags in one text."""
BRANCH_LIMIT = 50
"""`{% elif %}` in one `{% if %}`."""

_LEFT_OUT = {
    **dict.fromkeys(("for", "endfor", "break", "continue"), "loops"),
    **dict.fromkeys(("set", "endset"), "assignments (use the `set` of a scene, choice or outcome)"),
    **dict.fromkeys(("macro", "endmacro", "call", "endcall"), "macros"),
    **dict.fromkeys(("include",), "includes"),
    **dict.fromkeys(("import", "from"), "imports"),
    **dict.fromkeys(("extends", "block", "endblock"), "blocks that extend others"),
    **dict.fromkeys(("filter", "endfilter"), "filters"),
    **dict.fromkeys(("raw", "endraw"), "raw blocks (to show two braces, write {{ '{{' }})"),
    **dict.fromkeys(("with", "endwith"), "`with` blocks"),
}
_KNOWN = "A text knows {{ }}, {% if %}, {% elif %}, {% else %} and {% endif %}."
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_CLOSERS = {"variable_begin": "variable_end", "block_begin": "block_end"}


@dataclass(slots=True)
class _If:
    """An `{% if %}` that is open."""

    at: int
    branches: int = 0
    in_else: bool = False


def check_tags(source: str, tokens: Sequence[Token]) -> None:
    """Refuse all tags that a text does not know, and those it knows where they do not belong."""
    open_ifs: list[_If] = []
    for count, (tag, inside) in enumerate(_tags(source, tokens), 1):
        if count > TAG_LIMIT:
            raise wrong(source, tag.at, f"The text has more than {TAG_LIMIT} tags. Split it over scenes.")
        if tag.kind == "block_begin":
            _check_block(source, tag, inside, open_ifs)
        elif not inside:
            raise wrong(source, tag.at, "There is nothing between {{ and }}. Write what to show.")
        if inside:
            quoted = sum(len(token.text) for token in inside if token.kind == "string")
            check_length(source, inside[0].at, inside[-1].end - quoted)
        check_expression(source, inside)
    if open_ifs:
        raise wrong(source, open_ifs[-1].at, "This {% if %} is never closed. Close it with {% endif %}.")


def wrong_tag(source: str, at: int, word: str) -> ExpressionError:
    """Return the error about a tag that a text does not know."""
    what = f"there are no {_LEFT_OUT[word]} in a text." if word in _LEFT_OUT else "there is no such tag."
    shown = f" {short(word)} " if word else " "
    return wrong(source, at, f"{{%{shown}%}}: {what} {_KNOWN}")


def unclosed_tag(source: str, tokens: Sequence[Token], at: int) -> ExpressionError | None:
    """Return the error about what is missing before the `}` at offset `at`, if it was to close the tag it is in."""
    begun = next((number for number in reversed(range(len(tokens))) if tokens[number].kind in _CLOSERS), None)
    if begun is None or source[at : at + 1] != "}":
        return None
    tag, inside = tokens[begun], tokens[begun + 1 :]
    if any(token.kind in _CLOSERS.values() for token in inside):
        return None
    pending: list[str] = []
    for token in inside:
        if token.kind == "operator" and token.text in _BRACKETS:
            pending.append(token.text)
        elif token.kind == "operator" and token.text in _BRACKETS.values() and pending:
            pending.pop()
    closer = "}}" if tag.kind == "variable_begin" else "%}"
    if pending:
        message = f"`{pending[-1]}` is not closed. Write `{_BRACKETS[pending[-1]]}` before the `{closer}`."
        return wrong(source, at, message)
    return wrong(source, at, f"`{tag.text[:2]}` is closed with `{closer}`: write that here.")


def _tags(source: str, tokens: Sequence[Token]) -> Iterator[tuple[Token, Sequence[Token]]]:
    """Yield the opening of each tag and what stands inside it."""
    opened: Token | None = None
    first = 0
    for index, token in enumerate(tokens):
        if token.kind in ("raw_begin", "raw_end"):
            raise wrong_tag(source, token.at, "raw")
        if token.kind in _CLOSERS:
            opened, first = token, index + 1
        elif opened is not None and token.kind == _CLOSERS[opened.kind]:
            yield opened, tokens[first:index]
            opened = None
    if opened is not None:
        closer = "}}" if opened.kind == "variable_begin" else "%}"
        raise wrong(source, opened.at, f"`{opened.text[:2]}` is never closed. Close it with `{closer}`.")


def _check_block(source: str, tag: Token, inside: Sequence[Token], open_ifs: list[_If]) -> None:
    word = inside[0].text if inside else ""
    if word not in ("if", "elif", "else", "endif"):
        raise wrong_tag(source, tag.at, word)
    if word in ("if", "elif") and len(inside) == 1:
        raise wrong(source, tag.at, f"{{% {word} %}} has no condition. Write one: {{% {word} visits > 1 %}}.")
    if word == "else" and len(inside) > 1 and inside[1].text == "if":
        raise wrong(source, inside[1].at, "`else if` is not known. Write {% elif ... %}.")
    if word in ("else", "endif") and len(inside) > 1:
        raise wrong(source, inside[1].at, f"{{% {word} %}} takes nothing after it. Take it out.")
    if word == "if":
        if len(open_ifs) == NESTING_LIMIT:
            raise wrong(source, tag.at, f"Over {NESTING_LIMIT} {{% if %}} stand in one another. Name parts with `let`.")
        open_ifs.append(_If(tag.at))
        return
    if not open_ifs:
        raise wrong(source, tag.at, f"{{% {word} %}} belongs to no {{% if %}}. Take it out, or open one before it.")
    innermost = open_ifs[-1]
    if word == "endif":
        open_ifs.pop()
    elif innermost.in_else:
        raise wrong(source, tag.at, f"{{% {word} %}} comes after {{% else %}}. Let {{% else %}} be the last.")
    elif word == "else":
        innermost.in_else = True
    else:
        innermost.branches += 1
        if innermost.branches > BRANCH_LIMIT:
            raise wrong(source, tag.at, f"This {{% if %}} has over {BRANCH_LIMIT} {{% elif %}}. Split it.")
