"""A base URL is taken as it is meant or refused with what to write; a key is seen by nobody."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from engine.errors import ConfigError
from engine.llm.endpoint import Endpoint, Secret, read_base_url

KEY = "sk-verysecret0123456789"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
        ("  http://localhost:8080 ", "http://localhost:8080/v1"),
        ("http://localhost:8080/", "http://localhost:8080/v1"),
        ("http://[::1]:8080", "http://[::1]:8080/v1"),
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
        ("https://x.openai.azure.com/openai/deployments/d", "https://x.openai.azure.com/openai/deployments/d"),
    ],
)
def test_base_urls_that_can_be_meant(text: str, url: str) -> None:
    assert read_base_url(text) == url
    assert read_base_url(url) == url


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("localhost:8080", 'Write "https://localhost:8080" or "http://localhost:8080".'),
        ("ftp://host/v1", "neither http nor https"),
        ("https://me:hunter2@host/v1", "carries a name or a password"),
        ("https://host/v1?key=1", "after"),
        ("https://host/v1#x", "after"),
        ("https:///v1", "names no host"),
        ("https://ho st/v1", "names no host"),
        ("https://host:99999/v1", "cannot be read"),
        ("https://[::1/v1", "cannot be read"),
        ("https://host:0/v1", "names no host"),
        ("http://h/v1/chat/completions", 'Write "http://h/v1".'),
        ("", "has no scheme"),
    ],
)
def test_base_urls_that_cannot(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match="base URL") as caught:
        read_base_url(text)
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_key_is_not_seen_in_passing() -> None:
    endpoint = Endpoint("https://host/v1", "m", key=Secret(KEY), headers={"api-key": KEY})
    for seen in (
        repr(endpoint),
        str(endpoint),
        repr(Secret(KEY)),
        f"{Secret(KEY)}",
        str(dataclasses.asdict(endpoint)["key"]),
    ):
        assert KEY not in seen
        assert "0123456789" not in seen
    assert copy.deepcopy(endpoint).key.reveal() == KEY


def test_a_key_pasted_wrongly_is_refused_without_being_quoted() -> None:
    assert Secret(f" {KEY}\n").reveal() == KEY
    with pytest.raises(ConfigError) as caught:
        Secret("sk-one sk-two")
    assert "sk-" not in str(caught.value)


def test_keys_are_masked_in_what_servers_say() -> None:
    endpoint = Endpoint("https://host/v1", "m", key=Secret(KEY), headers={"X-Key": "s3cret-header"})
    said = endpoint.mask(f"bad key {KEY}, s3cret-header, or sk-proj-ab12***xyz9?")
    assert said == "bad key [key], [key], or [key]?"


@pytest.mark.parametrize("name", ["model", "messages", "stream", "response_format"])
def test_extra_cannot_replace_what_the_program_fills_in(name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Endpoint("https://host/v1", "m", parameters={name: 1})


@pytest.mark.parametrize("headers", [{"Authorization": "x"}, {"a b": "x"}, {"x": "a\r\nb: c"}, {"x": "é"}])
def test_headers_that_cannot_be_sent_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="headers"):
        Endpoint("https://host/v1", "m", headers=headers)


def test_a_key_in_the_query_is_masked_and_a_version_is_not() -> None:
    asked = Endpoint("https://a.b", "m", query={"subscription-key": "0123456789", "api-version": "2024-12-01-preview"})
    assert asked.mask("404 at /v1?subscription-key=0123456789&api-version=2024-12-01-preview") == (
        "404 at /v1?subscription-key=[key]&api-version=2024-12-01-preview"
    )
    assert "0123456789" not in repr(asked)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:1", True),
        ("http://127.0.0.1:1", True),
        ("http://[::1]:1", True),
        ("http://127.evil.com", False),
    ],
)
def test_this_machine_is_known(url: str, local: bool) -> None:
    endpoint = Endpoint(url, "m", key=Secret(KEY))
    assert endpoint.local is local
    assert endpoint.exposed is not local


def test_secrets_survive_a_copy_between_processes() -> None:
    assert pickle.loads(pickle.dumps(Secret(KEY))) == Secret(KEY)
    assert not Secret()
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
