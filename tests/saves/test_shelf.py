from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.errors import SaveError
from engine.play import events as e
from engine.saves import shelf
from engine.saves.shelf import export_save, find, import_save, list_saves, new_path, saves_folder
from engine.saves.store import Store, StoryRef

HASH = "5a" * 32


@pytest.fixture
def folder(tmp_path: Path, now: datetime) -> Path:
    """Three games: two of `lamp`, one of `mill`; `lamp-2` was played last, `lamp-1` first."""
    made = tmp_path / "saves"
    made.mkdir()
    for number, (name, story, said) in enumerate(
        [("lamp-1", "lamp", "Hello"), ("mill", "mill", "Is anybody there?"), ("lamp-2", "lamp", "Erik  sent\nme")]
    ):
        with Store.create(made / f"{name}.palaver", StoryRef(story, story.title(), HASH), 1, now) as store:
            at = now + timedelta(hours=number)
            store.append([e.Began(1, ()), e.SceneEntered("pier"), e.SceneEntered("door")], now=at, story_hash=HASH)
            store.append([e.PlayerSpoke(said), e.TalkTurnEnded()], now=at, story_hash=HASH)
            store.name("door")
            store.name(f"in {name}", 1)
    return made


# Where saves are


def test_a_folder_that_is_named_comes_before_all_others(tmp_path: Path) -> None:
    (tmp_path / "saves").mkdir()
    (tmp_path / "stories").mkdir()
    environ = {"PALAVER_SAVES": str(tmp_path / "elsewhere" / "deep")}
    assert saves_folder(tmp_path / "named", environ, tmp_path) == tmp_path / "named"
    assert saves_folder(None, environ, tmp_path) == tmp_path / "elsewhere" / "deep"
    assert saves_folder(None, {"PALAVER_SAVES": ""}, tmp_path) == tmp_path / "saves"
    assert all(path.is_dir() for path in (tmp_path / "named", tmp_path / "elsewhere" / "deep"))
    assert saves_folder(Path("here"), {}, tmp_path) == tmp_path / "here"


def test_outside_a_checkout_saves_are_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "cwd" / "saves").mkdir(parents=True)  # somebody's folder of that name is not taken for ours
    found = saves_folder(None, {}, tmp_path / "cwd")
    assert found.is_dir() and found.name == "saves" and found != tmp_path / "cwd" / "saves"
    assert found.is_relative_to(tmp_path) and "palaver" in found.parts


def test_a_tilde_means_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert saves_folder(None, {"PALAVER_SAVES": "~/games"}, tmp_path) == tmp_path / "me" / "games"


def test_a_folder_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for wrong in (tmp_path / "file", tmp_path / "file" / "saves", tmp_path / ("x" * 300)):
        with pytest.raises(SaveError, match=r"cannot be made at .*PALAVER_SAVES"):
            saves_folder(wrong, {}, tmp_path)


# What is there


def test_the_list_says_what_a_player_wants_to_know(folder: Path, now: datetime) -> None:
    first, second, third = list_saves(folder)
    assert [save.name for save in (first, second, third)] == ["lamp-2", "mill", "lamp-1"]
    assert (first.story_id, first.title, first.turns) == ("lamp", "Lamp", 1)
    assert (first.scene, first.words) == ("door", "Erik sent me")
    assert first.last_played == now + timedelta(hours=2)
    assert [named.name for named in first.names] == ["in lamp-2", "door"]
    assert first.playable and not first.damaged


def test_the_list_tells_where_a_game_stands_not_how_far_it_once_was(folder: Path) -> None:
    with Store.open(folder / "mill.palaver") as store:
        store.undo()
    (mill,) = [save for save in list_saves(folder) if save.name == "mill"]
    assert (mill.turns, mill.words, mill.scene) == (0, "", "door")


def test_the_list_knows_every_ending_that_was_reached_on_any_branch(folder: Path, now: datetime) -> None:
    with Store.open(folder / "mill.palaver") as store:
        for scene in ("flood", "", "dawn", "flood"):
            store.move_to(2)
            store.append([e.PlayerSpoke('"event":"StoryEnded"'), e.StoryEnded(scene)], now=now, story_hash=HASH)
        store.append([e.PlayerSpoke("StoryEnded")], now=now, story_hash=HASH)
        store.move_to(1)
    (mill,) = [save for save in list_saves(folder) if save.name == "mill"]
    assert mill.endings == ("flood", "dawn")


