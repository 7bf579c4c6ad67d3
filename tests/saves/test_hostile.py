"""Files that are no saves, or saves that a disk or a stranger has altered: each is refused, named and left alone."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from engine.errors import SaveDamaged, SaveError
from engine.saves import database
from engine.saves.shelf import import_save, list_saves
from engine.saves.store import Store

SUMMED = {"meta": "one", "turns": "id", "place": "one", "names": "name"}


def refused(path: Path, match: str | None = None, kind: type[SaveError] = SaveDamaged) -> None:
    """Assert that nobody opens the file at `path`, that everybody is told why, and that nothing was touched."""
    folder = path.parent
    content = path.read_bytes() if path.is_file() else None
    around = sorted(folder.iterdir())
    elsewhere = folder / "elsewhere"
    for attempt in (
        lambda: Store.open(path),
        lambda: Store.open(path, read_only=True),
        lambda: import_save(path, elsewhere),
    ):
        with pytest.raises(kind, match=match) as caught:
            attempt()
        assert caught.value.what and caught.value.do and str(caught.value).isprintable()
    (listed,) = [save for save in list_saves(folder) if save.path == path]
    assert listed.damaged and not listed.playable
    assert sorted(folder.iterdir()) == around
    assert content is None or path.read_bytes() == content


def alter(path: Path, *statements: str) -> None:
    """Run SQL on a save as a stranger with another program would, and make the sums of its rows right again."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)
        for table, key in SUMMED.items():
            if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone():
                continue
            for row in db.execute(f"SELECT * FROM {table}").fetchall():
                total = zlib.crc32(json.dumps(row[:-1]).encode())
                db.execute(f"UPDATE {table} SET sum = ? WHERE {key} IS ?", (total, row[0]))


def altered_events(path: Path, events: Any, turn: int = 2) -> None:
    text = events if isinstance(events, str) else json.dumps(events)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE turns SET events = ? WHERE id = ?", (text, turn))
    alter(path)


# What is no save at all


def test_a_save_with_its_sums_made_right_again_is_still_a_save(fresh: Path) -> None:
    alter(fresh)  # so that the tests below show what they mean to
    Store.open(fresh).close()


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="There is no save at"):
        Store.open(tmp_path / "none.palaver")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"Once upon a time\n" * 400, b"SQLite format 3\0", b"\0" * 8192, random.Random(1).randbytes(8192)],
    ids=["empty", "a line", "a text", "a beginning", "zeros", "noise"],
)
def test_another_kind_of_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.palaver"
    path.write_bytes(content)
    refused(path)


def test_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "x.palaver"
    path.mkdir()
    refused(path, "not a file")


def test_a_symbolic_link_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "x.palaver"
    path.symlink_to(path)
    refused(path, kind=SaveError)


def test_a_pipe_does_not_make_anybody_wait(tmp_path: Path) -> None:
    path = tmp_path / "x.palaver"
    os.mkfifo(path)
    refused(path, "not a file")


def test_a_name_too_long_for_the_system(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="name too long"):
        Store.open(tmp_path / ("x" * 300 + ".palaver"))


def test_a_file_without_end(fresh: Path) -> None:
    os.truncate(fresh, database.LARGEST_FILE + 1)
    refused(fresh, "larger than 64 MiB")


def test_a_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "x.palaver"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE moz_places (id INTEGER)")
    refused(path, "another program")


# What a newer Palaver, a disk or a stranger did to a save


def test_a_save_of_a_newer_palaver_is_called_that(fresh: Path) -> None:
    alter(fresh, "PRAGMA user_version = 99")
    refused(fresh, "newer Palaver", SaveError)
    with pytest.raises(SaveError) as caught:
        Store.open(fresh)
    assert not isinstance(caught.value, SaveDamaged) and "update Palaver" in caught.value.do


SCHEMES = {
    "application id": ["PRAGMA application_id = 7"],
    "no version": ["PRAGMA user_version = 0"],
    "negative version": ["PRAGMA user_version = -1"],
    "trigger": ["CREATE TRIGGER t AFTER INSERT ON turns BEGIN DELETE FROM turns; END"],
    "view": ["CREATE VIEW v AS SELECT randomblob(1000000000)"],
    "view in place of a table": ["DROP TABLE names", "CREATE VIEW names AS SELECT 'a' AS name, 1 AS turn, 0 AS sum"],
    "extra table": ["CREATE TABLE extra (a)"],
    "extra index": ["CREATE INDEX i ON turns (at)"],
    "expression index": ["CREATE INDEX i ON turns (abs(id))"],
    "virtual table": ["CREATE VIRTUAL TABLE f USING fts5 (a)"],
    "statistics": ["ANALYZE"],
    "missing table": ["DROP TABLE place"],
    "added column": ["ALTER TABLE turns ADD COLUMN more TEXT"],
    "generated column": ["ALTER TABLE turns ADD COLUMN more TEXT AS (hex(id))"],
    "renamed column": ["ALTER TABLE turns RENAME COLUMN note TO notes"],
    "other declaration": [
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '') WHERE name = 'turns'",
    ],
    "broken declaration with an escape": [
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = 'CREATE TABLE ' || char(27) || '[2J (' WHERE name = 'turns'",
    ],
    "broken declaration": [
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = 'CREATE TABLE turns (' WHERE name = 'turns'",
    ],
    "two tables on one page": [
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'meta') "
        "WHERE name = 'place'",
    ],
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_save_that_declares_anything_else(fresh: Path, scheme: str) -> None:
    with closing(sqlite3.connect(fresh, isolation_level=None)) as db:
        for statement in SCHEMES[scheme]:
            db.execute(statement)
    refused(fresh)


