"""Models that lie, forget themselves or die cost a game nothing: no line, no memory, no secret, no second payment."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.cast import Cast
from engine.dialogue.tokens import Estimate
from engine.errors import NoWords, Unreachable
from engine.llm.incharacter import InCharacter
from engine.llm.protocol import Piece, Request, Usage
from engine.llm.scripted import ScriptedActor
from engine.plain import PlainGame
from engine.session import Session
from engine.story.graph import StoryGraph
from support.games import QueueModel, heard
from support.stories import graph_of

ROOM = """
start: room
characters:
  maren: {name: Maren Voss, persona: You are Maren., fallback: ['"Hm."', '"So."', '"Well."']}
  odd: {name: Odd Berg, persona: You are Odd., fallback: ['"Aye."', '"Yes."']}
scenes:
  room: {title: The room, talk: [maren, odd], order: model, replies: 2, choices: [{text: Go, goto: END}]}
"""
LONG = " ".join(f"word{n}" for n in range(150))


class Counting(QueueModel):
    """Counts so many times a token for every four bytes of what it is sent."""

    share = 1.0

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        self.usage = Usage(int(self.share * sum(len(message.content) for message in request.messages) / 4), 10)
        async for piece in super().stream(request):
            yield piece


def game(
    folder: Path, actor: QueueModel, *, judge: QueueModel | None = None, summing: QueueModel | None = None
) -> tuple[Session, Callable[[], Session]]:
    """A new game with a small context, and how to load it again as after a crash."""
    judge = judge or QueueModel(*['{"speaker": "nobody"}' for _ in range(80)])
    cast = Cast(actor, judge, ScriptedActor(), Estimate(), summing, context=2_000)
    graph: StoryGraph = graph_of(ROOM)
    path = folder / "game.palaver"
    return Session.begin(graph, cast, path, seed=1), lambda: Session.resume(graph, cast, path)


@pytest.mark.parametrize("share", [0.7, 1.6])
def test_who_counts_tokens_otherwise_than_the_server_remembers_the_same_after_a_crash(
    tmp_path: Path, share: float
) -> None:
    actor = Counting(*[f'"{n} {LONG}"' for n in range(14)])
    actor.share = share
    session, again = game(tmp_path, actor)
    for n in range(14):
        heard(session.say(f"Maren, {n}: what of the lamp?"))
    before = session.remembered("maren")
    assert before.dropped
    session.close()
    loaded = again()
    assert loaded.remembered("maren") == before
    loaded.recast(replace(loaded.cast, actor=QueueModel()))
    assert loaded.remembered("maren") == before, "the same model under the same name counts as it did"
    loaded.close()


def test_what_another_model_was_found_to_count_is_not_believed_of_this_one(tmp_path: Path) -> None:
    actor = QueueModel(*[f'"{n} {LONG}"' for n in range(14)])
    actor.usage = Usage(4_000, 10)
    session, again = game(tmp_path, actor)
    for n in range(14):
        heard(session.say(f"Maren, {n}: what of the lamp?"))
    session.close()
    loaded = again()
    kept = loaded.remembered("maren").tokens
    other = QueueModel()
    other.name = "another"
    loaded.recast(replace(loaded.cast, actor=other))
    assert loaded.remembered("maren").tokens != kept
    loaded.close()


def test_what_was_summed_up_is_not_paid_for_again_when_the_answer_fails_or_another_is_wanted(tmp_path: Path) -> None:
    failing = Unreachable("Gone.", do="Wait.")
    summing = QueueModel(*["You talked of the lamp and of what it costs to keep it." for _ in range(40)])
    actor = QueueModel(*[f'"{n} {LONG}"' for n in range(40)])
    actor.usage = Usage()
    session, _ = game(tmp_path, actor, summing=summing)
    turns = 0
    while not summing.requests:
        heard(session.say(f"Maren, {turns}: what of the lamp?"))
        turns += 1
    paid = len(summing.requests)
    heard(session.retry())
    assert len(summing.requests) == paid, "another answer"
    session.undo()
    actor.answers.insert(0, failing)
    with pytest.raises(Unreachable):
        heard(session.say(f"Maren, {turns - 1}: what of the lamp?"))
    heard(session.retry())
    assert len(summing.requests) == paid, "the answer had failed"
    assert session.remembered("maren").summary
    session.close()


def test_who_speaks_next_is_found_without_what_was_whispered(tmp_path: Path) -> None:
    judge = QueueModel(*['{"speaker": "Maren Voss"}' for _ in range(8)])
    session, _ = game(tmp_path, QueueModel(*[f'"{word}."' for word in ("Yes", "No", "Perhaps", "Sea")]), judge=judge)
    heard(session.say("The plum is hidden.", "maren", whispered=True))
    heard(session.say("What now?"))
    asked = [message.content for request in judge.requests for message in request.messages]
    assert asked
    assert not any("plum" in text for text in asked)
    session.close()


def test_a_reply_is_told_to_its_end_before_anything_about_the_next(tmp_path: Path) -> None:
    actor = QueueModel(*[f'"{n} {LONG}"' for n in range(30)])
    actor.usage = Usage()
    judge = QueueModel(*[f'{{"speaker": "{name}"}}' for _ in range(15) for name in ("Maren Voss", "Odd Berg")])
    summing = QueueModel(*["You talked of the lamp and of what it costs to keep it." for _ in range(40)])
    session, _ = game(tmp_path, actor, judge=judge, summing=summing)
    told = io.StringIO()
    typed = io.StringIO("".join(f"What of it, {n}?\n" for n in range(10)))
    asyncio.run(PlainGame(session, typed, told).play(opening="A game."))
    session.close()
    lines = told.getvalue().splitlines()
    thinking = [at for at, line in enumerate(lines) if line == "(Odd Berg thinks back.)"]
    assert thinking
    assert all(lines[at - 1].startswith("Maren Voss: ") for at in thinking)


def test_what_went_wrong_beside_a_reply_does_not_say_that_the_line_waits_for_one(tmp_path: Path) -> None:
    broken = NoWords("The reply holds no words.", do="Your line is kept: try again.")
    session, _ = game(tmp_path, QueueModel('"Yes."'), judge=QueueModel(broken, broken))
    heard(session.say("What now?"))
    assert "Who answers could not be found out: The reply holds no words." in session.notices
    session.close()


def test_an_answer_of_which_nothing_can_be_seen_is_asked_for_again(tmp_path: Path) -> None:
    actor = QueueModel("\u200b\u200e\u202e", '"Yes."')
    session, _ = game(tmp_path, actor)
    session.recast(replace(session.cast, actor=InCharacter(actor)))
    heard(session.say("Are you there?", "maren", whispered=True))
    assert session.lines[-1].text == '"Yes."'
    session.close()


def test_a_persona_that_no_context_holds_is_told_once(tmp_path: Path) -> None:
    graph = graph_of(ROOM.replace("You are Maren.", f"You are Maren. {LONG * 8}"))
    actor = QueueModel(*[f'"{word}."' for word in ("Yes", "No", "Perhaps")])
    actor.usage = Usage()
    cast = Cast(actor, QueueModel(), ScriptedActor(), Estimate(), context=1_500)
    session = Session.begin(graph, cast, tmp_path / "game.palaver", seed=1)
    for n in range(3):
        heard(session.say(f"Listen: {n}", "maren", whispered=True))
    assert len([notice for notice in session.notices if "does not fit the `context` of 1,500 tokens" in notice]) == 1
    session.close()
