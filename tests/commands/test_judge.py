"""`palaver judge` tells an author how far a model can be trusted to read the story, and what it may cost to ask."""

from __future__ import annotations

import asyncio
import json
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main
from engine.llm.ledger import FILE
from llm.fault_server import Asking, serving
from llm.houses import Answer, House, open_house
from llm.llama import llama_server

STORY = """\
palaver: 1
title: The door
start: door
state: {trust: {start: 0, min: -3, max: 5}}
characters:
  maren:
    name: Maren
    persona: You are Maren.
    moved_by:
      trust: {by: 1, when: the player is kind}
    examples:
      - {player: thank you, reply: '"Kind words."', moves: {trust: 1}}
scenes:
  door:
    talk: maren
    examples:
      - {player: Erik sent me, reply: '"Come in, come in."', outcome: lets_in}
      - {player: who are you, reply: '"Nobody you know."'}
      - player: please leave me be
        reply: '"Then go. Go home."'
        outcome: sends_away
    outcomes:
      lets_in: {when: Maren tells the player to come in, if: trust >= 1, goto: hall}
      sends_away: {when: Maren tells the player to go away, goto: END}
    choices: [{text: Go, goto: END}]
  hall:
    talk: maren
    examples:
      - {player: good night, reply: '"Sleep well."', outcome: ends}
    outcomes: {ends: {when: they part for the night, goto: END}}
    choices: [{text: Go, goto: END}]
"""
TRUTH = {
    "Come in, come in": {"outcome": "lets_in", "quote": "Come in, come in"},
    "Then go": {"outcome": "sends_away", "quote": "Go home"},
    "Sleep well": {"outcome": "ends", "quote": "Sleep well"},
    "Kind words": {"moved_trust_1": "yes", "quote_trust_1": "Kind words"},
}
Judge = Callable[[dict[str, Any], str], str]


def well(fields: dict[str, Any], told: str) -> str:
    """The answer of a judge that finds what the author meant."""
    nothing = {name: "none" if name == "outcome" else "" for name in fields} | {"moved_trust_1": "no", "sure": "yes"}
    found = next((truth for words, truth in TRUTH.items() if words in told), {})
    return json.dumps({name: value for name, value in (nothing | found).items() if name in fields})


def badly(fields: dict[str, Any], told: str) -> str:
    """One that sees the first outcome everywhere, in whatever was said last."""
    words = json.loads([row for row in told.splitlines() if row.startswith("{")][-1])["line"]
    return json.dumps({"quote": words, "outcome": fields["outcome"]["enum"][0], "sure": "yes"})


def at_random() -> Judge:
    chance = random.Random(4)
    pieces = ["{", "}", '"outcome"', ":", '"lets_in"', ",", "<think>", "[", "null", "Come in", '{"outcome": "none"}']

    def answer(fields: dict[str, Any], told: str) -> str:
        return "".join(chance.choices(pieces, k=6)) or "?"

    return answer


def house(**judges: Judge) -> House:
    """A server whose models judge like this; any other name is refused."""

    def takes(body: dict[str, Any]) -> Answer:
        judge = judges.get(body["model"])
        if judge is None:
            return 404, {"error": {"message": f"The model {body['model']} does not exist"}}
        told = body["messages"][-1]["content"]
        asked = body.get("response_format")  # left out once a server's answers show that it takes no schema
        words = judge(asked["json_schema"]["schema"]["properties"] if asked else {}, told)
        usage = {"prompt_tokens": 100, "completion_tokens": 10}
        return 200, {"choices": [{"message": {"content": words}, "finish_reason": "stop"}], "usage": usage}

    return House(takes=takes)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PALAVER_CONFIG", "PALAVER_BASE_URL", "PALAVER_MODEL", "PALAVER_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "config"))
    monkeypatch.setenv("PALAVER_STATE", str(tmp_path / "state"))


@pytest.fixture
def story(tmp_path: Path) -> str:
    path = tmp_path / "door.yaml"
    path.write_text(STORY, "utf-8")
    return str(path)


@pytest.fixture
def url() -> Iterator[str]:
    with open_house(house(good=well, bad=badly, dice=at_random())) as found:
        yield found


