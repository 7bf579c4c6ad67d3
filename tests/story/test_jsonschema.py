"""The JSON Schema tells an editor every key, with words to show beside it, and accepts what the loader accepts."""

from __future__ import annotations

import json
from typing import Any

from engine.story import schema as form
from engine.story.jsonschema import story_schema
from engine.story.parts import keys_of


def parts() -> dict[str, dict[str, Any]]:
    made = story_schema()
    return {"Story": made, **made["$defs"]}


def test_every_key_is_there_and_explained() -> None:
    for name, part in parts().items():
        assert tuple(part["properties"]) == keys_of(getattr(form, name))
        for key, entry in part["properties"].items():
            assert entry.get("description", "").endswith((".", '"')), (name, key)


def test_no_key_is_allowed_that_the_loader_refuses() -> None:
    assert all(part["additionalProperties"] is False for part in parts().values())


def test_what_must_be_written_is_required() -> None:
    required = {name: part.get("required", []) for name, part in parts().items()}

    assert required["Choice"] == ["text"]
    assert required["Example"] == ["player", "reply"]
    assert required["PoolScene"] == ["pool", "goto"]
    assert required["Story"] == []  # any one file of a story may leave them to another


def test_texts_may_be_numbers_and_one_may_stand_for_a_list() -> None:
    made = parts()

    assert made["Story"]["properties"]["title"]["type"] == ["string", "number", "boolean"]
    assert [way.get("type") for way in made["Lore"]["properties"]["keys"]["anyOf"]][1] == "array"


def test_it_is_json_and_always_the_same() -> None:
    assert json.dumps(story_schema()) == json.dumps(story_schema())


def test_lore_wants_words_or_says_that_it_needs_none() -> None:
    assert parts()["Lore"]["anyOf"] == [{"required": ["keys"]}, {"required": ["always"]}]


def test_an_editor_offers_the_words_that_a_key_knows() -> None:
    made = parts()

    assert made["TalkScene"]["properties"]["order"]["enum"] == ["turns", "model"]
    assert made["Outcome"]["properties"]["shown_by"]["enum"] == ["character", "player", "anyone"]
