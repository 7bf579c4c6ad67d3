"""Whispers, deeds, asides, doubts and readings taken back: each looks like what it is, and none surprises."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.play import events as e
from engine.session import Session
from engine.table import Table
from engine.tui.ahead import ASKED
from engine.tui.widgets.lines import Spoken
from engine.tui.widgets.marks import Mark
from support.games import QueueModel
from tui.parlour import SKERRY, Hands, laid_table, playing, run, shown

JUDGED = SKERRY.replace(
    "lets_in: {says: {maren: [get inside]},", "lets_in: {when: Maren lets the player in, ask: Did Maren let you in?,"
).replace(", outcome: lets_in", "")
NARRATED = SKERRY.replace(
    "odd: {name: Odd, persona: You are Odd., fallback: Odd shrugs.}",
    "odd: {name: Voice, persona: You tell., narrator: true, fallback: The window does not give.}",
)
NOTHING = '{"quote": "", "outcome": "none", "sure": "yes"}'
"""A judge's answer that finds nothing."""
WORDS = "Come in, then, if you must."


def judged(*, sure: bool) -> str:
    """Return a judge's answer that finds the outcome."""
    return json.dumps({"quote": "Come in, then", "outcome": "lets_in", "sure": "yes" if sure else "no"})


def at_door(folder: Path, actor: QueueModel | None, story: str = JUDGED) -> tuple[Table, Session]:
    table = laid_table(folder, actor, skerry=story)
    session = table.begin(table.library.load("skerry"))
    session.choose("knock")
    return table, session


def events_of(hands: Hands) -> list[e.Event]:
    return [event for turn in hands.session.store.path_to() for event in turn.events]


@pytest.mark.parametrize(
    ("answer", "scene"), [("y", "kitchen"), ("yes", "kitchen"), ("1", "kitchen"), ("n", "door"), ("2", "door")]
)
def test_what_a_judge_doubts_the_player_is_asked(tmp_path: Path, answer: str, scene: str) -> None:
    async def play() -> None:
        async with playing(*at_door(tmp_path, QueueModel(WORDS, judged(sure=False)))) as hands:
            await hands.type("hello")
            assert shown(hands.desk.question) == "? Did Maren let you in?"
            assert hands.rows[:3] == ["1 Yes", "2 No", "3 Walk back"]
            assert hands.prompt.placeholder == "yes or no, or say something else"
            await hands.type(answer)
            assert hands.session.view.scene == scene
            assert shown(hands.desk.question) == ""
            assert f"? Did Maren let you in? {'yes' if scene == 'kitchen' else 'no'}" in hands.text

    run(play())


