"""Compiles what a scene has because somebody talks in it: who is there, what may come true, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, get_args

from engine.story import schema as form
from engine.story.compile_choice import compile_choices
from engine.story.compile_people import compile_example
from engine.story.desk import Desk
from engine.story.expressions import Text
from engine.story.graph import PLAYER, Character, Example, Limit, Outcome, Pattern, ShownBy, Suggestion
from engine.story.ids import OUTCOME_WORDS, id_fault
from engine.story.places import TreePath
from engine.story.scalars import UNKNOWN
from engine.story.suggest import did_you_mean, listed

_LETTER = re.compile(r"[^\W_]")


def compile_talk(
    desk: Desk, path: TreePath, name: str, written: form.TalkScene, characters: Mapping[str, Character]
) -> dict[str, Any]:
    """Return the fields of `graph.Scene` that a talk has beside those of every scene."""
    present = _Present(desk, path, written.talk, characters)
    return {
        "talk": tuple(present.here),
        "opening": tuple(
            (who, desk.text((*path, "opening", who), line, f"{name}/opening/{who}"))
            for who, line in written.opening.items()
            if present.has((*path, "opening", who), who, key=True)
        ),
        "direction": _text(desk, (*path, "direction"), written.direction, f"{name}/direction"),
        "hint": written.hint.strip(),
        "suggest": tuple(
            _suggestion(desk, (*path, "suggest", number), suggestion)
            for number, suggestion in enumerate(written.suggest)
        ),
        "outcomes": tuple(
            _outcome(desk, (*path, "outcomes", outcome), f"{name}/outcomes/{outcome}", form_of_it, present)
            for outcome, form_of_it in written.outcomes.items()
        ),
        "examples": _examples(desk, path, written, characters, present),
        "choices": compile_choices(desk, path, written.choices),
        "limit": _limit(desk, (*path, "limit"), f"{name}/limit", written.limit),
    }


class _Present:
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


def _examples(
    desk: Desk,
    path: TreePath,
    written: form.TalkScene,
    characters: Mapping[str, Character],
    present: _Present,
) -> tuple[Example, ...]:
    outcomes = None if path in desk.damaged else written.outcomes.keys()
    examples = []
    for number, example in enumerate(written.examples):
        at = (*path, "examples", number)
        who = example.who
        if not who and len(present.here) == 1 and present.complete:
            who = present.here[0]
        elif not who:
            if present.complete and at not in desk.damaged:
                message = (
                    f'Several talk here, and this example does not say who answers: write "who: {present.here[0]}".'
                )
                desk.error(at, "missing-key", message, key=True)
            continue
        elif not present.has((*at, "who"), who):
            continue
        examples.append(compile_example(desk, at, example, characters[who], outcomes))
    return tuple(examples)


def _outcome(desk: Desk, path: TreePath, key: str, written: form.Outcome, present: _Present) -> Outcome:
    name = key.rpartition("/")[2]
    if fault := id_fault(name, OUTCOME_WORDS):
        desk.error(path, "bad-id", fault, key=True)
    if not written.when and not written.says and path not in desk.damaged:
        message = f'Outcome "{name}" can never come true: write "when" and a sentence, or "says" and words.'
        desk.error(path, "missing-key", message, key=True)
    says = []
    for who, patterns in written.says.items():
        at = (*path, "says", who)
        if who == form.ANYONE or present.has(at, who, key=True, beside=(PLAYER,)):
            says += [_pattern(desk, (*at, number), who, pattern) for number, pattern in enumerate(patterns)]
    return Outcome(
        id=name,
        key=key,
        when=desk.sentence((*path, "when"), written.when),
        way=desk.way(path, written, key),
        says=tuple(says),
        condition=desk.expression((*path, "if"), written.condition, f"{key}/if"),
        once=written.once,
        shown_by=_shown_by(desk, path, written),
        former=written.renamed_from,
    )


def _shown_by(desk: Desk, path: TreePath, written: form.Outcome) -> ShownBy:
    known: tuple[ShownBy, ...] = get_args(ShownBy)
    for speaker in known:
        if written.shown_by == speaker:
            if speaker == "character" and written.when.casefold().startswith(("the player ", "player ", "you ")):
                desk.warning(
                    (*path, "when"),
                    "shown-by",
                    "This is about the player, and a judge may show it by a character's words only: "
                    'write "shown_by: player" beside it.',
                )
            return speaker
    if written.shown_by != UNKNOWN:
        hint = did_you_mean(written.shown_by, known) or f" It is {listed(known)}."
        desk.error((*path, "shown_by"), "wrong-value", f'Nobody is called "{written.shown_by}" here.{hint}')
    return "character"


def _pattern(desk: Desk, path: TreePath, who: str, written: str) -> Pattern:
    words = tuple(written.replace("*", " * ").casefold().split())
    if not _LETTER.search(written) and set(words) != {"*"} and written != UNKNOWN:
        desk.error(path, "wrong-value", "There is no word in this that could be said: write one.")
    return Pattern(who, words)


def _limit(desk: Desk, path: TreePath, site: str, written: form.Limit | None) -> Limit | None:
    if written is None:
        return None
    if not written.goto and not written.call and path not in desk.damaged:
        desk.error(path, "missing-key", 'A limit ends the talk: write "goto" and where the story goes then.', key=True)
    return Limit(written.turns, desk.way(path, written, site))


def _suggestion(desk: Desk, path: TreePath, written: form.Suggestion) -> Suggestion:
    site = "/".join(map(str, path[1:]))
    return Suggestion(
        desk.text((*path, "text"), written.text, site), desk.expression((*path, "if"), written.condition, f"{site}/if")
    )


def _text(desk: Desk, path: TreePath, written: str, site: str) -> Text | None:
    return desk.text(path, written, site) if written.strip() else None
