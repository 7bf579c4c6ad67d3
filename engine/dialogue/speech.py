"""Writes down who said what, so that nobody's words can pass for somebody else's.

Every line that is not a character's own begins with a label and stays on one line; a player's words stand between quote
marks that the player cannot type. So a line that looks like another's label, a note or a chat template's mark is only
something that was said. It judges nothing and removes nothing: what was typed stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# The marks by which chat templates tell roles apart: <|im_start|>, <s>, </s>, <start_of_turn>, <<SYS>>, <｜User｜>,
# [INST], [/INST], [gMASK], [|user|], <0x0A>, ### Instruction. Tokenizers take some of these for the real thing
# wherever they stand.
_ANGLED = re.compile(r"<(?=[A-Za-z|/<\[\uff5c]|0x)")
_BRACKETED = re.compile(r"\[(?=/?(?:[A-Z_]{3,}|[gs]MASK)\]|\|)")
_HASHES = re.compile(r"##+")
_DOUBLE_QUOTES = str.maketrans(
    dict.fromkeys('"\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02\u301d\u301e\u301f', "'")
)
BREAK = "\u2014"
"""Ends a line that was broken off."""


def neutral(text: str) -> str:
    """Return `text` with the marks of chat templates broken by a space, still readable."""
    text = _ANGLED.sub("< ", text)
    text = _BRACKETED.sub("[ ", text)
    return _HASHES.sub(lambda run: " ".join(run[0]), text)


def player_says(text: str) -> str:
    """Return the player's words as a character hears them."""
    return f'The player says: "{neutral(_one_line(text).translate(_DOUBLE_QUOTES))}"'


def other_says(name: str, text: str, *, cut: bool = False) -> str:
    """Return another character's line as a character hears it."""
    return f"{_one_line(name)}: {_broken(_one_line(neutral(text)), cut)}"


def own_words(text: str, *, cut: bool = False) -> str:
    """Return a character's own line as it remembers it."""
    return _broken(neutral(text).strip(), cut)


def scene_note(title: str, others: Sequence[str], *, later: bool) -> str:
    """Return the note that opens a scene: when, where, and who is there beside the character (names)."""
    here = ["you", *map(_one_line, others)]
    where = f"{'Later' if later else 'Now'}: {_one_line(title)}." if title.strip() else "Later." if later else ""
    return f"[{where} Here: {', '.join(here)} and the player.]".replace("[ ", "[")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _broken(text: str, cut: bool) -> str:
    return f"{text.rstrip(f'{BREAK}-. ')}{BREAK}" if cut else text
