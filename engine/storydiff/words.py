"""Says in lines of 80 columns what changed in a story and what becomes of its games; the verdict comes first.

It finds nothing out by itself. What stands in a story or a save is shown as text and never as markup.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.plaintext import clean_line
from engine.saves.shelf import SaveInfo
from engine.story.expressions import Value
from engine.story.graph import StoryGraph
from engine.storydiff.aspects import PROSE
from engine.storydiff.changes import Change, Detail, Kind
from engine.storydiff.games import Game, Moved

_WIDTH = 80
_SHOWN = 60
"""Characters shown of a value or a condition."""
Guesses = Mapping[tuple[Kind, str], str]
"""What a part that is gone may be called now."""
_MARKS = {"added": "+", "removed": "-", "renamed": "=", "changed": "~"}


def lines(
    old: StoryGraph, new: StoryGraph, found: Sequence[Change], games: Sequence[Game] | None, damaged: Sequence[SaveInfo]
) -> Iterator[str]:
    """Yield the whole report; `games` is None when no folder of saves was looked at."""
    yield from _wrapped(f"{clean_line(new.title)}: {_verdict(found, games)}")
    guesses = {(change.kind, change.name): change.guess for change in found if change.guess}
    if games is not None and (games or damaged):
        yield from ("", "Saved games:")
        for game in sorted(games, key=lambda game: not game.hurt):
            yield from _game(game, old, new, guesses)
        for info in damaged:
            yield from _wrapped(f"{info.name}: cannot be read. {info.damaged}", 2)
    if found:
        yield from ("", "The story (+ new, - gone, = renamed, ~ changed):")
        for change in found:
            yield from _change(change)


def _verdict(found: Sequence[Change], games: Sequence[Game] | None) -> str:
    if games is None:
        return f"{counted(len(found), 'change')}." if found else "nothing changed that a game could notice."
    hurt = sum(game.hurt for game in games)
    if not games:
        return "there are no saved games of it there."
    if hurt:
        return f"{hurt} of {counted(len(games), 'saved game')} would lose something by this edit."
    if len(games) == 1:
        return "the saved game goes on where it was."
    return f"all {len(games)} saved games go on where they were."


# Games


def _game(game: Game, old: StoryGraph, new: StoryGraph, guesses: Guesses) -> Iterator[str]:
    yield from _wrapped(f"{game.name}: {_fate(game, old, new, guesses)}", 2)
    for moved in game.values:
        yield from _wrapped(_value(moved, new), 4)
    for scene in game.scenes:
        guess = guesses.get(("scene", scene), "")
        anew = f' It may be "{guess}", which counts as not visited yet.' if guess else ""
        yield from _wrapped(f'scene "{scene}" was visited, and is gone.{anew}', 4)
    for key in game.gone:
        name = key.replace("/choices/", "/").replace("/outcomes/", "/")
        kind: Kind = "choice" if "/choices/" in key else "outcome"
        taken = "taken" if kind == "choice" else "reached"
        guess = guesses.get((kind, name), "")
        anew = f' It may be "{guess}", which counts as not {taken} yet.' if guess else ""
        yield from _wrapped(f'{kind} "{name}" was {taken}, and is gone.{anew}', 4)
    for who in game.people:
        guess = guesses.get(("character", who), "")
        stranger = f' It may be "{guess}", who remembers nothing of it.' if guess else ""
        yield from _wrapped(f'character "{who}" spoke in it, and is gone.{stranger}', 4)
    for scene in game.endings:
        yield from _wrapped(f'ending "{scene}" was found in it, and is gone.', 4)
    for moment in game.moments:
        yield from _wrapped(f'moment "{moment.name}" is lost: scene "{moment.lost}" is gone.', 4)
    if game.texts:
        reads = "reads" if game.texts == 1 else "read"
        yield from _wrapped(f"{counted(game.texts, 'text')} told in it {reads} otherwise now.", 4)


def _fate(game: Game, old: StoryGraph, new: StoryGraph, guesses: Guesses) -> str:
    at = f', at "{_called(new, game.scene)}"' if game.scene else ""
    gone = f'scene "{game.lost}" is gone.' if game.lost in old.scenes else f'there is no scene "{game.lost}".'
    guess = _asked(game.lost, guesses.get(("scene", game.lost), ""))
    before = " (It does so in the old version, too.)" if game.before else ""
    match game.verdict:
        case "goes back":
            where = f"turn {game.kept} of {game.turn}" if game.kept else "its beginning"
            return f"goes back to {where}{at}: {gone}{guess}{before}"
        case "cannot go on":
            return f"cannot go on: {gone}{guess}{before}"
        case "stuck":
            return f"is stuck at turn {game.turn}{at}: nothing can be chosen there.{before}"
        case "goes on" if game.over:
            return f"is over, and stays so{at}."
        case "goes on":
            return f"goes on where it was: turn {game.turn}{at}."


def _value(moved: Moved, new: StoryGraph) -> str:
    if moved.now is None:
        return f'variable "{moved.name}" is gone; it was {shown(moved.before)}.'
    if moved.before is None:
        return f'variable "{moved.name}" is new, and {shown(moved.now)}.'
    return f'variable "{moved.name}" was {shown(moved.before)}, and is {shown(moved.now)} now{_bound(moved, new)}.'


def _bound(moved: Moved, new: StoryGraph) -> str:
    """Say which bound a number was brought back to."""
    variable = new.variables[moved.name]
    if isinstance(moved.before, str) or moved.before is None or variable.kind not in ("int", "float"):
        return ""
    if variable.high is not None and moved.before > variable.high:
        return f", {variable.high:g} being the most it can be"
    if variable.low is not None and moved.before < variable.low:
        return f", {variable.low:g} being the least it can be"
    return ""


# The story


def _change(change: Change) -> Iterator[str]:
    name = change.name or {"story": "itself"}.get(change.kind, "")
    head = f"{_MARKS[change.what]} {change.kind} {name}".rstrip()
    if change.what == "renamed":
        head += f", before: {change.former}"
    prose = [detail.aspect for detail in change.details if detail.aspect in PROSE]
    if prose:
        head += f": {', '.join(prose)}"
    yield from _wrapped(f"{head}.{_asked(change.name, change.guess)}" if change.guess else head, 2)
    for detail in change.details:
        if detail.aspect not in PROSE:
            yield from _wrapped(_detail(detail), 6)


def _detail(detail: Detail) -> str:
    return f"{detail.aspect}: {_short(detail.before)} -> {_short(detail.now)}"


def _asked(name: str, guess: str) -> str:
    """Ask whether what is gone has another name now, and say how to tell so; empty where nothing is like it."""
    if not guess:
        return ""
    former, now = name.rpartition("/")[2], guess.rpartition("/")[2]
    return f' Is it "{now}" now? Write under that: renamed_from: {former}'


def _short(text: str) -> str:
    line = clean_line(text)
    if not line:
        return "none"
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def shown(value: Value | None) -> str:
    """Return a value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f'"{_short(value)}"' if isinstance(value, str) and value else "empty" if value == "" else f"{value}"


def counted(number: int, noun: str) -> str:
    """Return a number of things."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _called(graph: StoryGraph, scene: str) -> str:
    return clean_line(graph.scenes[scene].title) or scene if scene in graph.scenes else scene


def _wrapped(text: str, indent: int = 0) -> Iterable[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
