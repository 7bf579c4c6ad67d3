"""A model as player sees what a player sees, and whatever it answers is a move or none."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.llm.protocol import Finished, Piece, Request
from engine.play.opening import Start, begun
from engine.play.state import fold
from engine.play.transcript import tell
from engine.playtest.guest import Guest, read, request
from engine.playtest.players import Pick, Seen, Speak
from engine.playtest.playing import play
from engine.playtest.running import load, scripted_cast
from engine.view import view_of

LAMP = Path("stories/lamp")


class Typist:
    """Answers with lines it was given, the last for ever."""

    name = "typist"

    def __init__(self, *lines: str) -> None:
        self._lines = [*lines]
        self.asked: list[Request] = []

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        self.asked.append(request)
        yield Finished(self._lines.pop(0) if len(self._lines) > 1 else self._lines[0])

    async def aclose(self) -> None:
        pass


def seen(scene: str) -> Seen:
    graph = load(LAMP).graph
    events, _ = begun(graph, Start(scene, 1, {}))
    state = fold(events)
    return Seen(graph, state, view_of(graph, state), tuple(tell(graph, events)))


PIER, DOOR = seen("landing"), seen("door")


@pytest.mark.parametrize("answer", ["2", "2.", " (2) ", "2) Ask him", "2\nbecause I want to"])
def test_a_number_picks_the_option(answer: str) -> None:
    move = read(answer, PIER)
    assert isinstance(move, Pick)
    assert move.option.number == 2


def test_words_are_said_where_somebody_listens_and_nowhere_else() -> None:
    assert read('"Let me in."', DOOR) == Speak("Let me in.", "model")
    assert read("Let me in.", PIER) is None


def test_a_number_that_is_no_option_is_no_move() -> None:
    assert read("99", DOOR) is None


def test_an_option_that_asks_takes_the_words_behind_the_number() -> None:
    asking = next(option for option in PIER.view.options if option.asks)
    assert read(f"{asking.number} Anna", PIER) == Pick(asking, "Anna")


@given(st.text())
def test_whatever_is_answered_is_a_move_that_can_be_made_or_none(answer: str) -> None:
    for there in (PIER, DOOR):
        move = read(answer, there)
        assert move is None or (isinstance(move, Pick) and move.option.enabled) or isinstance(move, Speak)


def test_it_is_told_nothing_that_a_player_is_not() -> None:
    asked = request(DOOR, "Get in.")
    told = " ".join(message.content for message in asked.messages)
    assert "Get in." in told
    scene = DOOR.graph.scenes["door"]
    assert scene.direction is not None
    assert scene.direction.source.strip()[:40] not in told
    assert all(outcome.when not in told for outcome in scene.outcomes if outcome.when)
    assert all(character.persona[:60] not in told for character in DOOR.graph.characters.values())


def test_it_plays_to_an_end_and_answers_that_are_none_do_no_harm() -> None:
    counted = load(LAMP)
    chance = random.Random(5)
    model = Typist(*[str(chance.randint(1, 5)) for _ in range(300)], "\x1b[2J")
    guest = Guest(model)
    done = asyncio.run(play(counted, scripted_cast(counted), "model", 1, most=300, known={}, player=guest))
    assert not done.error
    assert done.ended or done.stalled
    assert all("\x1b" not in message.content for asked in model.asked for message in asked.messages)
