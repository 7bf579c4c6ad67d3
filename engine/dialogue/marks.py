"""Finds in a reply what belongs to the prompt and not to the story: marks of chat templates, notes in brackets.

It knows the marks that tokenizers and templates in use have; a word between angle brackets is not one of them.
"""

from __future__ import annotations

import re

# <|im_end|>, <｜User｜>, <<SYS>>, <[...]: no prose begins like that.
_SURE = re.compile(r"<[|<\[\uff5c]|\[\|")
_NAMED = re.compile(
    r"</?(?:s|bos|eos|pad|unk|start_of_turn|end_of_turn|start_of_image|user|assistant|system|human|model|bot|think|"
    r"thinking|tool_call|tool_response|turn_end|eot|eod|sep|cls|mask|0x[0-9a-f]{2})\s{0,2}/?>",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\[/?(?:[A-Z_]{3,18}|[gs]MASK)\]")
_LONGEST = 24
# How the notes in a prompt begin (`conduct` and `speech` write them), and those that models make of them.
_NOTES = (
    "[answer as ", "[later: ", "[later. ", "[later]", "[now: ", "[here: ", "[some of what was ", "[what was said ",
    "[the player ", "[player ", "[the user ", "[user ", "[system", "[note: ", "[note to ", "[ooc", "[end of ",
    "[continue ", "[the scene: ", "[scene: ", "[scene ends", "[instruction", "(ooc",
)  # fmt: skip


def mark(text: str, *, final: bool = False) -> str | None:
    """Return why a reply ends before `text`, which begins with `<`, `[` or `(`; "" when it goes on.

    None when more text decides; `final` says that there is none.
    """
    if _SURE.match(text) or _NAMED.match(text) or _BRACKETED.match(text):
        return "the mark of a chat template"
    lowered = text[: max(map(len, _NOTES))].casefold()
    if lowered.startswith(_NOTES):
        return "a note of the prompt"
    if final or len(text) > _LONGEST:
        return ""
    if any(note.startswith(lowered) for note in _NOTES) or len(text) == 1:
        return None
    return None if re.fullmatch(r"</?\w*\s{0,2}/?|\[/?[A-Za-z_]*", text) else ""
