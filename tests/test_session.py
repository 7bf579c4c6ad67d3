"""One game: turns are kept whole, nothing is lost when a model fails, and going back takes everything back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.errors import Refused, SaveDamaged, SaveError, SaveLocked, Unreachable
from engine.lastly import Unsent
from engine.llm.protocol import Finished, Piece, Request, Usage
from engine.play import events as e
from engine.play.state import fold
from engine.saves.store import Store, StoryRef
from engine.session import Session
from engine.updates import Judging, Speaking, Turned, Words
from support.games import QueueModel, begin, cast_of, heard, resume
from support.stories import EVERYTHING, graph_of

GRAPH = graph_of(EVERYTHING)


def verdict(outcome: str = "none", quote: str = "", **moved: str) -> str:
    return json.dumps({"outcome": outcome, "quote": quote, **moved})


def stored(session: Session) -> list[e.Event]:
    return [event for turn in session.store.path_to() for event in turn.events]


def at_door(folder: Path, actor: QueueModel | None = None, judge: QueueModel | None = None) -> Session:
    session = begin(GRAPH, folder, actor, judge)
    session.choose("door")
    return session


def test_a_new_game_is_saved_before_it_is_shown(tmp_path: Path) -> None:
    begin(GRAPH, tmp_path).close()
    again = resume(GRAPH, tmp_path)
    assert [line.text for line in again.lines] == ["The hall", "A hall. 5 coins. Tick."]
    again.close()


def test_a_turn_of_talk_streams_and_then_stands_in_the_save(tmp_path: Path) -> None:
    session = at_door(tmp_path, QueueModel(['"Go ', 'away."']), QueueModel(verdict()))
    updates = heard(session.say("hello"))
    assert updates[:4] == [Speaking("maren", "Maren"), Words('"Go '), Words('away."'), Judging()]
    assert isinstance(updates[-1], Turned)
    assert [(line.who, line.text) for line in updates[-1].lines] == [("player", "hello"), ("maren", '"Go away."')]
    assert fold(stored(session)) == session.state
    session.close()


def test_a_model_that_fails_costs_nothing_and_the_line_can_be_sent_again(tmp_path: Path) -> None:
    actor = QueueModel(Unreachable("The server does not answer."), '"Who?"')
    session = at_door(tmp_path, actor, QueueModel(verdict()))
    before, head = session.state, session.store.head
    with pytest.raises(Unreachable):
        heard(session.say("hello"))
    assert session.state == before
    assert session.store.head == head
    assert session.unsent == Unsent("hello")
    heard(session.retry())
    assert session.lines[-1].text == '"Who?"'
    assert session.unsent is None
    session.close()


def test_the_scripted_actor_can_answer_the_line_a_model_did_not(tmp_path: Path) -> None:
    session = at_door(tmp_path, QueueModel(Unreachable("No.")))
    with pytest.raises(Unreachable):
        heard(session.say("hello"))
    heard(session.retry(actor=session.cast.scripted))
    assert session.lines[-1].text == '"Hello yourself."'
    session.close()


def test_a_judge_that_fails_does_not_cost_the_reply(tmp_path: Path) -> None:
    session = at_door(tmp_path, QueueModel('"Hm."'), QueueModel(Unreachable("The judge is away.")))
    heard(session.say("hello"))
    assert session.lines[-1].text == '"Hm."'
    assert session.state.talked == 1
    assert any("judge is away" in notice for notice in session.notices)
    assert any(isinstance(event, e.ReadingRefused) for event in stored(session))
    session.close()


def test_the_judge_opens_a_door_only_with_words_that_were_said(tmp_path: Path) -> None:
    judge = QueueModel(verdict("shouts", "GET OUT"), verdict("shouts", "get out"))
    session = at_door(tmp_path, QueueModel('"Quietly now."', '"Get OUT!"'), judge)
    heard(session.say("hello"))
    assert session.state.scene == "door"
    heard(session.say("hello"))
    assert session.state.scene == "hall"
    session.close()


def test_the_judge_may_move_state_by_an_authored_step(tmp_path: Path) -> None:
    judge = QueueModel(verdict(moved_trust_1="thank you"))
    session = at_door(tmp_path, QueueModel('"Kind of you."'), judge)
    heard(session.say("Thank you, Maren"))
    fields = judge.requests[0].schema
    assert fields is not None
    assert "moved_trust_1" in json.dumps(fields)
    session.close()


def test_no_judge_is_asked_when_nothing_could_come_true(tmp_path: Path) -> None:
    graph = graph_of("""
        start: a
        state: {never: false}
        characters: {maren: {name: Maren, persona: You are Maren.}}
        scenes:
          a:
            talk: maren
            outcomes: {o: {when: it happens, if: never, goto: z}}
            choices: [{text: Leave, goto: z}]
          z: {ending: The end, text: Bye.}
    """)
    judge = QueueModel()
    session = begin(graph, tmp_path, QueueModel('"Hm."'), judge)
    heard(session.say("hello"))
    assert judge.requests == []
    session.close()


def test_stopping_keeps_what_was_said_so_far_marked_and_closes_the_stream(tmp_path: Path) -> None:
    actor = QueueModel(['"Well, ', 'long story."'])
    actor.pause.clear()
    session = at_door(tmp_path, actor)

    async def play() -> None:
        async for update in session.say("tell me"):
            if isinstance(update, Words):
                session.stop()

    asyncio.run(play())
    assert session.lines[-1].text == '"Well,'
    assert session.lines[-1].cut
    assert actor.closed == 1
    session.close()


def test_stopping_before_a_word_keeps_the_line(tmp_path: Path) -> None:
    session = at_door(tmp_path, QueueModel('"Never heard."'))
    head = session.store.head

    async def play() -> None:
        async for update in session.say("tell me"):
            if isinstance(update, Speaking):
                session.stop()

    with pytest.raises(Refused):
        asyncio.run(play())
    assert session.unsent == Unsent("tell me")
    assert session.store.head == head
    session.close()


def test_a_judge_that_keeps_talking_nonsense_is_told_of_once(tmp_path: Path) -> None:
    session = at_door(tmp_path, QueueModel(*['"Hm."'] * 4), QueueModel(*["What?"] * 4))
    for line in ("one", "two", "three"):
        heard(session.say(line))
    assert [notice for notice in session.notices if "could not be read" in notice]
    session.close()


def test_undo_takes_back_everything_a_turn_changed_and_redo_brings_it_back(tmp_path: Path) -> None:
    session = begin(GRAPH, tmp_path)
    start = (session.state, session.lines)
    session.choose("take")
    session.choose("door")
    heard(session.say("thank you"))
    end = (session.state, session.lines)
    assert session.state.values["trust"] == 1
    for _ in range(3):
        session.undo()
    assert (session.state, session.lines) == start
    with pytest.raises(Refused):
        session.undo()
    for _ in range(3):
        session.redo()
    assert (session.state, session.lines) == end
    with pytest.raises(Refused):
        session.redo()
    session.close()


def test_retry_grows_a_branch_and_keeps_the_first_answer(tmp_path: Path) -> None:
    session = at_door(tmp_path, QueueModel('"One."', '"Two."'), QueueModel(verdict(), verdict()))
    heard(session.say("hello"))
    heard(session.retry())
    assert [line.text for line in session.lines if line.who == "maren"] == ['"Who is it?"', '"Two."']
    session.undo()
    assert len(session.store.children(session.store.head)) == 2
    session.close()


def test_a_retry_that_fails_brings_the_earlier_answer_back(tmp_path: Path) -> None:
    session = at_door(tmp_path, QueueModel('"One."', Unreachable("Away.")), QueueModel(verdict()))
    heard(session.say("hello"))
    lines = session.lines
    with pytest.raises(Unreachable):
        heard(session.retry())
    assert session.lines == lines
    heard(session.retry(actor=session.cast.scripted))
    assert session.lines[-1].text == '"Hello yourself."'
    session.close()


def test_what_the_servers_counted_is_kept_with_the_turn(tmp_path: Path) -> None:
    session = at_door(tmp_path, QueueModel('"Hm."'), QueueModel(verdict()))
    heard(session.say("hello"))
    assert session.store.path_to()[-1].note == {
        "model": "queue-model", "prompt": 100, "completion": 10,
        "judge_model": "queue-model", "judge_prompt": 100, "judge_completion": 10,
        "factor": 0.25, "factor_of": "queue-model",
    }  # fmt: skip
    heard(session.retry(actor=session.cast.scripted))
    assert session.store.path_to()[-1].note is None
    session.close()


def test_a_server_that_counts_and_names_wildly_does_not_cost_the_turn(tmp_path: Path) -> None:
    class Boaster(QueueModel):
        async def stream(self, request: Request) -> AsyncGenerator[Piece]:
            yield Finished('"Hm."', usage=Usage(10**40, 5), model="\x1b[2Jm" + "x" * 10_000)

    session = at_door(tmp_path, Boaster(), QueueModel(verdict()))
    heard(session.say("hello"))
    note = session.store.path_to()[-1].note
    assert note is not None
    assert note["model"] == "m" + "x" * 99
    assert "prompt" not in note
    session.close()


def test_who_is_addressed_answers_whatever_names_the_line_holds(tmp_path: Path) -> None:
    session = at_door(tmp_path, QueueModel('"Aye."'), QueueModel(verdict()))
    assert heard(session.say("Maren, hush", to="odd"))[0] == Speaking("odd", "Odd")
    with pytest.raises(Refused):
        heard(session.say("hello", to="nobody"))
    session.close()


def test_in_a_group_the_one_called_answers_else_the_one_with_an_answer_else_the_next(tmp_path: Path) -> None:
    session = at_door(tmp_path)

    def answering(line: str) -> str:
        return next(update.who for update in heard(session.say(line)) if isinstance(update, Speaking))

    assert answering("Odd, hello!") == "odd"
    assert answering("what about the boat?") == "odd"
    assert answering("xyzzy") == "maren"
    session.close()


def test_a_named_moment_is_come_back_to(tmp_path: Path) -> None:
    session = begin(GRAPH, tmp_path)
    session.name("before")
    session.choose("take")
    session.load("before")
    assert session.state.values["key"] is False
    session.redo()
    assert session.state.values["key"] is True
    session.close()


def test_a_second_window_is_told_and_nothing_is_harmed(tmp_path: Path) -> None:
    session = begin(GRAPH, tmp_path)
    with pytest.raises(SaveLocked):
        resume(GRAPH, tmp_path)
    session.choose("take")
    session.close()
    again = resume(GRAPH, tmp_path)
    assert again.state.values["key"] is True
    again.close()


def test_a_character_is_not_told_what_it_did_not_witness(tmp_path: Path) -> None:
    graph = graph_of("""
        start: a
        characters:
          maren: {name: Maren, persona: You are Maren.}
          odd: {name: Odd, persona: You are Odd.}
        scenes:
          a: {talk: maren, choices: [{text: Go, goto: b}]}
          b: {talk: odd, choices: [{text: Go, goto: c}]}
          c: {talk: [maren, odd], choices: [{text: Stop, goto: END}]}
    """)
    actor = QueueModel('"A wreck."', '"Fish."', '"Well."')
    session = begin(graph, tmp_path, actor)
    heard(session.say("tell me a secret"))
    session.choose("go")
    heard(session.say("good evening"))
    session.choose("go")
    heard(session.say("Odd, and now?"))
    told = "\n".join(message.content for message in actor.requests[-1].messages)
    assert "good evening" in told
    assert "Fish" in told
    assert "secret" not in told
    assert "wreck" not in told
    session.close()


def test_a_locked_fact_is_in_no_prompt(tmp_path: Path) -> None:
    actor = QueueModel('"Hm."', '"Hm."')
    session = at_door(tmp_path, actor, QueueModel(verdict(), verdict()))
    heard(session.say("what did you do with the lamp?"))
    assert "lamp out" not in str(actor.requests[0].messages)
    session.choose("go_back")
    session.choose("shut")
    session.choose("wake")
    session.choose("door")
    heard(session.say("Maren?"))
    assert "lamp out" in str(actor.requests[1].messages)
    session.close()


def test_a_game_goes_on_after_its_story_was_edited(tmp_path: Path) -> None:
    session = begin(GRAPH, tmp_path)
    session.choose("take")
    session.choose("door")
    session.close()
    edited = graph_of(
        EVERYTHING.replace("  door:\n    title", "  gate:\n    renamed_from: door\n    title")
        .replace("goto: door", "goto: gate")
        .replace("  coins: 5", "  money: {start: 4, max: 4, renamed_from: coins}\n  rope: 1")
        .replace("coins", "money")
        .replace("renamed_from: money", "renamed_from: coins")
    )
    again = resume(edited, tmp_path)
    assert again.state.scene == "gate"
    assert again.state.values["money"] == 4
    assert again.state.values["rope"] == 1
    assert again.state.values["key"] is True
    assert any("edited" in notice for notice in again.notices)
    again.notices.clear()
    heard(again.say("hello"))
    again.undo()
    assert again.notices == [], "it was told once"
    again.close()


def test_a_game_in_a_scene_that_an_edit_removed_goes_back_to_where_it_can(tmp_path: Path) -> None:
    session = begin(GRAPH, tmp_path)
    session.choose("take")
    session.choose("shut")
    session.close()
    cut = EVERYTHING.replace("call: dream, goto: deck", "goto: deck").replace("call: dream", "goto: deck")
    start = cut.index("  dream:")
    edited = graph_of(cut[:start] + cut[cut.index("  deck:") :])
    again = resume(edited, tmp_path)
    assert again.state.scene == "hall"
    assert again.state.values["key"] is True
    assert any("dream" in notice for notice in again.notices)
    again.close()


def test_a_game_that_an_edit_left_where_nothing_can_be_done_says_what_to_do(tmp_path: Path) -> None:
    tale = "palaver: 1\ntitle: T\nstart: a\nstate: {n: 0}\nscenes:\n  a:\n    goto: b\n    choices:\n"
    up = "      - {id: up, text: Up, set: {n: n + 1}}\n"
    session = begin(graph_of(f"{tale}{up}  b: {{ending: B}}\n"), tmp_path)
    session.choose("up")
    session.close()
    edited = graph_of(f"{tale}{up.replace('Up,', 'Up, if: n < 1,')}  b: {{ending: B}}\n")
    again = resume(edited, tmp_path)
    assert again.view.options == ()
    assert again.notices[-1] == "As the story is now, nothing can be done here: /undo goes back a turn."
    again.notices.clear()
    again.undo()
    assert again.view.options
    assert again.notices == []
    again.close()


def test_a_save_with_values_its_story_forbids_is_refused(tmp_path: Path) -> None:
    session = begin(GRAPH, tmp_path)
    session.store.append([e.VariablesSet((("trust", 99),))], now=session._now(), story_hash=GRAPH.hash)
    session.close()
    with pytest.raises(SaveDamaged):
        resume(GRAPH, tmp_path)


def test_a_save_that_begins_with_no_beginning_is_refused(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with Store.create(tmp_path / "game.palaver", StoryRef(GRAPH.id, GRAPH.title, GRAPH.hash), 1, now) as store:
        store.append([e.SceneEntered("hall")], now=now, story_hash=GRAPH.hash)
    with pytest.raises(SaveDamaged):
        resume(GRAPH, tmp_path)


def test_a_game_whose_only_scene_an_edit_removed_says_so(tmp_path: Path) -> None:
    begin(GRAPH, tmp_path).close()
    with pytest.raises(SaveError, match='has no scene "hall" any more, or is another one'):
        resume(graph_of("start: a\nscenes: {a: {ending: Done, text: Done.}}"), tmp_path)


def test_a_game_whose_calling_scene_an_edit_removed_goes_back_before_the_call(tmp_path: Path) -> None:
    story = """
        start: a
        scenes:
          a: {choices: [{text: On, goto: b}]}
          b: {choices: [{text: In, call: c}]}
          c: {choices: [{text: Back, goto: RETURN}]}
    """
    session = begin(graph_of(story), tmp_path)
    session.choose("on")
    session.choose("in")
    session.close()
    again = resume(graph_of(story.replace("goto: b", "goto: d").replace("          b:", "          d:")), tmp_path)
    assert again.state.scene == "a"
    again.close()


def test_a_full_disk_stops_the_turn_and_not_the_game(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real full disk is in the tests of the store; here it is a store that says so."""
    session = begin(GRAPH, tmp_path)
    before = session.state

    def full(*_: object, **__: object) -> int:
        raise SaveError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(session.store, "append", full)
        with pytest.raises(SaveError):
            session.choose("take")
    assert session.state == before
    session.choose("take")
    assert session.state.values["key"] is True
    session.close()


def test_begin_leaves_no_half_made_save(tmp_path: Path) -> None:
    graph = graph_of("""
        start: a
        scenes:
          a: {pool: [{scene: b, if: 1 == 2}], goto: b}
          b: {ending: Done, text: Done.}
    """)
    session = Session.begin(graph, cast_of(), tmp_path / "x.palaver", seed=1)
    assert session.view.over
    session.close()
    assert [path.name for path in tmp_path.iterdir()] == ["x.palaver"]
