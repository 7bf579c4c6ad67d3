"""A disk that is full, a folder that may not be written, a limit that is reached: nothing is lost, and it is said."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from engine.errors import SaveError
from engine.play import events as e
from engine.saves import database
from engine.saves.shelf import export_save, import_save, list_saves, new_path, saves_folder
from engine.saves.store import Store, StoryRef

HASH = "5a" * 32
Talk = Callable[[str], tuple[e.Event, ...]]


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """As on a full disk: no file of this process can grow past `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that nobody but the superuser may write, in which this test then is not the superuser."""
    folder = Path(tempfile.mkdtemp(prefix="palaver-test-"))
    user = os.geteuid()
    if user == 0:
        os.chown(folder, 65534, -1)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        folder.chmod(0o700)
        os.seteuid(user)
        shutil.rmtree(folder)


def test_a_turn_that_does_not_fit_on_the_disk_can_be_played_again(
    tmp_path: Path, story: StoryRef, now: datetime, began: tuple[e.Event, ...], talk: Talk
) -> None:
    with Store.create(tmp_path / "lamp.palaver", story, 7, now) as store:
        store.append(began, now=now, story_hash=HASH)
        used = (tmp_path / "lamp.palaver-wal").stat().st_size
        with files_end_at(used + 16_000):
            store.append(talk("short"), now=now, story_hash=HASH)
            for _ in range(2):
                with pytest.raises(SaveError, match=r"Nothing that was saved before is lost\. .*again"):
                    store.append(talk("long " * 4000), now=now, story_hash=HASH)
                assert (store.head, len(store), len(store.path_to())) == (2, 2, 2)
        assert store.append(talk("long " * 4000), now=now, story_hash=HASH) == 3
    with Store.open(store.path) as again:
        assert [turn.events for turn in again.path_to()] == [began, talk("short"), talk("long " * 4000)]


def test_leaving_while_the_disk_is_full_loses_nothing(
    tmp_path: Path, story: StoryRef, now: datetime, began: tuple[e.Event, ...], talk: Talk
) -> None:
    store = Store.create(tmp_path / "lamp.palaver", story, 7, now)
    store.append(began, now=now, story_hash=HASH)
    store.append(talk("long " * 4000), now=now, story_hash=HASH)
    with files_end_at(store.path.stat().st_size):  # the -wal cannot be folded into the file
        store.close()
    with Store.open(store.path) as again:
        assert len(again) == 2


def test_no_save_grows_larger_than_what_can_be_opened_again(
    tmp_path: Path, story: StoryRef, now: datetime, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LARGEST_FILE", 200_000)
    with Store.create(tmp_path / "lamp.palaver", story, 7, now) as store:
        with pytest.raises(SaveError, match="There is no room"):
            for _ in range(100):
                store.append(talk("long " * 2000), now=now, story_hash=HASH)
        kept = len(store)
        assert kept > 3
        store.undo()
    assert store.path.stat().st_size <= 200_000
    with Store.open(store.path) as again:
        assert (len(again), again.head) == (kept, kept - 1)


def test_a_game_that_cannot_be_begun_leaves_no_file(tmp_path: Path, story: StoryRef, now: datetime) -> None:
    path = new_path(tmp_path, "lamp", now)
    with files_end_at(4096), pytest.raises(SaveError):
        Store.create(path, story, 7, now)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_does_not_fit_leaves_no_file(fresh: Path) -> None:
    to = fresh.parent / "out.palaver"
    with files_end_at(8192), pytest.raises(SaveError):
        export_save(fresh, to)
    assert [path.name for path in fresh.parent.iterdir()] == [fresh.name]
    export_save(fresh, to)


def test_in_a_folder_that_may_not_be_written_saves_can_be_read_but_not_played(
    fresh: Path, closed_folder: Path, now: datetime, story: StoryRef
) -> None:
    path = export_save_as_anyone(fresh, closed_folder / "lamp.palaver")
    closed_folder.chmod(0o500)
    (save,) = list_saves(closed_folder)
    assert save.playable and save.turns == 1
    for attempt in (
        lambda: Store.open(path),
        lambda: Store.create(closed_folder / "new.palaver", story, 7, now),
        lambda: new_path(closed_folder, "lamp", now),
        lambda: export_save(path, closed_folder / "out.palaver"),
        lambda: import_save(path, closed_folder),
        lambda: saves_folder(closed_folder / "more", {}, Path("/")),
    ):
        with pytest.raises(SaveError, match="PALAVER_SAVES"):
            attempt()
    assert list(closed_folder.iterdir()) == [path]


def test_a_save_that_may_not_be_read_is_listed_with_the_reason(fresh: Path, closed_folder: Path) -> None:
    path = export_save_as_anyone(fresh, closed_folder / "lamp.palaver")
    path.chmod(0)
    (save,) = list_saves(closed_folder)
    assert not save.playable and "cannot be read" in save.damaged
    path.chmod(0o400)
    assert list_saves(closed_folder)[0].playable
    with pytest.raises(SaveError, match="cannot be"):
        Store.open(path)
    path.chmod(0o600)
    Store.open(path).close()


def test_a_game_whose_folder_is_closed_while_it_is_played_goes_on(
    closed_folder: Path, story: StoryRef, now: datetime, talk: Talk
) -> None:
    store = Store.create(closed_folder / "lamp.palaver", story, 7, now)
    store.append(talk("one"), now=now, story_hash=HASH)
    closed_folder.chmod(0o500)
    store.append(talk("two"), now=now, story_hash=HASH)
    store.close()
    closed_folder.chmod(0o700)
    with Store.open(store.path) as again:
        assert len(again) == 2


def test_a_killed_game_on_a_disk_that_may_not_be_written_can_be_read(
    closed_folder: Path, story: StoryRef, now: datetime, talk: Talk
) -> None:
    with Store.create(closed_folder / "playing.palaver", story, 7, now) as store:
        store.append(talk("one"), now=now, story_hash=HASH)
        copy = closed_folder / "copy.palaver"
        shutil.copyfile(store.path, copy)
        shutil.copyfile(closed_folder / "playing.palaver-wal", closed_folder / "copy.palaver-wal")
        closed_folder.chmod(0o500)
        with Store.open(copy, read_only=True) as reader:
            assert len(reader) == 1
        closed_folder.chmod(0o700)


def export_save_as_anyone(fresh: Path, to: Path) -> Path:
    """Copy a save from a folder of the superuser's to one where this test is somebody else."""
    user = os.geteuid()
    if os.getuid() == 0:
        os.seteuid(0)
    try:
        content = fresh.read_bytes()
    finally:
        os.seteuid(user)
    to.write_bytes(content)
    return to
