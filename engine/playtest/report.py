"""Says in plain words what a tally found: the verdict first, then what an author can do something about.

It measures nothing and reads no file; places come from whoever read the story.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.play.movefile import Line, written
from engine.playtest.parts import KINDS, Kind, Part
from engine.playtest.playing import Fallen
from engine.playtest.tally import Group, Tally
from engine.story.graph import StoryGraph
from engine.story.places import Place

K = TypeVar("K", bound=tuple[Any, ...])
WIDTH = 80
_LISTED = 12
"""Parts of a kind, or lines of a character, that are named before the rest is only counted."""
_HANGS = {
    "turns": "is where plays go on for ever: nobody found a way to an end after the most turns",
    "nothing": "has nothing left to do",
    "refused": "refuses whatever is tried",
}
UNTOLD: tuple[str, ...] = ("attack", "silence", "repeated")
"""Lines that nobody writes answers to: they are counted, and not held against an author."""


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that a report is about."""

    graph: StoryGraph
    parts: Sequence[Part]
    tally: Tally
    seed: int
    most: int
    seconds: float
    place: Callable[[Part], Place | None]
    """Where a part is written."""
    command: str
    """What was typed, without what names one play: to it `--play` is added."""
    stopped: bool = False
    """It was broken off."""

    @property
    def wrong(self) -> bool:
        """Whether a play broke or hung."""
        return bool(self.tally.errors or self.tally.hangs)

    @property
    def percent(self) -> float:
        """The share of all parts that was reached, examples left out: they are many, and often synonyms."""
        reached, there = 0, 0
        for kind in KINDS:
            if kind != "example":
                got, of = self.covered(kind)
                reached, there = reached + got, there + of
        return 100 * reached / there if there else 100.0

    def covered(self, kind: Kind) -> tuple[int, int]:
        """Return how many parts of a kind were reached, and how many there are."""
        mine = [part for part in self.parts if part.kind == kind]
        return sum(bool(self.tally.hits[part.key]) for part in mine), len(mine)

    def replay(self, group: Group) -> str:
        """Return the command that plays the shown play of a group again; empty where a model had a part in it."""
        return f"{self.command} {flag}" if (flag := _flag(group)) else ""


@dataclass(frozen=True, slots=True)
class Gap:
    """How often one character had nothing written to say in one scene."""

    scene: str
    who: str
    replies: int
    fallen: int
    lines: tuple[tuple[Fallen, int], ...]
    """The lines that fell through, those first that an author most wants to answer."""

    @property
    def share(self) -> float:
        """Lines that fell through, of all."""
        return self.fallen / self.replies if self.replies else 0.0


def gaps(tally: Tally) -> list[Gap]:
    """Return where characters had nothing written to say, those first with the most lines that deserve an answer."""
    order = {"suggested": 0, "model": 1, "free": 2, "authored": 3}
    by_place: dict[tuple[str, str], list[tuple[Fallen, int]]] = {}
    for fallen, times in tally.fallen.items():
        by_place.setdefault((fallen.scene, fallen.who), []).append((fallen, times))
    found = []
    for (scene, who), lines in by_place.items():
        told = [(fallen, times) for fallen, times in lines if fallen.origin not in UNTOLD]
        told.sort(key=lambda entry: (order[entry[0].origin], -entry[1], entry[0].line))
        replies = tally.replies[scene, who]
        found.append(Gap(scene, who, replies, sum(times for _, times in lines), tuple(told)))
    found.sort(key=lambda gap: (-sum(times for _, times in gap.lines), gap.scene, gap.who))
    return found


