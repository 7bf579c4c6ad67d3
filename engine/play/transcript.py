"""The playthrough as prose: what stood on the screen, derived from the events and the story.

Authored passages are rendered with the state they were told in, so a save need not hold them. It adds no words of its
own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from engine.plaintext import clean, clean_line
from engine.play import events as e
from engine.play.state import Draft, State
from engine.story.graph import PLAYER, StoryGraph

LineKind = Literal["scene", "told", "choice", "speech", "branch", "ending"]


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of the transcript."""

    kind: LineKind
    """`scene`: a heading. `told`: authored prose (Markdown). `choice`: what the player chose. `speech`: somebody
    speaks. `branch`: an outcome was recognised; not part of the prose. `ending`: the story is over."""
    text: str
    """For a branch: the author's sentence for what came true; empty when only patterns decide it."""
    who: str = ""
    """Speaker id, for speech; PLAYER for the player."""
    name: str = ""
    """Speaker's name as shown; empty for the player."""
    cut: bool = False
    """The speech was broken off."""
    evidence: str = ""
    """For a branch: the words that decided it."""


class Telling:
    """Turns events into lines, carrying the state along."""

    __slots__ = ("_draft", "_graph")

    def __init__(self, graph: StoryGraph, state: State | None = None) -> None:
        self._graph = graph
        self._draft = Draft(State() if state is None else state)

    def lines(self, events: Iterable[e.Event]) -> tuple[Line, ...]:
        """Return the lines that `events` add to the transcript."""
        told: list[Line] = []
        for event in events:
            self._draft.apply(event)
            line = self._line(event)
            if line is not None and (line.text or line.kind in ("branch", "ending")):
                told.append(line)
        return tuple(told)

    def _line(self, event: e.Event) -> Line | None:
        graph = self._graph
        match event:
            case e.SceneEntered(scene) | e.SceneResumed(scene) if scene in graph.scenes and graph.scenes[scene].title:
                return Line("scene", graph.scenes[scene].title)
            case e.Told(passage) if passage in graph.passages:
                return Line("told", clean(graph.passages[passage].render(self._draft)).strip())
            case e.ChoiceTaken(_, text):
                return Line("choice", text)
            case e.PlayerSpoke(text):
                return Line("speech", text, PLAYER)
            case e.CharacterSpoke(who, text, cut):
                character = graph.characters.get(who)
                return Line("speech", text, who, character.name if character else who, cut)
            case e.OutcomeReached(key, _, evidence):
                return Line("branch", self._sentence(key), evidence=clean_line(evidence))
            case e.StoryEnded(scene):
                ending = graph.scenes.get(scene)
                return Line("ending", ending.ending if ending else "")
            case _:
                return None

    def _sentence(self, key: str) -> str:
        """Return an outcome's sentence; an internal name is nothing to show."""
        scene = self._graph.scenes.get(key.partition("/")[0])
        outcomes = scene.outcomes if scene else ()
        return next((clean_line(outcome.when) for outcome in outcomes if outcome.key == key), "")


def tell(graph: StoryGraph, events: Iterable[e.Event]) -> tuple[Line, ...]:
    """Return the whole transcript of a playthrough."""
    return Telling(graph).lines(events)
