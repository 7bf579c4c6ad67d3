"""What changed between two versions of a story, part by part, and what a part that is gone may be called now.

It looks at two compiled stories and at no game. Parts are known by their ids, and by `renamed_from` when they are not;
what else looks like a new name is only a guess, and said as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from engine.story.graph import StoryGraph
from engine.storydiff.aspects import (
    Aspects,
    of_character,
    of_choice,
    of_lore,
    of_outcome,
    of_scene,
    of_story,
    of_variable,
)

Kind = Literal["story", "variable", "character", "lore", "scene", "choice", "outcome"]
What = Literal["added", "removed", "renamed", "changed"]
_ALIKE = 0.6
"""Likeness from which a part that is new may be one that is gone: all of the same text, or both text and name near."""
_MOST_COMPARED = 2_500
"""Pairs of gone and new parts; beyond, nothing is guessed (a comparison takes up to a millisecond)."""
_COMPARED = 300
"""Characters of each part that are compared."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One aspect that changed."""

    aspect: str
    """The key's name in the file."""
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Change:
    """One part of a story that is not as it was."""

    kind: Kind
    what: What
    name: str
    """Its id, `scene/id` for choices and outcomes; empty for the story itself and for lore."""
    former: str = ""
    """What it was called, when the story says so."""
    details: tuple[Detail, ...] = ()
    guess: str = ""
    """For what is gone: the new part that it looks like; empty when none does."""


def changes(old: StoryGraph, new: StoryGraph) -> tuple[Change, ...]:
    """Return what changed from `old` to `new`, in the order of the files."""
    return tuple(_changes(old, new))


def _changes(old: StoryGraph, new: StoryGraph) -> Iterator[Change]:
    yield from _whole("story", of_story(old), of_story(new))
    yield from _parts(
        "variable",
        {name: of_variable(variable) for name, variable in old.variables.items()},
        {name: of_variable(variable) for name, variable in new.variables.items()},
        {name: variable.former for name, variable in new.variables.items()},
    )
    yield from _parts(
        "character",
        {name: of_character(character) for name, character in old.characters.items()},
        {name: of_character(character) for name, character in new.characters.items()},
        {name: character.former for name, character in new.characters.items()},
    )
    yield from _whole("lore", of_lore(old), of_lore(new))
    scenes = {name: scene.former for name, scene in new.scenes.items()}
    yield from _parts(
        "scene",
        {name: of_scene(old, scene) for name, scene in old.scenes.items()},
        {name: of_scene(new, scene) for name, scene in new.scenes.items()},
        scenes,
    )
    for name, before in _pairs(old.scenes, new.scenes, scenes):
        was, now = old.scenes[before], new.scenes[name]
        yield from _parts(
            "choice",
            {choice.id: of_choice(old, choice) for choice in was.choices},
            {choice.id: of_choice(new, choice) for choice in now.choices},
            {choice.id: choice.former for choice in now.choices},
            (before, name),
        )
        yield from _parts(
            "outcome",
            {outcome.id: of_outcome(old, outcome) for outcome in was.outcomes},
            {outcome.id: of_outcome(new, outcome) for outcome in now.outcomes},
            {outcome.id: outcome.former for outcome in now.outcomes},
            (before, name),
        )


def _parts(
    kind: Kind,
    old: Mapping[str, Aspects],
    new: Mapping[str, Aspects],
    former: Mapping[str, str],
    scenes: tuple[str, str] = ("", ""),
) -> Iterator[Change]:
    """Yield what changed among the parts of one kind, those of one scene when `scenes` says which (before, now)."""
    before, now = (f"{scene}/" if scene else "" for scene in scenes)
    pairs = dict(_pairs(old, new, former))
    for name, was in pairs.items():
        details = _details(old[was], new[name])
        if name != was:
            yield Change(kind, "renamed", now + name, before + was, details)
        elif details:
            yield Change(kind, "changed", now + name, details=details)
    gone = {name: part for name, part in old.items() if name not in pairs.values()}
    added = {name: part for name, part in new.items() if name not in pairs}
    guesses = _guesses(gone, added, by_name=kind == "variable")
    for name in gone:
        guess = guesses.get(name, "")
        yield Change(kind, "removed", before + name, guess=now + guess if guess else "")
    for name in added:
        yield Change(kind, "added", now + name)


def _pairs(
    old: Mapping[str, object], new: Mapping[str, object], former: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the name of each part that was there before, and its name then."""
    for name in new:
        was = former.get(name, "")
        if name in old:
            yield name, name
        elif was in old and was not in new:
            yield name, was


def _whole(kind: Kind, before: Aspects, now: Aspects) -> Iterator[Change]:
    details = _details(before, now)
    if details:
        yield Change(kind, "changed", "", details=details)


def _details(before: Aspects, now: Aspects) -> tuple[Detail, ...]:
    return tuple(Detail(name, was, now[name]) for name, was in before.items() if was != now[name])


def _guesses(gone: Mapping[str, Aspects], added: Mapping[str, Aspects], *, by_name: bool) -> dict[str, str]:
    """Return which of the new parts each part that is gone may be; no new part is guessed twice.

    `by_name` is for parts that hold too little to be known by it.
    """
    if len(gone) * len(added) > _MOST_COMPARED:
        return {}
    scores = sorted(
        (
            (_likeness(name, was, other, now, by_name=by_name), name, other)
            for name, was in gone.items()
            for other, now in added.items()
        ),
        key=lambda scored: -scored[0],
    )
    guesses: dict[str, str] = {}
    for score, name, other in scores:
        if score >= _ALIKE and name not in guesses and other not in guesses.values():
            guesses[name] = other
    return guesses


def _likeness(name: str, was: Aspects, other: str, now: Aspects, *, by_name: bool) -> float:
    """Return how much two parts are alike, 0 to 1: by what they hold, and by their names where that helps."""
    if was.get("kind") != now.get("kind"):
        return 0.0
    if by_name:
        return _ratio(name, other)
    kept = [aspect for aspect in was if aspect != "kind" and (was[aspect] or now[aspect])]
    shares = [
        1.0 if was[aspect] == now[aspect] else _ratio(was[aspect][:_COMPARED], now[aspect][:_COMPARED])
        for aspect in kept
    ]
    return 0.5 * (sum(shares) / len(shares) if shares else 0.0) + 0.5 * max(_ratio(name, other), 0.4)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
