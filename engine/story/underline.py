"""How far what a finding is about reaches on its line, for editors that underline it, and where that is in UTF-16.

It looks at one line as it was written and knows no YAML beyond quotes, brackets and comments: an underline that is a
little short or long does no harm.
"""

from __future__ import annotations

import re

_KEY = re.compile(r"[\w-]+(?=\s*:(?:\s|$))")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:''|[^'])*'")
_NAME = re.compile(r"[\w-]+")
_COMMENT = re.compile(r"\s+#.*$|\s+$")


def end_of(line: str, column: int) -> int:
    """Return the column just after what begins at `column`; both count from 1 in characters."""
    start = max(column - 1, 0)
    rest = line[start:]
    if not rest:  # the end of a line, or a file that could not be read
        return column + 1
    if rest.startswith("#"):
        return len(line.rstrip()) + 1
    for shape in (_QUOTED, _KEY):
        if (match := shape.match(rest)) is not None:
            return start + match.end() + 1
    if rest[:1] in ("{", "["):
        return start + _bracketed(rest) + 1
    plain = _COMMENT.sub("", rest)
    if line[:start].count("{") + line[:start].count("[") > line[:start].count("}") + line[:start].count("]"):
        # In quotes the place is inside a text, of which a word is enough.
        word = _NAME.match(plain) if line[:start].count('"') % 2 else re.match(r"[^,\]}]+", plain)
        plain = word.group().rstrip() if word else plain[:1]
    return start + max(len(plain), 1) + 1


def _bracketed(text: str) -> int:
    """Return the length of the table or list that `text` begins with, or of the line where it goes on."""
    depth = 0
    for number, character in enumerate(_QUOTED.sub(lambda quoted: "_" * len(quoted.group()), text), 1):
        depth += (character in "{[") - (character in "}]")
        if depth == 0:
            return number
    return len(_COMMENT.sub("", text))


def utf16(line: str, column: int) -> int:
    """Return a column of a line as editors count it: from 0, in units of UTF-16."""
    before = max(column - 1, 0)
    return len(line[:before].encode("utf-16-le", "surrogatepass")) // 2 + max(0, before - len(line))
