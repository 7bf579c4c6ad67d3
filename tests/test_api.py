"""Palaver from Python: the page's examples run, and what it promises holds."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import engine
from engine.errors import PalaverError, Refused, Unreachable
from engine.llm.protocol import Piece, Request
from engine.play.transcript import Line
from engine.updates import Turned, Words
from engine.view import View
from llm.asking import GOOD, KEY
from llm.fault_server import Asking, FaultServer, serving
from support.games import QueueModel, cast_of
from support.stories import EVERYTHING

PAGE = Path(__file__).parent.parent / "docs" / "python.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture(autouse=True)
def _nothing_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PALAVER_BASE_URL", "PALAVER_API_KEY", "PALAVER_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    empty = tmp_path / "config.yaml"
    empty.write_text("", "utf-8")
    monkeypatch.setenv("PALAVER_CONFIG", str(empty))


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "tale.yaml"
    path.write_text("palaver: 1\ntitle: A test\n" + EVERYTHING, "utf-8")
    return path


async def good(asking: Asking) -> None:
    await asking.stream(GOOD)


@contextmanager
def served() -> Iterator[FaultServer]:
    """A server in a thread of its own, for code that runs its own event loop."""
    found: list[FaultServer] = []
    ready, stop = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        async with serving(good) as server:
            found.append(server)
            loops.append(asyncio.get_running_loop())
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    try:
        yield found[0]
    finally:
        loops[0].call_soon_threadsafe(stop.set)
        thread.join()


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_pages_examples_run(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    with served() as server:
        code = EXAMPLES[number].replace("http://localhost:11434/v1", server.base_url)
        exec(compile(code, f"{PAGE.name}, example {number + 1}", "exec"), {"__name__": "example"})
    assert capsys.readouterr().out.strip()


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import engine, sys; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"httpx", "pydantic", "yaml", "jinja2", "textual", "asyncio"} & set(done.stdout.split())


def test_the_names_are_there_and_no_others() -> None:
    assert all(getattr(engine, name) is not None for name in engine.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = engine.nothing  # type: ignore[attr-defined]


def test_a_whole_game_with_a_player_that_waits(story: Path) -> None:
    moves: list[engine.api.Move | None] = ["take the key", 1, (2, "Ana"), "Go to the door", "hello", None]  # type: ignore[name-defined]
    seen: list[tuple[Line, ...]] = []

    async def player(view: View, told: tuple[Line, ...]) -> object:
        seen.append(told)
        await asyncio.sleep(0)
        return moves.pop(0)

    played = asyncio.run(engine.play_story(story, player, offline=True, seed=1))  # type: ignore[arg-type]
    assert not played.over
    assert [line.text for line in seen[0]] == ["The hall", "A hall. 5 coins. Tick."]
    assert [line.text for line in seen[3] if line.kind == "told"] == ["You are Ana."]
    assert [line.text for line in played.lines[-2:]] == ["hello", '"Hello yourself."']


def test_a_game_is_played_to_its_end(story: Path) -> None:
    played = engine.play_sync(story, lambda view, told: "Stop", offline=True)
    assert played.over
    assert played.lines[-1].kind == "ending"


def test_a_save_goes_on_where_it_was(story: Path, tmp_path: Path) -> None:
    save = tmp_path / "mine.palaver"
    moves: list[str | None] = ["take the key", None]
    engine.play_sync(story, lambda view, told: moves.pop(0), offline=True, save=save)
    played = engine.play_sync(story, lambda view, told: None, offline=True, save=save)
    assert "Take the key" in [line.text for line in played.lines]


def test_a_game_without_a_save_leaves_nothing(story: Path, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    engine.play_sync(story, lambda view, told: None, offline=True)
    assert set(tmp_path.rglob("*")) == before


def test_a_move_that_is_none_is_refused_and_changes_nothing(story: Path) -> None:
    async def play() -> None:
        async with engine.open_game(story, offline=True) as game:
            for move, said in ((99, "99 is not among the choices: "), ("sing", "'sing' is not among")):
                with pytest.raises(Refused, match=said):
                    await game.move(move)
            assert len(game.lines) == 2

    asyncio.run(play())


def test_a_line_that_got_no_answer_is_kept_and_sent_again(story: Path) -> None:
    async def play() -> None:
        cast = cast_of(QueueModel(Unreachable("Nothing answers."), ['"Who', '?"']), QueueModel("{}"))
        async with engine.open_game(story, cast=cast) as game:
            await game.move("Go to the door")
            lines = game.lines
            with pytest.raises(engine.ModelError):
                await game.say("hello")
            assert game.lines == lines
            heard: list[str] = []
            told = await game.retry(words=heard.append)
            assert heard == ['"Who', '?"']
            assert [line.text for line in told] == ["hello", '"Who?"']
            game.undo()
            assert game.lines == lines

    asyncio.run(play())


def test_an_answer_can_be_followed_update_by_update(story: Path) -> None:
    async def play() -> None:
        async with engine.open_game(story, cast=cast_of(QueueModel(['"A', 'ye."']), QueueModel("{}"))) as game:
            await game.move("Go to the door")
            updates = [update async for update in game.stream("hello", "odd")]
            assert [update.text for update in updates if isinstance(update, Words)] == ['"A', 'ye."']
            assert isinstance(updates[-1], Turned)

    asyncio.run(play())


def test_a_key_goes_to_the_server_it_is_given_with(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALAVER_BASE_URL", "https://elsewhere.example/v1")
    monkeypatch.setenv("PALAVER_API_KEY", "sk-of-elsewhere-0123456789")
    with served() as server:
        answer = engine.reply_sync(story, "maren", "hello", base_url=server.base_url, model="m-1", api_key=KEY)
        assert server.requests[0].header("authorization") == f"Bearer {KEY}"
        engine.reply_sync(story, "maren", "hello", base_url=server.base_url, model="m-1")
        assert server.requests[1].header("authorization") == ""
    assert answer.text == "Come in."
    assert answer.usage.prompt == 21


def test_one_reply_is_told_the_scene_it_is_asked_in(story: Path) -> None:
    model = QueueModel('"She floats."')
    answer = engine.reply_sync(story, "odd", "boat", cast=cast_of(model), scene="door")
    assert answer.text == '"She floats."'
    assert "You are Odd." in model.requests[0].messages[0].content
    assert model.requests[0].messages[-1].content.count('"boat"') == 1


def test_what_is_masked_in_a_game_is_masked_in_one_reply(story: Path) -> None:
    model = QueueModel('"Hm."')
    engine.reply_sync(story, "odd", "write to ana@example.org", cast=replace(cast_of(model), mask=True))
    assert "ana@example.org" not in str(model.requests[0])


def test_a_line_that_cannot_be_said_is_refused(story: Path) -> None:
    with pytest.raises(Refused):
        engine.reply_sync(story, "odd", "  ", offline=True)


@pytest.mark.parametrize(("who", "scene"), [("nobody", ""), ("maren", "hall"), ("maren", "nowhere")])
def test_who_is_not_there_does_not_answer(story: Path, who: str, scene: str) -> None:
    with pytest.raises(Refused, match="nobody called"):
        engine.reply_sync(story, who, "hello", offline=True, scene=scene)


def test_a_model_that_just_stops_gives_no_reply(story: Path) -> None:
    class Mute(QueueModel):
        async def stream(self, request: Request) -> AsyncGenerator[Piece]:
            return
            yield

    with pytest.raises(PalaverError, match="stopped in the middle"):
        engine.reply_sync(story, "maren", "hello", cast=cast_of(Mute()))


def test_the_synchronous_entries_refuse_inside_an_event_loop(story: Path) -> None:
    async def inside() -> None:
        with pytest.raises(PalaverError, match=r"play_sync was called where an event loop.*Await engine\.play_story"):
            engine.play_sync(story, lambda view, told: None)
        with pytest.raises(PalaverError, match=r"Await engine\.reply "):
            engine.reply_sync(story, "maren", "hello")

    asyncio.run(inside())