def test_long_words_are_shortened(folder: Path, now: datetime) -> None:
    with Store.open(folder / "mill.palaver") as store:
        store.append([e.CharacterSpoke("maren", "Well " * 100)], now=now, story_hash=HASH)
    (mill,) = [save for save in list_saves(folder) if save.name == "mill"]
    assert len(mill.words) <= 80 and mill.words.endswith("Well…")


def test_other_files_are_not_taken_for_saves(folder: Path) -> None:
    for name in ("notes.txt", ".hidden.palaver", "lamp-1.palaver-wal.bak", "palaver"):
        (folder / name).write_text("x")
    assert len(list_saves(folder)) == 3


def test_an_empty_folder_has_no_saves_and_a_missing_one_is_said(tmp_path: Path) -> None:
    assert list_saves(tmp_path) == []
    with pytest.raises(SaveError, match="No such file"):
        list_saves(tmp_path / "none")


# What somebody means


def test_a_save_is_found_by_its_file_by_a_moment_and_by_latest(folder: Path) -> None:
    assert find(folder, "mill").save.name == "mill"
    assert find(folder, "mill.palaver").save.name == "mill"
    assert find(folder, "MILL").save.name == "mill"
    found = find(folder, "in lamp-1")
    assert found.moment is not None and (found.save.name, found.moment.turn) == ("lamp-1", 1)
    assert find(folder, "latest").save.name == "lamp-2"
    assert find(folder, "latest", "mill").save.name == "mill"
    assert find(folder, "door", "mill").save.name == "mill"


def test_what_could_be_several_lists_them_and_how_to_name_one(folder: Path) -> None:
    with pytest.raises(SaveError, match='"door" could mean several saves: lamp-2:door, mill:door, lamp-1:door'):
        find(folder, "door")
    found = find(folder, "lamp-1:door")
    assert found.moment is not None and (found.save.name, found.moment.name) == ("lamp-1", "door")


def test_a_file_and_a_moment_of_one_name_can_be_told_apart(folder: Path) -> None:
    with Store.open(folder / "mill.palaver") as store:
        store.name("lamp-1")
    with pytest.raises(SaveError, match=r"lamp-1\.palaver"):
        find(folder, "lamp-1")
    assert find(folder, "lamp-1.palaver").moment is None
    assert find(folder, "mill:lamp-1").save.name == "mill"


def test_what_is_not_there_gets_a_suggestion(folder: Path) -> None:
    with pytest.raises(SaveError, match='Did you mean "in mill"'):
        find(folder, "in mil")
    with pytest.raises(SaveError, match="palaver saves"):
        find(folder, "qqqq")
    with pytest.raises(SaveError, match="no saved game"):
        find(folder, "latest", "unknown")


def test_a_damaged_save_is_found_by_its_file_and_never_is_the_latest(folder: Path) -> None:
    (folder / "zz.palaver").write_bytes(b"nothing" * 99)
    assert find(folder, "zz").save.damaged
    assert find(folder, "latest").save.name == "lamp-2"
    for save in list_saves(folder):
        if save.playable:
            save.path.unlink()
    with pytest.raises(SaveError, match="no saved game"):
        find(folder, "latest")


# Names for new files


def test_new_files_have_names_that_can_be_read_and_never_clash(tmp_path: Path, now: datetime) -> None:
    paths = [new_path(tmp_path, "lamp", now) for _ in range(3)]
    assert [path.name for path in paths] == [
        "lamp-2026-11-24-1830.palaver",
        "lamp-2026-11-24-1830-2.palaver",
        "lamp-2026-11-24-1830-3.palaver",
    ]


def test_a_name_is_not_used_again_while_something_of_the_old_save_is_there(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "lamp-2026-11-24-1830.palaver-wal").write_bytes(b"turns of a save that was deleted")
    assert new_path(tmp_path, "lamp", now).stem == "lamp-2026-11-24-1830-2"


@pytest.mark.parametrize(
    ("story_id", "stem"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("", "game"),
        ("маяк", "game"),
        ("Für Elise: II", "fur-elise-ii"),
        ("x" * 300, "x" * 60),
        ("a\0b\x1b[2J", "a-b-2j"),
    ],
)
def test_whatever_a_story_is_called_its_file_can_be_made_anywhere(
    tmp_path: Path, now: datetime, story_id: str, stem: str
) -> None:
    path = new_path(tmp_path, story_id, now)
    assert path.parent == tmp_path and path.name == f"{stem}-2026-11-24-1830.palaver"


