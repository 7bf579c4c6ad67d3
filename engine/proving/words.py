"""Lines that bring about an outcome by its own words (`says`), and nothing that stands before it, where that can be.

A line holds a pattern's words and, where the pattern allows more, a word that no pattern knows: so it matches no other
pattern that a longer line with the same words would not match as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.play.says import ANY, said
from engine.story.graph import PLAYER, Outcome, Pattern, Scene

_FILLERS = ("well", "indeed", "quite", "hm", "ahem", "yonder")


@dataclass(frozen=True, slots=True)
class Saying:
    """One line by which an outcome comes true."""

    who: str
    words: str
    before: tuple[Outcome, ...]
    """Outcomes that the same line would bring about first, if they are open."""

    @property
    def by_character(self) -> bool:
        """Whether a model has to say it."""
        return self.who != PLAYER


def sayings(scene: Scene, outcome: Outcome) -> Iterator[Saying]:
    """Yield a line for each pattern of an outcome and each who may say it."""
    filler = _filler(scene)
    for pattern in outcome.says:
        words = _line(pattern, filler)
        for who in (pattern.who,) if pattern.who else scene.talk:
            if said((pattern,), ((who, words),)):
                yield Saying(who, words, tuple(_before(scene, outcome, who, words)))


def _before(scene: Scene, outcome: Outcome, who: str, words: str) -> Iterator[Outcome]:
    for other in scene.outcomes:
        if other is outcome:
            return
        if said(other.says, ((who, words),)):
            yield other


def _line(pattern: Pattern, filler: str) -> str:
    return " ".join(filler if word == ANY else word for word in pattern.words)


def _filler(scene: Scene) -> str:
    known = {word for outcome in scene.outcomes for pattern in outcome.says for word in pattern.words}
    return next((word for word in _FILLERS if word not in known), "zzz")
