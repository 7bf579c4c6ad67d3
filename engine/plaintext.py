"""Makes text from outside harmless to a terminal.

Stories, models, players and saves all supply text. Whatever they put in it, a terminal shows it as text: no escape
sequence, no cursor movement, no hidden reordering. It does not interpret markup; those who show text must not either.
"""

from __future__ import annotations

import re

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movement
    r"|[\x1b](?:[\]PX^_]).*?(?:\x07|\x1b\\|\x9c|\Z)"  # OSC, DCS, SOS, PM, APC up to their end
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI as one C1 byte
    r"|\x1b[ -/]*[0-~]?",  # any other escape
    re.DOTALL,
)
# C0 without tab and newline, DEL, C1, bidirectional embeddings, overrides and isolates, line and paragraph
# separators, the invisible tag characters, and the byte order mark. Joiners stay: emoji and many scripts need them.
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return `text` without terminal escapes and invisible controls; newlines and tabs stay, CR LF becomes LF."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _ESCAPES.sub("", text)
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))


def clean_line(text: str) -> str:
    """Return `text` cleaned and on one line, runs of white space folded to one space."""
    return " ".join(clean(text).split())


def readable(text: str) -> bool:
    """Tell whether anything in `text` can be seen: joiners, marks of direction and spaces alone say nothing."""
    return any(letter.isprintable() and not letter.isspace() for letter in text)
