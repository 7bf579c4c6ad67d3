"""A way through a story as a short text: what the player does and what comes of each turn of talk, with no model.

    seed 1
    choose knock
    choose name = Anna
    talk                                          a turn of which nothing comes
    talk maren.trust_1 -> lets_in                 a move rule is taken, an outcome recognised
    talk -> lets_in?                              recognised, but not surely
    talk -> tells_sow, player says: the sow       an outcome comes true by its own words
    wait                                          turns of which nothing comes, until the talk ends by itself

A line that begins with `#` is for the reader. It plays through `step`, which refuses here what it refuses anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.errors import PalaverError
from engine.play.moves import Begin, Choose, Claim, Move, Read, Reply, Say
from engine.play.says import said
from engine.play.state import State
from engine.play.step import Step, step
from engine.story.graph import PLAYER, Outcome, Scene, StoryGraph
from engine.story.suggest import did_you_mean, listed

SILENCE = "..."
"""What is said when nothing is to come of it: no pattern finds a word in it."""
_MOST_WAITS = 2_000
_TALK = re.compile(
    r"talk(?P<moved>(?:\s+\w+\.\w+)*)"
    r"(?:\s*->\s*(?P<outcome>\w+)(?P<doubted>\?)?(?:,\s*(?P<who>\w+) says:\s*(?P<words>.+))?)?"
)
_CHOOSE = re.compile(r"choose\s+(?P<choice>\w+)(?:\s*=\s*(?P<typed>.+))?")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing the player does, and what comes of it."""

    choice: str = ""
    typed: str = ""
    waited: bool = False
    moved: tuple[tuple[str, str], ...] = ()
    """Characters and move rules of theirs."""
    outcome: str = ""
    doubted: bool = False
    said: tuple[str, str] = ("", "")
    """Who says which words, where the outcome comes true by them."""

    def __str__(self) -> str:
        """The line as it is written."""
        if self.choice:
            return f"choose {self.choice}" + (f" = {self.typed}" if self.typed else "")
        if self.waited:
            return "wait"
        moved = "".join(f" {who}.{rule}" for who, rule in self.moved)
        came = f" -> {self.outcome}" if self.outcome else ""
        words = f", {self.said[0]} says: {self.said[1]}" if self.said[0] else ""
        return f"talk{moved}{came}{'?' if self.doubted else ''}{words}"


@dataclass(frozen=True, slots=True)
class Turn:
    """The steps of one turn, and the number of the line that it came of, from 1; 0 is the beginning."""

    number: int
    steps: tuple[Step, ...]


def written(lines: Sequence[Line], *, seed: int, about: Sequence[str] = ()) -> str:
    """Return the text of a way, with what it is `about` on top for the reader."""
    return "".join(f"{line}\n" for line in (*(f"# {each}" for each in about), f"seed {seed}", *lines))


def parsed(text: str) -> tuple[int, list[Line]]:
    """Return the seed and the lines of a text. Raises `PalaverError` with the number of a line that is none."""
    seed, lines = 1, []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if match := re.fullmatch(r"seed\s+(-?\d{1,18})", line):
            seed = int(match[1])
        elif line == "wait":
            lines.append(Line(waited=True))
        elif match := _CHOOSE.fullmatch(line):
            lines.append(Line(choice=match["choice"], typed=(match["typed"] or "").strip()))
        elif match := _TALK.fullmatch(line):
            moved = tuple((who, rule) for who, _, rule in (each.partition(".") for each in match["moved"].split()))
            words = (match["who"] or "", match["words"] or "")
            lines.append(Line(moved=moved, outcome=match["outcome"] or "", doubted=bool(match["doubted"]), said=words))
        else:
            raise PalaverError(
                f'Line {number} of the moves cannot be read: "{line[:60]}".',
                do="It is `choose ID`, `talk`, `talk WHO.RULE -> OUTCOME` or `wait`.",
            )
    return seed, lines


def played(graph: StoryGraph, seed: int, lines: Sequence[Line]) -> Iterator[Turn]:
    """Yield what each line brings about, the beginning first. Raises `PalaverError` at one that the rules refuse.

    A `wait` yields several turns with its number.
    """
    steps = made(graph, State(), [Begin(seed)], 0, "seed")
    yield Turn(0, tuple(steps))
    state = steps[-1].state
    for number, line in enumerate(lines, 1):
        for steps in _turns(graph, state, line, number):
            yield Turn(number, tuple(steps))
            state = steps[-1].state


