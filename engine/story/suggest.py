"""Guesses which known name an unknown one was meant to be. It offers nothing where it would be a wild guess."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

_MOST_COMPARED = 2_000
_LONGEST_COMPARED = 64
_LONGEST_LISTED = 60


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "x"?` for the known name most like `name`, or an empty text."""
    meant = nearest(name, known)
    return f' Did you mean "{meant}"?' if meant else ""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like `name`, or an empty text where none is like it."""
    from difflib import get_close_matches  # only mistakes need it

    names = {known_name.casefold(): known_name for known_name in islice(known, _MOST_COMPARED)}
    wanted = name[:_LONGEST_COMPARED].casefold()
    near = get_close_matches(wanted, names, n=1, cutoff=0.7)
    if not near and len(wanted) >= 3:
        near = [folded for folded in names if folded.startswith(wanted)][:1]
    return names[near[0]] if near else ""


def listed(names: Iterable[str], *, most: int = 6) -> str:
    """Return names in quotes for a sentence: `"a", "b" or "c"`; past `most`, how many more there are."""
    quoted = [f'"{name if len(name) <= _LONGEST_LISTED else f"{name[: _LONGEST_LISTED - 1]}…"}"' for name in names]
    if len(quoted) > most + 1:
        return f"{', '.join(quoted[:most])} or {len(quoted) - most} more"
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)
