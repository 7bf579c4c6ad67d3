"""Acting, judging and summing up each ask the server and model they were given; no key goes where it was not meant."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from engine.casting import cast_for
from engine.config import Settings, load_settings
from engine.errors import ConfigError

KEY, OTHER = "sk-main-0123456789abcdef", "sk-other-0123456789abcdef"
MAIN = f"base_url: https://models.example/v1\napi_key: {KEY}\nmodel: m-1\n"


def load(tmp_path: Path, text: str, **environ: str) -> Settings:
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    return load_settings({}, environ, path)


def judge(settings: Settings) -> Any:
    assert settings.judge_endpoint is not None
    return settings.judge_endpoint


def test_with_no_sections_all_is_asked_of_one(tmp_path: Path) -> None:
    settings = load(tmp_path, MAIN)
    assert settings.endpoint == settings.judge_endpoint == settings.summary_endpoint


def test_a_section_inherits_what_it_leaves_out(tmp_path: Path) -> None:
    settings = load(tmp_path, MAIN + "retries: 5\nextra: {min_p: 0.1}\njudge: {model: m-2}\nsummary: {model: m-3}\n")
    found = judge(settings)
    assert (found.model, found.key.reveal(), found.retries) == ("m-2", KEY, 5)
    assert found.parameters == {"min_p": 0.1}
    assert settings.summary_endpoint is not None
    assert settings.summary_endpoint.model == "m-3"
    assert settings.sources["judge.model"].endswith(":6: judge.model")


@pytest.mark.parametrize(
    ("text", "continues"),
    [
        ("base_url: http://localhost:8080/v1\nmodel: m-1\n", True),
        ("base_url: http://localhost:8080/v1\nmodel: m-1\ntemperature: 0.9\n", True),
        ("base_url: http://localhost:8080/v1\nmodel: m-1\njudging: fresh\n", False),
        ("base_url: http://localhost:8080/v1\nmodel: m-1\njudge: {model: m-2}\n", False),
        ("base_url: http://localhost:8080/v1\nmodel: m-1\njudge: {model: m-2}\njudging: continue\n", False),
        (MAIN, False),
        (MAIN + "judging: continue\n", True),
        (MAIN + "judging: continue\noffline: true\n", False),
    ],
)
def test_the_judge_goes_on_from_the_actors_prompt_where_a_cache_holds_it(
    tmp_path: Path, text: str, continues: bool
) -> None:
    assert load(tmp_path, text).judge_continues is continues


def test_a_model_sums_up_unless_the_player_says_otherwise(tmp_path: Path) -> None:
    def summariser(text: str) -> str:
        cast, _ = cast_for(load(tmp_path, text))
        try:
            return "" if cast.summariser is None else cast.summariser.name
        finally:
            asyncio.run(cast.aclose())

    assert summariser(MAIN) == "m-1"
    assert summariser(MAIN + "summary: {model: m-3}\n") == "m-3"
    assert summariser(MAIN + "summaries: authored\n") == ""
    assert summariser("offline: true\n") == ""
    with pytest.raises(ConfigError, match="summaries"):
        load(tmp_path, MAIN + "summaries: never\n")


def test_what_seasons_a_line_does_not_spoil_a_reading(tmp_path: Path) -> None:
    settings = load(tmp_path, MAIN + 'temperature: 1.2\nstop: "\\n"\nlogit_bias: {50256: -100}\njudge: {top_p: 0.5}\n')
    assert settings.endpoint is not None
    assert settings.endpoint.parameters == {"temperature": 1.2, "stop": ["\n"], "logit_bias": {"50256": -100}}
    assert judge(settings).parameters == {"top_p": 0.5}


def test_another_server_gets_nothing_of_the_first(tmp_path: Path) -> None:
    text = (
        MAIN + f"headers: {{X-Key: {KEY}}}\nauth: api-key\njudge:\n  base_url: http://localhost:8080\n  model: local\n"
    )
    found = judge(load(tmp_path, text))
    assert (found.base_url, found.model, bool(found.key), found.headers) == (
        "http://localhost:8080/v1",
        "local",
        False,
        {},
    )
    assert found.auth == "bearer"


def test_a_section_has_a_key_of_its_own(tmp_path: Path) -> None:
    found = judge(load(tmp_path, MAIN + f"judge: {{base_url: https://other.example/v1, api_key: {OTHER}, model: m}}\n"))
    assert found.key.reveal() == OTHER
    found = judge(load(tmp_path, MAIN + f"judge: {{api_key: {OTHER}}}\n"))
    assert (found.base_url, found.key.reveal()) == ("https://models.example/v1", OTHER)


def test_variables_name_a_role(tmp_path: Path) -> None:
    environ = {"PALAVER_JUDGE_MODEL": "m-9", "PALAVER_SUMMARY_BASE_URL": "http://localhost:1/v1"}
    settings = load(tmp_path, MAIN + "judge: {model: m-2}\n", **environ)
    assert judge(settings).model == "m-9"
    assert settings.sources["judge.model"] == "PALAVER_JUDGE_MODEL"
    assert settings.summary_endpoint is not None
    assert settings.summary_endpoint.base_url == "http://localhost:1/v1"
    assert not settings.summary_endpoint.key


def test_a_judges_key_stays_with_the_server_at_the_top_of_its_file(tmp_path: Path) -> None:
    text = f"base_url: https://models.example/v1\nmodel: m\njudge: {{api_key: {OTHER}}}\n"
    assert judge(load(tmp_path, text)).key.reveal() == OTHER
    away = load(tmp_path, text, PALAVER_BASE_URL="https://elsewhere.example/v1")
    assert not judge(away).key
    assert any("not sent to elsewhere.example" in warning for warning in away.warnings)


def test_a_key_beside_one_judge_is_not_sent_to_another(tmp_path: Path) -> None:
    text = MAIN + f"judge: {{base_url: https://other.example/v1, api_key: {OTHER}, model: m}}\n"
    settings = load(tmp_path, text, PALAVER_JUDGE_BASE_URL="https://third.example/v1")
    assert not judge(settings).key
    assert any("not sent to third.example" in warning for warning in settings.warnings)


def test_offline_is_offline_for_all(tmp_path: Path) -> None:
    settings = load(tmp_path, MAIN + "judge: {model: m}\n", PALAVER_OFFLINE="1")
    assert (settings.endpoint, settings.judge_endpoint, settings.summary_endpoint) == (None, None, None)


def test_a_key_that_crosses_the_network_in_a_section_is_warned_of(tmp_path: Path) -> None:
    settings = load(tmp_path, MAIN + f"judge: {{base_url: http://other.example/v1, api_key: {OTHER}, model: m}}\n")
    assert any("other.example unencrypted" in warning for warning in settings.warnings)
    assert OTHER not in repr(settings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("judge: m-2\n", ":4: judge: this is a section"),
        ("judge:\n  modle: x\n", ':5: there is no setting "judge.modle". Did you mean "model"?'),
        ("judge:\n  context: 9\n", ':5: there is no setting "judge.context"'),
        ("judge:\n  model: x\n  model: y\n", '"judge.model" was set on line 5'),
        ("judge:\n  temperature: 3\n", ":5: judge.temperature:"),
        ("judge:\n  base_url: nowhere\n", ":5: judge.base_url: base URL"),
        ("judge:\n  extra: {top_p: 1}\n", ':5: judge.extra: "top_p" is a setting of its own'),
        ("judge:\n  headers: {Host: x}\n", ':5: judge.headers: "Host" is filled in'),
        ("judge_model: m\n", ':4: there is no setting "judge_model". It is `model` in the section `judge`'),
        ("presence_penalty: 3\n", "It goes from -2 to 2."),
        ("stop: [a, 7]\n", ":4: stop.1"),
        ("stop: ['']\n", ":4: stop"),
        ("logit_bias: {word: 1}\n", ":4: logit_bias"),
        ("logit_bias: {7: 101}\n", "from -100 to 100"),
        ("seed: -1\n", ":4: seed:"),
        ("auth: basic\n", ":4: auth:"),
        ("api: soap\n", ":4: api:"),
        ("template: vicuna\n", ":4: template:"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, MAIN + text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("auth", "sent"), [("bearer", {"Authorization": f"Bearer {KEY}"}), ("api-key", {"api-key": KEY}), ("none", {})]
)
def test_the_key_goes_in_the_header_that_the_server_wants(tmp_path: Path, auth: str, sent: dict[str, str]) -> None:
    endpoint = load(tmp_path, MAIN + f"auth: {auth}\n").endpoint
    assert endpoint is not None
    assert endpoint.auth_headers == sent


def test_a_plain_completion_server_is_asked_at_its_own_address(tmp_path: Path) -> None:
    endpoint = load(
        tmp_path, "base_url: http://localhost:8080\nmodel: x\napi: completions\ntemplate: alpaca\n"
    ).endpoint
    assert endpoint is not None
    assert (endpoint.url, endpoint.template) == ("http://localhost:8080/v1/completions", "alpaca")
