"""Finds conditions that hold in no state, by trying every value their variables can take, and variables never set.

It tries no more than a few thousand combinations and says nothing of a condition that has more, or that reads visits,
turns or chance. Whether some path leads to a state in which a condition holds is for `palaver prove`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod

from engine.story.calls import VARIATIONS
from engine.story.desk import Desk
from engine.story.expressions import Expression, Value, compile_expression
from engine.story.flow import ways
from engine.story.graph import StoryGraph, Variable
from engine.story.never import never_holds
from engine.story.places import TreePath
from engine.story.suggest import listed

MOST_TRIED = 4_096
"""Combinations of values tried for one condition."""
MOST_IN_ALL = 200_000
"""Combinations tried in one story, at about 0.5 µs each; after that nothing more is said."""
_AND = re.compile(r"\band\b")
_NOT_SPLIT = re.compile(r"\bor\b|\bif\b|['\"()\[]")


@dataclass(frozen=True, slots=True)
class _Scope:
    """A state in which only variables matter."""

    values: Mapping[str, Value]
    visits: Mapping[str, int] = field(default_factory=dict)
    scene: str = ""
    turns: int = 0
    seed: int = 0


def warn_of_never(desk: Desk, graph: StoryGraph) -> None:
    """Warn of conditions that never hold, and of variables that nothing sets though something reads them.

    A variable that keeps a condition from holding is told of there alone.
    """
    changed = changed_variables(graph)
    blamed: set[str] = set()
    domains = {name: _domain(variable, name in changed) for name, variable in graph.variables.items()}
    known: dict[str, str] = {}
    left = MOST_IN_ALL
    for path, condition in conditions(graph):
        source = condition.source
        if source not in known:
            left -= prod(len(domains.get(name) or ("",)) for name in condition.reads)
            if left < 0:
                break
            known[source] = _never(desk, condition, domains, changed)
            blamed |= condition.reads if known[source] else frozenset()
        if known[source]:
            desk.warning(path, "never-holds", known[source])
    for name, variable in graph.variables.items():
        if name in desk.reads and name not in changed and name not in blamed and not variable.shown:
            message = f'Nothing sets "{name}", so it stays {_told(variable.start)}'
            desk.warning(
                ("state", name), "unset-variable", f'{message}: give it a "set", or write that value instead.', key=True
            )


def changed_variables(graph: StoryGraph) -> frozenset[str]:
    """Return the variables that something in the story can change."""
    found = {rule.variable for character in graph.characters.values() for rule in character.rules}
    for scene in graph.scenes.values():
        found |= {effect.variable for effect in scene.effects}
        found |= {effect.variable for way in ways(scene) for effect in way.effects}
        found |= {choice.ask for choice in scene.choices}
    return frozenset(found)


def conditions(graph: StoryGraph) -> Iterator[tuple[TreePath, Expression]]:
    """Yield every condition of a story with its path, but those of texts."""
    for path, condition in _all(graph):
        if condition is not None:
            yield path, condition


def _all(graph: StoryGraph) -> Iterator[tuple[TreePath, Expression | None]]:
    path: TreePath
    for who, character in graph.characters.items():
        path = ("characters", who)
        for number, fact in enumerate(character.knows):
            yield (*path, "knows", number, "if"), fact.condition
        for rule in character.rules:
            number = int(rule.id.rpartition("_")[2]) - 1
            yield (*path, "moved_by", rule.variable, number, "if"), rule.condition
        for number, example in enumerate(character.examples):
            yield (*path, "examples", number, "if"), example.condition
    for number, lore in enumerate(graph.lore):
        yield ("lore", number, "if"), lore.condition
    for name, scene in graph.scenes.items():
        path = ("scenes", name)
        for number, choice in enumerate(scene.choices):
            yield (*path, "choices", number, "if"), choice.condition
            yield (*path, "choices", number, "enabled_if"), choice.enabled
        for outcome in scene.outcomes:
            yield (*path, "outcomes", outcome.id, "if"), outcome.condition
        for key, held in (
            ("suggest", [line.condition for line in scene.suggest]),
            ("interrupts", [interrupt.condition for interrupt in scene.interrupts]),
            ("pool", [draw.condition for draw in scene.pool]),
        ):
            for number, condition in enumerate(held):
                yield (*path, key, number, "if"), condition
        # Examples of a scene that name nobody there were left out, so positions may not be those of the file; but
        # that is an error, and warnings are looked for in stories without one.
        for number, example in enumerate(scene.examples):
            yield (*path, "examples", number, "if"), example.condition


def _domain(variable: Variable, changes: bool) -> tuple[Value, ...] | None:
    """Return every value a variable can take; None where they are too many to try."""
    if not changes:
        return (variable.start,)
    if variable.kind == "bool":
        return (False, True)
    if variable.options:
        return variable.options
    if variable.kind == "int" and variable.low is not None and variable.high is not None:
        low, high = int(variable.low), int(variable.high)
        return tuple(range(low, high + 1)) if high - low < MOST_TRIED else None
    return None


def _never(
    desk: Desk, condition: Expression, domains: Mapping[str, tuple[Value, ...] | None], changed: frozenset[str]
) -> str:
    """Return what to say of a condition that holds in no state; an empty text where it may hold."""
    for part in (condition, *_conjuncts(desk, condition)):
        reads = sorted(part.reads)
        if any(variation in part.source for variation in VARIATIONS) and "(" in part.source:
            continue
        values = [domains.get(name) for name in reads]
        tried = [each for each in values if each is not None]
        if len(tried) < len(values) or prod(map(len, tried)) > MOST_TRIED or not reads:
            continue
        if any(part.evaluate(_Scope(dict(zip(reads, combination, strict=True)))) for combination in product(*tried)):
            continue
        if never_holds(condition.source, desk.variables):
            return ""  # told when it was compiled
        fixed = [name for name in reads if name not in changed]
        if len(fixed) == len(reads):
            stays = (
                f"which stays {_told(desk.variables[fixed[0]].start)}" if len(fixed) == 1 else "which stay as they are"
            )
            return f"This never holds, for nothing sets {_both(fixed)}, {stays}: set it somewhere."
        return f"This never holds, whatever {_both(reads)} may be: change the condition."
    return ""


def _conjuncts(desk: Desk, condition: Expression) -> Iterator[Expression]:
    """Yield the parts that `and` joins, where taking them apart needs no grammar: one that fails sinks the whole."""
    parts = _AND.split(condition.source) if not _NOT_SPLIT.search(condition.source) else []
    if len(parts) > 1:
        for part in parts:
            yield compile_expression(part.strip(), desk.names)


def _told(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f'"{value[:40]}"' if isinstance(value, str) else f"{value:g}"


def _both(names: list[str]) -> str:
    return listed(names).replace(" or ", " and ")
