from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plaintext import clean
from engine.play import events as e
from engine.saves import codec
from engine.saves.codec import Malformed, decode_events, decode_note, encode_events, encode_note
from engine.story.expressions import Value

texts = st.text(max_size=40).map(clean)
wholes = st.integers(-codec.LARGEST_INT, codec.LARGEST_INT)
values = st.booleans() | wholes | st.floats(allow_nan=False, allow_infinity=False) | texts
by_type: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    int: wholes,
    bool: st.booleans(),
    tuple[tuple[str, Value], ...]: st.lists(st.tuples(texts, values), max_size=4).map(tuple),
}


def of_type(kind: type[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: by_type[hints[field.name]] for field in fields(kind)})


events = st.one_of([of_type(kind) for kind in e.EVENT_TYPES.values()])
turns = st.lists(events, min_size=1, max_size=6).map(tuple)


@given(turns)
def test_every_turn_comes_back_exactly(turn: tuple[e.Event, ...]) -> None:
    # `repr` tells True from 1 and 1 from 1.0, which `==` does not.
    assert repr(decode_events(encode_events(turn))) == repr(turn)


@given(st.text(max_size=60))
def test_no_text_carries_an_escape_to_the_screen(text: str) -> None:
    raw = json.dumps([{"event": "PlayerSpoke", "text": text, "to": ""}])
    assert decode_events(raw) == (e.PlayerSpoke(clean(text)),)
    assert decode_events(encode_events([e.PlayerSpoke(text)])) == (e.PlayerSpoke(clean(text)),)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["event", "text", "to", "scene", "values", "seed", "x"]), inner)
    ),
)
names = st.sampled_from([*e.EVENT_TYPES, "Event", "object", "__class__"])


@given(st.lists(anything | st.fixed_dictionaries({"event": names}, optional={"scene": anything, "text": anything})))
def test_whatever_json_is_read_it_is_events_or_refused(data: list[Any]) -> None:
    try:
        decoded = decode_events(json.dumps(data))
    except Malformed:
        return
    assert decode_events(encode_events(decoded)) == decoded


SPOKE = {"event": "CharacterSpoke", "who": "maren", "text": "No.", "cut": False, "opening": False, "model": "m"}


@pytest.mark.parametrize(
    "change",
    [
        {"event": "Spoke"},
        {"event": None},
        {"text": 7},
        {"text": None},
        {"cut": 0},
        {"cut": "false"},
        {"extra": 1},
        {"text": "x" * (codec.LONGEST_TEXT + 1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_field_that_is_unknown_or_of_another_type_is_refused(change: dict[str, Any]) -> None:
    decode_events(json.dumps([SPOKE]))
    with pytest.raises(Malformed):
        decode_events(json.dumps([SPOKE | change]))


def test_a_missing_field_is_refused_even_if_it_has_a_default() -> None:
    with pytest.raises(Malformed, match="fields"):
        decode_events(json.dumps([{name: value for name, value in SPOKE.items() if name != "cut"}]))


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "-Infinity", "1e999", "null", "[1]", "{}", str(2**63), "1" * 5000, '"x", 1']
)
def test_a_value_is_a_bool_a_number_that_exists_or_a_text(value: str) -> None:
    with pytest.raises(Malformed):
        decode_events(f'[{{"event": "VariablesSet", "values": [["trust", {value}]]}}]')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        "[null]",
        "[",
        "\ufeff[]",
        "[" * 100_000,
        '[{"event":' * 50_000,
        '[{"event": "Returned", "event": "Returned"}]',
        '[{"event": "Returned"}] ,',
        f'[{{"event": "PlayerSpoke", "to": "", "text": "{"x" * codec.LONGEST_TURN}"}}]',
        "[" + ",".join(['{"event":"Returned"}'] * (codec.MOST_EVENTS + 1)) + "]",
    ],
    ids=range(13),
)
def test_what_is_no_list_of_events_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        decode_events(text)


@pytest.mark.parametrize(
    "turn",
    [
        [],
        [e.PlayerSpoke("x" * (codec.LONGEST_TEXT + 1))],
        [e.Began(2**63, ())],
        [e.VariablesSet((("trust", float("nan")),))],
        [e.Returned()] * (codec.MOST_EVENTS + 1),
        [e.PlayerSpoke("x" * codec.LONGEST_TEXT)] * 21,
    ],
    ids=range(6),
)
def test_nothing_is_written_that_could_not_be_read_again(turn: list[e.Event]) -> None:
    with pytest.raises(Malformed):
        encode_events(turn)


def test_a_note_is_flat_and_small() -> None:
    note = {"model": "m", "prompt": 812, "cost": 0.25, "cached": None, "cut": True}
    assert decode_note(encode_note(note)) == note
    wrongs: list[dict[str, Any]] = [{"usage": {"prompt": 1}}, {"x": "y" * 5_000}, {f"n{i}": i for i in range(60)}]
    for wrong in wrongs:
        with pytest.raises(Malformed):
            encode_note(wrong)
    for text in ("[]", "7", '{"a": [1]}', '{"a": NaN}'):
        with pytest.raises(Malformed):
            decode_note(text)


@pytest.mark.parametrize("name", ["key", "api_key", "Authorization", "client_secret"])
def test_a_note_never_keeps_a_key(name: str) -> None:
    with pytest.raises(Malformed, match="secrets"):
        encode_note({name: "sk-123"})