ROWS = {
    "no first turn": "DELETE FROM turns WHERE id = 1",
    "no turn in the middle": "DELETE FROM turns WHERE id = 2",
    "two first turns": "UPDATE turns SET parent = NULL WHERE id = 2",
    "a first turn with a parent": "UPDATE turns SET parent = 3 WHERE id = 1",
    "its own parent": "UPDATE turns SET parent = 2 WHERE id = 2",
    "parents in a circle": "UPDATE turns SET parent = 5 - id WHERE id > 1",
    "a parent that is not there": "UPDATE turns SET parent = -7 WHERE id = 3",
    "an immense number": "UPDATE turns SET id = 9223372036854775807 WHERE id = 3",
    "a negative number": "UPDATE turns SET id = -1 WHERE id = 1",
    "a head that is not there": "UPDATE place SET head = 4",
    "a tip that is not there": "UPDATE place SET tip = 4",
    "no head": "UPDATE place SET head = NULL",
    "a tip on another branch": "UPDATE place SET head = 2, tip = 3",
    "a tip before the head": "UPDATE place SET head = 3, tip = 1",
    "no place": "DELETE FROM place",
    "a name for no turn": "UPDATE names SET turn = 9",
    "an empty name": "UPDATE names SET name = '' WHERE turn = 2",
    "a long name": "UPDATE names SET name = printf('%.*c', 81, 'x') WHERE turn = 2",
    "a name with an escape": "UPDATE names SET name = char(27) || '[2J' WHERE turn = 2",
    "no meta": "DELETE FROM meta",
    "a title with an escape": "UPDATE meta SET story_title = 'a' || char(27) || '[2J'",
    "a long title": "UPDATE meta SET story_title = printf('%.*c', 501, 'x')",
    "a time that is none": "UPDATE turns SET at = 'yesterday' WHERE id = 2",
    "a day that is none": "UPDATE turns SET at = '2026-02-31T00:00:00Z' WHERE id = 2",
    "a time that is no date further east": "UPDATE turns SET at = '9999-12-31T23:59:59Z' WHERE id = 2",
    "a time that is no date further west": "UPDATE turns SET at = '0001-01-01T00:00:00Z' WHERE id = 2",
    "a time in another script": "UPDATE turns SET at = '２０２６-02-01T00:00:00Z' WHERE id = 2",
    "text that is not text": "UPDATE turns SET events = CAST(x'5b80ff5d' AS TEXT) WHERE id = 2",
    "a note that is not one": "UPDATE turns SET note = '[1]' WHERE id = 2",
    "a note with a key": """UPDATE turns SET note = '{"api_key": "x"}' WHERE id = 2""",
    "a long hash": "UPDATE turns SET story_hash = printf('%.*c', 501, 'x') WHERE id = 2",
}