def lines(found: Found) -> Iterator[str]:
    """Yield the report."""
    tally = found.tally
    yield from _verdict(found)
    yield ""
    yield "Reached:"
    for kind, called in KINDS.items():
        got, of = found.covered(kind)
        if of:
            yield f"  {called:<20} {got:>5,} of {of:<5,} {_percent(got, of):>4}"
    yield from _endings(found)
    if tally.turns:
        ordered = sorted(tally.turns)
        yield ""
        yield (
            f"Length: {at(ordered, 0.5)} turns in the middle, {at(ordered, 0.95)} at most in 95 of 100 plays, "
            f"{ordered[-1]} the longest."
        )
    yield from _silence(found)
    yield from _never(found)
    yield from _repeats(found)


def at(ordered: Sequence[int], share: float) -> int:
    """Return the number below which that share of ordered numbers lies."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def moves(found: Found, group: Group, about: str) -> str:
    """Return the file of moves of a group's shown play; empty where none can be written."""
    way: tuple[Line, ...] | None = group.shown.way
    if way is None:
        return ""
    return written(
        way, seed=group.shown.seed, about=[f"{found.graph.title}: {about}", *filter(None, [found.replay(group)])]
    )


def hanging(found: Found, why: str, scene: str) -> str:
    """Return in a sentence how plays hang in a scene."""
    more = f" ({found.most})" if why == "turns" else ""
    return f'scene "{scene}" {_HANGS[why]}{more}'


def _verdict(found: Found) -> Iterator[str]:
    tally, title = found.tally, found.graph.title
    plays = counted(tally.plays, "play")
    so_far = " (broken off)" if found.stopped else ""
    broken = sum(group.count for group in tally.errors.values())
    hung = sum(group.count for group in tally.hangs.values())
    lost = sum(group.count for group in tally.lost.values())
    if found.wrong:
        went = [counted(broken, "play") + " broke"] * bool(broken) + [counted(hung, "play") + " hung"] * bool(hung)
        yield from wrapped(f"{title}: {' and '.join(went)}, of {tally.plays:,}{so_far}.")
    elif lost:
        yield from wrapped(f"{title}: {counted(lost, 'play')} of {tally.plays:,} could not be played on{so_far}.")
    elif tally.stalls:
        yield from wrapped(f"{title}: {plays}{so_far}, and none hung.")
    else:
        yield from wrapped(f"{title}: {plays}{so_far}, and every one came to an end.")
    yield f"{found.percent:.0f} % of it was reached (examples aside), in {found.seconds:.1f} s."
    who = ", ".join(f"{name} {count:,}" for name, count in tally.players.items())
    cost = (
        f" They took {tally.tokens:,} tokens{f', ${tally.micro / 1e6:.4f}' if tally.micro else ''}."
        if tally.tokens
        else ""
    )
    yield from wrapped(f"Players: {who}.{cost}")
    for error, group in sorted(tally.errors.items()):
        yield ""
        yield from wrapped(f"error: {error}. {counted(group.count, 'play')}. It is a fault of Palaver: report it.")
        yield from _again(found, group)
    for (why, scene), group in sorted(tally.hangs.items()):
        yield ""
        part = next((part for part in found.parts if part.key == scene), None)
        place = found.place(part) if part is not None else None
        told = f"{f'{place}: ' if place else ''}error: {hanging(found, why, scene)}, in {counted(group.count, 'play')}."
        yield from wrapped(f"{told} Give it a way on, or a talk in it a limit.")
        yield from _again(found, group)
    if tally.stalls:
        yield ""
        stalled = counted(sum(group.count for group in tally.stalls.values()), "play")
        yield from wrapped(
            f"{stalled} went on past {found.most} turns{' and could still be ended' if tally.replies else ''}: "
            + "; ".join(f"{group.count:,} in {scene}{_hint(group)}" for scene, group in sorted(tally.stalls.items()))
        )
    for reason, group in sorted(tally.lost.items()):
        yield from wrapped(f"{counted(group.count, 'play')} given up: {reason}")


def _flag(group: Group) -> str:
    return f"--play {group.shown.seed}:{group.shown.player}" if group.shown.again else ""


def _hint(group: Group) -> str:
    return f" ({flag})" if (flag := _flag(group)) else ""


