"""What only an author asks for is found, and nothing is found in stories that are sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.checking import thoroughly
from support.stories import EVERYTHING

ROOT = Path(__file__).parent.parent
SOUND = sorted((ROOT / "tests" / "stories_good").iterdir())
TALK = """
palaver: 1
title: T
start: hall
characters:
  maren:
    name: Maren
    persona: You are Maren. {persona}
    fallback: Hm.
scenes:
  hall:
    talk: maren
    direction: Wait. {direction}
    limit: {{turns: 3, goto: END}}
"""


def codes(path: Path, text: str, **given: tuple[int, ...]) -> list[str]:
    path.write_text(text, "utf-8")
    return [found.code for found in thoroughly(path, **given).diagnostics]  # type: ignore[arg-type]


@pytest.mark.parametrize("story", SOUND, ids=lambda path: path.name)
def test_a_sound_story_has_no_warning(story: Path) -> None:
    assert [str(found) for found in thoroughly(story).diagnostics] == []


def test_the_bundled_story_has_no_warning() -> None:
    assert [str(found) for found in thoroughly(ROOT / "stories" / "lamp").diagnostics] == []


def test_sound_stories_are_many() -> None:
    assert len(SOUND) >= 30


def test_a_persona_that_fills_the_context_is_told_of_with_numbers(tmp_path: Path) -> None:
    path = tmp_path / "tale.yaml"
    path.write_text(TALK.format(persona="You keep the light. " * 900, direction=""))
    (found,) = thoroughly(path).diagnostics

    assert found.code == "prompt-overrun"
    assert found.line == 11
    assert "does not fit" in found.message
    assert "the persona about " in found.message


def test_a_crowded_prompt_is_told_of_before_it_overflows(tmp_path: Path) -> None:
    long = TALK.format(persona="You keep the light. " * 400, direction="The wind is up. " * 170)
    (tmp_path / "tale.yaml").write_text(long)
    (found,) = thoroughly(tmp_path / "tale.yaml").diagnostics

    assert "leaves about" in found.message


def test_a_persona_may_be_measured_against_a_larger_context(tmp_path: Path) -> None:
    text = TALK.format(persona="You keep the light. " * 900, direction="")

    assert codes(tmp_path / "tale.yaml", text, contexts=(32_000,)) == []
    assert codes(tmp_path / "tale.yaml", text, contexts=(4_096, 32_000)) == ["prompt-overrun"]


def test_facts_that_wait_for_their_if_count_too(tmp_path: Path) -> None:
    fact = f'    knows: [{{if: visits > 9, fact: "{"The boat was empty. " * 900}"}}]\n    fallback'
    text = TALK.format(persona="", direction="").replace("    fallback", fact)

    assert codes(tmp_path / "tale.yaml", text) == ["prompt-overrun"]


def test_a_story_that_uses_every_rule_needs_no_more_than_hints(tmp_path: Path) -> None:
    found = codes(tmp_path / "tale.yaml", f"palaver: 1\ntitle: T\n{EVERYTHING}")

    assert set(found) <= {"offline-outcome", "no-hint", "unread-variable"}


def test_an_ignore_that_is_needed_once_an_error_is_mended_is_let_be(tmp_path: Path) -> None:
    text = TALK.format(persona="", direction="") + "  # palaver: ignore[unreachable-scene]\n  lost: {goto: nowhere}\n"

    assert codes(tmp_path / "tale.yaml", text) == ["unknown-scene"]
    assert codes(tmp_path / "tale.yaml", text.replace("nowhere", "END")) == []


def test_an_ignore_in_another_file_quiets_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(TALK.format(persona="", direction="") + "  lost: {goto: END}\n")
    (tmp_path / "more.yaml").write_text("let: {idle: visits > 1}\n" + "\n" * 11 + "# palaver: ignore[unused-let]\n")
    found = [(Path(one.file).name, one.code) for one in thoroughly(tmp_path).diagnostics]

    assert ("story.yaml", "unreachable-scene") in found
    assert ("more.yaml", "unused-let") in found
    assert ("more.yaml", "unused-ignore") in found


def test_an_ignore_for_the_whole_story_reaches_every_file(tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(TALK.format(persona="", direction="") + "  lost: {goto: END}\n")
    (tmp_path / "more.yaml").write_text("# palaver: ignore-all[unreachable-scene]\nscenes: {gone: {goto: END}}\n")

    assert thoroughly(tmp_path).diagnostics == ()


def test_more_ignores_than_anybody_needs_are_not_read(tmp_path: Path) -> None:
    text = TALK.format(persona="", direction="") + "# palaver: ignore[nothing]\n" * 5_000
    found = codes(tmp_path / "tale.yaml", text)

    assert len(found) == 1_001


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("Maren opens the door", "Maren opens a door", True),
        ("Maren opens the door", "Maren opens the iron door", True),
        ("Maren lets the player come in", "Maren lets the player come inside", True),
        ("Maren opens the door", "Maren refuses to open the door", False),
        ("Maren opens the door", "Maren never opens the door", False),
        ("Maren opens the door", "Maren opens the door to the cellar at last", False),
        ("Maren gives Odd the key", "Odd gives Maren the key", False),
        ("Maren turns to the player", "Maren turns from the player", False),
        ("Maren nods", "Maren nods slowly", False),
    ],
)
def test_sentences_overlap_where_a_judge_could_take_one_for_the_other(
    tmp_path: Path, first: str, second: str, alike: bool
) -> None:
    outcomes = (
        f"    hint: Wait.\n    outcomes:\n      a: {{when: {first}, says: a}}\n      b: {{when: {second}, says: b}}\n"
    )

    assert (
        "overlapping-when" in codes(tmp_path / "tale.yaml", TALK.format(persona="", direction="") + outcomes)
    ) is alike


@pytest.mark.parametrize(
    ("when", "two"),
    [
        ("Maren takes the coin and opens the gate", True),
        ("Maren sits down, then she tells the player about the wreck", True),
        ("Maren agrees; she gives the player her hand", True),
        ("Maren thanks the player and the player leaves", True),
        ("Maren hands over bread and cheese", False),
        ("Maren and the player agree on a price", False),
        ("Maren tells the player about the storm and the wreck", False),
        ("Maren promises or shows that she will help", False),
        ("Maren gives Odd and his sister a lamp", False),
    ],
)
def test_a_sentence_asks_for_one_thing(tmp_path: Path, when: str, two: bool) -> None:
    outcomes = f"    hint: Wait.\n    outcomes:\n      a: {{when: '{when}', says: a}}\n"

    assert ("two-things" in codes(tmp_path / "tale.yaml", TALK.format(persona="", direction="") + outcomes)) is two
