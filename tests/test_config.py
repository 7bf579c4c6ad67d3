"""Settings come from where the player put them, a mistake is named with its place, and a key goes where it belongs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.config import KEYS, OPENAI_MODEL, Settings, load_settings
from engine.errors import ConfigError

KEY = "sk-config-0123456789abcdef"


@pytest.fixture(autouse=True)
def _nobody_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No config file of whoever runs the tests is read."""
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "home"))


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    return path


def load(flags: dict[str, Any] | None = None, file: Path | None = None, **environ: str) -> Settings:
    return load_settings(flags or {}, environ, file)


def refused(*args: Any, **kwargs: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        load(*args, **kwargs)
    assert KEY not in str(caught.value)
    return str(caught.value)


def test_with_nothing_set_the_script_plays() -> None:
    settings = load()
    assert settings.endpoint is None
    assert settings.judge_endpoint is None
    assert (settings.context, settings.saves, settings.stories, settings.warnings) == (4096, None, None, ())


def test_flags_win_over_variables_and_those_over_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "base_url: http://localhost:1\nmodel: in-file\ntemperature: 0.1\nmax_tokens: 10\n")
    settings = load({"model": "in-flag"}, file, PALAVER_MODEL="in-env", PALAVER_TEMPERATURE="0.7")
    assert (settings.model, settings.temperature, settings.max_tokens) == ("in-flag", 0.7, 10)
    assert settings.sources == {
        "model": "--model",
        "temperature": "PALAVER_TEMPERATURE",
        "base_url": f"{file}:1: base_url",
        "max_tokens": f"{file}:4: max_tokens",
    }


def test_every_setting_reaches_the_endpoint(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        f"""
base_url: https://models.example/v1
api_key: {KEY}
model: m-1
judge: {{model: m-2}}
temperature: 0.5
top_p: 0.9
max_tokens: 200
extra: {{min_p: 0.05}}
headers: {{X-Title: Palaver}}
query: {{api-version: "2026-01-01"}}
limit_name: max_completion_tokens
context: 8192
connect_timeout: 5
first_byte_timeout: 300
idle_timeout: 30
reply_timeout: 400
retries: 1
saves: ~/games
stories: tales
""",
    )
    settings = load(file=file)
    endpoint = settings.endpoint
    assert endpoint is not None
    assert endpoint.url == "https://models.example/v1/chat/completions"
    assert endpoint.key.reveal() == KEY
    assert endpoint.parameters == {"temperature": 0.5, "top_p": 0.9, "max_tokens": 200, "min_p": 0.05}
    assert (endpoint.headers, endpoint.query) == ({"X-Title": "Palaver"}, {"api-version": "2026-01-01"})
    assert (endpoint.connect_timeout, endpoint.first_byte_timeout) == (5, 300)
    assert (endpoint.idle_timeout, endpoint.reply_timeout, endpoint.retries) == (30, 400, 1)
    assert endpoint.limit_name == "max_completion_tokens"
    assert settings.judge_endpoint is not None
    assert (endpoint.model, settings.judge_endpoint.model) == ("m-1", "m-2")
    assert (settings.context, settings.saves, settings.stories) == (8192, Path.home() / "games", Path("tales"))


def test_a_local_server_needs_no_key() -> None:
    endpoint = load(PALAVER_BASE_URL="http://localhost:8080", PALAVER_MODEL="llama").endpoint
    assert endpoint is not None
    assert endpoint.base_url == "http://localhost:8080/v1"
    assert not endpoint.key


def test_a_key_alone_is_enough() -> None:
    settings = load(PALAVER_API_KEY=KEY)
    assert settings.endpoint is not None
    assert settings.endpoint.base_url == "https://api.openai.com/v1"
    assert settings.endpoint.model == OPENAI_MODEL
    assert settings.endpoint.key.reveal() == KEY
    assert not settings.warnings


def test_another_programs_key_is_spent_only_on_a_model_or_server_named_here() -> None:
    assert load(OPENAI_API_KEY=KEY).endpoint is None
    assert load(OPENAI_API_KEY=KEY, OPENAI_BASE_URL="http://localhost:9/v1").endpoint is None
    by_model = load({"model": "gpt-6-luna"}, OPENAI_API_KEY=KEY)
    by_server = load({"base_url": "https://api.openai.com/v1"}, OPENAI_API_KEY=KEY)
    for settings in (by_model, by_server):
        assert settings.endpoint is not None
        assert settings.endpoint.base_url == "https://api.openai.com/v1"
        assert settings.endpoint.key.reveal() == KEY
        assert settings.sources["api_key"] == "OPENAI_API_KEY"


def test_openai_variables_may_name_another_server() -> None:
    settings = load(OPENAI_API_KEY=KEY, OPENAI_BASE_URL="http://localhost:9/v1", PALAVER_MODEL="m")
    assert settings.endpoint is not None
    assert (settings.endpoint.base_url, settings.endpoint.key.reveal()) == ("http://localhost:9/v1", KEY)


