"""`palaver prove`: explores all that can happen in a story, and says by its exit code whether it can go wrong."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.shared import STORY, Commands, named_story

if TYPE_CHECKING:
    from engine.proving.paths import Path as Way
    from engine.proving.proof import Finding, Proof
    from engine.proving.ranges import Range
    from engine.story.keyplaces import KeyPlaces

_WIDTH = 80
ADVICE = {
    "soft-lock": "Open a way out there that nothing can close.",
    "unreachable-ending": "Look at the conditions on the way to it.",
    "no-ending": 'Write a scene with "ending", or look at the conditions on the way to one.',
    "endless-circle": "Put a choice somewhere in it.",
    "goodwill-only": 'Where everybody is to get there, write words under "says", or a choice.',
    "goodwill-only-way": 'Give the talk a limit, a choice, or words under "says".',
    "unreachable-scene": "Look at the conditions on the way to it, or take it out.",
    "dead-choice": "Change its conditions, or take it out.",
    "dead-outcome": "Change its condition, or take it out.",
    "dead-card": "Change its condition, or take it out.",
    "no-return": 'Write "goto: RETURN" at its end, or go to it.',
    "stray-return": 'Come to it by "call" everywhere, or name a scene there.',
}
"""What to do about each kind of finding."""
_TELL_EVERY = 0.5
"""Seconds between two words about the progress, on a terminal."""


def add(commands: Commands) -> None:
    """Register the command."""
    prove = commands.add_parser(
        "prove",
        help="explore all that can happen in a story",
        description="Takes every choice, and every outcome and move that a model could bring about, in every order; "
        "tells which endings can be reached, where the story can get stuck, and what depends on a model alone. "
        "Exit codes: 0 nothing was found that can go wrong, 1 something was, 2 a wrong command.",
    )
    prove.add_argument("story", metavar="STORY", help=STORY)
    prove.add_argument("--memory", type=_above_zero, default=500, metavar="MB", help="stop before it takes more (500)")
    prove.add_argument("--states", type=_above_zero, metavar="N", help="stop after so many states")
    prove.add_argument(
        "--moves-to", type=Path, metavar="DIR", help="write a file of moves for each way found: `play --moves` plays it"
    )
    prove.add_argument("--json", action="store_true", help="one JSON object")
    prove.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prove one story; 1 when it can go wrong."""
    from engine.proving.proof import prove
    from engine.story.keyplaces import KeyPlaces
    from engine.story.load import load_story

    story = named_story(arguments.story)
    graph = load_story(story.path)
    begun = time.monotonic()
    proof = prove(
        graph,
        memory=arguments.memory * 1_000_000,
        states=arguments.states or 10**30,
        tell=_telling(begun),
    )
    seconds = time.monotonic() - begun
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    names = _written_to(arguments.moves_to, proof) if arguments.moves_to else {}
    where = KeyPlaces(story.path, graph)
    if arguments.json:
        print(json.dumps(_object(proof, where, seconds, names), indent=2, ensure_ascii=False))
    else:
        for line in _lines(proof, where, seconds, names):
            print(line)
    return 1 if any(finding.severity == "error" for finding in proof.findings) else 0


def _above_zero(written: str) -> int:
    number = int(written)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not above 0")
    return number


def _telling(begun: float) -> Callable[[int], None]:
    told = begun

    def tell(states: int) -> None:
        nonlocal told
        now = time.monotonic()
        if sys.stderr.isatty() and now - told >= _TELL_EVERY:
            told = now
            print(f"\r{states:,} states, {now - begun:.0f} s", end="", file=sys.stderr, flush=True)

    return tell


# Words


def _lines(proof: Proof, where: KeyPlaces, seconds: float, names: dict[int, str]) -> Iterator[str]:
    errors = [finding for finding in proof.findings if finding.severity == "error"]
    title = proof.graph.title
    if errors:
        yield f"{title}: {_counted(len(errors), 'thing')} can go wrong."
    elif proof.whole:
        yield f"{title}: proved. Whatever is said or done, an end can be reached."
    else:
        yield f"{title}: nothing was found so far that can go wrong, and not all was explored."
    yield f"{proof.states:,} states{'' if proof.whole else ' so far'}, in {seconds:.1f} s."
    for note in proof.notes:
        yield from _wrapped(note)
    for finding in proof.findings:
        yield ""
        place = where.of(finding.key)
        said = f"{finding.severity}: {finding.message} {ADVICE.get(finding.code, '')}".rstrip()
        yield from _wrapped(f"{f'{place}: ' if place else ''}{said} [{finding.code}]")
        if finding.path is not None:
            yield from _way(finding.path, names.get(id(finding.path), ""))
    yield ""
    yield "Endings:"
    for ending in proof.endings:
        yield from _wrapped(_ending(proof, ending), "  ")
        if ending.path is not None:
            yield from _way(ending.path, names.get(id(ending.path), ""))
    if proof.needing:
        yield ""
        yield from _wrapped("Only with a model that recognises something: " + ", ".join(proof.needing) + ".")
    yield ""
    yield "Values:"
    for each in proof.ranges:
        yield from _wrapped(f"{each.name}: {_values(each)}", "  ")