# Giving away and taking in


def everything(path: Path) -> object:
    with Store.open(path, read_only=True) as store:
        return store.meta, store.head, store.tip, store.turns(), store.names()


def test_an_exported_save_is_one_file_that_is_the_same_game(folder: Path, tmp_path: Path) -> None:
    path = folder / "mill.palaver"
    with Store.open(path) as playing:
        playing.undo()
        to = export_save(path, tmp_path / "mine")  # while it is played
    assert to == tmp_path / "mine.palaver"
    assert everything(to) == everything(path)
    assert [left.name for left in tmp_path.glob("*mine*")] == ["mine.palaver"]
    assert to.stat().st_mode == path.stat().st_mode


def test_an_export_overwrites_only_what_it_was_asked_to(folder: Path, tmp_path: Path) -> None:
    to = tmp_path / "mine.palaver"
    to.write_text("dear diary")
    with pytest.raises(SaveError, match="exists already"):
        export_save(folder / "mill.palaver", to)
    assert to.read_text() == "dear diary"
    export_save(folder / "mill.palaver", to, overwrite=True)
    assert everything(to) == everything(folder / "mill.palaver")
    assert sorted(left.name for left in tmp_path.iterdir()) == ["mine.palaver", "saves"]


def test_an_export_never_replaces_a_game_that_is_being_played_or_was_not_closed(folder: Path) -> None:
    to = folder / "lamp-1.palaver"
    before = everything(to)
    with Store.open(to), pytest.raises(SaveError, match="being played"):
        export_save(folder / "mill.palaver", to, overwrite=True)
    wal = folder / "lamp-1.palaver-wal"
    wal.touch()
    with pytest.raises(SaveError, match="not closed properly"):
        export_save(folder / "mill.palaver", to, overwrite=True)
    wal.unlink()
    assert everything(to) == before


def test_a_folder_to_export_to_keeps_the_name(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    assert export_save(folder / "mill.palaver", tmp_path / "stick") == tmp_path / "stick" / "mill.palaver"
    with pytest.raises(SaveError, match="No such file"):
        export_save(folder / "mill.palaver", tmp_path / "none" / "x.palaver")
    with pytest.raises(SaveError, match="cannot be written"):
        export_save(folder / "mill.palaver", tmp_path / ("x" * 300))


def test_a_game_whose_file_was_deleted_under_it_can_still_be_kept(folder: Path, tmp_path: Path) -> None:
    with Store.open(folder / "mill.palaver") as store:
        (folder / "mill.palaver").unlink()
        kept = shelf.export_store(store, tmp_path / "kept.palaver")
    with Store.open(kept) as again:
        assert len(again) == 2


def test_an_import_is_the_same_game_under_a_name_that_is_free(folder: Path, tmp_path: Path) -> None:
    sent = export_save(folder / "mill.palaver", tmp_path / "Für dich.palaver")
    before = sent.read_bytes()
    first, second = import_save(sent, folder), import_save(sent, folder)
    assert [path.name for path in (first, second)] == ["fur-dich.palaver", "fur-dich-2.palaver"]
    assert everything(first) == everything(second) == everything(sent)
    assert sent.read_bytes() == before
    with Store.open(first) as store:
        store.append([e.PlayerSpoke("on")], now=datetime.now(UTC), story_hash=HASH)


@pytest.mark.parametrize(
    ("stem", "called"), [("con", "save-con"), ("маяк", "mill"), ("COM1", "save-com1"), ("latest", "save-latest")]
)
def test_an_import_gets_a_name_that_every_system_takes(folder: Path, tmp_path: Path, stem: str, called: str) -> None:
    sent = (folder / "mill.palaver").rename(tmp_path / f"{stem}.palaver")
    assert import_save(sent, folder).stem == called


def test_what_is_no_save_is_not_taken_in(folder: Path, tmp_path: Path) -> None:
    sent = tmp_path / "sent.palaver"
    sent.write_bytes(b"no save" * 1000)
    before = sorted(folder.iterdir())
    with pytest.raises(SaveError, match="is damaged or is no save"):
        import_save(sent, folder)
    assert sorted(folder.iterdir()) == before
