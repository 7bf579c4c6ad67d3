"""What the documents show works as they show it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from engine.session import Session
from engine.story.load import check_story
from support.games import cast_of

DOCS = Path(__file__).parent.parent / "docs"


def test_the_whole_story_in_the_format_is_sound_and_comes_to_an_end(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(palaver: 1\n.*?)```", (DOCS / "story-format.md").read_text("utf-8"), re.DOTALL)
    assert found
    path = tmp_path / "inn.yaml"
    path.write_text(found[1], "utf-8")
    checked = check_story(path)
    assert checked.diagnostics == ()
    assert checked.graph is not None
    session = Session.begin(checked.graph, cast_of(), tmp_path / "game.palaver", seed=1)

    async def ask() -> None:
        async for _ in session.say("Is there a bed for me?"):
            pass

    asyncio.run(ask())
    assert session.view.ending == "A bed"
    session.close()
