"""Several people in one talk: who answers, breaks in and whispers, what nobody hears, and what is taken back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.cast import Cast
from engine.dialogue.tokens import Estimate
from engine.errors import Refused, Unreachable
from engine.llm.protocol import Finished, Piece, Request, Usage
from engine.llm.scripted import ScriptedActor
from engine.play import events as e
from engine.session import Session
from engine.updates import Choosing, Interrupted, Judging, Recalling, Speaking, TakenBack, Turned, Words
from support.games import QueueModel, begin, cast_of, heard, resume
from support.stories import graph_of

TABLE = """
start: table
state: {told: 0, trust: {start: 0, min: 0, max: 3}}
characters:
  maren:
    name: Maren Voss
    persona: You are Maren.
    moved_by: {trust: {by: 1, when: the player is kind}}
    fallback: ['"Hm."', '"So."']
  odd:
    name: Odd Berg
    persona: You are Odd.
    moved_by: {trust: {by: 1, when: the player is honest}}
    fallback: ['"Aye."', '"Well."']
  night: {name: The night, narrator: true, persona: You tell what comes of deeds., fallback: [Nothing stirs., Rain.]}
scenes:
  table:
    title: The table
    talk: [maren, odd, night]
    replies: 2
    crosstalk: true
    interrupts: [{who: odd, keys: [annika]}]
    outcomes:
      leave: {when: Maren sends the player out, goto: yard, ask: 'Did Maren just send you out?'}
      agree: {when: Odd says that he will row, set: {told: 1}, once: true}
    choices:
      - {id: show, text: Show the letter, seen: The player lays a letter on the table., once: true}
      - {id: out, text: Go out, goto: yard}
  yard:
    title: The yard
    talk: [odd]
    outcomes: {go: {when: Odd rows the player out, goto: END}}