def figures(out: str) -> dict[str, list[str]]:
    """The table of figures: name and cells of each row."""
    return {row[0]: row[1:] for line in out.splitlines() if len(row := re.split(r" {2,}", line.strip())) > 1}


def test_a_judge_that_errs_nowhere_is_told_to_be_right_in_everything(
    story: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judge", story, "--base-url", url, "--model", "good", "--runs", "2"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"The door: 5 cases, 10 calls of good at {url.split('/')[2]}.\nBy our own count at most ")
    found = figures(out)
    assert found["right"] == ["100.0 %"]
    assert found["pass^2, right each time"] == ["100.0 %"]
    assert found["where something came true"] == ["6 of 6"]
    assert found["where nothing did"] == ["4 of 4"]
    assert found["false branches"] == ["0"]
    assert found["moves right, false, missed"] == ["2, 0, 0"]
    assert found["tokens asked, answered"] == ["1,000, 100"]
    assert "Went wrong" not in out


def test_one_that_sees_things_is_told_with_what_it_took_for_what_and_where(
    story: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judge", story, "--base-url", url, "--model", "bad"]) == 0
    out = capsys.readouterr().out
    found = figures(out)
    assert found["right"] == ["40.0 %"]
    assert found["false branches"] == ["2"]
    assert found["wrong outcome"] == ["1"]
    assert [line.split() for line in out.split("what was so:\n")[1].split("\n\n")[0].splitlines()] == [
        ["door"],
        ["*", "(none)", "->", "lets_in", "2"],
        ["lets_in", "->", "lets_in", "1"],
        ["*", "sends_away", "->", "lets_in", "1"],
        ["hall"],
        ["ends", "->", "ends", "1"],
        ["*", "maren:", "trust_1", "0", "right,", "0", "false,", "1", "missed"],
    ]
    assert f"\n  door: (none), 0 of 1 right\n    {story}:18\n    > who are you\n    maren: " in out
    assert all(len(line) <= 80 for line in out.splitlines() if story not in line)


def test_one_that_answers_anything_breaks_nothing(story: str, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", story, "--base-url", url, "--model", "dice", "--runs", "4", "--json"]) == 0
    (model,) = json.loads(capsys.readouterr().out)["models"]
    assert model["answers"] + model["unanswered"] == 20
    assert model["unreadable"] > 0
    verdicts = ("right", "false_branches", "missed", "wrong_outcome", "unreadable")
    assert sum(model[verdict] for verdict in verdicts) == model["answers"]


def test_two_models_stand_side_by_side_with_what_they_differ_in(
    story: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judge", story, "--base-url", url, "--compare", "good", "bad"]) == 0
    out = capsys.readouterr().out
    assert "5 cases, 10 calls of good and bad" in out
    assert figures(out)["right"] == ["100.0 %", "40.0 %"]
    differing = out.split("They differ (3 cases):\n")[1]
    assert differing.count("good: 1 of 1 right") == 3
    assert "bad: 0 of 1 right, found lets_in" in differing


def test_everything_can_be_read_by_a_program(story: str, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", story, "--base-url", url, "--model", "bad", "--json"]) == 0
    streams = capsys.readouterr()
    told = json.loads(streams.out)
    assert "By our own count at most" in streams.err
    (model,) = told["models"]
    assert (model["model"], model["accuracy"], model["pass_all_runs"], model["stopped"]) == ("bad", 0.4, 0.4, None)
    assert model["moves"] == [{"who": "maren", "rule": "trust_1", "right": 0, "false": 0, "missed": 1}]
    assert {"scene": "door", "expected": None, "given": "lets_in", "times": 2} in model["confusion"]
    case = next(case for case in told["cases"] if case["player"] == "who are you")
    assert case["place"] == f"{story}:18"
    assert case["answers"][0][0]["verdict"] == "false"


def test_less_can_be_asked(story: str, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["judge", story, "--base-url", url, "--model", "good"]
    assert main([*asked, "--only", "hall"]) == 0
    assert "1 case, 1 call of" in capsys.readouterr().out
    assert main([*asked, "--limit", "2", "--json"]) == 0
    assert [case["scene"] for case in json.loads(capsys.readouterr().out)["cases"]] == ["door", "door"]
    assert main([*asked, "--limit", "4", "--json"]) == 0
    assert [bool(case["outcome"]) for case in json.loads(capsys.readouterr().out)["cases"]].count(True) == 2
    assert main([*asked, "--only", "hal"]) == 1
    assert 'Did you mean "hall"?' in capsys.readouterr().err


def test_with_no_model_it_says_how_to_name_one(story: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", story]) == 2
    assert "`palaver models` finds one" in capsys.readouterr().err


def test_a_story_with_nothing_to_judge_is_told(tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    bare = tmp_path / "bare.yaml"
    bare.write_text("palaver: 1\ntitle: Bare\nstart: a\nscenes: {a: {ending: The end}}\n", "utf-8")
    assert main(["judge", str(bare), "--base-url", url, "--model", "good"]) == 1
    assert "Bare has no example" in capsys.readouterr().err


def test_a_model_that_does_not_exist_is_not_asked_for_every_case(
    story: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = house()
    with open_house(asked) as url:
        assert main(["judge", story, "--base-url", url, "--model", "gone", "--runs", "9"]) == 1
    out = capsys.readouterr().out
    assert "gone was not asked to the end: " in out
    assert len([path for path, _, _ in asked.asked if path.endswith("/completions")]) <= 6


def test_a_budget_holds_and_what_was_measured_until_then_is_told(
    story: str, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("budget: {session: {tokens: 1500}}\n", "utf-8")
    monkeypatch.setenv("PALAVER_CONFIG", str(config))
    assert main(["judge", story, "--base-url", url, "--model", "good", "--runs", "9"]) == 1
    out = capsys.readouterr().out
    assert 0 < int(figures(out)["answers"][0]) < 45
    assert "was not asked to the end: " in out


def test_the_judge_s_own_model_is_asked_where_one_is_set(
    story: str, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"base_url: {url}\nmodel: bad\njudge: {{model: good}}\n", "utf-8")
    monkeypatch.setenv("PALAVER_CONFIG", str(config))
    assert main(["judge", story]) == 0
    out = capsys.readouterr().out
    assert "5 calls of good" in out
    assert figures(out)["right"] == ["100.0 %"]
    assert (tmp_path / "state" / FILE).exists()


@pytest.mark.parametrize(("typed", "calls"), [("n\n", 0), ("", 0), ("y\n", 5)])
def test_somebody_at_a_terminal_is_asked_first(
    story: str, typed: str, calls: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stdin.readline", lambda *_: typed, raising=False)
    asked = house(good=well)
    with open_house(asked) as url:
        assert main(["judge", story, "--base-url", url, "--model", "good"]) == 0
    assert "Ask? [y/N]" in capsys.readouterr().out
    assert len(asked.asked) == calls


def test_what_is_broken_off_tells_what_it_had_measured(story: str) -> None:
    """A real process, and Ctrl-C while the third answer is waited for."""
    house_of_one = house(good=well)

    async def answers(asking: Asking) -> None:
        status, body = house_of_one.answer("/v1/chat/completions", {}, asking.json)
        await asking.answer(status, body, content_type="application/json")

    async def broken_off() -> tuple[int | None, str]:
        async def falls_silent(asking: Asking) -> None:
            process.send_signal(signal.SIGINT)
            await asking.until_left()

        async with serving(answers, answers, falls_silent) as server:
            asked = ("judge", story, "--base-url", server.base_url, "--model", "good")
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "engine", *asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            out, _ = await process.communicate()
        return process.returncode, out.decode()

    code, out = asyncio.run(broken_off())
    assert code == 130
    assert figures(out)["answers"] == ["2"]
    assert "good was not asked to the end: it was broken off." in out


def test_a_real_server_with_a_model_that_knows_nothing(story: str, capsys: pytest.CaptureFixture[str]) -> None:
    with llama_server() as url:
        assert main(["judge", story, "--base-url", url, "--model", "tiny", "--json"]) == 0
    (model,) = json.loads(capsys.readouterr().out)["models"]
    assert model["answers"] == 5
    assert model["prompt_tokens"] > 0
