"""Small phrases that several screens share: when something was, how much of a number is full.

It knows no widget and no clock: the time now is given.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.dialogue.memory import Turn
from engine.plaintext import clean_line
from engine.session import LEFT
from engine.story.graph import PLAYER, StoryGraph
from engine.view import Note

MOST_DOTS = 10
"""A number with more room than this is shown as a number alone."""

LONGEST_QUOTE = 22
"""Characters shown of a line that is quoted back in one: what is said of it then fits one row of 80 columns."""
MOST_NAMED = 8
"""Names told in one breath; the list of saves has them all."""
NO_MODEL = "The scripted actor plays: no model is set. ctrl+p, then Model, finds one."
"""What who begins a game is told where a model could be picked and none is."""
_SCRIPTED = "the scripted actor"


def when(then: datetime, now: datetime) -> str:
    """Return how long ago `then` was, as a person says it, in `now`'s time zone."""
    then = then.astimezone(now.tzinfo)
    seconds = (now - then).total_seconds()
    days = (now.date() - then.date()).days
    if seconds < 90:
        return "just now"
    if seconds < 3_600:
        return f"{round(seconds / 60)} minutes ago"
    if days == 0:
        return f"today at {then:%H:%M}"
    if days == 1:
        return f"yesterday at {then:%H:%M}"
    if days < 7:
        return f"{days} days ago"
    return f"{then.day} {then:%B %Y}"


def counted(number: int, one: str) -> str:
    """Return `number` with its noun: `1 turn`, `2 turns`."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def shortened(words: str) -> str:
    """Return the beginning of `words`, for quoting them in a line."""
    return words if len(words) <= LONGEST_QUOTE else words[: LONGEST_QUOTE - 1].rstrip() + "…"


def briefly(model_line: str) -> str:
    """Return who plays the characters without saying why, for where there is little room."""
    return _SCRIPTED.removeprefix("the ") if model_line.startswith(_SCRIPTED) else model_line


def who_plays(model_line: str) -> str:
    """Return who plays the characters as a sentence that fits one row of 80 columns."""
    who, _, why = model_line.partition(" (")
    return f"{who[:1].upper()}{who[1:]} plays{f' ({why}' if why else ''}."


def back_at(moment: str) -> str:
    """Return what to tell who went back to a named moment: where they are, and the way back."""
    return f"Back at “{clean_line(moment)}”. To return: /load {LEFT}"


def no_such_moment(wanted: str, names: Sequence[str]) -> str:
    """Return what can be loaded in place of a name that no moment of this game has."""
    missing = f"No moment of this game is called “{shortened(wanted)}”."
    if not names:
        return f"{missing} None has a name yet: ctrl+s gives one. ctrl+o lists your games."
    likest = difflib.get_close_matches(wanted, names, n=1)
    told = ", ".join(f"“{name}”" for name in (likest or names[-MOST_NAMED:]))
    return f"{missing} {'Did you mean ' + told + '?' if likest else 'These are: ' + told + '.'} ctrl+o lists all games."


def shown(note: Note) -> str:
    """Return a journal entry as one line: a tick for yes and no, dots and the number for what is bounded."""
    value, variable = note.value, note.variable
    if isinstance(value, bool):
        return f"{'✓' if value else '○'} {note.label}"
    if isinstance(value, str):
        return f"{note.label}: {value or '–'}"
    number = f"{value:g}" if isinstance(value, float) else f"{value:,}"
    number = number.replace("-", "−")
    room = int(variable.high) if isinstance(value, int) and variable.high is not None else 0
    if variable.low is None or not 0 < room <= MOST_DOTS:
        return f"{note.label}  {number}"
    full = min(max(int(value), 0), room)
    return f"{note.label}  {'●' * full}{'○' * (room - full)} {number}"


def places_in(graph: StoryGraph) -> dict[str, str]:
    """Return what a player calls each scene: its title or its ending's name, else its id in words."""
    scenes = graph.scenes.values()
    return {scene.id: clean_line(scene.title or scene.ending) or scene.id.replace("_", " ") for scene in scenes}


def turn_told(turn: Turn, names: Mapping[str, str]) -> str:
    """Return a character's turn as one reads it: who said what (`names` by id), or what else it noticed."""
    lines = [
        f"{'You' if who == PLAYER else clean_line(names.get(who, who))}: {clean_line(text)}" for who, text in turn.lines
    ]
    if not lines:
        lines = [clean_line(message.content) for message in turn.messages]
    return "\n".join([*(["(whispered)"] if turn.whispered else []), *lines])
