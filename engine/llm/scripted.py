"""Plays the characters from the lines their author wrote: no model, no network, no key.

It understands nothing and makes nothing up: it says the written reply whose phrasing is nearest to the player's line,
or one of the character's fallbacks. What the author attached to that reply (an outcome, moves) is its reading, so no
judge is asked. It never waits, and the same stage always gets the same answer.
"""

from __future__ import annotations

import random
import re
from collections.abc import AsyncGenerator, Sequence

from engine.llm.likeness import Phrasebook
from engine.llm.protocol import Delta, Finished, Piece, Request, Stage
from engine.plaintext import clean
from engine.play.moves import Claim, Read
from engine.story.graph import Example

NAME = "scripted"
FLOOR = 0.48
"""Likeness below which nothing written answers the line. Measured: tests/llm/test_likeness.py."""
LATER_GROUP = 0.06
"""By how much an example of the next group must be nearer to be taken before one of this group."""
STALE = 0.10
"""What a reply costs that this character has said lately."""
LATELY = 6
EVIDENCE_LIMIT = 160
# Said when the author left no fallback, or the only one was the last thing said: in no language, and nobody's words.
SILENCES = ("…", "… …")
_PIECE = re.compile(r"\S+\s*(?:\S+\s*){0,5}")


class ScriptedActor:
    """A `Model` that answers from a request's `stage`."""

    @property
    def name(self) -> str:
        """`scripted`."""
        return NAME

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """Say the nearest written reply in a few pieces, then what it means; for a judge's question, nothing."""
        if request.purpose != "act" or request.stage is None:
            yield Finished("", model=NAME, reading=Read(by="example"))
            return
        text, reading = perform(request.stage)
        for piece in _PIECE.findall(text):
            yield Delta(piece)
        yield Finished(text, model=NAME, reading=reading)

    async def aclose(self) -> None:
        """Nothing is held."""


def perform(stage: Stage) -> tuple[str, Read]:
    """Return what the character says and what it means."""
    chance = random.Random(stage.seed)
    last = stage.said[-1] if stage.said else ""
    for example in _nearest_first(stage):
        fresh = [text for text in map(_tidy, example.replies) if text and text != last]
        if fresh:
            text = _least_said(fresh, stage.said, chance)
            return text, _reading(example, text, stage.who)
    fallbacks = [text for text in map(_tidy, (*stage.fallback,)) if text and text != last]
    silences = [text for text in SILENCES if text != last]
    return _least_said(fallbacks or silences, stage.said, chance), Read(who=stage.who, by="example")


def best_placed(stages: Sequence[Stage]) -> str:
    """Return the character whose written lines answer the player's best; empty when nobody's do."""
    ranked = [(found[0][0], stage.who) for stage in stages if (found := _ranked(stage))]
    return max(ranked, key=lambda best: best[0])[1] if ranked else ""


def _nearest_first(stage: Stage) -> list[Example]:
    """The examples near enough to answer the line, best first."""
    return [example for _, _, example in _ranked(stage)]


def _ranked(stage: Stage) -> list[tuple[float, int, Example]]:
    """The same with how near they are, and their places counted backwards."""
    entries = [(group, example) for group, examples in enumerate(stage.repertoire) for example in examples]
    book = Phrasebook([example.player for _, example in entries], names=[stage.who])
    lately = set(stage.said[-LATELY:])
    ranked: list[tuple[float, int, Example]] = []
    for place, ((group, example), likeness) in enumerate(zip(entries, book.likeness(stage.line), strict=True)):
        if likeness >= FLOOR:
            stale = all(_tidy(reply) in lately for reply in example.replies)
            # Of sisters with the same phrasings, the one that moves the story on: it is here only while it may.
            further = 0.02 * bool(example.outcome) + 0.01 * bool(example.moves)
            ranked.append((likeness + further - LATER_GROUP * group - STALE * stale, -place, example))
    ranked.sort(key=lambda entry: entry[:2], reverse=True)
    return ranked


def _least_said(texts: Sequence[str], said: Sequence[str], chance: random.Random) -> str:
    """One that was never said, by chance; else the one said longest ago."""
    unsaid = [text for text in texts if text not in said]
    if unsaid:
        return chance.choice(unsaid)
    latest = {text: place for place, text in enumerate(said)}
    return min(texts, key=lambda text: latest[text])


def _reading(example: Example, text: str, who: str) -> Read:
    evidence = text[:EVIDENCE_LIMIT].rstrip()
    return Read(
        outcome=Claim(example.outcome, evidence) if example.outcome else None,
        moved=tuple(Claim(rule, evidence) for rule in example.moves),
        who=who,
        by="example",
    )


def _tidy(text: str) -> str:
    return clean(text).strip()