def made(graph: StoryGraph, state: State, moves: Sequence[Move], number: int, line: object) -> list[Step]:
    """Return the steps of one turn. Raises `PalaverError` where one of its moves is refused."""
    steps: list[Step] = []
    for move in moves:
        steps.append(step(graph, state, move))
        if steps[-1].refused:
            where = f'Move {number}, "{line}", cannot be made in scene "{state.scene}"'
            raise PalaverError(f"{where}: {steps[-1].refused}", do=_advice(graph, state, move))
        state = steps[-1].state
    return steps


def _advice(graph: StoryGraph, state: State, move: Move) -> str:
    """Return what may be meant by a choice that the scene does not have, or what else may be the matter."""
    ids = [choice.id for choice in graph.scenes[state.scene].choices] if state.scene in graph.scenes else []
    if isinstance(move, Choose) and move.choice not in ids:
        return did_you_mean(move.choice, ids).strip() or (f"There is {listed(ids)}." if ids else "It has no choices.")
    return "Was the story edited since?"


def _turns(graph: StoryGraph, state: State, line: Line, number: int) -> Iterator[list[Step]]:
    if line.choice:
        yield made(graph, state, [Choose(line.choice, line.typed)], number, line)
        return
    scene = graph.scenes.get(state.scene)
    if scene is None or scene.kind != "talk" or state.over:
        raise PalaverError(f'Move {number}, "{line}", cannot be made: there is nobody to talk to.')
    if not line.waited:
        yield made(graph, state, _spoken(graph, scene, line), number, line)
        return
    if scene.limit is None:
        raise PalaverError(f'Move {number}, "wait": the talk "{scene.id}" has no limit to wait for.')
    for _ in range(min(scene.limit.turns + 1, _MOST_WAITS)):
        turn = made(graph, state, _spoken(graph, scene, Line()), number, line)
        yield turn
        state = turn[-1].state
        if any(type(event).__name__ == "LimitReached" for event in turn[-1].events):
            return


def _spoken(graph: StoryGraph, scene: Scene, line: Line) -> list[Move]:
    """Return the moves of one turn of talk: what is said in it, and how it is read."""
    outcome = next((each for each in scene.outcomes if each.id == line.outcome), None)
    texts: dict[str, list[str]] = {}
    if line.said[0]:
        texts[line.said[0]] = [line.said[1]]
    claims = []
    for who, rule in line.moved:
        when = next((each.when for each in graph.characters[who].rules if each.id == rule), "")
        claims.append(Claim(rule, _shown(scene, who, when, texts), who))
    claim = None
    if line.outcome and not line.said[0]:
        repliers = [who for who, _ in line.moved if who in scene.talk]
        shower = PLAYER if outcome is not None and outcome.shown_by == "player" else (*repliers, *scene.talk)[0]
        claim = Claim(line.outcome, _shown(scene, shower, outcome.when if outcome else "", texts))
    speech = " ".join(texts.pop(PLAYER, [SILENCE]))
    if not texts:
        texts[scene.talk[0]] = [SILENCE]
    breaking_in = {interrupt.who for interrupt in scene.interrupts}
    replies = [Reply(who, " ".join(texts[who])) for who in sorted(texts, key=lambda who: who in breaking_in)]
    by = "example" if outcome is not None and not outcome.when else "judge"
    who = line.moved[0][0] if line.moved else ""
    return [Say(speech), *replies, Read(claim, tuple(claims), who=who, by=by, unsure=line.doubted)]


def _shown(scene: Scene, who: str, when: str, texts: dict[str, list[str]]) -> str:
    """Have `who` say something that shows a claim and brings about no outcome by its own words; returns it."""
    for words in (f"({when})", "(so it is)", "(indeed)", "(ahem)", "(zzz)"):
        if words != "()" and not _comes_true(scene.outcomes, who, words):
            break
    texts.setdefault(who, []).append(words)
    return words


def _comes_true(outcomes: Sequence[Outcome], who: str, words: str) -> bool:
    return any(said(outcome.says, ((who, words),)) for outcome in outcomes)
