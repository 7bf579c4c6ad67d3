"""The bundled story from its first line to an ending, with every kind of actor."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.cast import Cast
from engine.dialogue.tokens import Estimate
from engine.library import bundled_stories
from engine.llm.client import HttpModel
from engine.llm.endpoint import Endpoint
from engine.llm.scripted import ScriptedActor
from engine.play import events as e
from engine.session import Session
from engine.story.load import load_story
from llm.llama import llama_server
from support.bots import play_at_random
from support.games import cast_of

if TYPE_CHECKING:
    from llmock.pytest_plugin import LLMock

LAMP = load_story(bundled_stories() / "lamp")


def check(session: Session) -> None:
    """What must be true of any game, whoever played it."""
    assert session.view.over, "an ending is reached"
    events = [event for turn in session.store.path_to() for event in turn.events]
    for event in events:
        if isinstance(event, e.SceneEntered):
            assert event.scene in LAMP.scenes
        if isinstance(event, e.OutcomeReached):
            scene, _, outcome = event.key.partition("/outcomes/")
            assert outcome in [known.id for known in LAMP.scenes[scene].outcomes]
    assert events[-1] == e.StoryEnded(session.state.ending)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_a_player_does_offline_the_story_comes_to_an_end(tmp_path: Path, seed: int) -> None:
    session = Session.begin(LAMP, cast_of(), tmp_path / "game.palaver", seed=seed)
    asyncio.run(play_at_random(session, seed))
    check(session)
    session.close()


async def play_over_http(path: Path, base_url: str, seed: int, *, most: int) -> Session:
    endpoint = Endpoint(base_url, "tiny", parameters={"max_tokens": 40, "temperature": 1.2}, retries=0)
    model = HttpModel(endpoint)
    cast = Cast(model, model, ScriptedActor(), Estimate(), context=8_192, fixed={"max_tokens": 40})
    session = Session.begin(LAMP, cast, path, seed=seed)
    try:
        await play_at_random(session, seed, most=most, talk=0.4)
    finally:
        await cast.aclose()
    return session


def test_a_real_server_with_random_weights_plays_it_to_an_ending(tmp_path: Path) -> None:
    with llama_server(context=8_192) as base_url:
        session = asyncio.run(play_over_http(tmp_path / "game.palaver", base_url, 3, most=400))
    check(session)
    spoken = [event for turn in session.store.path_to() for event in turn.events if isinstance(event, e.CharacterSpoke)]
    assert any(event.model and not event.opening for event in spoken)
    session.close()


def test_an_independent_mock_server_plays_it_to_an_ending(tmp_path: Path, llmock: LLMock) -> None:
    session = asyncio.run(play_over_http(tmp_path / "game.palaver", llmock.base_url("openai"), 5, most=400))
    check(session)
    session.close()