@pytest.mark.parametrize("row", ROWS)
def test_a_save_whose_rows_break_its_bounds(fresh: Path, row: str) -> None:
    with closing(sqlite3.connect(fresh, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute(ROWS[row])
    if row != "text that is not text":
        alter(fresh)
    refused(fresh)


SPOKE = {"event": "PlayerSpoke", "text": "Let me in", "to": ""}
EVENTS: dict[str, Any] = {
    "not JSON": "Let me in",
    "no events": [],
    "not a list": SPOKE,
    "an unknown event": [{"event": "SystemCalled", "text": "rm"}],
    "an unknown field": [SPOKE | {"html": "<b>"}],
    "a missing field": [{"event": "PlayerSpoke", "text": "a"}],
    "a number for text": [SPOKE | {"text": 7}],
    "deep": "[" * 200_000,
    "NaN": '[{"event": "VariablesSet", "values": [["trust", NaN]]}]',
    "infinity": '[{"event": "VariablesSet", "values": [["trust", 1e400]]}]',
    "a value that is a list": '[{"event": "VariablesSet", "values": [["trust", [1]]]}]',
    "ten megabytes": [SPOKE | {"text": "x" * 10_000_000}],
    "twenty megabytes": [SPOKE | {"text": "x" * 20_000_000}],
}


@pytest.mark.parametrize("events", EVENTS)
def test_a_save_with_an_event_that_is_none_names_the_turn(fresh: Path, events: str) -> None:
    altered_events(fresh, EVENTS[events])
    refused(fresh, "turn 2" if events != "twenty megabytes" else "too big")


def test_a_turn_altered_without_its_sum(fresh: Path) -> None:
    with closing(sqlite3.connect(fresh)) as db, db:
        db.execute("UPDATE turns SET events = replace(events, 'Let me in', 'Let me on')")
    refused(fresh, "turn 2: its sum is wrong")


def test_text_of_a_stranger_is_made_harmless(fresh: Path, tmp_path: Path) -> None:
    altered_events(fresh, [SPOKE | {"text": "Let\x1b[2J me\u202e in\ud800"}])
    folder = tmp_path / "saves"
    folder.mkdir()
    for path in (fresh, import_save(fresh, folder)):
        with Store.open(path) as store:
            (spoke,) = store.move_to(2).events
            assert spoke.text == "Let me in\ufffd"  # type: ignore[union-attr]
    with closing(sqlite3.connect(folder / "lamp.palaver")) as db:
        assert "2J" not in db.execute("SELECT events FROM turns WHERE id = 2").fetchone()[0]


# What a failing disk does


def contents(path: Path) -> Any:
    with Store.open(path, read_only=True) as store:
        return store.meta, store.head, store.tip, store.turns(), store.names()


def test_a_save_cut_at_any_length_is_refused(fresh: Path, tmp_path: Path) -> None:
    whole = fresh.read_bytes()
    path = tmp_path / "cut.palaver"
    for length in {*range(0, len(whole), 1009), *range(0, len(whole), 4096), 1, 15, 16, 99, 100, len(whole) - 1}:
        path.write_bytes(whole[:length])
        with pytest.raises(SaveDamaged):
            Store.open(path)
        assert path.read_bytes() == whole[:length]
        assert sorted(tmp_path.iterdir()) == sorted([fresh, path])


@pytest.mark.parametrize("start", range(8))
def test_a_flipped_bit_is_noticed_or_changes_nothing(fresh: Path, tmp_path: Path, start: int) -> None:
    whole, before = fresh.read_bytes(), contents(fresh)
    path = tmp_path / "flipped.palaver"
    noticed = 0
    for position in [*range(start, 112, 8), *range(start, len(whole), 331)]:
        path.write_bytes(whole[:position] + bytes([whole[position] ^ (1 << start)]) + whole[position + 1 :])
        try:
            assert contents(path) == before
        except SaveError:
            noticed += 1
    assert noticed > 4


HEADER: dict[str, Callable[[bytearray], None]] = {
    "page size 512": lambda head: head.__setitem__(slice(16, 18), b"\x02\x00"),
    "page size 65536": lambda head: head.__setitem__(slice(16, 18), b"\x00\x01"),
    "page size 0": lambda head: head.__setitem__(slice(16, 18), b"\x00\x00"),
    "page size odd": lambda head: head.__setitem__(slice(16, 18), b"\x03\xe8"),
    "unknown file format": lambda head: head.__setitem__(slice(18, 20), b"\x07\x07"),
    "reserved bytes": lambda head: head.__setitem__(20, 255),
    "more pages than there are": lambda head: head.__setitem__(slice(28, 32), b"\x7f\xff\xff\xff"),
    "fewer pages than there are": lambda head: head.__setitem__(slice(28, 32), b"\x00\x00\x00\x02"),
    "free pages that are not free": lambda head: head.__setitem__(slice(32, 40), b"\x00\x00\x00\x02\x00\x00\x00\x03"),
    "an unknown schema format": lambda head: head.__setitem__(slice(44, 48), b"\x00\x00\x00\x09"),
    "vacuum pages that are not there": lambda head: head.__setitem__(slice(52, 56), b"\x00\x00\x00\x09"),
    "UTF-16": lambda head: head.__setitem__(slice(56, 60), b"\x00\x00\x00\x02"),
}


@pytest.mark.parametrize("lie", HEADER)
def test_a_header_that_lies(fresh: Path, lie: str) -> None:
    content = bytearray(fresh.read_bytes())
    HEADER[lie](content)
    fresh.write_bytes(content)
    refused(fresh)


def test_one_damaged_save_hides_no_other(fresh: Path) -> None:
    (fresh.parent / "broken.palaver").write_bytes(b"broken" * 1000)
    (fresh.parent / "empty.palaver").touch()
    good, *bad = list_saves(fresh.parent)
    assert good.playable and good.name == "lamp"
    assert sorted(save.name for save in bad) == ["broken", "empty"]
    assert all(save.name in save.damaged for save in bad)
