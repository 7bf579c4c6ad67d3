"""Finds facts that wait for their `if` and stand, nearly word for word, where nothing holds them back.

It compares words and understands nothing: a secret told in other words passes. `palaver probe` looks further.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from engine.story.desk import Desk
from engine.story.graph import Character, StoryGraph
from engine.story.places import TreePath

_WORD = re.compile(r"[^\W_]+|\|")
_SENTENCE = re.compile(r"[.!?…]+\s+")
_PERSONS = {
    "*": "you your yours i me my mine he him his she her hers they them their theirs we us our ours",
    "*self": "yourself yourselves myself himself herself themselves ourselves",
    "*re": "youre im hes shes theyre",
    "is": "are am",
    "was": "were",
    "has": "have",
}
"""Words that only tell who is spoken of: "I put it out myself" gives away "You put it out yourself"."""
_ALIKE = {word: shared for shared, words in _PERSONS.items() for word in words.split()}
_FEWEST, _FEWEST_OF_PART = 3, 5
"""A fact of fewer words, or one sentence of it, says too little to be told from chance."""
_BETWEEN = " | "
"""Keeps what ends one text and begins the next from reading as one."""


def warn_of_leaks(desk: Desk, graph: StoryGraph) -> None:
    """Warn of facts with an `if` that the same character is told, or shown saying, whatever the state."""
    for who, character in graph.characters.items():
        locked = {number: fact.text for number, fact in enumerate(character.knows) if fact.condition is not None}
        told = [(at, _plain(text), what) for at, text, what in _told(graph, character)] if locked else []
        for number, fact in locked.items():
            if (found := _giving_away(fact, told)) is not None:
                at, what = found
                message = (
                    f'This waits for its "if", and {what} at {desk.place(at)} says it all the same, so it can leak'
                )
                desk.warning(
                    ("characters", who, "knows", number, "fact"), "leaking-fact", f"{message}: take it out there."
                )


def _giving_away(fact: str, told: Sequence[tuple[TreePath, str, str]]) -> tuple[TreePath, str] | None:
    """Return the place of the first text that tells a fact, or a sentence of it, and what that text is."""
    for words in _telling(_plain(fact)):
        # Folding all that characters are told would take 3 ms of the 65 in which a story of 40 scenes loads.
        rare = sorted({word for word in words if word not in _PERSONS}, key=len)[-3:]
        longest = rare[-1] if rare else ""
        run = f" {' '.join(words)} "
        for at, text, what in told:
            if longest in text and all(word in text for word in rare) and run in f" {' '.join(_folded(text))} ":
                return at, what
    return None


def _told(graph: StoryGraph, character: Character) -> Iterator[tuple[TreePath, str, str]]:
    """Yield what a character is told, or shown saying, in every state: its place, the text, and what it is."""
    path: TreePath = ("characters", character.id)
    yield (*path, "persona"), character.persona, "the persona"
    yield (*path, "voice"), character.voice, "the voice"
    for number, fact in enumerate(character.knows):
        if fact.condition is None:
            yield (*path, "knows", number), fact.text, "another fact"
    for number, example in enumerate(character.examples):
        if example.condition is None:
            yield (*path, "examples", number), _BETWEEN.join(example.replies), "an example"
    for number, lore in enumerate(graph.lore):
        if lore.condition is None and (not lore.who or character.id in lore.who):
            yield ("lore", number), lore.text, "the lore"
    for scene in graph.scenes.values():
        if character.id in scene.talk:
            if scene.direction is not None and scene.direction.constant:
                yield ("scenes", scene.id, "direction"), scene.direction.source, "a direction"
            for number, example in enumerate(scene.examples):
                if example.condition is None and example.who == character.id:
                    yield ("scenes", scene.id, "examples", number), _BETWEEN.join(example.replies), "an example"


def _telling(fact: str) -> Iterator[list[str]]:
    """Yield the runs of words that would give a fact away: the whole of it, and each longer sentence."""
    for part, fewest in ((fact, _FEWEST), *((sentence, _FEWEST_OF_PART) for sentence in _SENTENCE.split(fact))):
        words = _folded(part)
        if len(words) >= fewest:
            yield words


def _plain(text: str) -> str:
    return text.casefold().replace("'", "").replace("’", "")


def _folded(plain: str) -> list[str]:
    return [_ALIKE.get(word, word) for word in _WORD.findall(plain)]
