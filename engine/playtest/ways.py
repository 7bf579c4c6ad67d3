"""Writes what happened in a play as a file of moves, which `palaver play --moves` plays again without any model.

What the rules would not play again the same way is not written.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import PalaverError
from engine.play import events as e
from engine.play.evidence import quoted
from engine.play.movefile import Line, played
from engine.play.state import State, fold
from engine.story.graph import PLAYER, StoryGraph


def way_of(graph: StoryGraph, turns: Sequence[Sequence[e.Event]]) -> tuple[Line, ...] | None:
    """Return the moves of the turns of a play, the beginning first; None where they would not lead to the same."""
    lines = tuple(_line(graph, turn) for turn in turns[1:])
    state = fold([event for turn in turns for event in turn])
    try:
        again: State | None = None
        for turn in played(graph, state.seed, lines):
            again = turn.steps[-1].state
    except PalaverError:
        return None
    same = again is not None and (again.scene, again.over, again.values) == (state.scene, state.over, state.values)
    return lines if same else None


def _line(graph: StoryGraph, turn: Sequence[e.Event]) -> Line:
    moved: list[tuple[str, str]] = []
    said: list[tuple[str, str]] = []
    for number, event in enumerate(turn):
        match event:
            case e.ChoiceTaken(key):
                return Line(choice=key.rpartition("/")[2], typed=_typed(graph, key, turn[number + 1 :]))
            case e.PlayerSpoke(text):
                said.append((PLAYER, text))
            case e.CharacterSpoke(who, text, opening=False):
                said.append((who, text))
            case e.StateMoved(who, rule):
                moved.append((who, rule))
            case e.OutcomeReached(key, by, evidence):
                speaker = next((who for who, text in said if quoted(evidence, [text])), PLAYER)
                words = (speaker, evidence) if by == "says" else ("", "")
                return Line(moved=tuple(moved), outcome=key.rpartition("/")[2], said=words)
            case e.OutcomeDoubted(key):
                return Line(moved=tuple(moved), outcome=key.rpartition("/")[2], doubted=True)
            case e.TalkTurnEnded():
                break
            case _:
                pass
    return Line(moved=tuple(moved))


def _typed(graph: StoryGraph, key: str, after: Sequence[e.Event]) -> str:
    scene = graph.scenes[key.partition("/")[0]]
    asked = next((choice.ask for choice in scene.choices if choice.key == key), "")
    if asked and after and isinstance(after[0], e.VariablesSet):
        return str(dict(after[0].values).get(asked, ""))
    return ""
