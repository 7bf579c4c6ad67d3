"""What can be done now: the choices, suggestions, outcomes and move rules that are open in a state."""

from __future__ import annotations

from dataclasses import dataclass

from engine.plaintext import clean
from engine.play.state import Draft, State
from engine.story.expressions import Expression, Scope
from engine.story.graph import Choice, MoveRule, Outcome, Scene, StoryGraph


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice as the player sees it now."""

    choice: Choice
    text: str
    enabled: bool
    """Whether it can be taken; else `choice.reason` says why not."""


def holds(condition: Expression | None, scope: Scope) -> bool:
    """Tell whether a condition holds; one that was not written always does."""
    return condition is None or bool(condition.evaluate(scope))


def offers(graph: StoryGraph, scope: Scope, spent: frozenset[str], *, over: bool = False) -> tuple[Offer, ...]:
    """Return the choices shown now, greyed ones too, in the order written; none once the story is over."""
    scene = graph.scenes.get(scope.scene)
    if scene is None or over:
        return ()
    return tuple(
        Offer(choice, choice.text.render(scope), holds(choice.enabled, scope))
        for choice in scene.choices
        if _shown(choice, scope, spent)
    )


def can_choose(scene: Scene, scope: Scope, spent: frozenset[str]) -> bool:
    """Tell whether any choice of the scene can be taken now."""
    return any(_shown(choice, scope, spent) and holds(choice.enabled, scope) for choice in scene.choices)


def stuck(graph: StoryGraph, state: State) -> bool:
    """Tell whether nothing can be done in a story that is not over: an edit can leave a saved game like that."""
    scene = graph.scenes.get(state.scene)
    if state.over or scene is None or scene.kind == "talk":
        return False
    return not can_choose(scene, state, state.spent)


def find_choice(scene: Scene, choice_id: str, scope: Scope, spent: frozenset[str]) -> Choice | str:
    """Return the choice, or the reason why it cannot be taken now."""
    choice = next((choice for choice in scene.choices if choice.id == choice_id), None)
    if choice is None or not _shown(choice, scope, spent):
        return "That cannot be chosen here."
    if not holds(choice.enabled, scope):
        return choice.reason or "That cannot be chosen now."
    return choice


def suggestions(graph: StoryGraph, scope: Scope) -> tuple[str, ...]:
    """Return the lines the author suggests saying now."""
    scene = graph.scenes.get(scope.scene)
    if scene is None:
        return ()
    return tuple(line.text.render(scope) for line in scene.suggest if holds(line.condition, scope))


def eligible(graph: StoryGraph, scope: Scope, spent: frozenset[str]) -> tuple[Outcome, ...]:
    """Return the outcomes of the current talk that may come true now."""
    scene = graph.scenes.get(scope.scene)
    if scene is None:
        return ()
    return tuple(outcome for outcome in scene.outcomes if outcome_open(outcome, scope, spent))


def outcome_open(outcome: Outcome, scope: Scope, spent: frozenset[str]) -> bool:
    """Tell whether the outcome is not spent and its condition holds."""
    return not (outcome.once and outcome.key in spent) and holds(outcome.condition, scope)


def in_doubt(graph: StoryGraph, state: State | Draft) -> Outcome | None:
    """Return the outcome that the player was asked about, while it may still come true here; else None."""
    key, _ = state.doubt
    if not key:
        return None
    return next((outcome for outcome in eligible(graph, state, state.spent) if outcome.key == key), None)


def doubted(graph: StoryGraph, state: State) -> str:
    """Return the question that waits for the player's yes or no; empty when nothing does."""
    outcome = in_doubt(graph, state)
    return "" if outcome is None else clean(outcome.ask).strip()


def open_rules(graph: StoryGraph, scope: Scope, who: str) -> tuple[MoveRule, ...]:
    """Return the rules by which this character's reply may move the state now."""
    character = graph.characters.get(who)
    if character is None:
        return ()
    return tuple(rule for rule in character.rules if holds(rule.condition, scope))


def _shown(choice: Choice, scope: Scope, spent: frozenset[str]) -> bool:
    return not (choice.once and choice.key in spent) and holds(choice.condition, scope)