"""


def prompt_of(model: QueueModel, number: int) -> str:
    return "\n".join(message.content for message in model.requests[number].messages)


def kinds(session: Session) -> list[str]:
    return [type(event).__name__ for event in session.store.path_to()[-1].events]


def judged(**fields: str) -> str:
    usual = {"quote": "", "outcome": "none", "sure": "yes"}
    return json.dumps(usual | fields)


def test_whom_a_reply_calls_by_name_answers_it_and_one_reading_ends_the_turn(tmp_path: Path) -> None:
    actor = QueueModel('"Ask Odd. Odd, will you row?"', '"I will row."')
    judge = QueueModel(judged(outcome="agree", quote="I will row."))
    session = begin(graph_of(TABLE), tmp_path, actor, judge)
    updates = heard(session.say("Maren, who can row?"))
    assert [update.who for update in updates if isinstance(update, Speaking)] == ["maren", "odd"]
    assert "Ask Odd. Odd, will you row?" in prompt_of(actor, 1), "Odd heard what Maren said just before"
    assert len(judge.requests) == 1
    assert kinds(session) == [
        "PlayerSpoke", "CharacterSpoke", "CharacterSpoke", "OutcomeReached", "VariablesSet", "TalkTurnEnded",
    ] or kinds(session)[:4] == ["PlayerSpoke", "CharacterSpoke", "CharacterSpoke", "OutcomeReached"]  # fmt: skip
    assert session.state.values["told"] == 1
    session.close()


def test_a_word_brings_somebody_in_who_breaks_off_the_other(tmp_path: Path) -> None:
    actor = QueueModel(['"It was the Annika ', "that went down, and I never ", 'slept since."'], '"Enough, Maren."')
    session = begin(graph_of(TABLE), tmp_path, actor, QueueModel(judged()))
    updates = heard(session.say("Maren, what happened?"))
    assert [update.name for update in updates if isinstance(update, Interrupted)] == ["Odd Berg"]
    maren, odd = [line for line in session.lines if line.kind == "speech" and line.who != "player"]
    assert (maren.text, maren.cut, odd.text) == ('"It was the Annika', True, '"Enough, Maren."')
    session.close()


def test_a_whisper_is_answered_and_kept_between_two(tmp_path: Path) -> None:
    actor = QueueModel('"I will keep that."', '"What were you two about?"')
    session = begin(graph_of(TABLE), tmp_path, actor, QueueModel(judged(), judged()))
    heard(session.say("The lamp was my fault.", "odd", whispered=True))
    heard(session.say("Maren, good evening."))
    assert "The lamp was my fault." in prompt_of(actor, 0)
    assert "my fault" not in prompt_of(actor, 1)
    assert "keep that" not in prompt_of(actor, 1)
    assert "whisper" in prompt_of(actor, 1), "she saw that something was whispered"
    session.close()
    again = resume(graph_of(TABLE), tmp_path, QueueModel('"Fine."'))
    assert [line.whispered for line in again.lines if line.kind == "speech"] == [True, True, False, False]
    again.close()


def test_an_aside_is_kept_and_no_model_is_sent_it(tmp_path: Path) -> None:
    actor = QueueModel('"Evening."')
    session = begin(graph_of(TABLE), tmp_path, actor, QueueModel(judged()))
    updates = heard(session.say("((she looks guilty))"))
    assert isinstance(updates[-1], Turned)
    assert not actor.requests
    heard(session.say("Maren, hello ((still guilty)) there"))
    assert "guilty" not in prompt_of(actor, 0)
    assert [line.text for line in session.lines if line.kind == "aside"] == ["she looks guilty", "still guilty"]
    assert session.state.turns == 1
    session.close()


def test_what_is_shown_is_seen_by_those_present_only(tmp_path: Path) -> None:
    actor = QueueModel('"A letter?"', '"What letter?"')
    session = begin(graph_of(TABLE), tmp_path, actor, QueueModel(judged(), judged()))
    session.choose("show")
    heard(session.say("Maren, do you know the hand?"))
    assert "lays a letter on the table" in prompt_of(actor, 0)
    session.close()


def test_a_deed_is_the_narrators(tmp_path: Path) -> None:
    actor = QueueModel("The door sticks, then gives.")
    session = begin(graph_of(TABLE), tmp_path, actor, QueueModel(judged()))
    updates = heard(session.say("*I try the door*"))
    assert [update.who for update in updates if isinstance(update, Speaking)] == ["night"]
    assert [line.narrates for line in session.lines if line.who == "night"] == [True]
    session.close()


def test_a_model_finds_who_answers_where_the_scene_leaves_it_to_one(tmp_path: Path) -> None:
    graph = graph_of(TABLE.replace("crosstalk: true", "crosstalk: true\n    order: model"))
    actor = QueueModel('"I row, yes."')
    judge = QueueModel('{"speaker": "Odd Berg"}', '{"speaker": "nobody"}', judged())
    session = begin(graph, tmp_path, actor, judge)
    updates = heard(session.say("Who can row?"))
    assert [update.who for update in updates if isinstance(update, Speaking)] == ["odd"]
    assert [request.purpose for request in judge.requests] == ["choose", "choose", "judge"]
    assert any(isinstance(update, Choosing) for update in updates)
    session.close()


@pytest.mark.parametrize("answer", ["Odd!", '{"speaker": "The player"}', '{"speaker": "Tuva"}', "", "[]"])
def test_a_model_that_names_nobody_present_leaves_it_to_the_rules(tmp_path: Path, answer: str) -> None:
    graph = graph_of(TABLE.replace("crosstalk: true", "order: model"))
    session = begin(graph, tmp_path, QueueModel('"Yes."'), QueueModel(answer, answer, judged()))
    updates = heard(session.say("Who can row?"))
    assert [update.who for update in updates if isinstance(update, Speaking)] == ["maren"]
    session.close()


def test_when_a_second_answer_fails_the_first_one_stands(tmp_path: Path) -> None:
    actor = QueueModel('"Odd, tell them."', Unreachable("The server is gone.", do="Start it."))
    session = begin(graph_of(TABLE), tmp_path, actor, QueueModel(judged()))
    heard(session.say("Maren?"))
    assert [line.text for line in session.lines if line.kind == "speech" and line.who] == [
        "Maren?",
        '"Odd, tell them."',
    ]
    assert any("Odd Berg said nothing" in notice for notice in session.notices)
    assert session.unsent is None
    session.close()


class BreakingOff(QueueModel):
    """Fails at the end of an answer that is marked so, once its words are out."""

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        async with aclosing(super().stream(request)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Finished) and piece.text.endswith("-"):
                    raise Unreachable("The line was cut.", do="Start it.")
                yield piece


def test_words_of_a_second_answer_that_broke_off_are_taken_back(tmp_path: Path) -> None:
    session = begin(graph_of(TABLE), tmp_path, BreakingOff('"Odd, tell them."', '"I was -'), QueueModel(judged()))
    updates = heard(session.say("Maren?"))
    words = next(place for place, update in enumerate(updates) if update == Words('"I was -'))
    assert isinstance(updates[words + 1], TakenBack)
    assert updates[-1] == Turned(session.lines[-2:], replies=1), "who shows the turn knows how much of it was told"
    session.close()


def test_after_a_second_answer_that_failed_the_judge_reads_the_first_in_its_own_prompt(tmp_path: Path) -> None:
    actor = QueueModel('"Odd, tell them."', Unreachable("The server is gone.", do="Start it."))
    judge = QueueModel(judged())
    cast = replace(cast_of(actor, judge), judge_continues=True, context=8_000)
    session = Session.begin(graph_of(TABLE), cast, tmp_path / "game.palaver", seed=1)
    heard(session.say("Maren?"))
    (asked,) = judge.requests
    assert asked.messages[: len(actor.requests[0].messages)] == actor.requests[0].messages
    session.close()


def test_a_second_answer_that_is_stopped_before_a_word_is_no_trouble(tmp_path: Path) -> None:
    session = begin(graph_of(TABLE), tmp_path, QueueModel('"Odd, tell them."', '"No."'), QueueModel())

    async def stop_odd() -> None:
        async for update in session.say("Maren?"):
            if isinstance(update, Speaking) and update.who == "odd":
                session.stop()

    asyncio.run(stop_odd())
    assert [line.who for line in session.lines if line.kind == "speech"] == ["player", "maren"]
    assert session.notices == []
    session.close()


def test_another_answer_keeps_what_was_written_aside(tmp_path: Path) -> None:
    actor = QueueModel('"Evening."', '"Good evening."')
    session = begin(graph_of(TABLE), tmp_path, actor, QueueModel(judged(), judged()))
    heard(session.say("Hello, Maren ((she (again) looks tired))", "maren", whispered=True))
    first = [(line.kind, line.text) for line in session.lines if line.who in ("", "player")]
    heard(session.retry())
    assert [(line.kind, line.text) for line in session.lines if line.who in ("", "player")] == first
    assert [line.text for line in session.lines if line.who == "maren"] == ['"Good evening."']
    assert all(line.whispered for line in session.lines if line.kind == "speech")
    session.close()


def test_a_line_without_an_answer_still_waits_for_one_after_an_aside(tmp_path: Path) -> None:
    actor = QueueModel(Unreachable("The server is gone.", do="Start it."), '"Evening."')
    session = begin(graph_of(TABLE), tmp_path, actor, QueueModel(judged()))
    with pytest.raises(Unreachable):
        heard(session.say("Hello, Maren."))
    session.note("it is down again")
    heard(session.say("((or not))"))
    heard(session.retry())
    assert [line.text for line in session.lines if line.kind == "speech"] == ["Hello, Maren.", '"Evening."']
    session.close()


# Readings


def test_what_was_not_meant_is_taken_back_and_everything_said_stands(tmp_path: Path) -> None:
    actor = QueueModel('"Out with you."')
    judge = QueueModel(judged(outcome="leave", quote="Out with you.", moved_trust_1="yes", quote_trust_1="Out"))
    session = begin(graph_of(TABLE), tmp_path, actor, judge)
    heard(session.say("Maren, hello."))
    assert session.state.scene == "yard"
    session.not_that()
    assert (session.state.scene, session.state.values["trust"]) == ("table", 0)
    assert [line.text for line in session.lines if line.kind == "speech" and line.who == "maren"] == ['"Out with you."']
    assert "ReadingVetoed" in kinds(session)
    assert any(line.kind == "vetoed" for line in session.lines)
    assert len(actor.requests) == len(judge.requests) == 1, "nobody was asked again"
    with pytest.raises(Refused, match="Nothing was read"):
        session.not_that()
    session.undo()
    session.close()
    again = resume(graph_of(TABLE), tmp_path)
    assert len(again.store.turns()) == 3, "the reading is still there, on a branch of its own"
    again.close()


def test_taking_a_reading_back_drops_no_line_that_got_no_answer(tmp_path: Path) -> None:
    actor = QueueModel('"I will row."', Unreachable("The server is gone.", do="Start it."), '"Cold, yes."')
    judge = QueueModel(judged(outcome="agree", quote="I will row."), judged())
    session = begin(graph_of(TABLE), tmp_path, actor, judge)
    heard(session.say("Odd, will you row?"))
    with pytest.raises(Unreachable):
        heard(session.say("Odd, is it cold?"))
    session.not_that()
    heard(session.retry())
    spoken = [line.text for line in session.lines if line.kind == "speech" and line.who == "odd"]
    assert spoken == ['"I will row."', '"Cold, yes."']
    session.close()


def test_where_the_judge_is_not_sure_the_player_is_asked(tmp_path: Path) -> None:
    def play(folder: Path, answer: str) -> Session:
        folder.mkdir()
        judge = QueueModel(judged(outcome="leave", quote="Out with you.", sure="no"), judged())
        session = begin(graph_of(TABLE), folder, QueueModel('"Out with you."', '"Well?"'), judge)
        heard(session.say("Maren, hello."))
        assert session.state.scene == "table"
        assert session.view.doubt == "Did Maren just send you out?"
        assert [option.yes for option in session.view.options[:2]] == [True, False]
        if answer == "other":
            heard(session.say("Maren, please."))
        else:
            session.answer(answer == "yes")
        return session

    for answer, scene in (("yes", "yard"), ("no", "table"), ("other", "table")):
        session = play(tmp_path / answer, answer)
        assert session.state.scene == scene
        assert session.view.doubt == ""
        if answer == "yes":
            session.not_that()
            assert session.state.scene == "table"
        session.close()


def test_an_unsure_judge_opens_nothing_where_its_author_asks_nothing(tmp_path: Path) -> None:
    judge = QueueModel(judged(outcome="agree", quote="I will row.", sure="no"))
    session = begin(graph_of(TABLE), tmp_path, QueueModel('"I will row."'), judge)
    heard(session.say("Odd, will you row?"))
    assert session.state.values["told"] == 0
    assert "ReadingRefused" in kinds(session)
    session.close()


# Memory


LONG = "word " * 180


def small(folder: Path, summariser: QueueModel, *answers: str | Unreachable) -> tuple[Session, QueueModel]:
    """A game with a small context, whose actor gives long answers."""
    actor = QueueModel(*(answers or [f'"{number} {LONG}"' for number in range(12)]))
    actor.usage = Usage()
    judge = QueueModel(*(judged() for _ in range(20)))
    cast = Cast(actor, judge, ScriptedActor(), Estimate(), summariser, context=2_000)
    return Session.begin(graph_of(TABLE), cast, folder / "game.palaver", seed=1), actor


def test_what_falls_out_is_summed_up_once_and_kept_as_an_event(tmp_path: Path) -> None:
    summariser = QueueModel(*(f"You were told {n} times that the player came for the lamp." for n in range(9)))
    session, actor = small(tmp_path, summariser)
    for n in range(12):
        heard(session.say(f"Maren, {n}: I came for the lamp."))
    summed = [event for turn in session.store.path_to() for event in turn.events if isinstance(event, e.Summarised)]
    assert {(event.who, event.by) for event in summed} == {("maren", "queue-model")}
    assert len(summariser.requests) == len(summed)
    memory = session.remembered("maren")
    assert memory.dropped
    assert memory.summary in prompt_of(actor, -1)
    session.close()
    again = resume(graph_of(TABLE), tmp_path, QueueModel('"Yes."'))
    assert again.remembered("maren").summary == memory.summary, "a loaded game remembers the same"
    again.close()


def test_a_summary_that_cannot_be_had_is_the_authors_own_and_the_talk_goes_on(tmp_path: Path) -> None:
    session, _ = small(tmp_path, QueueModel(*[Unreachable("The server is gone.", do="Start it.") for _ in range(12)]))
    for n in range(12):
        heard(session.say(f"Maren, {n}."))
    summed = [event for turn in session.store.path_to() for event in turn.events if isinstance(event, e.Summarised)]
    assert {event.by for event in summed} == {"authored"}
    assert any("could not be summed up" in notice for notice in session.notices)
    session.close()


def test_a_turn_that_fails_keeps_no_summary(tmp_path: Path) -> None:
    for whole in range(1, 9):  # among them the turn that needs a summary
        folder = tmp_path / str(whole)
        folder.mkdir()
        summariser = QueueModel(*["You talked of the lamp." for _ in range(20)])
        answers = [f'"{n} {LONG}"' for n in range(whole)]
        session, _ = small(folder, summariser, *answers, Unreachable("Gone.", do="Wait."))
        for n in range(whole):
            heard(session.say(f"Maren, {n}."))
        before = session.remembered("maren")
        with pytest.raises(Unreachable):
            heard(session.say("Maren, now."))
        assert session.unsent is not None
        assert session.remembered("maren").summary == before.summary
        session.close()


def test_the_player_sees_that_somebody_thinks_back_and_that_meaning_is_read(tmp_path: Path) -> None:
    session, actor = small(tmp_path, QueueModel(*["You talked of the lamp." for _ in range(20)]))
    seen = [update for n in range(12) for update in heard(session.say(f"Maren, {n}."))]
    assert any(isinstance(update, Recalling) and update.name == "Maren Voss" for update in seen)

    async def watch() -> list[bool]:
        return [session.reading async for update in session.say("Maren, now?") if isinstance(update, Judging)]

    actor.answers.append('"Now."')
    assert asyncio.run(watch()) == [True]
    assert not session.reading
    session.close()
