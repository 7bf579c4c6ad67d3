"""The schema beside the stories, which editors read, is the one the loader's own models give.

After a change to the models, `palaver schema -o stories/story.schema.json` writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from engine.story.jsonschema import as_file, story_schema

FILE = Path(__file__).parent.parent.parent / "stories" / "story.schema.json"


def written() -> str:
    return as_file(story_schema())


def test_the_schema_for_editors_is_up_to_date() -> None:
    assert FILE.read_text("utf-8") == written()