def test_an_openai_key_is_not_sent_to_another_server() -> None:
    settings = load({"base_url": "https://models.example/v1", "model": "m"}, OPENAI_API_KEY=KEY)
    assert settings.endpoint is not None
    assert not settings.endpoint.key


def test_an_openai_key_does_not_push_out_the_files_own(tmp_path: Path) -> None:
    file = written(tmp_path, "base_url: https://models.example/v1\napi_key: mine-0123\nmodel: m\n")
    endpoint = load(file=file, OPENAI_API_KEY=KEY).endpoint
    assert endpoint is not None
    assert endpoint.key.reveal() == "mine-0123"


def test_a_key_written_beside_a_server_is_not_sent_to_another(tmp_path: Path) -> None:
    file = written(tmp_path, f"base_url: https://models.example/v1\napi_key: {KEY}\nmodel: m\n")
    settings = load({"base_url": "https://other.example/v1"}, file)
    assert settings.endpoint is not None
    assert not settings.endpoint.key
    assert any("not sent to other.example" in warning for warning in settings.warnings)
    same = load({"base_url": "https://models.example/v1/"}, file).endpoint
    assert same is not None
    assert same.key


def test_a_key_in_a_file_that_names_no_server_is_openais(tmp_path: Path) -> None:
    file = written(tmp_path, f"api_key: {KEY}\nmodel: m\n")
    for settings in (
        load({"base_url": "https://other.example/v1"}, file),
        load(file=file, PALAVER_BASE_URL="http://b/v1"),
    ):
        assert settings.endpoint is not None
        assert not settings.endpoint.key
        assert any("belongs to another server" in warning for warning in settings.warnings)
    own = load(file=file).endpoint
    assert own is not None
    assert (own.host, own.key.reveal()) == ("api.openai.com", KEY)


def test_headers_and_a_query_stay_with_the_server_of_their_file(tmp_path: Path) -> None:
    secret = "headers: {X-Api-Key: secret}\nquery: {key: secret}\n"
    file = written(tmp_path, f"base_url: https://models.example/v1\nmodel: m\n{secret}")
    home, away = load(file=file), load({"base_url": "https://other.example/v1"}, file)
    assert home.endpoint is not None
    assert away.endpoint is not None
    assert (home.endpoint.headers, home.endpoint.query) == ({"X-Api-Key": "secret"}, {"key": "secret"})
    assert (away.endpoint.headers, away.endpoint.query) == ({}, {})
    assert [warning for warning in away.warnings if "not sent to other.example" in warning] == list(away.warnings)
    assert len(away.warnings) == 2


def test_a_keyring_without_a_key_for_another_server_does_not_keep_it_from_being_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    file = written(tmp_path, "base_url: https://models.example/v1\napi_key: keyring\nmodel: m\n")
    settings = load({"base_url": "http://localhost:11434/v1"}, file)
    assert settings.endpoint is not None
    assert not settings.endpoint.key
    assert "package `keyring`" in refused(file=file)


def test_a_key_in_the_environment_goes_with_the_server_of_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "base_url: https://models.example/v1\nmodel: m\n")
    settings = load(file=file, PALAVER_API_KEY=KEY)
    assert settings.endpoint is not None
    assert settings.endpoint.key.reveal() == KEY


def test_offline_means_offline() -> None:
    assert load({"offline": True}, PALAVER_API_KEY=KEY).endpoint is None
    assert load(PALAVER_API_KEY=KEY, PALAVER_OFFLINE="1").endpoint is None


def test_empty_variables_are_unset() -> None:
    assert load(PALAVER_BASE_URL="", PALAVER_API_KEY=" ", PALAVER_TEMPERATURE="").endpoint is None


def test_the_usual_file_is_read_when_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    written(tmp_path / "home", "model: from-home\n")
    assert load().model == "from-home"