def test_typing_on_lets_a_doubt_lapse(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel(WORDS, judged(sure=False), "What?", NOTHING)
        async with playing(*at_door(tmp_path, model)) as hands:
            await hands.type("hello")
            await hands.type("Well, it rains.")
            assert hands.text[-2] == "YOU: Well, it rains."
            assert shown(hands.desk.question) == ""
            assert hands.session.view.scene == "door"

    run(play())


def test_a_line_typed_ahead_does_not_answer_or_skip_a_question(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel([WORDS, ""], judged(sure=False))
        async with playing(*at_door(tmp_path, model)) as hands:
            model.pause.clear()
            await hands.press(*"hello", "enter")
            await hands.until(lambda: WORDS in hands.text[-1])
            await hands.press(*"yes", "enter")
            model.pause.set()
            await hands.done()
            await hands.until(lambda: not hands.screen._due)
            assert shown(hands.desk.question) == "? Did Maren let you in?"
            assert hands.prompt.value == "yes"
            assert hands.notice == f"· {ASKED}"

    run(play())


@pytest.mark.parametrize("way", ["f6", "/notthat"])
def test_what_was_not_meant_is_taken_back_and_the_words_stand(tmp_path: Path, way: str) -> None:
    async def play() -> None:
        async with playing(*at_door(tmp_path, QueueModel(WORDS, judged(sure=True)))) as hands:
            await hands.type("hello")
            assert hands.session.view.scene == "kitchen"
            await (hands.press(way) if way == "f6" else hands.type(way))
            assert hands.session.view.scene == "door"
            assert hands.text[-3:] == ["YOU: hello", f"MAREN: {WORDS}", "◇"]
            assert hands.notice == "· Taken back: what was said stands, and nothing came of it."
            mark = hands.screen.query(Mark).last()
            mark.action_open()
            assert str(mark.render()).startswith(
                "◇ Taken back: Maren lets the player in,\n  in Maren's words: “Come in"
            )
            await hands.press("f6")
            assert hands.notice.startswith("! ")

    run(play())


def test_a_mark_says_whose_words_decided_how_and_what_takes_it_back(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*at_door(tmp_path, QueueModel(WORDS, judged(sure=True)))) as hands:
            await hands.type("hello")
            hands.screen.action_why()
            (mark,) = hands.screen.query(Mark)
            assert str(mark.render()).splitlines() == [
                "◆ Decided: Maren lets the player in,",
                "  in Maren's words: “Come in, then”",
                "  The judge who reads the dialogue found it.",
                "  f6: not what I meant (in the last turn)",
            ]

    run(play())


def test_a_whisper_is_for_one_and_looks_like_one(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*at_door(tmp_path, None, SKERRY)) as hands:
            await hands.type("/whisper Odd can I trust her?")
            assert hands.text[-2:] == ["YOU: whisper: can I trust her?", "ODD: whispers: Odd shrugs."]
            said = [event for event in events_of(hands) if isinstance(event, e.PlayerSpoke)]
            assert [(line.text, line.to, line.whispered) for line in said] == [("can I trust her?", "odd", True)]
            assert all("italic" in str(words.render().spans) for words in list(hands.screen.query(Spoken))[-2:])

    run(play())


@pytest.mark.parametrize(
    ("typed", "told", "kept"),
    [
        ("/whisper hello", "! Whisper to whom? /whisper NAME TEXT. Here: Maren and Odd.", "/whisper hello "),
        ("/whisper odd", "! Whisper what to Odd?", "/whisper odd "),
        ("/do", "! Do what? Type it after the word: /do I try the window", "/do "),
    ],
)
def test_half_a_command_says_what_is_missing_and_stays(tmp_path: Path, typed: str, told: str, kept: str) -> None:
    async def play() -> None:
        async with playing(*at_door(tmp_path, None, SKERRY)) as hands:
            await hands.type(typed)
            assert hands.notice == told
            assert hands.prompt.value == kept

    run(play())


def test_a_deed_stands_there_as_one_and_the_narrators_prose_has_no_label(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*at_door(tmp_path, None, NARRATED)) as hands:
            await hands.type("/do I try the window")
            assert "YOU: I try the window" in hands.text
            await hands.type("@Voice what now?")
            narrated = hands.screen.query(".-narrates").last()
            assert not narrated.query_one(".name").display
            assert str(narrated.query_one(Spoken).render()) == "The window does not give."

    run(play())


def test_an_aside_is_noted_and_the_rest_of_the_line_is_said(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*at_door(tmp_path, None, SKERRY)) as hands:
            await hands.type("((she lies))")
            assert hands.text[-1] == "(( she lies ))"
            assert hands.notice == "· Noted. Nobody in the story hears it."
            await hands.type("the lamp, please ((again))")
            assert hands.text[-3:-1] == ["(( again ))", "YOU: the lamp, please"]
            await hands.type("/whisper Odd ((he knows)) do you?")
            assert hands.text[-3:-1] == ["(( he knows ))", "YOU: whisper: do you?"]

    run(play())


def test_the_palette_begins_a_whisper_for_the_player_to_go_on_with(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*at_door(tmp_path, None, SKERRY)) as hands:
            await hands.screen.run_action("write('/whisper ')")
            await hands.press("tab", "tab", *"psst")
            assert hands.prompt.value == "/whisper Odd psst"

    run(play())
