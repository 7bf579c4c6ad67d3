"""Looking behind a game: what each character remembers, and how the last turn was made. The story is not given away."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static, Tabs

from engine.play.state import State
from engine.report import Exchange
from engine.tui.inspection import GONE, LONGEST_BLOCK, Inspection, inspect
from engine.tui.screens.behind import inspected
from engine.tui.screens.inspector import InspectorScreen
from engine.tui.screens.memory import MemoryScreen
from engine.tui.screens.play import PlayScreen
from support.games import QueueModel
from tui.parlour import SKERRY, Hands, game, playing, run
from tui.test_richer_talk import JUDGED, WORDS, at_door, judged

KNOWING = JUDGED.replace(
    "persona: You are Maren.", "persona: You are Maren.\n    knows: [{fact: She put the lamp out.}]"
)


def words(hands: Hands) -> str:
    """Return every word on the screen that is shown."""
    return "\n".join(str(part.render()) for part in hands.app.screen.query(Static) if part.display)


@pytest.mark.parametrize("way", ["f4", "/memory", "/memory maren"])
def test_what_a_character_remembers_is_shown_and_what_it_knows_only_when_asked_for(tmp_path: Path, way: str) -> None:
    async def play() -> None:
        async with playing(*at_door(tmp_path, None, KNOWING)) as hands:
            await hands.type("hello there")
            await (hands.press(way) if way == "f4" else hands.type(way))
            assert isinstance(hands.app.screen, MemoryScreen)
            assert "You: hello there" in words(hands)
            assert "1 turn word for word" in words(hands) or "2 turns word for word" in words(hands)
            assert "lamp out" not in words(hands)
            await hands.press("a")
            assert "- She put the lamp out." in words(hands)
            await hands.press("escape", "f4")
            assert "lamp out" in words(hands), "until the game is left"
            await hands.press("escape")
            assert isinstance(hands.app.screen, PlayScreen)

    run(play())


def test_a_whisper_is_in_the_memory_of_the_one_who_heard_it(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*at_door(tmp_path, None, SKERRY)) as hands:
            await hands.type("/whisper Odd the chain is loose")
            await hands.type("/memory odd")
            assert "(whispered)\nYou: the chain is loose" in words(hands)
            await hands.press("left")
            assert hands.app.screen.query_one(Tabs).active == "mind-0"
            assert "chain" not in words(hands)

    run(play())


def test_only_those_whom_the_player_met_are_listed(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.press("f4")
            assert hands.notice == "· Nobody whom you met remembers anything yet."
            await hands.type("1")
            await hands.type("hello")
            await hands.type("/memory Erik")
            assert hands.notice == "! You have met nobody called Erik. /memory shows those you have."

    run(play())


def test_the_last_turn_is_taken_apart_and_gives_nothing_away_unasked(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel(WORDS, judged(sure=True))
        async with playing(*at_door(tmp_path, model, KNOWING)) as hands:
            await hands.press("f2")
            assert hands.notice.startswith("· Nothing was said since the game was opened")
            await hands.type("hello there")
            await hands.press("f2")
            assert isinstance(hands.app.screen, InspectorScreen)
            veiled = words(hands)
            assert "hello there" in veiled
            assert "Maren: reply, answered by queue-model (100 sent, 10 written)" in veiled
            assert "lamp out" not in veiled
            assert "lets_in" not in veiled
            await hands.press("a")
            bare = words(hands)
            assert "lamp out" in bare
            assert "✓ door/outcomes/lets_in by judge, in “Come in, then”" in bare
            assert "scene: door → kitchen" in bare
            assert "tokens" in bare
            await hands.press("f2")
            assert isinstance(hands.app.screen, PlayScreen)

    run(play())


def test_what_the_rules_refused_is_there_with_the_reason(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel("Go home.", judged(sure=True))
        async with playing(*at_door(tmp_path, model)) as hands:
            await hands.type("hello")
            await hands.press("f2", "a")
            assert "✗ lets_in refused: " in words(hands)

    run(play())


def test_turns_that_fell_out_of_the_prompt_are_struck_through_at_its_top(tmp_path: Path) -> None:
    async def play() -> None:
        table, session = at_door(tmp_path, None, SKERRY)
        async with playing(table, session) as hands:
            for number in range(60):
                await hands.type(f"@Maren {number} " + "and it rains, " * 20)
            found = inspected(session)
            assert found is not None
            assert found.sent[0].gone
            assert "You: 0 and it rains" in found.sent[0].text
            kept = next(block for block in found.sent if block.title == "history")
            assert "59 and" not in kept.text
            await hands.press("f2")
            first = hands.app.screen.query("#sent .piece").first(Static)
            assert "strike" in repr(first.visual)
            await hands.press("escape", "f4")
            assert "fell out here ──" in words(hands)

    run(play())


def test_a_turn_that_failed_is_told_as_one(tmp_path: Path) -> None:
    _, session = game(tmp_path)
    found = inspect(session.graph, Exchange(()), before=State())
    session.close()
    assert found == Inspection((), (), ("Nothing came of it: the turn failed.",))


def test_a_long_part_is_shown_by_its_two_ends(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*at_door(tmp_path, QueueModel("x" * 3 * LONGEST_BLOCK, judged(sure=True)))) as hands:
            await hands.type("hello")
            found = inspected(hands.session)
            assert found is not None
            reply = next(block for block in found.came if block.title.startswith("Maren: reply"))
            assert len(reply.text) < 2 * LONGEST_BLOCK
            assert "characters more; /report writes all of it" in reply.text

    run(play())


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 20), (20, 8)], ids=str)
def test_they_fit_every_screen_in_any_script(tmp_path: Path, size: tuple[int, int]) -> None:
    async def play() -> None:
        model = QueueModel("灯塔很暗,风很大。" * 40, judged(sure=True))
        async with playing(*at_door(tmp_path, model), size=size) as hands:
            await hands.type("שלום, האם האור כבוי? " * 20)
            for key in ("f2", "f4"):
                await hands.press(key)
                for part in hands.app.screen.query(Static):
                    assert part.region.right <= size[0]
                await hands.press("escape")

    run(play())


@pytest.mark.parametrize("way", ["f6", "ctrl+z"])
def test_a_turn_that_was_taken_back_is_not_told_as_if_it_counted(tmp_path: Path, way: str) -> None:
    async def play() -> None:
        async with playing(*at_door(tmp_path, QueueModel(WORDS, judged(sure=True)))) as hands:
            await hands.type("hello")
            await hands.press("f2")
            assert GONE not in words(hands)
            await hands.press("escape", way)
            await hands.done()
            await hands.press("f2")
            assert GONE in words(hands)
            assert "hidden" in words(hands), "what is said of it gives nothing away"

    run(play())
