"""A watched story in the app: an edit is played at once, a mistake shows over the game, and what is typed stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from engine.opening import Opening
from engine.rehearsal import Rehearsal
from engine.tui.widgets.edits import Edits
from engine.watching import Watch
from support.edited import edit
from support.games import QueueModel
from tui.parlour import Hands, laid_table, playing, run, shown


@asynccontextmanager
async def watched(folder: Path, actor: QueueModel | None = None) -> AsyncIterator[tuple[Hands, Path]]:
    table = laid_table(folder, actor)
    path = folder / "stories" / "skerry.yaml"
    graph = table.library.load("skerry")
    table.rehearsal = Rehearsal(Watch(path, graph.hash), Opening(graph.id), table.saves)
    table.rehearsal.look()
    async with playing(table, table.begin(graph)) as hands:
        yield hands, path


async def look(hands: Hands) -> None:
    """Let the app look until the files are at rest, and go on."""
    for _ in range(2):
        if hands.screen.is_attached:
            await hands.screen.query_one(Edits).look()
    await hands.pilot.pause()
    await hands.done()


def told(hands: Hands) -> str:
    return shown(hands.screen.query_one(Edits))


def test_an_edit_plays_the_moves_again_and_keeps_what_is_being_typed(tmp_path: Path) -> None:
    async def test() -> None:
        async with watched(tmp_path) as (hands, path):
            await hands.type("1")
            hands.prompt.put("why is the la")
            edit(path, "A bolt slides.", "A chain falls.")
            await look(hands)
            assert "A chain falls." in hands.text
            assert "A bolt slides." not in hands.text
            assert hands.prompt.value == "why is the la"
            assert hands.prompt.has_focus
            assert "1 move played again." in hands.notice
            assert not list((tmp_path / "saves").iterdir())

    run(test())


def test_a_mistake_shows_over_the_game_until_it_is_mended_and_the_game_goes_on(tmp_path: Path) -> None:
    async def test() -> None:
        async with watched(tmp_path) as (hands, path):
            hands.prompt.put("kno")
            edit(path, "goto: door}", "goto: dor}")
            await look(hands)
            assert "skerry.yaml:" in told(hands)
            assert 'Did you mean "door"?' in told(hands)
            assert hands.prompt.value == "kno"
            await hands.type("2")
            assert "A key, green with salt." in hands.text
            assert 'Did you mean "door"?' in told(hands)
            edit(path, "goto: dor}", "goto: door}")
            await look(hands)
            assert told(hands) == ""
            assert "A key, green with salt." in hands.text

    run(test())


def test_an_edit_waits_for_the_answer_that_is_coming(tmp_path: Path) -> None:
    async def test() -> None:
        actor = QueueModel('"No."', '{"evidence": "", "outcome": "none"}')
        async with watched(tmp_path, actor) as (hands, path):
            await hands.type("1")
            actor.pause.clear()
            hands.prompt.put("who are you?")
            await hands.press("enter")
            await hands.until(lambda: hands.session.busy)
            edit(path, "A bolt slides.", "A chain falls.")
            for _ in range(3):
                await hands.screen.query_one(Edits).look()
            assert "A bolt slides." in hands.text
            actor.pause.set()
            await hands.done()
            await look(hands)
            assert "A chain falls." in hands.text
            assert any('"No."' in line for line in hands.text)

    run(test())


def test_an_edit_that_cuts_the_game_short_says_where(tmp_path: Path) -> None:
    async def test() -> None:
        async with watched(tmp_path) as (hands, path):
            await hands.type("1")
            edit(path, "{id: knock, text", "{id: knock, if: has_key, text")
            await look(hands)
            assert "0 of 1 move played again" in hands.notice
            assert "Knock at the door" in hands.notice
            assert "Rain comes in" in " ".join(hands.text)

    run(test())


def test_a_saved_game_that_is_loaded_meanwhile_stays_a_saved_game(tmp_path: Path) -> None:
    async def test() -> None:
        table = laid_table(tmp_path)
        graph = table.library.load("skerry")
        table.begin(graph).close()
        (save,) = table.saves_of("skerry")
        table.rehearsal = Rehearsal(
            Watch(tmp_path / "stories" / "skerry.yaml", graph.hash), Opening(graph.id), table.saves
        )
        async with playing(table, table.resume(save.path)) as hands:
            assert not hands.screen.query(Edits)
            await hands.type("1")
        assert table.saves_of("skerry")[0].turns == 1

    run(test())
