"""What a model is asked: how long it may speak, and who answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.briefing import REPLY_TOKENS, Briefing
from engine.dialogue.tokens import Estimate, count_messages
from engine.play.moves import Begin, Reply, Say
from engine.play.state import State
from engine.play.step import step
from support.games import cast_of
from support.stories import graph_of

TALK = """
    start: a
    characters: {maren: {name: Maren, persona: You are Maren., model: %s}}
    scenes: {a: {talk: maren, choices: [{text: Stop, goto: END}]}}
"""


def asked_for(author: str, player: dict[str, Any], context: int = 4_096) -> Any:
    graph = graph_of(TALK % author)
    cast = replace(cast_of(), fixed=player, context=context)
    briefing = Briefing(graph, cast, Estimate(), "game")
    begun = step(graph, State(), Begin(1))
    briefing.extend(begun.events)
    return briefing.act(step(graph, begun.state, Say("hello")).state, "maren").settings["max_tokens"]


@pytest.mark.parametrize(
    ("author", "player", "tokens"),
    [
        ("{}", {}, REPLY_TOKENS),
        ("{max_tokens: 700}", {}, 700),
        ("{max_tokens: 90}", {}, 90),
        ("{}", {"max_tokens": 800}, 800),
        ("{max_tokens: 700}", {"max_tokens": 120}, 120),
        ("{max_tokens: 90}", {"max_tokens": 800}, 90),
        ("{max_tokens: 9000}", {}, 2_048),
    ],
)
def test_a_reply_is_as_long_as_the_author_likes_and_the_player_allows(
    author: str, player: dict[str, Any], tokens: int
) -> None:
    assert asked_for(author, player) == tokens


JUDGED = """
    start: a
    characters: {maren: {name: Maren, persona: '%s'}}
    scenes: {a: {talk: maren, outcomes: {go: {when: Maren opens the door, goto: END}}}}
"""


@pytest.mark.parametrize("words", [3, 200, 400, 500, 550])
def test_the_judge_goes_on_from_the_actors_prompt_while_there_is_room(words: int) -> None:
    graph = graph_of(JUDGED % ("You are Maren. " + "word " * words))
    cast = replace(cast_of(), judge_continues=True, context=1_500)
    briefing = Briefing(graph, cast, Estimate(), "game")
    begun = step(graph, State(), Begin(1))
    briefing.extend(begun.events)
    said = step(graph, begun.state, Say("hello")).state
    act = briefing.act(said, "maren")
    question = briefing.question(step(graph, said, Reply("maren", "Come in.")).state, ["maren"], act)
    assert question is not None
    size = count_messages(question.messages, Estimate()) + question.max_tokens
    assert size <= 1_500
    goes_on = question.messages[: len(act.messages)] == act.messages
    assert goes_on is (words < 500)
