"""What is done about refusals, and what leaves the machine, is for the player to set."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.config import MODERATION_MODEL, Settings, load_settings
from engine.errors import ConfigError

KEY = "sk-config-0123456789abcdef"


def load(tmp_path: Path, text: str, **environ: str) -> Settings:
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    return load_settings({}, environ, path)


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    return str(caught.value)


def test_nothing_more_is_asked_or_masked_unless_it_is_set(tmp_path: Path) -> None:
    settings = load(tmp_path, f"model: m\napi_key: {KEY}\n")
    assert settings.refusals == ("reword", "other_model", "authored")
    assert settings.fallback_endpoint is None
    assert settings.moderation_endpoint is None
    assert settings.mask is False


def test_the_ladder_is_the_players(tmp_path: Path) -> None:
    assert load(tmp_path, "refusals: [authored]\nmask: true\n").refusals == ("authored",)
    assert load(tmp_path, "refusals: []\n").refusals == ()
    problem = refused(tmp_path, "mask: true\nrefusals: [reward]\n")
    assert "config.yaml:2: refusals.0: " in problem
    assert "in your order" in problem


def test_another_model_of_the_same_server_is_asked_as_the_first_is(tmp_path: Path) -> None:
    settings = load(
        tmp_path, f"base_url: https://h.example/v1\napi_key: {KEY}\nmodel: m\ntop_p: 0.5\nfallback: {{model: n}}\n"
    )
    other = settings.fallback_endpoint
    assert other is not None
    assert (other.base_url, other.model, other.key.reveal()) == ("https://h.example/v1", "n", KEY)
    assert other.parameters == {"top_p": 0.5}


def test_a_variable_names_it_too(tmp_path: Path) -> None:
    settings = load(tmp_path, "base_url: http://localhost:1\nmodel: m\n", PALAVER_FALLBACK_MODEL="n")
    assert settings.fallback_endpoint is not None
    assert settings.fallback_endpoint.model == "n"


def test_another_server_gets_no_key_but_its_own(tmp_path: Path) -> None:
    main = f"base_url: https://h.example/v1\napi_key: {KEY}\nmodel: m\n"
    section = "{base_url: 'http://localhost:8080/v1', model: n}"
    other = load(tmp_path, f"{main}fallback: {section}\nmoderation: {section}\n")
    for endpoint in (other.fallback_endpoint, other.moderation_endpoint):
        assert endpoint is not None
        assert not endpoint.key
        assert endpoint.base_url == "http://localhost:8080/v1"


def test_moderation_has_a_model_of_its_own(tmp_path: Path) -> None:
    main = "base_url: http://localhost:1/v1\nmodel: m\ntemperature: 1\n"
    settings = load(tmp_path, f"{main}moderation: {{input: true}}\n")
    assert settings.moderation is not None
    assert (settings.moderation.input, settings.moderation.output) == (True, True)
    assert settings.moderation.when_unreachable == "send"
    assert settings.moderation_endpoint is not None
    assert settings.moderation_endpoint.model == MODERATION_MODEL
    assert dict(settings.moderation_endpoint.parameters) == {}


def test_moderation_may_be_asked_at_a_server_that_plays_nothing(tmp_path: Path) -> None:
    text = (
        "base_url: http://localhost:1/v1\nmodel: m\nmoderation: {base_url: 'https://api.openai.com/v1', output: no}\n"
    )
    settings = load(tmp_path, text.replace("no}", "false}"), OPENAI_API_KEY=KEY)
    assert settings.moderation is not None
    assert settings.moderation.output is False
    assert settings.moderation_endpoint is not None
    assert settings.moderation_endpoint.model == MODERATION_MODEL
    assert settings.moderation_endpoint.key.reveal() == KEY


def test_mistakes_inside_are_named_with_their_place(tmp_path: Path) -> None:
    main = "base_url: http://localhost:1/v1\nmodel: m\n"
    assert 'config.yaml:4: there is no setting "moderation.inputs"' in refused(
        tmp_path, f"{main}moderation:\n  inputs: true\n"
    )
    assert "moderation.when_unreachable" in refused(tmp_path, f"{main}moderation: {{when_unreachable: maybe}}\n")
    assert "this is a section" in refused(tmp_path, f"{main}moderation: true\n")
    assert 'there is no setting "fallback.input"' in refused(tmp_path, f"{main}fallback: {{input: true}}\n")
