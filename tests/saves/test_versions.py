"""Saves of every version that was ever released are opened forever; those of versions to come are not touched."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.errors import SaveError
from engine.play.events import EVENT_TYPES, CharacterSpoke, PlayerSpoke
from engine.saves import database, schema
from engine.saves.codec import decode_events
from engine.saves.schema import MIGRATIONS, Migration
from engine.saves.shelf import describe, import_save
from engine.saves.store import Store

FIXTURES = Path(__file__).parent / "fixtures"
VERSIONS = range(1, len(MIGRATIONS) + 1)


def told(store: Store, version: int = len(MIGRATIONS)) -> dict[str, Any]:
    """What a save holds, as the JSON beside each fixture has it: in the words of that version."""
    later = {1: ", whispered=False"}.get(version, "")
    return {
        "story": [store.story.id, store.story.title, store.story.hash, store.story.version],
        "seed": store.meta.seed,
        "created": store.meta.created.isoformat(),
        "playthrough": store.meta.playthrough,
        "head": store.head,
        "tip": store.tip,
        "names": [[named.name, named.turn] for named in store.names()],
        "turns": [
            [
                turn.id,
                turn.parent,
                turn.at.isoformat(),
                turn.story_hash,
                turn.note,
                [repr(event).replace(later, "") for event in turn.events],
            ]
            for turn in store.turns()
        ],
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_a_save_of_every_version_reads_as_it_was_written(version: int, tmp_path: Path) -> None:
    kept = FIXTURES / f"version-{version}.palaver"
    expected = json.loads(kept.with_suffix(".json").read_text("utf-8"))
    path = Path(shutil.copyfile(kept, tmp_path / "old.palaver"))
    with Store.open(path, read_only=True) as store:
        assert told(store, version) == expected
    assert path.read_bytes() == kept.read_bytes()
    with Store.open(path) as store:
        assert told(store, version) == expected
        (turn,) = store.turns()[:1]
        store.append(turn.events, now=datetime.now(UTC), story_hash="new")
    with Store.open(path) as store:
        assert len(store) == len(expected["turns"]) + 1
    with Store.open(import_save(kept, tmp_path)) as store:
        assert told(store, version) == expected


def test_the_latest_kept_save_holds_every_type_of_event() -> None:
    """A new type of event, or a new field in one, is a new version: then add a save of it here."""
    with Store.open(FIXTURES / f"version-{len(MIGRATIONS)}.palaver", read_only=True) as store:
        found = {type(event).__name__ for turn in store.turns() for event in turn.events}
    assert found == set(EVENT_TYPES)


def test_migrations_that_were_released_are_what_they_were() -> None:
    """They are only ever added to: the files that they made are out there."""
    assert [migration.name for migration in MIGRATIONS] == ["turns with parents", "a richer talk"]
    assert len(schema.expected(1, MIGRATIONS)) == len(schema.expected(2, MIGRATIONS)) == 4


def test_a_program_from_before_says_that_a_later_save_is_fine_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copyfile(FIXTURES / "version-2.palaver", tmp_path / "new.palaver"))
    monkeypatch.setattr(schema, "MIGRATIONS", MIGRATIONS[:1])
    with pytest.raises(SaveError) as refused:
        Store.open(path)
    assert str(refused.value) == (
        "new.palaver was saved by a newer Palaver: its format is 2, and this one reads up to 1. "
        "It is fine, and was left as it is: update Palaver to play it."
    )
    assert path.read_bytes() == (FIXTURES / "version-2.palaver").read_bytes()


MORE = (*MIGRATIONS, Migration("remarks", ("CREATE TABLE remarks (turn INTEGER PRIMARY KEY) STRICT",)))


def test_an_older_save_is_read_as_it_is_and_brought_up_to_date_when_played(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Store.open(fresh, read_only=True) as store:
        before = told(store)
    old = fresh.read_bytes()
    monkeypatch.setattr(schema, "MIGRATIONS", MORE)
    with Store.open(fresh, read_only=True) as store:
        assert told(store) == before
    assert fresh.read_bytes() == old
    with Store.open(fresh) as store:
        assert told(store) == before
    monkeypatch.setattr(schema, "MIGRATIONS", MIGRATIONS)
    new = fresh.read_bytes()
    for attempt in (lambda: Store.open(fresh), lambda: import_save(fresh, tmp_path)):
        with pytest.raises(SaveError, match="by a newer Palaver"):
            attempt()
    assert "newer Palaver" in describe(fresh).damaged and fresh.read_bytes() == new


def test_a_migration_that_fails_leaves_the_save_as_it_was(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fresh.read_bytes()
    with Store.open(fresh, read_only=True) as store:
        turns = store.turns()
    monkeypatch.setattr(schema, "MIGRATIONS", (*MORE, Migration("twice", ("CREATE TABLE remarks (a) STRICT",))))
    with pytest.raises(SaveError):
        Store.open(fresh)
    monkeypatch.setattr(schema, "MIGRATIONS", MIGRATIONS)
    assert fresh.read_bytes() == before
    with Store.open(fresh) as store:
        assert store.turns() == turns


def test_an_sqlite_that_is_too_old_is_said(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(SaveError, match=r"saves need 99\.0\.0 or later"):
        Store.open(fresh)


def test_events_written_before_are_read_word_for_word() -> None:
    text = '[{"event":"CharacterSpoke","who":"m","text":"No.","cut":false,"opening":true,"model":""}]'
    (event,) = decode_events(text)
    assert event == CharacterSpoke("m", "No.", opening=True, whispered=False)
    assert decode_events('[{"event":"PlayerSpoke","text":"No.","to":"m"}]') == (PlayerSpoke("No.", "m"),)
