"""A player sees who plays and where that was set, finds the models of this machine, and picks another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import OptionList, Static

from engine.config import load_settings
from engine.errors import OverBudget, Unreachable
from engine.session import Session
from engine.table import Table
from engine.tui.screens.library import LibraryScreen
from engine.tui.screens.models import ModelScreen
from engine.tui.screens.play import PlayScreen
from engine.tui.widgets.banner import Banner
from engine.tui.widgets.side import Side
from engine.tui.widgets.status import Looking, Notice
from llm.houses import House, open_house
from support.games import QueueModel
from support.pickers import picker_at
from tui.parlour import Hands, game, laid_table, playing, run, shown

KEY = "sk-main-0123456789abcdef"
SCRIPTED = "The scripted actor"


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server of two models on this machine."""
    with open_house(House()) as url:
        monkeypatch.setattr("engine.llm.discover.USUAL", (("Ollama", int(url.removesuffix("/v1").rpartition(":")[2])),))
        yield url


def set_up(folder: Path, text: str = "", model: QueueModel | None = None) -> tuple[Table, Session]:
    table, session = game(folder, model, at_door=True)
    table.picker = picker_at(folder, text)
    return table, session


def models(hands: Hands) -> OptionList:
    return hands.app.screen.query_one("#models", OptionList)


def rows(hands: Hands) -> list[str]:
    """The list, each row as one line."""
    return [" ".join(str(option.prompt).split()) for option in models(hands).options]


async def looked(hands: Hands) -> None:
    await hands.until(lambda: isinstance(hands.app.screen, ModelScreen))
    await hands.app.workers.wait_for_complete()
    await hands.pilot.pause()


async def pick(hands: Hands, name: str) -> None:
    listed = models(hands)
    listed.highlighted = next(place for place, row in enumerate(rows(hands)) if name in row)
    await hands.press("enter")
    await hands.app.workers.wait_for_complete()
    await hands.pilot.pause()


def test_a_model_of_this_machine_is_found_picked_and_written_down(tmp_path: Path, url: str) -> None:
    async def play() -> None:
        table = laid_table(tmp_path)
        table.picker = picker_at(tmp_path)
        async with playing(table) as hands:
            await hands.press("m")
            await looked(hands)
            port = url.removesuffix("/v1").rpartition(":")[2]
            assert rows(hands) == [
                f"● {SCRIPTED} the author's own lines: free",
                f"Ollama · http://localhost:{port}/v1",
                "m-1",
                "m-2",
            ]
            assert not hands.app.screen.query_one(Looking).display
            await pick(hands, "m-2")
            assert isinstance(hands.app.screen, LibraryScreen)
            assert shown(hands.app.screen.query_one(Notice)) == "· m-2 plays from now on; config.yaml says so."
            assert "m-2" in str(hands.app.screen.query_one(Banner).query(Static).last().render())
        written = load_settings({}, {}, tmp_path / "config.yaml").endpoint
        assert written is not None
        assert (written.model, written.base_url) == ("m-2", f"http://localhost:{port}/v1")

    run(play())


def test_whoever_is_picked_in_a_game_plays_its_next_turn(tmp_path: Path, url: str) -> None:
    async def play() -> None:
        async with playing(*set_up(tmp_path), size=(120, 30)) as hands:
            await hands.screen.run_action("model")
            await looked(hands)
            await pick(hands, "m-1")
            assert isinstance(hands.app.screen, PlayScreen)
            assert "m-1" in str(hands.screen.query_one(Side).query(Static)[-3].render())
            await hands.type("hello")
            assert hands.text[-1] == "MAREN: One, two, three."
            assert "tok" in str(hands.screen.query_one(Side).query(Static)[-2].render())
            await hands.screen.run_action("model")
            await looked(hands)
            await pick(hands, SCRIPTED)
            assert hands.notice == "· The scripted actor plays from now on; config.yaml says so."
            await hands.type("the lamp")
            assert hands.text[-1] == 'MAREN: "The lamp is mine."'
            assert "tok" in str(hands.screen.query_one(Side).query(Static)[-2].render())
        assert load_settings({}, {}, tmp_path / "config.yaml").offline

    run(play())


def test_a_model_picked_for_a_line_that_a_limit_refused_answers_it(tmp_path: Path, url: str) -> None:
    async def play() -> None:
        refused = OverBudget("The answer may take $2.", scope="session", unit="money", short=1)
        async with playing(*set_up(tmp_path, model=QueueModel(refused))) as hands:
            await hands.type("hello")
            assert hands.rows[-1] == "4 Pick a cheaper model"
            await hands.type("4")
            await looked(hands)
            await pick(hands, "m-1")
            await hands.done()
            assert hands.text[-2:] == ["YOU: hello", "MAREN: One, two, three."]

    run(play())


