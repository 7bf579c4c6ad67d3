"""Asks a judge what has come true in a turn of talk, and reads its answer.

It believes nobody. The dialogue goes into the question as JSON strings, which no line can break out of; the answer must
be one flat JSON object that names only what was asked. Whether a claim counts is not decided here: the engine checks
its condition and its evidence once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.dialogue import speech
from engine.dialogue.answer import Unreadable, only_object
from engine.dialogue.memory import History
from engine.dialogue.messages import Message
from engine.dialogue.reach import reachable
from engine.dialogue.wording import CONTINUED, FRESH, AskedRule, answer_fields, claims, fenced, setting, with_fields
from engine.plaintext import clean_line
from engine.play.moves import Claim, Read
from engine.play.offer import open_rules, outcome_open
from engine.play.says import said
from engine.play.state import State
from engine.story.graph import PLAYER, MoveRule, Outcome, Scene, StoryGraph

EARLIER = 6
"""Lines before the turn that the judge is shown, so that it understands what the turn's own are about."""
LONGEST_EVIDENCE = 500
_TOKENS, _TOKENS_A_CLAIM = 50, 80


@dataclass(frozen=True, slots=True)
class Question:
    """What a judge is asked about one turn of talk."""

    messages: tuple[Message, ...]
    schema: Mapping[str, Any]
    """JSON Schema of the answer: flat, every field required, only enums and strings."""
    outcomes: tuple[str, ...]
    """Ids of the outcomes asked about; at most one can be claimed."""
    none: str
    """The answer that claims no outcome."""
    rules: tuple[AskedRule, ...]
    who: str
    """The character who answered last: whose answer is judged."""
    lines: tuple[str, ...]
    """What was said in the turn."""
    max_tokens: int
    """Enough for the longest sensible answer."""
    name: str = "reading"
    """The schema's name."""


def question(
    graph: StoryGraph,
    state: State,
    histories: Mapping[str, History],
    speakers: Sequence[str],
    *,
    prefix: Sequence[Message] = (),
) -> Question | None:
    """Return what to ask about the turn in `state.exchange`, which `speakers` answered; None when nothing is open.

    The judge is shown the last lines that the last speaker witnessed in this scene before the turn. With a `prefix`
    (the prompt that got the last reply, as it was sent) the question goes on from it, so that a cache holds all of it.
    """
    scene = graph.scenes.get(state.scene)
    spoke = {who for who, _ in state.exchange}
    heard = [who for who in dict.fromkeys(speakers) if who in spoke]
    if scene is None or not state.exchange:
        return None
    rules = [(who, rule) for who in heard for rule in open_rules(graph, state, who)]
    outcomes = tuple(_askable(graph, state, scene, [rule for _, rule in rules]))
    who = speakers[-1] if speakers else ""
    history = histories.get(who)
    return ask(
        graph,
        scene,
        state.exchange,
        outcomes=outcomes,
        rules=rules,
        who=who,
        earlier=() if history is None else _earlier(history),
        whispering=state.whispering,
        prefix=prefix,
    )


