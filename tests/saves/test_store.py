from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from engine.errors import SaveDamaged, SaveError, SaveLocked
from engine.play import events as e
from engine.saves.store import Store, StoryRef

HASH = "5a" * 32
Talk = Callable[[str], tuple[e.Event, ...]]


@pytest.fixture
def store(tmp_path: Path, story: StoryRef, now: datetime, began: tuple[e.Event, ...]) -> Store:
    store = Store.create(tmp_path / "lamp.palaver", story, 7, now)
    store.append(began, now=now, story_hash=HASH)
    return store


def say(store: Store, talk: Talk, now: datetime, *texts: str) -> None:
    for text in texts:
        store.append(talk(text), now=now, story_hash=HASH)


def said(store: Store) -> list[str]:
    """What the player said, from the first turn to the head."""
    return [event.text for turn in store.path_to() for event in turn.events if isinstance(event, e.PlayerSpoke)]


def test_what_was_played_is_there_after_closing(
    store: Store, talk: Talk, now: datetime, began: tuple[e.Event, ...]
) -> None:
    say(store, talk, now, "Let me in", "Please")
    store.close()
    with Store.open(store.path) as again:
        assert [turn.events for turn in again.path_to()] == [began, talk("Let me in"), talk("Please")]
        assert [(turn.id, turn.parent, turn.at, turn.story_hash) for turn in again.path_to()] == [
            (1, 0, now, HASH),
            (2, 1, now, HASH),
            (3, 2, now, HASH),
        ]
        assert again.story == StoryRef("lamp", "The Lamp at Skerry Point", HASH, "1.0")
        assert (again.meta.seed, again.meta.created, len(again.meta.playthrough)) == (7, now, 36)


def test_when_it_is_closed_only_the_one_file_remains(store: Store, talk: Talk, now: datetime) -> None:
    say(store, talk, now, "Let me in")
    store.close()
    store.close()
    assert [path.name for path in store.path.parent.iterdir()] == ["lamp.palaver"]
    assert store.path.read_bytes()[18:20] == b"\1\1"  # can be read on a read-only disk: no -wal is wanted


def test_times_are_kept_in_utc_to_the_second(store: Store, talk: Talk) -> None:
    with store:
        here = datetime(2026, 11, 24, 20, 0, 0, 987, tzinfo=timezone(timedelta(hours=2)))
        store.append(talk("Hello"), now=here, story_hash=HASH)
        assert store.path_to()[-1].at == datetime(2026, 11, 24, 18, tzinfo=UTC)
        with pytest.raises(ValueError, match="zone"):
            store.append(talk("Hello"), now=datetime(2026, 11, 24), story_hash=HASH)


def test_undo_goes_back_and_redo_goes_on_again(store: Store, talk: Talk, now: datetime) -> None:
    with store:
        say(store, talk, now, "one", "two")
        undone = store.undo()
        assert undone is not None and undone.id == 2 and said(store) == ["one"]
        assert store.undo() is not None and said(store) == []
        assert store.undo() is None and store.head == 1  # the first turn cannot be undone
        assert store.redo() is not None and store.redo() is not None
        assert store.redo() is None and said(store) == ["one", "two"]


def test_playing_on_after_undo_grows_a_branch_and_loses_nothing(store: Store, talk: Talk, now: datetime) -> None:
    with store:
        say(store, talk, now, "one", "two")
        store.undo()
        say(store, talk, now, "other")
        assert said(store) == ["one", "other"] and store.redo() is None
        assert [turn.id for turn in store.children(2)] == [3, 4]
        assert [turn.id for turn in store.children(0)] == [1]
        assert [turn.parent for turn in store.turns()] == [0, 1, 2, 2]
        store.move_to(3)
        assert said(store) == ["one", "two"]


def test_redo_after_going_to_another_branch_leads_to_its_newest_end(store: Store, talk: Talk, now: datetime) -> None:
    with store:
        say(store, talk, now, "a1", "a2")  # turns 2, 3
        store.move_to(1)
        say(store, talk, now, "b1", "b2")  # turns 4, 5
        store.move_to(2)
        assert store.redo() is not None and said(store) == ["a1", "a2"]
        store.move_to(1)  # on the way to where redo led: it still leads there
        store.redo()
        store.redo()
        assert said(store) == ["a1", "a2"]


