"""`palaver cost` says where money and tokens went, and what it does not know."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.cli import main
from engine.llm.budget import Budget
from engine.llm.ledger import FILE, Ledger, Tags, Taken
from support.games import begin
from support.stories import EVERYTHING, graph_of


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PALAVER_STATE", str(tmp_path))
    return tmp_path


def spend(state: Path, *calls: tuple[Tags, Taken]) -> None:
    ledger = Ledger(state / FILE, day=lambda now: f"2026-11-{int(now):02}")
    for day, (tags, taken) in enumerate(calls, 20):
        ledger.settle(ledger.reserve(tags, taken, Budget(), float(day)), taken)
    ledger.close()


ACTED = Tags("s", "storm-1", "pier", "maren", "act", "gpt-4o-mini", "api.openai.com")
JUDGED = Tags("s", "storm-1", "pier", "maren", "judge", "llama", "localhost:11434")
CALLS = ((ACTED, Taken(1_000, 100, 210, 512)), (JUDGED, Taken(2_000, 20, None, estimated=True)))


def test_nothing_was_spent_yet(capsys: pytest.CaptureFixture[str], state: Path) -> None:
    assert main(["cost"]) == 0
    assert capsys.readouterr().out == "Nothing was spent yet.\n"
    assert not list(state.iterdir())


def test_money_and_tokens_by_model(capsys: pytest.CaptureFixture[str], state: Path) -> None:
    spend(state, *CALLS)
    assert main(["cost"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["cost", "calls", "prompt", "cached", "reply"]
    assert said[1].split() == ["gpt-4o-mini", "$0.0002", "1", "1,000", "512", "100"]
    assert said[2].split() == ["llama", "~?", "1", "2,000", "0", "20"]
    told = "2026-11-20 to 2026-11-21: $0.0002, 3,120 tokens (2,020 of them at an unknown price), in 2 calls."
    assert said[4] == told
    assert "`prices` in the config file" in said[5]
    assert said[6].startswith("~ ")


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("game", ["storm-1"]),
        ("scene", ["pier"]),
        ("character", ["maren"]),
        ("purpose", ["playing characters", "reading what came true"]),
        ("day", ["2026-11-20", "2026-11-21"]),
    ],
)
def test_it_can_be_grouped(capsys: pytest.CaptureFixture[str], state: Path, by: str, names: list[str]) -> None:
    spend(state, *CALLS)
    assert main(["cost", "--by", by]) == 0
    lines = capsys.readouterr().out.split("\n\n")[0].splitlines()[1:]
    assert [line.partition("  ")[0] for line in lines] == names


def test_a_game_is_called_as_its_save(capsys: pytest.CaptureFixture[str], state: Path) -> None:
    session = begin(graph_of(EVERYTHING), state)
    spend(state, (replace(ACTED, game=session.store.meta.playthrough), Taken(1, 1, 1)), (ACTED, Taken(1, 1, 1)))
    session.close()
    assert main(["cost", "--by", "game", "--saves", str(state)]) == 0
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()[1:3]} == {"game", "storm-1"}
    assert main(["cost", "--by", "game", "--saves", str(state), "--json"]) == 0
    assert {entry["save"] for entry in json.loads(capsys.readouterr().out)["entries"]} == {"game", None}


def test_since_a_day(capsys: pytest.CaptureFixture[str], state: Path) -> None:
    spend(state, *CALLS)
    assert main(["cost", "--since", "2026-11-21"]) == 0
    assert "2026-11-21: 2,020 tokens (price unknown), in 1 call." in capsys.readouterr().out
    assert main(["cost", "--since", "2026-12-01"]) == 0
    assert capsys.readouterr().out == "Nothing was spent since 2026-12-01.\n"


def test_a_date_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--since", "yesterday"]) == 1
    assert "2026-11-24" in capsys.readouterr().err


def test_for_a_program(capsys: pytest.CaptureFixture[str], state: Path) -> None:
    spend(state, *CALLS)
    assert main(["cost", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["total"] == {"dollars": "0.00021", "tokens": 3_120, "tokens_without_price": 2_020}
    assert found["entries"][1]["dollars"] is None


def test_a_name_commands_no_terminal(capsys: pytest.CaptureFixture[str], state: Path) -> None:
    spend(state, (Tags("s", "\x1b[2Jgame"), Taken(1, 1, 1)))
    assert main(["cost", "--by", "game"]) == 0
    assert "\x1b" not in capsys.readouterr().out
