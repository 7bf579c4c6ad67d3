"""The small databases of this machine: many programs may begin them at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from engine.errors import ConfigError, ModelError
from engine.llm.statefile import open_state, transaction

TABLES = ("CREATE TABLE sums (number INTEGER NOT NULL) STRICT", "INSERT INTO sums VALUES (0)")


@pytest.mark.parametrize("round_", range(5))
def test_many_begin_the_same_file_at_once_and_none_is_turned_away(tmp_path: Path, round_: int) -> None:
    ready, wrong = threading.Barrier(8), []

    def begin() -> None:
        ready.wait()
        try:
            db = open_state(tmp_path / "state.sqlite", TABLES, durable=False, version=1)
            with transaction(db):
                db.execute("UPDATE sums SET number = number + 1")
            db.close()
        except (ConfigError, ModelError) as problem:
            wrong.append(problem)

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    db = open_state(tmp_path / "state.sqlite", TABLES, durable=False, version=1)
    assert db.execute("SELECT number FROM sums").fetchone() == (8,)
    db.close()


def test_a_file_of_another_version_is_left_alone_and_told(tmp_path: Path) -> None:
    open_state(tmp_path / "state.sqlite", TABLES, durable=True, version=1).close()
    with pytest.raises(ConfigError, match="another version"):
        open_state(tmp_path / "state.sqlite", TABLES, durable=True, version=2)