def _again(found: Found, group: Group) -> Iterator[str]:
    """Say how to see the shown play of a group again."""
    command = found.replay(group)
    if command:
        yield f"  {command}"
    elif group.shown.way is not None:
        yield "  A model took part, so no seed plays it again: --moves-to DIR keeps it."


def _endings(found: Found) -> Iterator[str]:
    tally = found.tally
    over = sum(group.count for group in tally.endings.values())
    yield ""
    yield "Endings:"
    never = [scene for scene in found.graph.endings if scene.id not in tally.endings]
    for scene, group in sorted(tally.endings.items(), key=lambda entry: -entry[1].count):
        name = found.graph.scenes[scene].ending or f"END from {scene}"
        yield from wrapped(
            f"{_percent(group.count, over):>4} {name}: {counted(group.count, 'play')}, the shortest "
            f"{counted(group.shown.turns, 'turn')}{_hint(group)}",
            "  ",
        )
    for ending in never:
        yield from wrapped(f"never {ending.ending}", "  ")


def _silence(found: Found) -> Iterator[str]:
    tally = found.tally
    replies = tally.replies.total()
    if not replies:
        return
    fallen = tally.fallen.total()
    worth = sum(times for each, times in tally.fallen.items() if each.origin not in UNTOLD)
    yield ""
    yield from wrapped(
        f"Nothing written answered {fallen:,} of {replies:,} lines ({_percent(fallen, replies)}); {worth:,} of them a "
        "player might well have said. Those, by scene and character:"
    )
    told = [gap for gap in gaps(tally) if gap.lines]
    for gap in told[:_LISTED]:
        name = found.graph.characters[gap.who].name
        yield from wrapped(f"{gap.scene}, {name}: {gap.fallen:,} of {gap.replies:,} ({gap.share:.0%})", "  ")
        shown = [f'"{each.line}"' + (f" ×{times}" if times > 1 else "") + _why(each) for each, times in gap.lines[:4]]
        yield from wrapped(", ".join(shown) + (", ..." if len(gap.lines) > 4 else ""), "    ")
    if len(told) > _LISTED:
        yield f"  and {counted(len(told) - _LISTED, 'more place')} (--json has all of them)"


def _why(fallen: Fallen) -> str:
    return " (a suggestion)" if fallen.origin == "suggested" else ""


def _never(found: Found) -> Iterator[str]:
    for kind, called in KINDS.items():
        never = [part for part in found.parts if part.kind == kind and not found.tally.hits[part.key]]
        if not never or kind == "example":
            continue
        yield ""
        yield f"Never reached, {called}:"
        for part in never[:_LISTED]:
            place = found.place(part)
            yield from wrapped(f"{f'{place}: ' if place else ''}{part.about}", "  ")
        if len(never) > _LISTED:
            yield f"  and {len(never) - _LISTED:,} more (--json and --html have all of them)"


def _repeats(found: Found) -> Iterator[str]:
    tally = found.tally
    if tally.repeated:
        yield ""
        yield from wrapped(
            f"Replies given again word for word in the same play: {tally.repeated.total():,}. The most often: "
            + "; ".join(f"{who}: {text[:60]!r} ×{times}" for (who, text), times in first(tally.repeated, 3))
        )
    if tally.refused:
        yield ""
        yield f"Readings that the rules refused: {tally.refused.total():,}."
        for (scene, proposed, reason), times in first(tally.refused, 6):
            yield from wrapped(f"{scene}: {proposed or 'a reading'} ×{times}: {reason}", "  ")


def first(counter: Counter[K], most: int) -> list[tuple[K, int]]:
    """Return the most frequent entries, ties in order of their names."""
    return sorted(counter.items(), key=lambda entry: (-entry[1], entry[0]))[:most]


def wrapped(text: str, indent: str = "") -> list[str]:
    """Return a text in lines of 80 columns."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"
