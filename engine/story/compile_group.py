"""Compiles what a talk of several has: who is there, who answers whom, and who breaks in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar, get_args

from engine.plaintext import clean_line
from engine.story import schema as form
from engine.story.compile_people import calling_words
from engine.story.desk import Desk
from engine.story.graph import Character, Interrupt, Order
from engine.story.places import TreePath
from engine.story.scalars import UNKNOWN
from engine.story.suggest import did_you_mean, listed

W = TypeVar("W", bound=str)


class Present:
    """Who is in a talk."""

    __slots__ = ("_characters", "_desk", "complete", "here")

    def __init__(self, desk: Desk, path: TreePath, names: Sequence[str], characters: Collection[str]) -> None:
        self._desk = desk
        self._characters = characters
        self.here: list[str] = []
        for number, who in enumerate(names):
            at = (*path, "talk", number)
            if who in self.here:
                desk.error(at, "duplicate-id", f'"{who}" is named twice here: take one out.')
            elif desk.known(at, who, characters, "character"):
                self.here.append(who)
        self.complete = set(names) == set(self.here)
        """Every name could be made out, so that whoever is not here is really absent."""

    def has(self, path: TreePath, who: str, *, key: bool = False, beside: Sequence[str] = ()) -> bool:
        """Tell whether somebody is here, or among those `beside` who always are; report it at `path` where not."""
        if who in self.here or who in beside:
            return True
        if (
            self._desk.known(path, who, dict.fromkeys((*self._characters, *beside)), "character", key=key)
            and self.complete
        ):
            message = f'"{who}" is not in this talk: add the name to "talk", or name {listed(self.here)}.'
            self._desk.error(path, "absent-character", message, key=key)
        return False


def compile_group(
    desk: Desk, path: TreePath, written: form.TalkScene, characters: Mapping[str, Character], present: Present
) -> dict[str, Any]:
    """Return the fields of `graph.Scene` that say how several share a talk."""
    _check_narrators(desk, path, written.talk, characters, present)
    orders: tuple[Order, ...] = get_args(Order)
    interrupts = (
        _interrupt(desk, (*path, "interrupts", number), interrupt, characters, present)
        for number, interrupt in enumerate(written.interrupts)
    )
    return {
        "order": one_of(desk, (*path, "order"), written.order, orders, "No order is called"),
        "replies": written.replies,
        "crosstalk": written.crosstalk,
        "interrupts": tuple(interrupt for interrupt in interrupts if interrupt is not None),
    }


def one_of(desk: Desk, path: TreePath, written: str, known: Sequence[W], nothing: str) -> W:
    """Return a word of the format's own, or the first of those `known` where it is none, which is reported."""
    for word in known:
        if written == word:
            return word
    if written != UNKNOWN:
        hint = did_you_mean(written, known) or f" It is {listed(known)}."
        desk.error(path, "wrong-value", f'{nothing} "{clean_line(written)[:80]}" here.{hint}')
    return known[0]


def _check_narrators(
    desk: Desk, path: TreePath, talk: Sequence[str], characters: Mapping[str, Character], present: Present
) -> None:
    narrators = [who for who in present.here if characters[who].narrator]
    for who in narrators[1:]:
        message = f'"{who}" is a narrator, and so is "{narrators[0]}": a talk has one. Take the other out.'
        desk.error((*path, "talk", talk.index(who)), "two-narrators", message)


def _interrupt(
    desk: Desk, path: TreePath, written: form.Interrupt, characters: Mapping[str, Character], present: Present
) -> Interrupt | None:
    condition = desk.expression((*path, "if"), written.condition, "/".join(map(str, path)))
    keys = calling_words(desk, (*path, "keys"), written.keys)
    if not present.has((*path, "who"), written.who):
        return None
    if characters[written.who].narrator:
        message = f'"{written.who}" is a narrator, who tells what is done and breaks in on nobody: name another.'
        desk.error((*path, "who"), "narrator-interrupts", message)
        return None
    return Interrupt(written.who, keys, condition)
