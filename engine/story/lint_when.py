"""Finds sentences that a judge cannot keep apart, and sentences that ask two things at once.

It compares words and understands nothing, so it stays with what is plain: one sentence holding all the words of
another. Where two conditions can never hold together, their sentences may well be alike.
"""

from __future__ import annotations

import re
from itertools import combinations

from engine.story.desk import Desk
from engine.story.graph import Character, MoveRule, Outcome, StoryGraph
from engine.story.places import TreePath

_WORD = re.compile(r"[^\W_]+")
_FILLERS = frozenset(
    (
        "a", "an", "the", "that", "this", "these", "those", "to", "of", "is", "are", "be", "been", "it", "its", "there",
        "then", "as", "now",
    )
)  # fmt: skip
_NEGATIONS = frozenset(
    (
        "not", "no", "never", "nobody", "nothing", "none", "without", "refuses", "declines", "denies", "cannot", "cant",
        "doesnt", "dont", "isnt", "wont", "hardly", "instead", "only", "before", "after", "until", "unless", "again",
        "almost", "from", "away", "against", "off", "out", "back",
    )
)  # fmt: skip
"""Words that turn a sentence round, or say when: with one of them more it is another sentence."""
_ALIKE = {"inside": "in", "into": "in", "outside": "out", "onto": "on"}
MOST_COMPARED = 200
"""Outcomes of one talk that are compared: pairs grow with the square."""
_FEWEST = 3
"""A sentence of fewer words, fillers aside, says too little to be compared."""
_QUALIFIED = 2
"""So many words more make it another sentence."""
_TURNING = frozenset(word.rstrip("e") for word in _NEGATIONS) | {"refus", "declin", "deni"}
_PERSON = r"(?:he|she|they|it|you|the player)"
_SECOND = re.compile(
    rf"(?:\band(?: then| also)?|;|, then) (?:{_PERSON} [a-z]+\b"
    r"|[a-z]{2,}(?<![su])s(?: up| out| away| down| over| off)?"
    r" (?:the|a|an|him|her|them|it|his|their|your|that|how|why|where|who)\b)",
    re.IGNORECASE,
)
_VERB = re.compile(r"\b[a-z]+(?<![su])s\b")
"""What comes before the second thing has to be one already: in "Maren and the player agree" it is none."""


def warn_of_sentences(desk: Desk, graph: StoryGraph) -> None:
    """Warn of `when` sentences of one talk that overlap, and of those that name a second thing."""
    english = graph.language.casefold().startswith("en")
    for name, scene in graph.scenes.items():
        path: TreePath = ("scenes", name, "outcomes")
        for outcome in scene.outcomes if english else ():
            _warn_of_two_things(desk, (*path, outcome.id, "when"), outcome.when)
        asked = [(outcome, _words(outcome.when)) for outcome in scene.outcomes[:MOST_COMPARED] if outcome.when]
        for (first, few), (second, more) in combinations(asked, 2):
            if _both_open(first, second) and _overlap(few, more, english=english):
                at = desk.place((*path, first.id, "when"))
                message = (
                    f'This says nearly the same as the "when" of "{first.id}" at {at}, and a judge can name one '
                    "outcome only. Say in each what the other is not."
                )
                desk.warning((*path, second.id, "when"), "overlapping-when", message)
    for character in graph.characters.values():
        _warn_of_rules(desk, character, english=english)
        for rule in character.rules if english else ():
            _warn_of_two_things(desk, _rule_path(character, rule), rule.when)


def _warn_of_two_things(desk: Desk, path: TreePath, when: str) -> None:
    if (second := _SECOND.search(when)) is not None and _VERB.search(when, 0, second.start()):
        shown = " ".join(second.group().split())
        message = (
            f'"{shown}" asks for a second thing, and a judge may take one for both. Ask for the one that decides, '
            "or make two outcomes of it."
        )
        desk.warning(path, "two-things", message)


def _warn_of_rules(desk: Desk, character: Character, *, english: bool) -> None:
    """Warn of rules that move one variable by sentences which say nearly the same."""
    asked = [(rule, _words(rule.when)) for rule in character.rules[:MOST_COMPARED]]
    warned: set[str] = set()
    for (first, few), (second, more) in combinations(asked, 2):
        if first.variable != second.variable or second.id in warned or not _both_open(first, second):
            continue
        if _overlap(few, more, english=english):
            warned.add(second.id)
            at = desk.place(_rule_path(character, first))
            message = f'This says nearly the same as the rule at {at}, and both move "{first.variable}": a judge cannot'
            advice = "tell them apart. Say in each what the other is not."
            desk.warning(_rule_path(character, second), "overlapping-when", f"{message} {advice}")


def _rule_path(character: Character, rule: MoveRule) -> TreePath:
    return ("characters", character.id, "moved_by", rule.variable, int(rule.id.rpartition("_")[2]) - 1, "when")


def _both_open(first: Outcome | MoveRule, second: Outcome | MoveRule) -> bool:
    """Tell whether nothing in their conditions keeps the two from being asked about in one turn."""
    if first.condition is None or second.condition is None:
        return True
    return first.condition.source == second.condition.source


def _words(when: str) -> tuple[str, ...]:
    plain = when.casefold().replace("'", "").replace("’", "")
    return tuple(_stem(_ALIKE.get(word, word)) for word in _WORD.findall(plain) if word not in _FILLERS)


def _stem(word: str) -> str:
    """Fold the endings of English verbs and plurals: `agree` and `agrees` are one word, `tells` and `told` stay two."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e")


def _overlap(first: tuple[str, ...], second: tuple[str, ...], *, english: bool) -> bool:
    """Tell whether one has all the words of the other in the same order, and next to none beside them."""
    few, more = sorted((first, second), key=len)
    if len(few) < _FEWEST or len(more) - len(few) >= _QUALIFIED:
        return False
    rest = iter(more)
    if not all(word in rest for word in few):
        return False
    added = set(more) - set(few)
    return not added or (english and added.isdisjoint(_TURNING))
