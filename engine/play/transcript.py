"""The playthrough as prose: what stood on the screen, derived from the events and the story.

Authored passages are rendered with the state they were told in, so a save need not hold them. It adds no words of its
own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from engine.plaintext import clean, clean_line
from engine.play import events as e
from engine.play.evidence import quoted
from engine.play.state import Draft, State
from engine.story.graph import PLAYER, Outcome, StoryGraph

LineKind = Literal["scene", "told", "choice", "speech", "aside", "seen", "branch", "doubt", "vetoed", "ending"]
_BARE = ("branch", "vetoed", "ending")
"""Kinds that say something though they have no text."""


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of the transcript."""

    kind: LineKind
    """`scene`: a heading. `told`: authored prose (Markdown). `choice`: what the player chose. `speech`: somebody
    speaks. `aside`: the player wrote something that nobody hears. `ending`: the story is over. The rest is no part of
    the prose. `seen`: what those present saw of what was told. `branch`: an outcome was recognised. `doubt`: the player
    is asked whether one has come true, or has answered. `vetoed`: a reading that the player took back."""
    text: str
    """For a branch or a reading taken back: the author's sentence for it; empty when only patterns decide it. For a
    doubt: the question."""
    who: str = ""
    """Speaker id, for speech and for evidence; PLAYER for the player. Empty where the speaker is not known."""
    name: str = ""
    """Speaker's name as shown; empty for the player."""
    cut: bool = False
    """The speech was broken off."""
    evidence: str = ""
    """For a branch, a doubt and a reading taken back: the words that it rests on."""
    by: str = ""
    """For a branch: `judge`, `says`, `example`, or `player`, who was asked."""
    whispered: bool = False
    """The speech was heard by one other only."""
    narrates: bool = False
    """The speaker is nobody in the story: the speech is prose."""
    answer: bool | None = None
    """For a doubt: what the player said; None while it is asked."""


class Telling:
    """Turns events into lines, carrying the state along."""

    __slots__ = ("_doubted", "_draft", "_graph")

    def __init__(self, graph: StoryGraph, state: State | None = None) -> None:
        self._graph = graph
        self._draft = Draft(State() if state is None else state)
        self._doubted = ""
        """The words on which the question rests that waited for the player before this event."""

    def lines(self, events: Iterable[e.Event]) -> tuple[Line, ...]:
        """Return the lines that `events` add to the transcript."""
        told: list[Line] = []
        for event in events:
            _, self._doubted = self._draft.doubt
            self._draft.apply(event)
            line = self._line(event)
            if line is not None and (line.text or line.kind in _BARE):
                told.append(line)
        return tuple(told)

    def _line(self, event: e.Event) -> Line | None:
        graph = self._graph
        match event:
            case e.SceneEntered(scene) | e.SceneResumed(scene):
                title = graph.scenes[scene].title if scene in graph.scenes else ""
                return Line("scene", title) if title else None
            case e.Told(passage) if passage in graph.passages:
                return Line("told", clean(graph.passages[passage].render(self._draft)).strip())
            case e.ChoiceTaken(_, text):
                return Line("choice", text)
            case e.PlayerSpoke(text, whispered=whispered):
                return Line("speech", text, PLAYER, whispered=whispered)
            case e.CharacterSpoke(who, text, cut, whispered=whispered):
                narrates = who in graph.characters and graph.characters[who].narrator
                return Line("speech", text, who, self._name(who), cut, whispered=whispered, narrates=narrates)
            case e.PlayerNoted(text):
                return Line("aside", text)
            case e.Witnessed(text):
                return Line("seen", text)
            case e.OutcomeReached(key, by, evidence):
                return self._read("branch", self._sentence(key), evidence, by=by)
            case e.OutcomeDoubted(key, evidence):
                return self._read("doubt", self._question(key), evidence)
            case e.DoubtAnswered(key, yes):
                return replace(self._read("doubt", self._question(key), self._doubted), answer=yes)
            case e.ReadingVetoed(proposed, evidence):
                return self._read("vetoed", self._sentence(proposed), evidence)
            case e.StoryEnded(scene):
                ending = graph.scenes.get(scene)
                return Line("ending", ending.ending if ending else "")
            case _:
                return None

    def _read(self, kind: LineKind, text: str, evidence: str, by: str = "") -> Line:
        """Return the line for something read in the dialogue, with who said the words that it rests on."""
        words = clean_line(evidence)
        who = next((who for who, said in self._draft.exchange if quoted(words, (said,))), "")
        return Line(kind, text, who, self._name(who), evidence=words, by=by)

    def _name(self, who: str) -> str:
        character = self._graph.characters.get(who)
        return character.name if character else "" if who == PLAYER else who

    def _sentence(self, name: str) -> str:
        """Return the sentence of an outcome (by key) or a character's move rule; an internal name is nothing to show.

        Saves of earlier versions name a rule without its character.
        """
        outcome = self._outcome(name)
        if outcome is not None:
            return clean_line(outcome.when)
        who, _, rule_id = name.rpartition(".")
        people = [person for person in self._graph.characters.values() if who in ("", person.id)]
        found = {clean_line(rule.when) for person in people for rule in person.rules if rule.id == rule_id}
        return found.pop() if len(found) == 1 else ""

    def _question(self, key: str) -> str:
        outcome = self._outcome(key)
        return clean_line(outcome.ask) if outcome else ""

    def _outcome(self, key: str) -> Outcome | None:
        scene = self._graph.scenes.get(key.partition("/")[0])
        return next((outcome for outcome in scene.outcomes if outcome.key == key), None) if scene else None


def tell(graph: StoryGraph, events: Iterable[e.Event]) -> tuple[Line, ...]:
    """Return the whole transcript of a playthrough."""
    return Telling(graph).lines(events)