def _ending(proof: Proof, ending: Any) -> str:
    if ending.path is None:
        return f"{ending.name}: {'cannot be reached' if proof.whole else 'not found so far'}"
    moves = len(ending.path.lines)
    how = f"{_counted(moves, 'move')} at the least" if ending.path.shortest else f"in {_counted(moves, 'move')}"
    needs = {True: "", False: "; needs a model", None: "; not known whether without a model"}[ending.alone]
    return f"{ending.name}: {how}{needs}"


def _way(path: Way, name: str) -> Iterator[str]:
    if not path.lines:
        yield "    at the very beginning"
    yield from _wrapped(", ".join(map(str, path.lines)), "    ")
    if not path.tried:
        yield "    (by a chance that none of the seeds tried has)"
    if name:
        yield f"    moves: {name}"


def _values(each: Range) -> str:
    numbers = [value for value in each.values if isinstance(value, int | float) and not isinstance(value, bool)]
    if numbers and len(numbers) == len(each.values):
        low, high = min(numbers), max(numbers)
        told = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    else:
        told = ", ".join(_value(value) for value in each.values[:12])
        told += ", ..." if len(each.values) > 12 else ""
    return f"{told}{' and beyond' if each.more else ''}{'' if each.exact else ' at most (nothing is decided by it)'}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f'"{value}"'


def _wrapped(text: str, indent: str = "") -> list[str]:
    wrapper = textwrap.TextWrapper(_WIDTH, break_long_words=False, break_on_hyphens=False)
    wrapper.initial_indent, wrapper.subsequent_indent = indent, indent + "  "
    return wrapper.wrap(text)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# Data


def _object(proof: Proof, where: KeyPlaces, seconds: float, names: dict[int, str]) -> dict[str, Any]:
    return {
        "story": proof.graph.id,
        "whole": proof.whole,
        "states": proof.states,
        "seconds": round(seconds, 3),
        "notes": proof.notes,
        "findings": [_finding(finding, where, names) for finding in proof.findings],
        "endings": [
            {
                "scene": ending.scene,
                "name": ending.name,
                "reached": ending.path is not None,
                "without_models": ending.alone,
                **_told(ending.path, names),
            }
            for ending in proof.endings
        ],
        "needing_models": proof.needing,
        "values": [
            {"name": each.name, "values": list(each.values), "exact": each.exact, "more": each.more}
            for each in proof.ranges
        ],
    }


def _finding(finding: Finding, where: KeyPlaces, names: dict[int, str]) -> dict[str, Any]:
    place = where.of(finding.key)
    told = {"code": finding.code, "severity": finding.severity, "about": finding.key, "message": finding.message}
    told["do"] = ADVICE.get(finding.code, "")
    at = {"file": place.file, "line": place.line, "column": place.column} if place else {}
    return {**told, **at, **_told(finding.path, names)}


def _told(path: Way | None, names: dict[int, str]) -> dict[str, Any]:
    if path is None:
        return {}
    name = names.get(id(path))
    return {
        "seed": path.seed,
        "moves": [str(line) for line in path.lines],
        "shortest": path.shortest,
        "tried": path.tried,
        **({"file_of_moves": name} if name else {}),
    }


def _written_to(folder: Path, proof: Proof) -> dict[int, str]:
    """Write a file for each way; returns their names by the identity of the way."""
    from engine.play.movefile import written

    folder.mkdir(parents=True, exist_ok=True)
    names: dict[int, str] = {}
    ways: list[tuple[str, str, Way | None]] = [
        (f"{finding.code}-{finding.key.replace('/', '-')}", finding.message, finding.path) for finding in proof.findings
    ]
    ways += [(f"ending-{e.scene or 'END'}", f"The shortest way found to {e.name}.", e.path) for e in proof.endings]
    for name, message, path in ways:
        if path is not None:
            file = folder / f"{name}.moves"
            text = written(path.lines, seed=path.seed, about=[f"{proof.graph.title}: {message}"])
            file.write_text(text, "utf-8")
            names.setdefault(id(path), str(file))
    return names
