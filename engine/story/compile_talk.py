"""Compiles what a scene has because somebody talks in it: what is said, what may come true, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from engine.plaintext import clean_line
from engine.story import schema as form
from engine.story.compile_choice import compile_choices
from engine.story.compile_group import Present, compile_group, one_of
from engine.story.compile_people import check_words, compile_example
from engine.story.desk import Desk
from engine.story.graph import PLAYER, Character, Example, Limit, Outcome, Pattern, ShownBy, Suggestion
from engine.story.ids import OUTCOME_WORDS, id_fault
from engine.story.places import TreePath


def compile_talk(
    desk: Desk, path: TreePath, name: str, written: form.TalkScene, characters: Mapping[str, Character]
) -> dict[str, Any]:
    """Return the fields of `graph.Scene` that a talk has beside those of every scene."""
    present = Present(desk, path, written.talk, characters)
    return {
        "talk": tuple(present.here),
        "opening": tuple(
            (who, desk.text((*path, "opening", who), line, f"{name}/opening/{who}"))
            for who, line in written.opening.items()
            if present.has((*path, "opening", who), who, key=True)
        ),
        "direction": desk.text_if_any((*path, "direction"), written.direction, f"{name}/direction"),
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
        **compile_group(desk, path, written, characters, present),
    }


def _examples(
    desk: Desk,
    path: TreePath,
    written: form.TalkScene,
    characters: Mapping[str, Character],
    present: Present,
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


def _outcome(desk: Desk, path: TreePath, key: str, written: form.Outcome, present: Present) -> Outcome:
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
        ask=clean_line(written.ask),
        shown_by=_shown_by(desk, path, written),
        former=written.renamed_from,
    )


def _shown_by(desk: Desk, path: TreePath, written: form.Outcome) -> ShownBy:
    speakers: tuple[ShownBy, ...] = get_args(ShownBy)
    speaker = one_of(desk, (*path, "shown_by"), written.shown_by, speakers, "Nobody is called")
    if written.shown_by == "character" and written.when.casefold().startswith(("the player ", "player ", "you ")):
        desk.warning(
            (*path, "when"),
            "shown-by",
            "This is about the player, and a judge may show it by a character's words only: "
            'write "shown_by: player" beside it.',
        )
    return speaker


def _pattern(desk: Desk, path: TreePath, who: str, written: str) -> Pattern:
    words = tuple(written.replace("*", " * ").casefold().split())
    if set(words) != {"*"}:
        check_words(desk, path, written)
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