def test_where_it_stands_is_kept_too(store: Store, talk: Talk, now: datetime) -> None:
    say(store, talk, now, "one", "two")
    store.undo()
    store.close()
    with Store.open(store.path) as again:
        assert said(again) == ["one"]
        assert again.redo() is not None and said(again) == ["one", "two"]


def test_a_name_finds_its_moment_again(store: Store, talk: Talk, now: datetime) -> None:
    say(store, talk, now, "one", "two")
    store.name("before  the door\n")
    store.name("start", 1)
    store.move_to_name("start")
    assert said(store) == []
    store.close()
    with Store.open(store.path) as again:
        assert [(named.name, named.turn, named.at) for named in again.names()] == [
            ("start", 1, now),
            ("before the door", 3, now),
        ]
        again.move_to_name("before the door")
        assert said(again) == ["one", "two"]


def test_a_taken_name_moves_only_when_that_is_said(store: Store, talk: Talk, now: datetime) -> None:
    with store:
        store.name("here")
        say(store, talk, now, "one")
        with pytest.raises(SaveError, match='"here" is given already'):
            store.name("here")
        assert [named.turn for named in store.names()] == [1]
        store.name("here", replace=True)
        assert [named.turn for named in store.names()] == [2]


@pytest.mark.parametrize("name", ["", " \n", "\x1b[31m", "latest", "Latest", "x" * 81])
def test_a_name_that_could_not_be_typed_or_told_apart_is_refused(store: Store, name: str) -> None:
    with store, pytest.raises(SaveError, match="cannot have the name"):
        store.name(name)


def test_an_unknown_name_or_turn_says_what_there_is(store: Store) -> None:
    with store:
        store.name("before the door")
        with pytest.raises(SaveError, match='Did you mean "before the door"'):
            store.move_to_name("before the dor")
        for turn in (0, -1, 2, 10**30):
            with pytest.raises(SaveError, match="Its turns are 1 to 1"):
                store.move_to(turn)
            with pytest.raises(SaveError, match="Its turns are 1 to 1"):
                store.name("there", turn)


def test_a_note_stays_with_its_turn(store: Store, talk: Talk, now: datetime) -> None:
    with store:
        store.append(talk("one"), now=now, story_hash=HASH, note={"model": "m", "prompt": 812})
        assert [turn.note for turn in store.path_to()] == [None, {"model": "m", "prompt": 812}]


def test_a_turn_that_cannot_be_kept_leaves_the_game_as_it_was(store: Store, talk: Talk, now: datetime) -> None:
    with store:
        for wrong in ([], [e.PlayerSpoke("x" * 1_000_000)], [e.VariablesSet((("a", float("inf")),))]):
            with pytest.raises(SaveError, match="This turn cannot be kept"):
                store.append(wrong, now=now, story_hash=HASH)
        with pytest.raises(SaveError, match="keeps no secrets"):
            store.append(talk("one"), now=now, story_hash=HASH, note={"api_key": "sk-1"})
        say(store, talk, now, "one")
        assert said(store) == ["one"] and len(store) == 2


def test_only_one_window_plays_a_save(store: Store) -> None:
    with pytest.raises(SaveLocked, match="being played in another window"):
        Store.open(store.path)
    store.close()
    Store.open(store.path).close()


def test_a_save_that_is_being_played_can_be_read(store: Store, talk: Talk, now: datetime) -> None:
    with store, Store.open(store.path, read_only=True) as reader:
        say(store, talk, now, "one")
        assert [turn.id for turn in reader.path_to()] == [1]  # as it was when it was opened
        with Store.open(store.path, read_only=True) as later:
            assert said(later) == ["one"]
    Store.open(store.path).close()


