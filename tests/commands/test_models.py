"""A player finds a model on this machine and picks it; the file says so, and no key goes along to another server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cli import main
from engine.config import load_settings
from llm.houses import House, open_house

KEY = "sk-main-0123456789abcdef"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path))
    for name in ("PALAVER_CONFIG", "PALAVER_BASE_URL", "PALAVER_MODEL", "PALAVER_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "config.yaml"


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with open_house(House()) as url:
        usual = (("Ollama", int(url.removesuffix("/v1").rpartition(":")[2])),)
        monkeypatch.setattr("engine.llm.discover.USUAL", usual)
        yield url


def test_models_are_listed_with_their_numbers(file: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Ollama  http://localhost:")
    assert [line.split() for line in lines[1:]] == [["1", "m-1"], ["2", "m-2"]]
    assert not file.exists()


def test_a_word_narrows_the_list_and_keeps_the_numbers(
    file: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["models", "M-2"])
    assert capsys.readouterr().out.splitlines()[1].split() == ["2", "m-2"]


@pytest.mark.parametrize("choice", ["2", "m-2", "M-2"])
def test_one_is_picked_by_number_or_name(file: Path, url: str, choice: str) -> None:
    assert main(["models", "--use", choice]) == 0
    settings = load_settings({}, {}, file)
    assert settings.endpoint is not None
    assert settings.endpoint.base_url.rpartition(":")[2] == url.rpartition(":")[2]
    assert settings.endpoint.model == "m-2"


def test_what_nobody_has_is_told_with_what_was_meant(file: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--use", "m_2"]) == 1
    assert 'Did you mean "m-2"?' in capsys.readouterr().err
    assert main(["models", "--use", "99"]) == 1
    assert not file.exists()


def test_the_key_of_the_server_before_is_put_aside(file: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(
        f"# mine\nbase_url: http://127.0.0.1:9/v1\napi_key: {KEY}\nmodel: big\ntemperature: 0.5\n"
        f"headers: {{X-Key: {KEY}}}\njudge: {{api_key: {KEY}, model: big}}\n",
        "utf-8",
    )
    assert main(["models", "--use", "m-1"]) == 0
    settings = load_settings({}, {}, file)
    for endpoint in (settings.endpoint, settings.judge_endpoint):
        assert endpoint is not None
        assert (endpoint.model, bool(endpoint.key), endpoint.headers) == ("m-1", False, {})
    assert settings.temperature == 0.5
    assert f"# api_key: {KEY}\n" in file.read_text("utf-8")
    said = capsys.readouterr().out
    assert "api_key, headers, judge" in said
    assert KEY not in said


def test_a_section_that_stays_behind_is_told_to_lose_its_key(
    file: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    there = "http://127.0.0.1:9/v1"
    file.write_text(
        f"base_url: {there}\napi_key: {KEY}\nmodel: big\njudge: {{base_url: '{there}', model: m}}\n", "utf-8"
    )
    assert main(["models", "--use", "m-1"]) == 0
    assert "`judge` used that key too" in capsys.readouterr().out


def test_another_model_of_the_same_server_keeps_its_key(file: Path, url: str) -> None:
    file.write_text(f"base_url: {url}\napi_key: {KEY}\nmodel: m-1\n", "utf-8")
    assert main(["models", "--base-url", url, "--use", "m-2"]) == 0
    assert file.read_text("utf-8") == f"base_url: {url}\napi_key: {KEY}\nmodel: m-2\n"


def test_a_variable_that_goes_before_the_file_is_mentioned(
    file: Path, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PALAVER_MODEL", "m-7")
    main(["models", "--use", "1"])
    assert "PALAVER_MODEL is set" in capsys.readouterr().out


def test_it_can_be_read_by_a_program(file: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--json"]) == 0
    (server,) = json.loads(capsys.readouterr().out)["servers"]
    assert server["models"] == [{"name": "m-1", "context": None}, {"name": "m-2", "context": None}]


def test_where_there_is_none_a_player_is_told_how_to_get_one(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("engine.llm.discover.USUAL", ())
    assert main(["models"]) == 1
    assert "Ollama" in capsys.readouterr().out


def test_doctor_says_what_is_wrong_by_its_exit_code(file: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    assert "palaver models" in capsys.readouterr().out
    main(["models", "--use", "1"])
    capsys.readouterr()
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "4 replies of m-1: at most about" in said
    assert said.endswith("All is well.\n")


def test_doctor_can_be_read_by_a_program(file: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--base-url", url, "--model", "m-1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"]
    assert {step["outcome"] for step in told["steps"]} <= {"ok", "skipped", "note"}


def test_doctor_forgets(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--forget"]) == 0
    assert "Forgot" in capsys.readouterr().out
