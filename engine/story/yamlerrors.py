"""Says in an author's words why a file is not YAML, and what to write instead.

It looks at the line as the author sees it: a parser's own words name what the parser wanted, not what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from engine.story.places import Place, Source
from engine.story.yamlcauses import At, earlier_cause

BEGINS_WITH_TEMPLATE = 'A text that begins with {{ or {% must stand in quotes, or on a line of its own under "|".'
_BEGINS_WITH_COMMENT = 'A text that begins with {# must stand in quotes, or on a line of its own under "|".'
NO_DIRECTIVES = 'Lines that begin with "%" are not needed: take this one out.'
_COLON_IN_TEXT = 'A text with ": " in it must stand in quotes, or on a line of its own under "|".'
_COLON_IN_FLOW = re.compile(r"[{,]\s*[\w]+:\s+[^\s,:{}\[\]'\"][^,:{}\[\]'\"]*:(?=\s*$)")
_TEMPLATE_VALUE = re.compile(r"(?:^|[:\-]\s+)(\{\{|\{%)")
_COMMENT = re.compile(r"(?<=[^\s,{\[#]) +(#\S*)[^#]*[\]}]\s*$")
_QUOTED = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"")
_KEY_BEFORE = re.compile(r"\s*(?:- +)*[^\s:#'\"]+:\s+\S")
_AFTER_QUOTE = re.compile(r"(?:^|[:\-,\[{]\s+|\[|\{)(['\"]).*\1\s*\S")

Finding = tuple[Place, str, str]


def explain(error: yaml.YAMLError | ValueError, source: Source) -> Finding:
    """Return place, code and message for an error of the YAML parser."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return Place(source.name), "yaml", f"This is not YAML that can be read: {error}."
    lines = source.text.split("\n")
    line, column = mark.line, mark.column
    written = lines[line] if line < len(lines) else ""

    indent = written[: len(written) - len(written.lstrip())]
    if "\t" in indent:
        message = "A tab stands in the indentation, and tabs have no agreed width: indent with spaces."
        return Place(source.name, line + 1, indent.index("\t") + 1), "tab", message
    problem = str(error.problem)  # type: ignore[union-attr]
    template = _TEMPLATE_VALUE.search(written)
    if template and not ("values are not allowed" in problem and template.start() >= column):
        return Place(source.name, line + 1, template.start(1) + 1), "yaml", BEGINS_WITH_TEMPLATE
    explained = "values are not allowed" in problem and _KEY_BEFORE.match(written[:column]) is not None
    if (cause := earlier_cause(source, lines, line, column, explained=explained)) is not None:
        (at_line, at_column), message = cause
        return Place(source.name, at_line + 1, at_column + 1), "yaml", message

    context = getattr(error, "context_mark", None)
    began = (context.line, context.column) if context is not None else (line, column)
    if "flow node" in str(getattr(error, "context", "")):  # that is where a value was expected, past the end perhaps
        began = _opened(lines, line, column) or began
    opening = lines[began[0]] if began[0] < len(lines) else ""
    if opening.startswith("{#", began[1]):
        return Place(source.name, began[0] + 1, began[1] + 1), "yaml", _BEGINS_WITH_COMMENT
    if "flow" in str(error.context) and (comment := _COMMENT.search(opening, began[1])):  # type: ignore[union-attr]
        message = f'YAML takes "{comment[1]}" and what follows for a comment: put the text in quotes.'
        return Place(source.name, began[0] + 1, comment.start(1) + 1), "yaml", message
    place, message = _told(
        str(getattr(error, "context", "")), problem, written, column, began, opener=opening[began[1] : began[1] + 1]
    )
    at_line, at_column = place or (line, column)
    return Place(source.name, at_line + 1, at_column + 1), "yaml", message


def _opened(lines: Sequence[str], line: int, column: int) -> At | None:
    """Return where the last bracket opens that is not closed before a place; None where there is none."""
    closed = 0
    for at in range(min(line, len(lines) - 1), -1, -1):
        written = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), lines[at][: column if at == line else None])
        for place in range(len(written) - 1, -1, -1):
            closed += written[place] in "]}"
            if written[place] in "[{":
                if not closed:
                    return at, place
                closed -= 1
    return None


def _told(context: str, problem: str, written: str, column: int, began: At, *, opener: str) -> tuple[At | None, str]:
    """Return where the mistake is best shown (None: where the parser stopped) and what to do about it."""
    rest = written[column:]
    if "quoted scalar" in context and ("end of stream" in problem or "document" in problem):
        return began, "The quote that opens here is never closed."
    if "escape" in problem:
        return None, 'A backslash in double quotes needs a second one ("\\\\"), or use single quotes.'
    if "values are not allowed" in problem:
        if _KEY_BEFORE.match(written[:column]):
            return None, _COLON_IN_TEXT
        return None, "A key cannot stand here: the line above has a value already. Check the indentation."
    if "entries are not allowed" in problem:
        return None, 'A list begins on the line below its key, each item with "- ".'
    if "expected ':'" in problem:
        return began, 'This line is neither a key nor an item: a key ends with ":", an item begins with "- ".'
    if "cannot start any token" in problem or "keys are not allowed" in problem:
        return None, f'A text that begins with "{rest[:1]}" must stand in quotes.'
    if "flow" in context and (colon := _COLON_IN_FLOW.search(written[: column + 1])):
        return None if colon.end() > column else (began[0], colon.end() - 1), _COLON_IN_TEXT
    if "flow" in context:
        bracket = opener if opener in ("[", "{") else "[" if "sequence" in context else "{"
        close = {"[": "]", "{": "}"}[bracket]
        return began, f'The "{bracket}" that opens here is not closed with "{close}", or a comma is missing before it.'
    if "block scalar" in context:
        return None, 'After "|" or ">" the text begins on the next line, indented deeper than its key.'
    if "'-' indicator" in problem or "block collection" in context:
        return None, 'A list goes on here with something that is no item: begin it with "- " or indent it less.'
    if "block mapping" in context:
        if _AFTER_QUOTE.search(written[: column + 1]):
            return None, "The text goes on after its closing quote: put quotes of the other kind around all of it."
        return None, "This line stands under nothing: indent it like the keys or the text it belongs to."
    if "alias" in context or "anchor" in context:
        return began, f'A text that begins with "{"*" if "alias" in context else "&"}" must stand in quotes.'
    if "node content" in problem:
        return None, f'A value cannot begin with "{rest[:1]}": put the text in quotes.'
    if "directive" in context or "incompatible" in problem:
        return None, NO_DIRECTIVES
    if "document start" in problem:
        return None, '"..." ended the file above: take that line out.'
    return None, f"This is not YAML that can be read: {problem}."
