"""What a server refused once is not tried on it again, even in another game; and nothing else is remembered."""

from __future__ import annotations

import asyncio
import datetime
import json
import os
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from engine.llm.abilities import GOOD_FOR, Abilities
from engine.llm.client import HttpModel
from engine.llm.dialect import Dialect
from llm.asking import ACT, KEY, Line, endpoint, listen, no, ok

TODAY = datetime.date(2026, 11, 24)
LEARNT = Dialect(limit="max_completion_tokens", without=frozenset({"top_p"}), usage=False, schema=False)


def abilities(path: Path, today: datetime.date = TODAY) -> Abilities:
    return Abilities(path / "state" / "abilities.json", today=lambda: today)


def play(line: Line, memory: Abilities) -> None:
    async def asked() -> None:
        model = HttpModel(endpoint(), memory=memory, transport=httpx.MockTransport(line))
        await listen(model, replace(ACT, settings={"max_tokens": 9}))
        await model.aclose()

    asyncio.run(asked())


def test_a_server_has_to_refuse_a_wording_only_once(tmp_path: Path) -> None:
    refusal = no(400, b'{"error": {"message": "Unsupported parameter: max_tokens"}}')
    first, second = Line(refusal, ok()), Line(ok())
    play(first, abilities(tmp_path))
    play(second, abilities(tmp_path))
    assert len(first.requests) == 2
    assert ["max_completion_tokens" in body for body in second.bodies] == [True]


def test_nothing_is_written_where_nothing_was_learnt(tmp_path: Path) -> None:
    play(Line(ok()), abilities(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_it_belongs_to_one_endpoint_and_model(tmp_path: Path) -> None:
    abilities(tmp_path).keep(endpoint(), LEARNT)
    again = abilities(tmp_path)
    assert again.dialect(endpoint()) == LEARNT
    for other in (endpoint(model="m-2"), endpoint("http://localhost:1/v1"), endpoint(api="completions")):
        assert again.dialect(other) == Dialect.of(other)


def test_what_the_player_sets_goes_before(tmp_path: Path) -> None:
    abilities(tmp_path).keep(endpoint(), LEARNT)
    assert abilities(tmp_path).dialect(endpoint(limit_name="max_tokens")).limit == "max_tokens"


def test_it_is_learnt_anew_after_a_while(tmp_path: Path) -> None:
    abilities(tmp_path).keep(endpoint(), LEARNT)
    late = abilities(tmp_path, TODAY + datetime.timedelta(days=GOOD_FOR + 1))
    assert late.dialect(endpoint()) == Dialect.of(endpoint())
    assert not late.learnt(endpoint())
    assert abilities(tmp_path).learnt(endpoint()) == "2026-11-24"


def test_it_can_be_forgotten(tmp_path: Path) -> None:
    kept = abilities(tmp_path)
    kept.keep(endpoint(), LEARNT)
    kept.keep(endpoint(model="m-2"), LEARNT)
    assert kept.forget(endpoint()) == 1
    assert abilities(tmp_path).forget() == 1
    assert abilities(tmp_path).dialect(endpoint(model="m-2")) == Dialect.of(endpoint(model="m-2"))


def test_two_games_at_once_keep_what_each_learnt(tmp_path: Path) -> None:
    one, other = abilities(tmp_path), abilities(tmp_path)
    one.keep(endpoint(), LEARNT)
    other.keep(endpoint(model="m-2"), LEARNT)
    assert abilities(tmp_path).forget() == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b"[" * 5000, b'{"format": 9, "known": {}}', b'{"format": 1, "known": []}'],
)
def test_a_damaged_file_is_told_of_and_replaced(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "state" / "abilities.json"
    file.parent.mkdir()
    file.write_bytes(content)
    found = abilities(tmp_path)
    assert "learnt again" in found.warning
    assert found.dialect(endpoint()) == Dialect.of(endpoint())
    found.keep(endpoint(), LEARNT)
    again = abilities(tmp_path)
    assert (again.warning, again.dialect(endpoint())) == ("", LEARNT)


def test_an_entry_that_makes_no_sense_is_left_out(tmp_path: Path) -> None:
    kept = abilities(tmp_path)
    kept.keep(endpoint(), LEARNT)
    file = tmp_path / "state" / "abilities.json"
    told = json.loads(file.read_text("utf-8"))
    (entry,) = told["known"].values()
    told["known"] = {f"x{n}": {**entry, **wrong} for n, wrong in enumerate([{"date": 7}, {"limit": "x"}, {"usage": 1}])}
    file.write_text(json.dumps(told), "utf-8")
    assert abilities(tmp_path).forget() == 0


def test_no_key_is_in_the_file(tmp_path: Path) -> None:
    abilities(tmp_path).keep(endpoint(headers={"X-Key": KEY}), LEARNT)
    file = tmp_path / "state" / "abilities.json"
    assert KEY not in file.read_text("utf-8")
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_stops_no_game(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder", "utf-8")
    found = abilities(tmp_path)
    found.keep(endpoint(), LEARNT)
    assert "cannot be" in found.warning
