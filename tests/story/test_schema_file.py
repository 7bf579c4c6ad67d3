"""The schema beside the stories, which editors read, is the one the loader's own models give.

After a change to the models, `python tests/story/test_schema_file.py` writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path

from engine.story.jsonschema import story_schema

FILE = Path(__file__).parent.parent.parent / "stories" / "story.schema.json"


def written() -> str:
    return json.dumps(story_schema(), indent=1, ensure_ascii=False) + "\n"


def test_the_schema_for_editors_is_up_to_date() -> None:
    assert FILE.read_text("utf-8") == written()


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
