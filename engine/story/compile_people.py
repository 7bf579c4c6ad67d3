"""Compiles who talks in a story: characters, what moves them, their examples, and lore."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from engine.plaintext import clean_line
from engine.story import schema as form
from engine.story.desk import Desk
from engine.story.graph import Character, Example, Fact, Lore, MoveRule, Variable
from engine.story.literals import WORDS
from engine.story.places import TreePath
from engine.story.scalars import UNKNOWN, value_of
from engine.story.suggest import listed

_LETTER = re.compile(r"[^\W_]")


def compile_character(desk: Desk, name: str, written: form.Character, outcomes: Collection[str] | None) -> Character:
    """Return a character; `outcomes` are those of the talks it is in, or None where they are not all known."""
    path: TreePath = ("characters", name)
    called = clean_line(written.name) or name.replace("_", " ").title()
    rules = tuple(rule for variable in written.moved_by for rule in _rules(desk, path, variable, written))
    knows = []
    for number, fact in enumerate(written.knows):
        at = (*path, "knows", number)
        knows.append(Fact(fact.fact.strip(), desk.expression((*at, "if"), fact.condition, _site(at))))
    character = Character(
        id=name,
        name=called,
        persona=written.persona.strip(),
        voice=written.voice.strip(),
        knows=tuple(knows),
        rules=rules,
        fallback=tuple(text.strip() for text in written.fallback) or (f"{called} says nothing.",),
        narrator=written.narrator,
        taste={key: value for key, value in written.taste if value is not None},
        former=written.renamed_from,
    )
    examples = tuple(
        compile_example(desk, (*path, "examples", number), example, character, outcomes)
        for number, example in enumerate(written.examples)
    )
    return replace(character, examples=examples)


def _rules(desk: Desk, path: TreePath, name: str, written: form.Character) -> list[MoveRule]:
    rules: list[MoveRule] = []
    variable = desk.variable((*path, "moved_by", name), name)
    if variable is None:
        return rules
    for number, rule in enumerate(written.moved_by[name]):
        at = (*path, "moved_by", name, number)
        condition = desk.expression((*at, "if"), rule.condition, _site(at))
        by, to = rule.by, None
        if variable.kind in ("int", "float"):
            _check_step(desk, at, variable, rule)
        elif rule.to is not None:
            by, to = None, desk.value((*at, "to"), variable, rule.to)
        elif at not in desk.damaged:
            message = f'"{name}" holds {WORDS[variable.kind]}: write "to" and the value it takes.'
            desk.error((*at, "by") if rule.by is not None else at, "wrong-move", message, key=True)
        rules.append(MoveRule(f"{name}_{number + 1}", name, desk.sentence((*at, "when"), rule.when), by, to, condition))
    return rules


def _check_step(desk: Desk, at: TreePath, variable: Variable, rule: form.MoveRule) -> None:
    if rule.to is not None or (rule.by is None and at not in desk.damaged):
        message = f'"{variable.name}" holds {WORDS[variable.kind]}: write "by" and how far it moves, such as 1 or -1.'
        desk.error((*at, "to") if rule.to is not None else at, "wrong-move", message, key=True)
    elif rule.by == 0:
        desk.error((*at, "by"), "wrong-move", '"by" is 0, which moves nothing: write a step such as 1 or -1.')


def compile_example(
    desk: Desk, path: TreePath, written: form.Example, character: Character, outcomes: Collection[str] | None
) -> Example:
    """Return an example; `outcomes` are those it may name, or None where they are not all known."""
    if written.outcome and outcomes is not None:
        desk.known((*path, "outcome"), written.outcome, outcomes, "outcome")
    moves = []
    for name, wanted in written.moves.items():
        rule = _moved(desk, (*path, "moves", name), name, wanted, character)
        if rule is not None:
            moves.append(rule.id)
    return Example(
        player=tuple(text.strip() for text in written.player),
        replies=tuple(text.strip() for text in written.reply),
        who=character.id,
        condition=desk.expression((*path, "if"), written.condition, _site(path)),
        outcome=written.outcome,
        moves=tuple(moves),
    )


def _moved(desk: Desk, path: TreePath, name: str, wanted: str, character: Character) -> MoveRule | None:
    """Return the rule that an example sets off: the one with just that step or value, else the nearest larger step."""
    variable = desk.variable(path, name)
    rules_at: TreePath = ("characters", character.id, "moved_by")
    if variable is None or rules_at[:2] in desk.damaged or desk.is_damaged(rules_at):
        return None
    rules = [rule for rule in character.rules if rule.variable == name]
    if not rules:
        message = f'{character.name} has no rule for "{name}" in "moved_by": write one, or take this out.'
        desk.error(path, "unknown-rule", message, key=True)
        return None
    value = value_of(wanted) if variable.kind != "text" else clean_line(wanted)
    if variable.kind in ("int", "float") and isinstance(value, int | float) and not isinstance(value, bool):
        steps = sorted((rule for rule in rules if rule.by), key=lambda rule: abs(rule.by or 0))
        near = [rule for rule in steps if (rule.by or 0) * value > 0 and abs(value) <= abs(rule.by or 0)]
        exact = [rule for rule in rules if rule.by == value]
        found = exact or near
    else:
        found = [rule for rule in rules if rule.to is not None and rule.to == value]
    if found:
        return found[0]
    if any(rule.by is None and rule.to is None for rule in rules):
        return None  # one of them is wrong, and that is reported
    known = listed(f"{rule.by:+d}" if rule.by is not None else str(rule.to) for rule in rules)
    message = f'No rule moves "{name}" like this for {character.name}: "moved_by" has {known}.'
    desk.error(path, "unknown-rule", message)
    return None


def calling_words(desk: Desk, path: TreePath, written: Sequence[str]) -> tuple[str, ...]:
    """Return the words that call something up; what nobody could say is reported."""
    for number, words in enumerate(written):
        check_words(desk, (*path, number), words)
    return tuple(map(clean_line, written))


def check_words(desk: Desk, path: TreePath, written: str) -> None:
    """Report a text in which there is no word to listen for."""
    if not _LETTER.search(written) and written != UNKNOWN:
        desk.error(path, "wrong-value", "There is no word in this that could be said: write one.")


def compile_lore(desk: Desk, number: int, written: form.Lore, characters: Mapping[str, Character]) -> Lore:
    """Return one piece of lore."""
    path: TreePath = ("lore", number)
    for place, name in enumerate(written.who):
        desk.known((*path, "who", place), name, characters, "character")
    if not written.keys and not written.always and path not in desk.damaged:
        message = 'This piece of lore has no "keys": write the words that bring it up, or "always: true".'
        desk.error(path, "missing-key", message, key=True)
    return Lore(
        keys=calling_words(desk, (*path, "keys"), written.keys),
        text=written.text.strip(),
        who=written.who,
        condition=desk.expression((*path, "if"), written.condition, _site(path)),
        beside=calling_words(desk, (*path, "with"), written.beside),
        always=written.always,
        depth=written.depth,
        sticky=written.sticky,
        priority=written.priority,
    )


def _site(path: TreePath) -> str:
    return "/".join(map(str, path))
