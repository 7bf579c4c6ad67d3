"""A server that takes less than another is asked in words it takes, once it has said so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.llm.chunks import ServerError
from engine.llm.dialect import Dialect
from llm.asking import ACT, JUDGE, endpoint

HOSTED = endpoint("https://api.openai.com/v1")


def test_a_request_holds_what_was_asked_and_nothing_else() -> None:
    to = endpoint(parameters={"temperature": 0.5, "max_tokens": 90, "min_p": 0.1})
    body = Dialect.of(to).body(to, replace(ACT, settings={"temperature": 0.9, "top_p": None}))
    assert body == {
        "model": "m-1",
        "messages": [{"role": "system", "content": "You are Maren."}, {"role": "user", "content": "Let me in!"}],
        "temperature": 0.9,
        "min_p": 0.1,
        "max_tokens": 90,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_the_limit_is_spelled_by_host_unless_told() -> None:
    settings = {"max_tokens": 160}
    assert Dialect.of(HOSTED).body(HOSTED, replace(ACT, settings=settings))["max_completion_tokens"] == 160
    told = endpoint("https://api.openai.com/v1", limit_name="max_tokens")
    assert Dialect.of(told).body(told, replace(ACT, settings=settings))["max_tokens"] == 160


def test_a_story_cannot_reach_what_the_program_fills_in() -> None:
    settings = {"model": "dear", "messages": [], "stream": False, "n": 9, "response_format": {}}
    body = Dialect.of(endpoint()).body(endpoint(), replace(ACT, settings=settings))
    assert body["model"] == "m-1"
    assert body["stream"] is True
    assert len(body["messages"]) == 2
    assert not {"n", "response_format"} & set(body)


def test_the_vendors_models_are_asked_not_to_think_unless_the_player_wants_it() -> None:
    assert Dialect.of(HOSTED).body(HOSTED, ACT)["reasoning_effort"] == "none"
    wanted = endpoint("https://api.openai.com/v1", parameters={"reasoning_effort": "low"})
    assert Dialect.of(wanted).body(wanted, ACT)["reasoning_effort"] == "low"
    assert "reasoning_effort" not in Dialect.of(endpoint()).body(endpoint(), ACT)


def test_a_schema_goes_as_a_response_format_with_a_name_that_servers_take() -> None:
    body = Dialect().body(endpoint(), replace(JUDGE, schema_name="what happened?"))
    assert body["response_format"]["json_schema"]["name"] == "what_happened_"
    assert body["response_format"]["json_schema"]["schema"] == JUDGE.schema
    assert body["response_format"]["json_schema"]["strict"] is True


def test_a_schema_asked_for_in_words_leaves_the_prompts_beginning_alone() -> None:
    plain, asked = Dialect().body(endpoint(), ACT), Dialect(schema=False).body(endpoint(), JUDGE)
    assert "response_format" not in asked
    assert asked["messages"][:-1] == plain["messages"][:-1]
    assert asked["messages"][-1]["content"].startswith("Let me in!\n\n")
    assert '"lets_in"' in asked["messages"][-1]["content"]


def refusal(to: str, message: str, request: object = JUDGE, **more: str) -> Dialect | None:
    place = endpoint(to, parameters={"temperature": 1, "max_tokens": 9, "frobnicate": 2})
    dialect = Dialect.of(place)
    return dialect.after_refusal(400, ServerError(message=message, text=message, **more), dialect.body(place, request))


LOCAL, OPENAI = "http://localhost:1/v1", "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("to", "message", "changed"),
    [
        (
            LOCAL,
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            {"limit": "max_completion_tokens", "limit_tried": True},
        ),
        (
            OPENAI,
            "Unrecognized request argument supplied: max_completion_tokens",
            {"limit": "max_tokens", "limit_tried": True},
        ),
        (LOCAL, "stream_options: Extra inputs are not permitted", {"usage": False}),
        (LOCAL, "'response_format.type' must be 'text'", {"schema": False}),
        (LOCAL, "This model does not support response format `json_schema`", {"schema": False}),
        (LOCAL, "Guided decoding is switched off", {"schema": False}),
        (
            LOCAL,
            "Unsupported value: 'temperature' does not support 0 with this model.",
            {"without": frozenset({"temperature"})},
        ),
        (OPENAI, "'reasoning_effort' does not support 'none' with this model.", {"unthinking": False}),
    ],
)
def test_what_a_server_does_not_take_is_said_otherwise(to: str, message: str, changed: dict[str, object]) -> None:
    assert refusal(to, message) == replace(Dialect.of(endpoint(to)), **changed)


def test_a_parameter_named_apart_from_the_message_is_found() -> None:
    assert refusal(LOCAL, "Unsupported value", param="temperature") == Dialect(without=frozenset({"temperature"}))


@pytest.mark.parametrize(
    "message",
    [
        "'max_tokens' is too large: 100000. This model supports at most 4096 completion tokens.",
        "This model's maximum context length is 4096 tokens; max_tokens leaves no room.",
        "max_tokens exceeds the limit",
    ],
)
def test_too_much_is_not_mended_by_other_words(message: str) -> None:
    assert refusal(LOCAL, message) is None


def test_what_the_player_asked_for_is_not_dropped() -> None:
    assert refusal(LOCAL, "Unknown parameter: 'frobnicate'.", ACT) is None


def test_a_refusal_of_other_kinds_changes_nothing() -> None:
    dialect = Dialect()
    body = dialect.body(endpoint(), JUDGE)
    for status in (401, 403, 429, 500):
        assert dialect.after_refusal(status, ServerError(message="response_format"), body) is None
    assert dialect.after_refusal(404, ServerError(message="model not found"), body) is None


def test_learning_comes_to_an_end() -> None:
    everything = (
        "max_tokens max_completion_tokens temperature top_p seed stream_options response_format reasoning_effort"
    )
    place = endpoint(parameters={"temperature": 1, "top_p": 1, "seed": 1, "max_tokens": 9})
    dialect, steps = Dialect.of(place), 0
    while (
        other := dialect.after_refusal(400, ServerError(message=everything), dialect.body(place, JUDGE))
    ) is not None:
        dialect, steps = other, steps + 1
        assert steps < 10
    assert dialect.without == {"temperature", "top_p", "seed"}


def test_a_server_that_ignores_a_schema_is_asked_in_words_from_then_on() -> None:
    sent = Dialect().body(endpoint(), JUDGE)
    assert Dialect().after_reply("She lets them in.", sent) == Dialect(schema=False)
    for answer in ('{"outcome": "none"}', ' \n{"outc', '```json\n{"outcome": "none"}\n```'):
        assert Dialect().after_reply(answer, sent) == Dialect()
    assert Dialect().after_reply("She lets them in.", Dialect().body(endpoint(), ACT)) == Dialect()