def test_a_file_may_be_named_by_a_variable(tmp_path: Path) -> None:
    assert load(PALAVER_CONFIG=str(written(tmp_path, "model: named\n"))).model == "named"
    assert "no config file" in refused(PALAVER_CONFIG=str(tmp_path / "none.yaml"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("modle: x\n", ':1: there is no setting "modle". Did you mean "model"?'),
        ("model: x\nzzz: 1\n", ':2: there is no setting "zzz". There are: base_url'),
        ("model: x\nmodel: y\n", ':2: "model" was set on line 1 already'),
        ("model: x\ntemperature: hot\n", ":2: temperature: input should be a valid number"),
        ("temperature: 3\n", "It goes from 0 to 2."),
        ("temperature: .nan\n", ":1: temperature:"),
        ("context: 12\n", ":1: context:"),
        ("base_url: localhost:8080\n", ":1: base_url: base URL"),
        ("base_url: 8080\n", ":1: base_url: base URL"),
        ("extra: [1]\n", "Write `extra: {name: value}`."),
        ("base_url: http://localhost\nextra: {stream: false}\n", ':2: extra: "stream" is filled in by Palaver'),
        ("base_url: http://localhost\nextra: {since: 2024-01-01}\n", ':2: extra: "since" holds what JSON cannot say'),
        ("base_url: http://localhost\nextra: {bias: .nan}\n", ':2: extra: "bias" holds what JSON cannot say'),
        ('saves: "a\\0b"\n', "no path can hold a null character"),
        ("extra: {max_tokens: lots}\n", ':1: extra: "max_tokens" is a setting of its own. Write `max_tokens:`'),
        ("base_url: http://localhost\nheaders: {Authorization: x}\n", ':2: headers: "Authorization" is filled in'),
        ("headers: {X-Number: 7}\n", ":1: headers.X-Number:"),
        (f"base_url: http://localhost\napi_key: {KEY} {KEY}\n", ":2: api_key: The API key holds spaces"),
        ("base_url: http://localhost\napi_key: 12345678\n", ":2: api_key: The API key is not text"),
        ("limit_name: words\n", ":1: limit_name:"),
        ("- model\n", "not a list of settings"),
        ("model: [\n", "config.yaml:2:1:"),
        ("model: !!python/object:os.system x\n", "config.yaml:1:8:"),
        ("warnings: [x]\n", 'no setting "warnings"'),
        ("[" * 5000, "config.yaml"),
        ("x: " + "y" * 70_000, "larger than 64 KiB"),
        (f"api_key: '{KEY}\n", "config.yaml:"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(file=written(tmp_path, text))


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"PALAVER_TEMPERATURE": "hot"}, "PALAVER_TEMPERATURE: input should be a valid number"),
        ({"PALAVER_MAX_TOKENS": "0"}, "PALAVER_MAX_TOKENS:"),
        ({"PALAVER_BASE_URL": "localhost"}, "PALAVER_BASE_URL: base URL"),
        ({"OPENAI_BASE_URL": "localhost", "PALAVER_MODEL": "m"}, "OPENAI_BASE_URL: base URL"),
        ({"OPENAI_API_KEY": "ключ", "PALAVER_MODEL": "m"}, "OPENAI_API_KEY: The API key holds"),
    ],
)
def test_a_mistake_in_a_variable_names_it(environ: dict[str, str], said: str) -> None:
    assert said in refused(**environ)


def test_a_mistaken_flag_is_named() -> None:
    assert "--temperature: " in refused({"temperature": 9})
    assert 'Did you mean "model"?' in refused({"modell": "x"})


def test_a_key_is_not_taken_from_the_command_line() -> None:
    assert "PALAVER_API_KEY" in refused({"api_key": KEY})


def test_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"model: \xff\n")
    assert "not UTF-8" in refused(file=path)
    assert "no config file" in refused(file=tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
def test_a_key_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    path = written(tmp_path, f"base_url: https://models.example/v1\nmodel: m\napi_key: {KEY}\n")
    assert not load(file=path).warnings
    path.chmod(0o644)
    (warning,) = load(file=path).warnings
    assert "chmod 600" in warning
    keyless = written(tmp_path, "model: m\n")
    keyless.chmod(0o644)
    assert not load(file=keyless).warnings


def test_a_key_sent_in_the_open_is_warned_of() -> None:
    (warning,) = load(PALAVER_BASE_URL="http://models.example", PALAVER_API_KEY=KEY, PALAVER_MODEL="m").warnings
    assert "unencrypted" in warning
    assert not load(PALAVER_BASE_URL="http://localhost:1", PALAVER_API_KEY=KEY, PALAVER_MODEL="m").warnings


def test_a_server_without_a_model_is_warned_of() -> None:
    settings = load(PALAVER_BASE_URL="http://localhost:8080")
    assert settings.model == "default"
    assert "PALAVER_MODEL" in settings.warnings[0]


def test_settings_can_be_shown_without_showing_the_key(tmp_path: Path) -> None:
    file = written(tmp_path, f"base_url: https://a.example\nmodel: m\napi_key: {KEY}\nheaders: {{X-Key: {KEY}}}\n")
    settings = load(file=file)
    assert KEY not in repr(settings)
    assert KEY not in str(settings)
    assert "api_key" in KEYS


def test_settings_load_without_the_libraries_that_only_a_game_needs() -> None:
    import subprocess

    code = "import sys, engine.config; print(sorted({'httpx', 'textual', 'tiktoken', 'jinja2'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_home_of_nobody_is_a_folder_of_that_name(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text('stories: "~no_such_user/tales"\n', "utf-8")

    assert load_settings({}, {}, file).stories == Path("~no_such_user/tales")
