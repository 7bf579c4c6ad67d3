"""`palaver check` says first how a story stands, then everything that is wrong, to people, programs and editors."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main

STORY = "palaver: 1\ntitle: T\nstart: a\nscenes: {a: {ending: The end}}\n"
UNREAD = STORY.replace("scenes", "state: {rope: 1}\nscenes")


def checked(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str]:
    code = main(["check", *map(str, words)])
    return code, capsys.readouterr().out


@pytest.fixture
def tale(tmp_path: Path) -> Path:
    return tmp_path / "tale.yaml"


def test_one_of_a_thing_is_not_many(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tale.write_text(STORY)

    assert checked(capsys, tale) == (0, "T: sound. 1 scene, 0 characters, 1 ending.\n")


def test_a_story_that_could_not_be_read_to_its_end_may_hold_more(
    tale: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tale.write_text(STORY.replace("title: T", "title: @T"))
    code, printed = checked(capsys, tale)

    assert code == 1
    assert printed.startswith(f"{tale}: 1 error. The rest could not be checked")


def test_the_verdict_comes_first_and_then_each_finding_on_one_line(
    tale: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tale.write_text(UNREAD.replace("start: a", "start: b"))
    code, printed = checked(capsys, tale)

    assert code == 1
    assert printed.splitlines()[0] == f"{tale}: 1 error."
    assert printed.splitlines()[1:] == [f'{tale}:3:8: error: There is no scene "b". There is "a". [unknown-scene]']


def test_warnings_fail_only_where_that_is_asked_for(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tale.write_text(UNREAD)

    assert checked(capsys, tale)[0] == 0
    assert checked(capsys, "--strict", tale)[0] == 1


def test_a_comment_quiets_a_warning(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tale.write_text(UNREAD.replace("1}", "1}  # palaver: ignore[unread-variable]"))

    assert checked(capsys, "--strict", tale)[0] == 0


def test_what_is_no_story_is_a_wrong_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "no/such/story"]) == 2
    assert "no/such/story" in capsys.readouterr().err
    assert main(["check", "--context", "3", "lamp"]) == 2


def test_a_bundled_story_can_be_checked_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = checked(capsys, "lamp")

    assert code == 0
    assert printed.startswith("The Lamp at Skerry Point: sound. ")


def test_several_stories_are_checked_one_after_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.yaml").write_text(STORY)
    (tmp_path / "two.yaml").write_text(UNREAD.replace("title: T", "title: U"))
    code, printed = checked(capsys, tmp_path / "one.yaml", tmp_path / "two.yaml")

    assert code == 0
    assert [line[:8] for line in printed.splitlines() if line[:2] in ("T:", "U:")] == ["T: sound", "U: sound"]


def test_programs_read_where_a_finding_begins_and_ends_and_what_to_do(
    tale: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tale.write_text(STORY.replace("start: a", "start: bridge"))
    code, printed = checked(capsys, "--json", tale)

    assert code == 1
    assert json.loads(printed) == [
        {
            "file": str(tale),
            "line": 3,
            "column": 8,
            "end": 14,
            "severity": "error",
            "code": "unknown-scene",
            "message": 'There is no scene "bridge". There is "a".',
            "do": 'There is "a".',
        }
    ]


def problems(capsys: pytest.CaptureFixture[str], path: Path) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(checked(capsys, "--format", "lsp", path)[1])
    return made


def test_editors_count_from_0_and_in_utf_16(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tale.write_text(
        "palaver: 1\ntitle: T\nstart: a\nscenes:\n  a: {text: 🏮 ünd, choices: [{text: Go, goto: nowhere}]}\n", "utf-8"
    )
    (published,) = problems(capsys, tale)

    assert published["uri"] == tale.as_uri()
    (found,) = published["diagnostics"]
    before = "  a: {text: 🏮 ünd, choices: [{text: Go, goto: "
    start = len(before.encode("utf-16-le")) // 2
    assert start == len(before) + 1
    assert found["range"] == {
        "start": {"line": 4, "character": start},
        "end": {"line": 4, "character": start + len("nowhere")},
    }
    assert (found["severity"], found["code"], found["source"]) == (1, "unknown-scene", "palaver")


def test_editors_hear_of_files_without_a_finding_so_that_old_ones_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "story.yaml").write_text("palaver: 1\ntitle: T\nstart: a\n")
    (tmp_path / "more.yaml").write_text("scenes: {a: {ending: The end}}\n")
    published = problems(capsys, tmp_path)

    assert {Path(each["uri"]).name: each["diagnostics"] for each in published} == {"story.yaml": [], "more.yaml": []}


def test_a_story_that_cannot_be_read_is_a_problem_of_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (published,) = problems(capsys, tmp_path)

    assert published["uri"] == tmp_path.as_uri()
    assert published["diagnostics"][0]["code"] == "no-story"


def test_every_finding_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    stories = sorted((Path(__file__).parents[1] / "stories_bad").glob("*.yaml"))
    found = json.loads(checked(capsys, "--json", *stories)[1])

    assert len(found) > 500
    assert [each for each in found if len(each["do"]) < 8 or each["end"] <= each["column"] - (not each["line"])] == []


def test_the_pattern_that_the_page_gives_editors_takes_each_line_apart(capsys: pytest.CaptureFixture[str]) -> None:
    root = Path(__file__).parents[2]
    pattern = re.search(r"problem matcher:\n```\n(.+)\n```", (root / "docs" / "checks.md").read_text("utf-8"))
    assert pattern is not None
    story = root / "tests" / "stories_bad" / "everything_at_once.yaml"
    verdict, *lines = checked(capsys, story)[1].splitlines()
    taken = [re.search(pattern[1], line) for line in lines]

    assert re.search(pattern[1], verdict) is None
    assert all(match and match[1] == str(story) and match[6] for match in taken)