def test_a_save_opened_for_reading_cannot_be_changed(fresh: Path, talk: Talk, now: datetime) -> None:
    before = fresh.read_bytes()
    with Store.open(fresh, read_only=True) as reader:
        for change in (
            reader.undo,
            lambda: reader.move_to(1),
            lambda: reader.name("x"),
            lambda: say(reader, talk, now, "x"),
        ):
            with pytest.raises(SaveError, match="for reading only"):
                change()
    assert fresh.read_bytes() == before


def test_a_game_changed_elsewhere_is_not_overwritten(store: Store, talk: Talk, now: datetime) -> None:
    say(store, talk, now, "one")
    store.path.with_name("lamp.palaver-lock").unlink()  # as a file system that loses locks would
    other = Store.open(store.path)
    say(other, talk, now, "other")
    for change in (lambda: say(store, talk, now, "two"), store.undo, lambda: store.move_to(1), lambda: store.name("x")):
        with pytest.raises(SaveError, match="changed elsewhere"):
            change()
    assert said(other) == ["one", "other"]
    other.close()
    store.close()
    with Store.open(store.path) as again:
        assert said(again) == ["one", "other"]


def test_a_save_deleted_or_replaced_while_it_is_played_is_noticed(store: Store, talk: Talk, now: datetime) -> None:
    aside = store.path.with_name("aside.palaver")
    store.path.rename(aside)
    with pytest.raises(SaveError, match="moved, deleted or replaced"):
        say(store, talk, now, "one")
    store.path.write_bytes(b"another file")
    with pytest.raises(SaveError, match="moved, deleted or replaced"):
        say(store, talk, now, "one")
    aside.replace(store.path)
    say(store, talk, now, "one")
    assert said(store) == ["one"]
    store.close()


def test_turns_from_several_threads_come_one_after_another(store: Store, talk: Talk, now: datetime) -> None:
    with store:
        threads = [threading.Thread(target=say, args=(store, talk, now, *[f"{number}"] * 20)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [turn.parent for turn in store.path_to()] == list(range(81))


def test_a_new_save_overwrites_nothing(fresh: Path, story: StoryRef, now: datetime) -> None:
    before = fresh.read_bytes()
    with pytest.raises(SaveError, match="exists already"):
        Store.create(fresh, story, 1, now)
    with pytest.raises(SaveError, match="exists already"):
        Store.create(fresh.parent, story, 1, now)
    assert fresh.read_bytes() == before
    assert [path.name for path in fresh.parent.iterdir()] == [fresh.name]


def test_a_save_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path, story: StoryRef, now: datetime) -> None:
    with pytest.raises(SaveError, match="cannot be saved"):
        Store.create(tmp_path / "lamp.palaver", story, 2**64, now)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SaveError, match="No such file"):
        Store.create(tmp_path / "nowhere" / "lamp.palaver", story, 1, now)


def test_a_save_in_which_nothing_was_played_is_not_kept(tmp_path: Path, story: StoryRef, now: datetime) -> None:
    Store.create(tmp_path / "lamp.palaver", story, 7, now).close()
    assert list(tmp_path.iterdir()) == []


def test_a_save_whose_program_was_killed_before_the_first_turn_says_so(
    tmp_path: Path, story: StoryRef, now: datetime
) -> None:
    path = tmp_path / "killed.palaver"
    with Store.create(tmp_path / "lamp.palaver", story, 7, now) as store:
        shutil.copyfile(store.path, path)
    for read_only in (True, False):
        with pytest.raises(SaveDamaged, match="holds no turn"):
            Store.open(path, read_only=read_only)
    assert list(tmp_path.iterdir()) == [path]


def test_titles_are_made_harmless(tmp_path: Path, now: datetime) -> None:
    odd = StoryRef("lamp", "A\x1b[2J lamp\n" + "x" * 1000, HASH, "")
    with Store.create(tmp_path / "lamp.palaver", odd, 7, now) as store:
        assert store.story.title.startswith("A lamp x") and len(store.story.title) == 500


def test_a_save_is_found_through_a_symbolic_link(fresh: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.palaver"
    link.symlink_to(fresh)
    with Store.open(link) as store:
        assert store.path == fresh
        with pytest.raises(SaveLocked):
            Store.open(fresh)