def test_where_a_server_does_not_answer_another_model_is_offered(tmp_path: Path, url: str) -> None:
    async def play() -> None:
        async with playing(*set_up(tmp_path, model=QueueModel(Unreachable("No connection.")))) as hands:
            await hands.type("hello")
            assert hands.rows[-1] == "4 Pick another model"
            await hands.type("4")
            await looked(hands)
            await hands.press("escape")
            assert hands.rows[-1] == "4 Pick another model"
            assert hands.session.unsent is not None

    run(play())


def test_what_is_set_is_shown_with_its_place_and_no_more_of_a_key_than_its_end(tmp_path: Path, url: str) -> None:
    async def play() -> None:
        text = f"model: m-1\nbase_url: {url}\napi_key: {KEY}\ntemperature: 0.5\n"
        async with playing(*set_up(tmp_path, text, QueueModel())) as hands:
            await hands.screen.run_action("model")
            await looked(hands)
            told = str(hands.app.screen.query_one("#now").query_one(Static).render()).splitlines()
            assert [line.split("  ") for line in told[:4]] == [
                ["Model", "m-1", "config.yaml:1"],
                ["Server", url, "config.yaml:2"],
                ["Key", "…cdef", "config.yaml:3"],
                ["Temperature", "0.5", "config.yaml:4"],
            ]
            assert KEY not in hands.app.export_screenshot()
            assert "● m-1" in rows(hands)

    run(play())


def test_letters_narrow_the_list_and_escape_gives_it_back(tmp_path: Path, url: str) -> None:
    async def play() -> None:
        async with playing(*set_up(tmp_path)) as hands:
            await hands.screen.run_action("model")
            await looked(hands)
            await hands.press("slash", *"M-2")
            assert [row for row in rows(hands) if not row.startswith("Ollama")] == ["m-2"]
            await hands.press("escape")
            assert len(rows(hands)) == 4
            await hands.press("escape")
            assert isinstance(hands.app.screen, PlayScreen)
            assert hands.session.cast.free

    run(play())


def test_where_no_server_answers_the_player_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.llm.discover.USUAL", ())

    async def play() -> None:
        async with playing(*set_up(tmp_path)) as hands:
            await hands.screen.run_action("model")
            await looked(hands)
            assert "Ollama" in shown(hands.app.screen.query_one(Notice))
            assert len(rows(hands)) == 1

    run(play())


def test_a_file_that_cannot_be_changed_safely_is_told_and_nothing_else_changes(tmp_path: Path, url: str) -> None:
    async def play() -> None:
        async with playing(*set_up(tmp_path, "{temperature: 0.5}\n")) as hands:
            await hands.screen.run_action("model")
            await looked(hands)
            await pick(hands, "m-1")
            assert "cannot be changed safely" in shown(hands.app.screen.query_one(Notice))
            assert hands.app.screen.query_one(Notice).has_class("-wrong")
            await hands.press("escape")
            assert hands.session.cast.free
        assert (tmp_path / "config.yaml").read_text("utf-8") == "{temperature: 0.5}\n"

    run(play())


def test_where_who_plays_is_fixed_that_is_said(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.screen.run_action("model")
            assert hands.notice.startswith("! Who plays is fixed for this game.")

    run(play())


@pytest.mark.parametrize("size", [(80, 24), (40, 20)])
def test_nothing_overflows(tmp_path: Path, size: tuple[int, int]) -> None:
    async def play() -> None:
        with open_house(
            House(models={"data": [{"id": f"a-rather-long-name/of-a-model-{n}"} for n in range(40)]})
        ) as url:
            text = f"model: a-rather-long-name/of-a-model-3\nbase_url: {url}\napi_key: {KEY}\ntop_p: 0.5\nmask: true\n"
            async with playing(*set_up(tmp_path, text, QueueModel()), size=size) as hands:
                await hands.screen.run_action("model")
                await looked(hands)
                for widget in hands.app.screen.query("#now, #models, Notice, Footer"):
                    assert widget.region.right <= size[0]
                    assert widget.region.bottom <= size[1]
                assert models(hands).size.height >= 4
                assert models(hands).virtual_size.width <= models(hands).size.width

    run(play())


def test_who_begins_a_game_without_a_model_is_told_where_one_is_picked(tmp_path: Path) -> None:
    async def play() -> None:
        table, session = game(tmp_path)
        table.picker = picker_at(tmp_path)
        async with playing(table, session, fresh=True) as hands:
            assert hands.notice == "· The scripted actor plays: no model is set. ctrl+p, then Model, finds one."
            assert hands.desk.notice.size.height == 1

    run(play())
