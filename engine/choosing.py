"""Reads typed words as the choice they mean, the same in every front end. It chooses nothing by itself;
what means no choice it answers with those there are.

Where there is nobody to talk to, words pick the choice they resemble; in a talk they are speech, unless they are a
choice's very own words.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.llm.likeness import nearest, take_apart
from engine.view import Option, View

FLOOR = 0.55
"""Likeness below which words pick no choice: a wrong pick is worse than being asked again."""

_ANSWERS = {"yes": True, "y": True, "no": False, "n": False}


def meant(text: str, view: View) -> Option | None:
    """Return the option that `text` means; None for speech, for nothing like it, or when two are as near."""
    answer = _ANSWERS.get(text.strip().strip(".!").casefold()) if view.doubt else None
    if answer is not None:
        return next(option for option in view.options if option.yes is answer)
    same = [option for option in view.options if _words(option.text) == _words(text)]
    if same or view.can_speak:
        return same[0] if same else None
    place = likest(text, [option.text for option in view.options])
    return None if place is None else view.options[place]


def out_of_range(view: View) -> str:
    """Return which numbers there are, for who typed another."""
    if not view.options:
        return "There is nothing to choose by number here."
    if len(view.options) == 1:
        return "There is no such number here; the only one is 1."
    return f"There is no such number here; the numbers go from 1 to {len(view.options)}."


def nothing_like_it(view: View, command: str = "") -> str:
    """Return what can be chosen, for who typed words that choose nothing where nobody can be talked to.

    `command` is what they may have meant.
    """
    if command:
        return f"That is not among the choices. Did you mean {command}?"
    if not view.options:
        return "Nothing can be done here any more. /undo goes back a turn."
    return "That is not among the choices: " + "; ".join(f"{o.number}. {o.text}" for o in view.options if o.enabled)


def likest(text: str, texts: Sequence[str]) -> int | None:
    """Return the place of the only one of `texts` that has all the words of `text`, or else of the nearest to it.

    "the sea" means "Look over the wall at the sea". None when nothing is like it, or when two are as near.
    """
    typed = set(_words(text))
    having = [place for place, other in enumerate(texts) if typed and typed <= set(_words(other))]
    return having[0] if len(having) == 1 else nearest(text, texts, floor=FLOOR)


def _words(text: str) -> tuple[str, ...]:
    return take_apart(text).words
