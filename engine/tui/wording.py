"""Small phrases that several screens share: when something was, how much of a number is full.

It knows no widget and no clock: the time now is given.
"""

from __future__ import annotations

from datetime import datetime

from engine.plaintext import clean_line
from engine.story.graph import StoryGraph
from engine.view import Note

MOST_DOTS = 10
"""A number with more room than this is shown as a number alone."""


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
