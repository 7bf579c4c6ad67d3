"""Plays a playthrough again in another story, such as the same one after an edit: the same moves, the same answers.

Moves are read off the events; what the models said and read is given as it was, and the rules of the new story decide
anew what comes of it. It stops at the first move that they refuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.play import events as e
from engine.play.moves import Answer, Choose, Claim, Move, Note, Read, Remember, Reply, Say
from engine.play.opening import Start, begun
from engine.play.reading import NOT_SURE
from engine.play.renames import Renames
from engine.play.state import State, fold
from engine.play.step import step
from engine.story.graph import StoryGraph

Turns = Sequence[Sequence[e.Event]]
"""The events of a playthrough, turn by turn; the first of them is its beginning."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How far a playthrough came."""

    turns: tuple[tuple[e.Event, ...], ...]
    """The turns as they went, the beginning first."""
    moves: int
    """Moves that there were, the beginning not counted."""
    stopped_at: str = ""
    """What the player did there, in the words of the playthrough; empty when all of it could be done."""
    reason: str = ""
    """Why that cannot be done now."""

    @property
    def made(self) -> int:
        """Moves that were made."""
        return len(self.turns) - 1


def played_again(graph: StoryGraph, turns: Turns, start: Start) -> Replayed:
    """Return `turns` as they go in `graph` from `start`; names that the story says it has changed are followed.

    Raises `Refused` when the story cannot begin there.
    """
    renames = Renames(graph)
    first, _ = begun(graph, start)
    moves = len(turns) - 1
    made, state = [first], fold(first)
    for turn in turns[1:]:
        events = renames.applied(turn)
        steps: list[e.Event] = []
        for move in moves_of(graph, state, events):
            refused = _elsewhere(state, events)
            if not refused:
                taken = step(graph, state, move)
                refused = taken.refused
            if refused:
                return Replayed(tuple(made), moves, _told(events), refused)
            steps += taken.events
            state = taken.state
        made.append(tuple(steps))
    return Replayed(tuple(made), moves)


def moves_of(graph: StoryGraph, state: State, events: Sequence[e.Event]) -> tuple[Move, ...]:
    """Return the moves of the turn of `events`, to be made from `state` in `graph`."""
    moves: list[Move] = []
    reading = Read()
    for number, event in enumerate(events):
        match event:
            case e.PlayerNoted(text):
                moves.append(Note(text))
            case e.ChoiceTaken(key):
                return (*moves, Choose(key.rpartition("/")[2], _typed(graph, state, key, events[number + 1 :])))
            case e.DoubtAnswered(_, yes):
                return (*moves, Answer(yes))
            case e.PlayerSpoke(text, to, whispered):
                moves.append(Say(text, to, whispered))
            case e.Summarised(who, upto, text, by):
                moves.append(Remember(who, upto, text, by))
            case e.CharacterSpoke(who, text, cut, False, model):
                moves.append(Reply(who, text, cut, model))
                reading = replace(reading, who=who)
            case e.TalkTurnEnded():  # what follows happened in the story, not in the talk
                return (*moves, reading)
            case _:
                reading = _read(graph, state, reading, event)
    return tuple(moves)


def _read(graph: StoryGraph, state: State, reading: Read, event: e.Event) -> Read:
    """Return `reading` with what `event` says was read: also what was refused, for the story may take it now."""
    match event:
        case e.StateMoved(who, rule, evidence):
            return replace(reading, moved=(*reading.moved, Claim(rule, evidence, who)))
        case e.OutcomeReached(key, by, evidence) if by != "says":  # its own words decide it anew
            return replace(reading, outcome=Claim(key.rpartition("/")[2], evidence), by=by)
        case e.OutcomeDoubted(key, evidence):
            return replace(reading, outcome=Claim(key.rpartition("/")[2], evidence), unsure=True)
        case e.ReadingRefused("", reason):
            return replace(reading, fault=reason)
        case e.ReadingVetoed(proposed, evidence):
            return replace(_claimed(graph, state, reading, proposed, evidence), vetoed=True)
        case e.ReadingRefused(proposed, reason, evidence):
            return replace(_claimed(graph, state, reading, proposed, evidence), unsure=reason == NOT_SURE)
        case _:
            return reading


def _claimed(graph: StoryGraph, state: State, reading: Read, proposed: str, evidence: str) -> Read:
    """Return `reading` with a claim of which the events do not say whether it was of an outcome or a move."""
    name = proposed.rpartition("/")[2]
    scene = graph.scenes.get(state.scene)
    if "/" in proposed or (scene is not None and any(outcome.id == name for outcome in scene.outcomes)):
        return replace(reading, outcome=Claim(name, evidence))
    who, _, rule = name.rpartition(".")
    return replace(reading, moved=(*reading.moved, Claim(rule, evidence, who)))


def _typed(graph: StoryGraph, state: State, key: str, following: Sequence[e.Event]) -> str:
    """Return what the player typed for a choice that asks: the value that its variable had after it."""
    scene = graph.scenes.get(state.scene)
    asked = next((choice.ask for choice in scene.choices if choice.key == key), "") if scene is not None else ""
    if following and isinstance(following[0], e.VariablesSet):
        return str(dict(following[0].values).get(asked, state.values.get(asked, "")))
    return str(state.values.get(asked, ""))


def _elsewhere(state: State, events: Sequence[e.Event]) -> str:
    """Say that a choice was taken in another scene than the story is at now; empty where it was not."""
    key = next((event.key for event in events if isinstance(event, e.ChoiceTaken)), "")
    then = key.partition("/")[0]
    if not key or then == state.scene:
        return ""
    return f'That was chosen in scene "{then}", and the story is at "{state.scene}" now.'


def _told(events: Sequence[e.Event]) -> str:
    """Return what the player did in a turn, in the player's words."""
    for event in events:
        match event:
            case e.ChoiceTaken(_, text) | e.PlayerSpoke(text) | e.PlayerNoted(text):
                return text
            case e.DoubtAnswered(_, yes):
                return "yes" if yes else "no"
            case _:
                pass
    return ""