def ask(
    graph: StoryGraph,
    scene: Scene,
    exchange: Sequence[tuple[str, str]],
    *,
    outcomes: Sequence[Outcome],
    rules: Sequence[tuple[str, MoveRule]],
    who: str,
    earlier: Sequence[tuple[str, str, str]] = (),
    whispering: str = "",
    prefix: Sequence[Message] = (),
) -> Question | None:
    """Return the question whether these outcomes and rules (each with its character) have come true in `exchange`.

    No state is looked at. `earlier` are lines before them: speaker, text, and who they are whispered with, if anybody.
    None when there is nothing to ask about.
    """
    if not outcomes and not rules:
        return None
    none = "none"
    while any(outcome.id == none for outcome in outcomes):
        none += "_"
    asked = with_fields(rules)
    names = {PLAYER: "the player"} | {
        each.id: "the narrator" if each.narrator else each.name for each in graph.characters.values()
    }
    fields = answer_fields(outcomes, asked, none)
    known = list(setting(scene, earlier, names))
    rest = [
        "The lines to judge:",
        *fenced(((speaker, text, whispering) for speaker, text in exchange), names),
        *claims(outcomes, asked, none, names),
        f"\nThe fields of your JSON object: {', '.join(f'`{name}`' for name in fields)}.",
    ]
    continued = _continued(prefix, exchange, rest)
    return Question(
        messages=continued or (Message("system", FRESH), Message("user", "\n".join((*known, *rest)))),
        schema={"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False},
        outcomes=tuple(outcome.id for outcome in outcomes),
        none=none,
        rules=asked,
        who=who,
        lines=tuple(text for _, text in exchange),
        max_tokens=_TOKENS + _TOKENS_A_CLAIM * (len(asked) + bool(outcomes)),
    )


def reading(text: str, asked: Question) -> Read:
    """Return what the judge's answer claims; when it cannot be read, a reading that claims nothing and says why."""
    try:
        answer = only_object(text, asked.lines)
        outcome = _outcome(answer, asked)
        moved = tuple(_moves(answer, asked))
        return Read(outcome, moved, who=asked.who, unsure=outcome is not None and not _sure(answer))
    except Unreadable as fault:
        return Read(who=asked.who, fault=str(fault))


# Asking


def _askable(graph: StoryGraph, state: State, scene: Scene, rules: Sequence[MoveRule]) -> Iterator[Outcome]:
    """Yield the outcomes that only a judge can find and that are open now, or may be after this turn's moves."""
    decided = any(
        said(outcome.says, state.exchange)
        for outcome in scene.outcomes
        if outcome.says and outcome_open(outcome, state, state.spent)
    )
    if not decided:
        yield from reachable(graph, state, (outcome for outcome in scene.outcomes if outcome.when), rules)


def _earlier(history: History) -> list[tuple[str, str, str]]:
    turns = history.turns[max(history.since, len(history.turns) - EARLIER) :]
    lines = [(who, text, history.who if turn.whispered else "") for turn in turns for who, text in turn.lines]
    return lines[-EARLIER:]


def _continued(
    prefix: Sequence[Message], exchange: Sequence[tuple[str, str]], rest: Sequence[str]
) -> tuple[Message, ...]:
    """Return the actor's own prompt, its answer and the question; nothing where the last line answers no prompt."""
    who, text = exchange[-1]
    if not prefix or prefix[-1].role != "user" or who == PLAYER:
        return ()
    answer = Message("assistant", speech.own_words(text))
    return (*prefix, answer, Message("user", "\n".join((CONTINUED, "", *rest))))


# Reading


def _outcome(answer: Mapping[str, Any], asked: Question) -> Claim | None:
    if not asked.outcomes:
        return None
    chosen = _one_of(answer, "outcome", (*asked.outcomes, asked.none))
    quote = _quote(answer, "quote")
    return None if chosen == asked.none else Claim(chosen, quote)


def _sure(answer: Mapping[str, Any]) -> bool:
    """Tell whether the judge is sure; one that says nothing is.

    A server that takes no schema may drop the field: doubting all that it finds would bring the story to a stand, while
    its evidence is checked in any case.
    """
    return _one_of(answer, "sure", ("no", "yes"), missing="yes") == "yes"


def _moves(answer: Mapping[str, Any], asked: Question) -> Iterator[Claim]:
    for rule in asked.rules:
        verdict = _one_of(answer, f"moved_{rule.field}", ("no", "yes"), missing="no")
        quote = _quote(answer, f"quote_{rule.field}")
        if verdict == "yes":
            yield Claim(rule.id, quote, rule.who)


def _one_of(answer: Mapping[str, Any], name: str, allowed: Sequence[str], *, missing: str = "") -> str:
    if name not in answer and not missing:
        raise Unreadable(f"the judge left out {name}")
    value = answer.get(name, missing)
    if not isinstance(value, str) or value not in allowed:
        given = f'"{clean_line(value)[:60]}"' if isinstance(value, str) else type(value).__name__
        raise Unreadable(f"the judge gave {given} as {name}, which it was not offered")
    return value


def _quote(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name, "")
    if not isinstance(value, str):
        raise Unreadable(f"the judge gave something else than text as {name}")
    return clean_line(value)[:LONGEST_EVIDENCE]
