"""Servers on this machine are found with what they have; nothing else is listed, and no key is shown to strangers."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import KeyRefused, Unreachable
from engine.llm.discover import Listed, discover, list_models, read_models
from engine.llm.endpoint import Endpoint, Secret
from llm.asking import KEY
from llm.houses import House, open_house


def port(url: str) -> int:
    return int(url.removesuffix("/v1").rpartition(":")[2])


def test_what_listens_on_the_usual_ports_is_found() -> None:
    with open_house(House()) as ollama, open_house(House(models=None)) as stranger:
        usual = [("Ollama", port(ollama)), ("vLLM", port(stranger)), ("LM Studio", 9)]
        (found,) = asyncio.run(discover(usual=usual))
    assert (found.title, [listed.name for listed in found.models]) == ("Ollama", ["m-1", "m-2"])


def test_the_configured_server_comes_first_even_when_it_is_silent() -> None:
    with open_house(House()) as url:
        down = Endpoint("http://127.0.0.1:9/v1", "m")
        silent, found = asyncio.run(discover(down, usual=[("Ollama", port(url))]))
    assert "Nothing answers at 127.0.0.1:9" in silent.problem
    assert found.models


def test_the_key_goes_to_the_configured_server_alone() -> None:
    hosted, near = House(), House()
    with open_house(hosted) as url, open_house(near) as other:
        asyncio.run(discover(Endpoint(url, "m", key=Secret(KEY)), usual=[("Ollama", port(other))]))
    assert hosted.asked[0][1]["authorization"] == f"Bearer {KEY}"
    assert KEY not in str(near.asked)


def test_a_configured_server_on_a_usual_port_is_asked_once() -> None:
    house = House()
    with open_house(house) as url:
        found = asyncio.run(discover(Endpoint(url, "m"), usual=[("Ollama", port(url))]))
    assert [server.title for server in found] == ["Ollama"]
    assert len(house.asked) == 1


def test_why_a_list_cannot_be_had_is_said() -> None:
    with pytest.raises(Unreachable):
        asyncio.run(list_models(Endpoint("http://127.0.0.1:9/v1", "m")))
    house = House(models=None, paths={})
    house.answer = lambda *_: (401, b'{"error": {"message": "no key"}}')  # type: ignore[method-assign]
    with open_house(house) as url, pytest.raises(KeyRefused):
        asyncio.run(list_models(Endpoint(url, "m")))


@pytest.mark.parametrize(
    ("answer", "listed"),
    [
        ({"data": [{"id": "a", "context_length": 8192}]}, [Listed("a", 8192)]),
        ({"data": [{"id": "a", "max_model_len": 4096}, {"id": "a"}]}, [Listed("a")]),
        ({"data": [{"id": "a", "meta": {"n_ctx_train": 2048}}]}, [Listed("a", 2048)]),
        ({"models": [{"name": "llama3.2:latest"}]}, [Listed("llama3.2:latest")]),
        (["a", 7, None, {"id": 9}, {"id": "\x1b[2Jx"}, {"id": "x" * 300}], [Listed("a")]),
        (
            {"data": [{"id": "a", "context_length": True}, {"id": "b", "context_length": -1}]},
            [Listed("a"), Listed("b")],
        ),
        ({"data": 7}, []),
        (None, []),
        ("models", []),
    ],
)
def test_every_shape_of_a_list_is_read(answer: object, listed: list[Listed]) -> None:
    assert list(read_models(answer)) == listed
