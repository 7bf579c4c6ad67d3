"""Writes down who said what, so that nobody's words can pass for somebody else's.

Every line that is not a character's own begins with a label and stays on one line; a player's words stand between quote
marks that the player cannot type, and a note between square brackets that nothing in it can close. So a line that looks
like another's label, a note or a chat template's mark is only something that was said. It judges nothing and removes
nothing: what was typed stays readable.
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
_BRACKETS = str.maketrans(dict.fromkeys("[\uff3b\u3010\u27e6", "(") | dict.fromkeys("]\uff3d\u3011\u27e7", ")"))
_DEED = re.compile(r"\*\s*([^*]*[^*\s])\s*\*")
BREAK = "\u2014"
"""Ends a line that was broken off."""


def neutral(text: str) -> str:
    """Return `text` with the marks of chat templates broken by a space, still readable."""
    text = _ANGLED.sub("< ", text)
    text = _BRACKETED.sub("[ ", text)
    return _HASHES.sub(lambda run: " ".join(run[0]), text)


def deed(text: str) -> str:
    """Return what a line does that stands between two asterisks as a whole, or nothing when it is said."""
    found = _DEED.fullmatch(text.strip())
    return found[1] if found else ""


def player_says(text: str, *, whispered: bool = False) -> str:
    """Return the player's words as a character hears them, or the deed as it sees it."""
    if whispered:
        return f"The player whispers to you: {_in_quotes(text)}"
    done = deed(text)
    return player_does(done) if done else f"The player says: {_in_quotes(text)}"


def player_does(text: str) -> str:
    """Return what the player sets out to do, as those present see it."""
    return f"The player does: {_in_quotes(deed(text) or text)}"


def other_says(name: str, text: str, *, cut: bool = False) -> str:
    """Return another character's line as a character hears it."""
    return f"{_one_line(name)}: {_broken(_one_line(neutral(text)), cut)}"


def own_words(text: str, *, cut: bool = False) -> str:
    """Return a character's own line as it remembers it."""
    return _broken(neutral(text).strip(), cut)


def note(text: str, *, cut: bool = False) -> str:
    """Return what happens, as those present see it."""
    return f"[{_broken(noted(text), cut)}]"


def noted(text: str) -> str:
    """Return `text` as it may stand inside a note: one line that closes no bracket and speaks in no one's name."""
    return _one_line(neutral(text.translate(_BRACKETS)).translate(_DOUBLE_QUOTES))


def whispering(name: str) -> str:
    """Return what those present see of a whisper: with whom (a name), and none of the words."""
    return f"[The player whispers with {_one_line(name)}.]"


def scene_note(
    title: str,
    others: Sequence[str],
    *,
    later: bool,
    gone: Sequence[str] = (),
    come: Sequence[str] = (),
    unseen: bool = False,
) -> str:
    """Return the note that opens a scene: when, where, and who is there beside the character (names).

    `gone` and `come` are those who are there no longer, and not until now. An `unseen` narrator is not there itself.
    """
    here = [*(() if unseen else ("you",)), *map(_one_line, others)]
    where = f"{'Later' if later else 'Now'}: {_one_line(title)}." if title.strip() else "Later." if later else ""
    present = f"{', '.join(here)} and the player" if here else "the player"
    changes = [f"{_one_line(name)} is {how} now." for how, names in (("gone", gone), ("here", come)) for name in names]
    return f"[{' '.join(filter(None, (where, f'Here: {present}.', *changes)))}]"


def _in_quotes(text: str) -> str:
    return f'"{neutral(_one_line(text).translate(_DOUBLE_QUOTES))}"'


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _broken(text: str, cut: bool) -> str:
    return f"{text.rstrip(f'{BREAK}-. ')}{BREAK}" if cut else text
