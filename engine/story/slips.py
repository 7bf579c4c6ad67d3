"""Recognises what is written as in another language, or where something else belongs, and says what to write here.

It judges by the look of a line and by which names are declared. Where it is not sure it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from engine.story.expressions import ExpressionError, Names, compile_expression
from engine.story.refusals import short

_PLUS = re.compile(r"\+\s*([0-9.]+)\Z")
_STEP = re.compile(r"(?:[A-Za-z_]\w*\s*)?([-+*/])=\s*(\S.*)\Z", re.DOTALL)
_BY_ONE = re.compile(r"(?:[A-Za-z_]\w*\s*)?(\+\+|--)\Z")
_ASSIGNMENT = re.compile(r"(?:[A-Za-z_]\w*\s*)?=\s*([^=\s][^=]*)\Z", re.DOTALL)
_KEY_ASSIGNMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*([-+*/]?)=\s*([^=\s].*?)\s*\Z", re.DOTALL)

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_WORDS_OF_EXPRESSIONS = frozenset(("and", "or", "not", "in", "if", "else", "is"))
_WORD = re.compile(r"[^\W\d][\w'’]*")
_PARTS = re.compile(r"\b(?:and|or|not|if|else)\b|[^\w\s'’]+")
_OPEN_QUOTE = re.compile(r"(?<!\w)['\"]")
_TWO_WORDS = re.compile(r"(?<![\w'’])([^\W\d][\w'’]*)\s+(?=([^\W\d][\w'’]*))")
_NAME = re.compile(r"[a-z_]\w*")
_COUNTED = ("visits", "visited", "turns")
_LONGEST_ARITHMETIC = 500
_LOOSE = re.compile(r"(?<![{%#])\{\s*([a-z_]\w*)\s*\}(?!\})", re.ASCII)
_COMPARISON = re.compile(r"\s*(?:not\s+)?[a-z_]\w*\s*(?:==|!=|<=|>=|=>|<|>)\s*(?:-?[\d.]+|[a-z_]\w*|'[^']*')\s*\Z")


def loose_braces(source: str, names: Names) -> re.Match[str] | None:
    """Return where a text has a declared name in single braces, with the name as its group 1."""
    known = (found for found in _LOOSE.finditer(source) if found[1] in names.variables or found[1] in names.lets)
    return next(known, None) if "{" in source else None


def set_slip(name: str, scalar: str) -> str:
    """Return what to write in place of a value of `set` that looks like a step; an empty text where it does not."""
    source = scalar.strip()
    if plus := _PLUS.match(source):
        return f'This sets "{name}" to {plus[1]} and adds nothing. To add, write "{name}: {name} + {plus[1]}".'
    if step := _STEP.match(source):
        return f'"{step[1]}=" means nothing here. Write "{name}: {name} {step[1]} {short(step[2])}".'
    if by_one := _BY_ONE.match(source):
        return f'"{by_one[1]}" means nothing here. Write "{name}: {name} {by_one[1][0]} 1".'
    if assigned := _ASSIGNMENT.match(source):
        return f'A "=" sets nothing here. Write "{name}: {short(assigned[1])}".'
    return ""


def assignment_slip(words: str) -> str:
    """Return how to write `heat = 2` in a `set`; an empty text where it is nothing like that."""
    found = _KEY_ASSIGNMENT.match(words)
    if found is None:
        return ""
    name, sign, value = found.groups()
    return f'"{name}: {name} {sign} {short(value)}"' if sign else f'"{name}: {short(value)}"'


def sentence_slip(key: str, source: str, names: Names, *, beside_when: bool) -> str:
    """Return what to say of a sentence under a `key` for expressions; an empty text where it is none.

    `source` is no expression already. `beside_when` tells that the same part may have a `when`.
    """
    bare = _QUOTED.sub("0", source)
    if _OPEN_QUOTE.search(bare):
        return ""
    runs = [pair for pair in _TWO_WORDS.findall(bare) if not _WORDS_OF_EXPRESSIONS & {each.lower() for each in pair}]
    declared = {*names.variables, *names.lets}
    for first, second in runs:
        if (joined := f"{first}_{second}".lower()) in declared:
            return f'"{first} {second}" is two words here. Write "{joined}".'
    longest = max(len(_WORD.findall(part)) for part in _PARTS.split(bare))
    if not runs or longest < 3:
        return ""
    told = 'Write the sentence under "when".' if beside_when else "Say it with a variable."
    example = next((name for name, kind in names.variables.items() if kind in ("int", "float")), "turns")
    wanted = f"is arithmetic, such as {example} >= 2" if key in ("if", "enabled_if") else "wants an expression"
    return f'"{key}" {wanted}, and this reads like a sentence. {told}'


def arithmetic_slip(source: str, names: Names) -> bool:
    """Tell whether what should be a sentence for a judge is an expression over the story's variables."""
    if _COMPARISON.match(source):
        return True
    words = _NAME.findall(source[:_LONGEST_ARITHMETIC])
    if not any(word in names.variables or word in names.lets or word in _COUNTED for word in words):
        return False
    try:
        return bool(compile_expression(source, names).reads)
    except ExpressionError:
        return False


def who_is_meant(words: str, known: Collection[str]) -> str:
    """Return how to name several of `known` that were written as one: `[maren, erik]`; else an empty text."""
    names = [name for name in re.split(r"\s*(?:,|;|&|\+|\band\b)\s*|\s+", words.strip()) if name]
    return f"[{', '.join(names)}]" if len(names) > 1 and all(name in known for name in names) else ""
