"""What a killed process, a torn write and a second process leave: every turn that was said to be saved, once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from engine.errors import SaveError, SaveLocked
from engine.play import events as e
from engine.saves.shelf import describe, export_save, import_save, list_saves
from engine.saves.store import Store, StoryRef

ROOT = Path(__file__).parents[2]
HASH = "5a" * 32

PREAMBLE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from engine.errors import SaveLocked
from engine.play import events as e
from engine.saves.lock import PlayLock
from engine.saves.store import Store
path, now = Path(sys.argv[1]), datetime.now(UTC)
"""


@contextmanager
def another_process(script: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """A Python process that runs `script` on a save; killed with SIGKILL at the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + script, str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


PLAYS = "store = Store.open(path); print('open', flush=True); sys.stdin.read()"


def test_killed_twenty_times_at_random_it_loses_and_doubles_nothing() -> None:
    bench = [sys.executable, str(ROOT / "bench" / "kill9.py"), "--times", "20", "--seed", str(os.getpid())]
    ran = subprocess.run(bench, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "20 kills" in ran.stdout and "0 lost, doubled or halved" in ran.stdout


def test_a_save_is_played_by_one_process_and_free_when_that_is_killed(fresh: Path, now: datetime) -> None:
    with another_process(PLAYS, fresh) as player:
        assert said(player) == "open"
        with pytest.raises(SaveLocked, match="another window"):
            Store.open(fresh)
        assert describe(fresh).playable
        with Store.open(fresh, read_only=True) as reader:
            assert len(reader) == 3
    with Store.open(fresh) as store:  # at once: the lock died with its holder
        assert store.append([e.PlayerSpoke("Hello")], now=now, story_hash=HASH) == 4
    assert [path.name for path in fresh.parent.iterdir()] == [fresh.name]


def test_a_killed_game_can_be_listed_exported_and_imported_before_it_is_opened(fresh: Path, tmp_path: Path) -> None:
    script = (
        "store = Store.open(path); store.append([e.PlayerSpoke('Hi')], now=now, story_hash='h'); print(1, flush=True)"
    )
    with another_process(script + "; sys.stdin.read()", fresh) as player:
        assert said(player) == "1"
    assert (fresh.parent / "lamp.palaver-wal").stat().st_size > 0
    before = fresh.read_bytes()
    (tmp_path / "saves").mkdir()
    for copy in (export_save(fresh, tmp_path / "out"), import_save(fresh, tmp_path / "saves")):
        with Store.open(copy, read_only=True) as store:
            assert store.path_to()[-1].events == (e.PlayerSpoke("Hi"),)
        assert [path.name for path in copy.parent.glob(f"{copy.name}-*")] == []
    assert describe(fresh).turns == 2 and fresh.read_bytes() == before


def test_a_save_is_always_readable_while_another_process_plays_it(fresh: Path) -> None:
    script = """
while True:
    with Store.open(path) as store:
        for _ in range(30):
            print(store.append([e.PlayerSpoke("x" * 3000)], now=now, story_hash="h"), flush=True)
"""
    with another_process(script, fresh) as player:
        for _ in range(20):
            at_least = int(said(player))
            (save,) = list_saves(fresh.parent)
            assert save.playable, save.damaged
            with Store.open(fresh, read_only=True) as reader:
                assert len(reader) >= at_least


def test_the_lock_never_has_two_holders_though_its_file_comes_and_goes(tmp_path: Path) -> None:
    # Each process adds one to a number in a way that loses additions unless it is alone.
    script = """
number, done = path.with_suffix(".txt"), 0
while done < 150:
    try:
        lock = PlayLock(path)
    except SaveLocked:
        continue
    number.write_text(str(int(number.read_text()) + 1))
    lock.release()
    done += 1
"""
    path = tmp_path / "lamp.palaver"
    path.with_suffix(".txt").write_text("0")
    with (
        another_process(script, path) as one,
        another_process(script, path) as two,
        another_process(script, path) as three,
    ):
        assert [process.wait() for process in (one, two, three)] == [0, 0, 0]
    assert path.with_suffix(".txt").read_text() == "450"
    assert not path.with_name("lamp.palaver-lock").exists()


def test_a_write_torn_at_any_place_leaves_whole_turns_only(
    tmp_path: Path, story: StoryRef, now: datetime, talk: Callable[[str], tuple[e.Event, ...]]
) -> None:
    store = Store.create(tmp_path / "lamp.palaver", story, 7, now)
    for text in ("one", "two " * 2000, "three", "four"):
        store.append(talk(text), now=now, story_hash=HASH)
    before = [turn.events for turn in store.turns()]
    torn = tmp_path / "torn.palaver"
    wal = (tmp_path / "lamp.palaver-wal").read_bytes()
    frame = 4096 + 24
    cuts = {32 + frame * number + more for number in range(len(wal) // frame + 1) for more in (0, 1, 24, 2000)}
    lengths = set()
    for cut in sorted({*cuts, 0, 16, 31, len(wal)}):
        shutil.copyfile(store.path, torn)
        torn.with_name("torn.palaver-wal").write_bytes(wal[:cut])
        try:
            with Store.open(torn) as found:
                kept = [turn.events for turn in found.turns()]
                assert kept == before[: len(kept)]
                lengths.add(len(kept))
                assert found.append(talk("on"), now=now, story_hash=HASH) == len(kept) + 1
        except SaveError as error:
            assert "holds no turn" in error.what
            lengths.add(0)
        for left in tmp_path.glob("torn*"):
            left.unlink()
    assert lengths == {0, 1, 2, 3, 4}
    store.close()


def test_a_turn_is_in_the_files_when_append_returns(tmp_path: Path, story: StoryRef, now: datetime) -> None:
    with Store.create(tmp_path / "lamp.palaver", story, 7, now) as store:
        for number in range(1, 4):
            store.append([e.PlayerSpoke(f"{number}")], now=now, story_hash=HASH)
            copy = tmp_path / f"copy{number}.palaver"
            shutil.copyfile(store.path, copy)
            shutil.copyfile(tmp_path / "lamp.palaver-wal", copy.with_name(copy.name + "-wal"))
            with Store.open(copy) as found:
                assert len(found) == number
