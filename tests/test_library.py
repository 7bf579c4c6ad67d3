"""Where stories are found: by path, by name, by the id that a save remembers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.errors import PalaverError
from engine.library import Library
from engine.play import events as e
from engine.saves.store import Store, StoryRef
from engine.table import Table
from support.games import cast_of

STORY = "palaver: 1\ntitle: {title}\nstart: a\nscenes: {{a: {{ending: Done, text: Done.}}}}\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Library:
    folder = tmp_path / "stories"
    for name in ("My Story", "other"):
        (folder / name).mkdir(parents=True)
        (folder / name / "story.yaml").write_text(STORY.format(title=name), "utf-8")
    (folder / "broken.yaml").write_text("palaver: 1\n", "utf-8")
    return Library([folder, tmp_path / "no such folder"])


def test_a_broken_story_is_listed_with_its_mistake_and_hides_no_other(shelf: Library) -> None:
    assert [(entry.title, bool(entry.problem)) for entry in shelf.entries()] == [
        ("My Story", False),
        ("broken", True),
        ("other", False),
    ]


@pytest.mark.parametrize("name", ["My Story", "my_story"])
def test_a_story_is_found_by_its_folder_and_by_its_id(shelf: Library, name: str) -> None:
    assert shelf.load(name).title == "My Story"


def test_a_wrong_name_gets_a_suggestion(shelf: Library) -> None:
    with pytest.raises(PalaverError, match='Did you mean "other"'):
        shelf.load("othr")


def test_a_game_goes_on_in_a_story_whose_folder_is_no_id(shelf: Library, tmp_path: Path) -> None:
    table = Table(shelf, cast_of(), tmp_path, "nobody", 1, ("The key is seen by others.",))
    session = table.begin(shelf.load("My Story"))
    session.close()
    again = table.resume(session.store.path)
    assert again.graph.title == "My Story"
    assert again.notices == ["The key is seen by others."]
    again.close()


def test_the_story_that_a_save_names_is_looked_for_in_the_library_and_nowhere_else(
    shelf: Library, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text(STORY.format(title="Elsewhere"), "utf-8")
    path = tmp_path / "given.palaver"
    with Store.create(path, StoryRef(str(elsewhere), "A gift", "00"), 1, datetime.now(UTC)) as store:
        store.append([e.Began(1, ()), e.SceneEntered("a")], now=datetime.now(UTC), story_hash="00")
    with pytest.raises(PalaverError, match=r'"A gift", is not in the library\. Name its folder .* --load given'):
        Table(shelf, cast_of(), tmp_path, "nobody").resume(path)
