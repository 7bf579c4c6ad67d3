"""Every pattern of the cookbook is a story that is sound, comes to its ends and passes its own tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs_pages import COOKBOOK, PATTERNS, pages
from engine.cli import main
from engine.proving.proof import prove
from engine.session import Session
from engine.story.load import check_story, load_story
from support.games import cast_of

STORIES = sorted(COOKBOOK.glob("*.yaml"))


def test_every_made_page_is_what_the_format_and_the_stories_say() -> None:
    for path, text in pages().items():
        assert path.read_text("utf-8") == text, f"{path.name}: PYTHONPATH=.:tests python -m docs_pages"


def test_every_story_has_a_page_and_tests() -> None:
    assert {path.stem.removesuffix("_before") for path in STORIES} == set(PATTERNS)
    assert {path.stem for path in COOKBOOK.glob("*.md")} == {*PATTERNS, "index"}
    for name in PATTERNS:
        assert list((COOKBOOK / f"{name}.tests").glob("*.yaml")), f"{name} has no tests"


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_pattern_is_sound(path: Path) -> None:
    assert check_story(path).diagnostics == ()


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_pattern_comes_to_all_its_ends_whatever_is_said(path: Path) -> None:
    proof = prove(load_story(path))
    assert proof.whole
    assert all(ending.path is not None for ending in proof.endings)
    assert any(ending.alone for ending in proof.endings), "without a model there has to be an end, too"
    assert {finding.code for finding in proof.findings} <= {"goodwill-only"}


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_passes_its_own_tests(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["test", str(COOKBOOK / f"{name}.yaml")])
    said = capsys.readouterr()
    assert (code, said.err) == (0, ""), said.out


def test_a_game_begun_before_the_renaming_goes_on_after_it(tmp_path: Path) -> None:
    save = tmp_path / "game.palaver"
    before = Session.begin(load_story(COOKBOOK / "renaming_before.yaml"), cast_of(), save, seed=1)
    before.choose("ring")
    before.choose("pay")
    before.close()
    after = Session.resume(load_story(COOKBOOK / "renaming.yaml"), cast_of(), save)
    assert after.view.scene == "porch"
    assert [(note.label, note.value) for note in after.view.journal] == [("Coins", 2)]
    assert [option.text for option in after.view.options] == ["Give the boy a coin", "Go home"]
    after.close()
