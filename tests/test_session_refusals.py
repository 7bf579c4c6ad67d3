"""A refusal, a filter or a moderation costs a player neither the turn nor the line."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from engine.cast import Cast
from engine.dialogue.tokens import Estimate
from engine.errors import Withheld
from engine.library import bundled_stories
from engine.llm.moderation import LineModerated, Moderator
from engine.llm.protocol import Model
from engine.llm.refusals import Persistent
from engine.llm.scripted import ScriptedActor
from engine.llm.wordings import steps_out
from engine.session import Session
from engine.story.load import load_story
from engine.updates import TakenBack, Turned, Words
from llm.asking import endpoint
from support.games import QueueModel, heard
from support.stories import EVERYTHING, graph_of

REFUSAL = ["I'm sorry, but ", "I can't assist with that request."]
NOTHING = json.dumps({"outcome": "none", "quote": ""})


def at_door(folder: Path, actor: Model, judge: Model) -> Session:
    cast = Cast(actor, judge, ScriptedActor(), Estimate())
    session = Session.begin(graph_of(EVERYTHING), cast, folder / "game.palaver", seed=1)
    session.choose("door")
    return session


def test_the_next_wording_answers_and_the_player_is_told(tmp_path: Path) -> None:
    actor = Persistent(QueueModel(REFUSAL, '"Go away."'), scripted=ScriptedActor())
    session = at_door(tmp_path, actor, QueueModel(NOTHING))
    updates = heard(session.say("hello"))
    assert [update for update in updates if isinstance(update, TakenBack | Words)] == [
        TakenBack("queue-model stepped out of the part. It is asked once more, in other words."),
        Words('"Go away."'),
    ]
    assert session.lines[-1].text == '"Go away."'
    session.close()


def test_the_authors_line_ends_the_turn_with_its_own_meaning(tmp_path: Path) -> None:
    judge = QueueModel()
    actor = Persistent(QueueModel(REFUSAL, REFUSAL), scripted=ScriptedActor())
    session = at_door(tmp_path, actor, judge)
    updates = heard(session.say("thank you"))
    assert isinstance(updates[-1], Turned)
    assert session.lines[-1].text == '"Kind words."'
    assert session.state.values["trust"] == 1
    assert judge.requests == [], "no judge is paid for what the author has said"
    session.close()


def test_with_an_empty_ladder_the_line_is_kept(tmp_path: Path) -> None:
    actor = Persistent(QueueModel(REFUSAL), scripted=ScriptedActor(), ladder=[])
    session = at_door(tmp_path, actor, QueueModel())
    with pytest.raises(Withheld):
        heard(session.say("hello"))
    assert session.unsent is not None
    heard(session.retry(actor=session.cast.scripted))
    assert session.lines[-1].text == '"Hello yourself."'
    session.close()


def test_a_flagged_line_reaches_no_model_and_is_kept(tmp_path: Path) -> None:
    flags = httpx.Response(200, json={"results": [{"flagged": True, "categories": {"hate": True}}]})
    moderator = Moderator(endpoint(), transport=httpx.MockTransport(lambda _: flags))
    inner = QueueModel('"Hm."')
    session = at_door(tmp_path, LineModerated(Persistent(inner, scripted=ScriptedActor()), moderator), QueueModel())
    with pytest.raises(Withheld, match=r"not sent: models\.example flags it \(hate\)"):
        heard(session.say("hello"))
    assert inner.requests == []
    assert session.unsent is not None
    session.close()


def test_no_line_of_the_bundled_story_is_taken_for_a_refusal() -> None:
    graph = load_story(bundled_stories() / "lamp")
    examples = [
        example for someone in (*graph.characters.values(), *graph.scenes.values()) for example in someone.examples
    ]
    assert len(examples) > 50
    for example in examples:
        assert not any(steps_out(reply) for reply in example.replies), example.replies
