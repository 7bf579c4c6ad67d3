"""Turns a story's examples into tests of a judge, and scores what a judge makes of them.

Each example says what the player says, what is answered, and what has come true by it. No state is looked at: a judge
is asked about everything of the scene that a judge can be asked about, whatever its `if`, so it has more ways to go
wrong here than in a game. It asks no model and adds nothing up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from engine.dialogue.judge import Question, ask
from engine.play.evidence import quoted
from engine.play.moves import Claim, Read
from engine.play.says import said
from engine.story.graph import PLAYER, Example, Outcome, Scene, ShownBy, StoryGraph

Verdict = Literal["right", "false", "missed", "wrong", "unreadable"]
"""Whether the answer is what has come true (nothing, rightly, among it), or false (something, where nothing has), or
missed (nothing, where something has), or wrong (something else), or unreadable: a game does nothing with such an
answer, which is no credit to the judge even where nothing has come true."""


@dataclass(frozen=True, slots=True)
class Case:
    """One exchange, where it is judged, and what a judge should find in it."""

    scene: str
    who: str
    player: str
    reply: str
    outcome: str
    """The outcome that has come true; empty for none."""
    moves: frozenset[str]
    """Ids of the move rules of `who` that have."""
    at: tuple[str, str, int]
    """Where the example stands: `scenes` or `characters`, an id, and its number there from 0."""

    @property
    def exchange(self) -> tuple[tuple[str, str], ...]:
        """The lines to judge: speaker id and text."""
        return ((PLAYER, self.player), (self.who, self.reply))

    def question(self, graph: StoryGraph) -> Question:
        """Return what a judge is asked."""
        found = _question(graph, graph.scenes[self.scene], self.who, self.exchange)
        assert found is not None, "a case that nothing can be asked about is none"
        return found


@dataclass(frozen=True, slots=True)
class Score:
    """What a reading of a case is worth.

    What its evidence does not show, and what it is not sure of, counts as not claimed: a game does nothing with it.
    """

    verdict: Verdict
    given: str
    """The outcome that it claims; empty for none."""
    evidence: str = ""
    void: str = ""
    """The outcome that it named with words that do not show it."""
    unsure: str = ""
    """The outcome that it named and was not sure of."""
    false_moves: tuple[str, ...] = ()
    missed_moves: tuple[str, ...] = ()
    fault: str = ""
    """Why it could not be read; empty when it could."""

    @property
    def right(self) -> bool:
        """Whether the story goes where the example says."""
        return self.verdict == "right"


def cases(graph: StoryGraph, *, phrasings: int | None = None) -> tuple[Case, ...]:
    """Return a case for each phrasing and reply of each example, scenes first, in the order written.

    `phrasings` is how many of each example's phrasings are taken, all where it is None. A character's example is judged
    in each talk of theirs that has its outcome; one without, in the first that decides nothing by its `says`.
    """
    found = dict.fromkeys(case for place in _placed(graph) for case in _cases(graph, *place, phrasings))
    return tuple(found)


def score(graph: StoryGraph, case: Case, read: Read) -> Score:
    """Return what `read` is worth as an answer to the case's question."""
    given = void = unsure = evidence = ""
    outcomes = {outcome.id: outcome for outcome in _askable(graph.scenes[case.scene])}
    if read.outcome is not None:
        claim, evidence = read.outcome, read.outcome.evidence
        if claim.id not in outcomes or not _evident(case, claim, outcomes[claim.id].shown_by):
            void = claim.id
        elif read.unsure:
            unsure = claim.id
        else:
            given = claim.id
    moved = {each.id for each in read.moved if _evident(case, each, "anyone")}
    return Score(
        "unreadable" if read.fault else _verdict(case.outcome, given),
        given,
        evidence,
        void,
        unsure,
        tuple(sorted(moved - case.moves)),
        tuple(sorted(case.moves - moved)),
        read.fault,
    )


def _placed(graph: StoryGraph) -> Iterator[tuple[Scene | None, Example, tuple[str, str, int]]]:
    """Yield each example with its place, and its scene where it stands in one."""
    for scene in graph.scenes.values():
        for number, example in enumerate(scene.examples):
            yield scene, example, ("scenes", scene.id, number)
    for character in graph.characters.values():
        for number, example in enumerate(character.examples):
            yield None, example, ("characters", character.id, number)


def _cases(
    graph: StoryGraph, scene: Scene | None, example: Example, at: tuple[str, str, int], phrasings: int | None
) -> Iterator[Case]:
    for player in islice(example.player, phrasings):
        for reply in example.replies:
            exchange = ((PLAYER, player), (example.who, reply))
            judged = [scene] if scene is not None else _scenes(graph, example, exchange)
            for each in judged:
                if _can_be_judged(graph, each, example, exchange):
                    moves = frozenset(example.moves)
                    yield Case(each.id, example.who, player, reply, example.outcome, moves, at)


def _scenes(graph: StoryGraph, example: Example, exchange: tuple[tuple[str, str], ...]) -> list[Scene]:
    """Return the talks in which a character's example is judged."""
    theirs = [scene for scene in graph.scenes.values() if example.who in scene.talk]
    if example.outcome:
        return [scene for scene in theirs if any(outcome.id == example.outcome for outcome in scene.outcomes)]
    quiet = (
        scene
        for scene in theirs
        if _can_be_judged(graph, scene, example, exchange)
        and not any(said(outcome.says, exchange) for outcome in scene.outcomes)
    )
    return list(islice(quiet, 1))


def _can_be_judged(graph: StoryGraph, scene: Scene, example: Example, exchange: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether a judge could find what the example says: not an outcome that only words decide."""
    known = not example.outcome or any(outcome.id == example.outcome for outcome in _askable(scene))
    return known and _question(graph, scene, example.who, exchange) is not None


def _question(graph: StoryGraph, scene: Scene, who: str, exchange: tuple[tuple[str, str], ...]) -> Question | None:
    rules = [(who, rule) for rule in graph.characters[who].rules]
    return ask(graph, scene, exchange, outcomes=_askable(scene), rules=rules, who=who)


def _askable(scene: Scene) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in scene.outcomes if outcome.when)


def _verdict(expected: str, given: str) -> Verdict:
    if given == expected:
        return "right"
    if not given:
        return "missed"
    return "wrong" if expected else "false"


def _evident(case: Case, claim: Claim, shown_by: ShownBy) -> bool:
    """Tell whether the words were said, by somebody whose words count: as the rules of the game ask."""
    counting = {"player": (case.player,), "character": (case.reply,), "anyone": (case.player, case.reply)}
    return quoted(claim.evidence, counting[shown_by])
