"""`palaver test` finds the tests of stories, runs those that are wanted, and says by its exit code how it went."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from engine.cli import main
from storytest.inn import STORY, folder

TESTS = """\
tests:
  it rains at the start:
    expect: {text: the rain}
  it rains on the road:
    moves: [{choose: out}]
    expect: {ending: The road}
"""
FAILING = "tests:\n  it is warm:\n    expect: {state: {mood: warm}}\n"


@pytest.fixture
def inn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder(tmp_path, TESTS)
    return Path("inn")


@pytest.mark.parametrize("name", ["inn", "inn/story.yaml", "inn/tests", "inn/tests/bar.yaml"])
def test_a_story_is_named_by_its_folder_its_file_or_its_tests(
    name: str, inn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test", name]) == 0
    assert capsys.readouterr().out.startswith("2 tests passed (")


def test_where_nothing_is_named_the_stories_here_are_tested(
    inn: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["test"]) == 2
    assert capsys.readouterr().err == "There are no tests here. Name a story: palaver test STORY.\n"
    Path("stories").mkdir()
    inn.rename("stories/inn")
    assert main(["test", "--list"]) == 0
    assert "stories/inn/tests/bar.yaml::it rains on the road" in capsys.readouterr().out
    monkeypatch.chdir("stories/inn")
    assert main(["test"]) == 0
    assert capsys.readouterr().out.startswith("2 tests passed (")


def test_a_story_of_one_file_has_its_tests_in_a_folder_of_its_name(
    inn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("alone.yaml").write_text(STORY, "utf-8")
    Path("alone.tests").mkdir()
    Path("alone.tests/a.yaml").write_text(TESTS, "utf-8")
    for name in ("alone.yaml", "alone.tests", "alone.tests/a.yaml"):
        assert main(["test", name]) == 0
        assert capsys.readouterr().out.startswith("2 tests passed (")


def test_the_bundled_story_is_tested_by_its_name(inn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "lamp", "-k", "ENDINGS letters"]) == 0
    assert capsys.readouterr().out.startswith("2 tests passed (")


def test_a_failure_ends_with_1_and_tells_where(inn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (inn / "tests" / "cold.yaml").write_text(FAILING, "utf-8")
    assert main(["test", "inn"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("1 of 3 tests failed (")
    assert "cold.yaml::it is warm\n" in out
    assert 'cold.yaml:3:22:\n    expected: mood is "warm"\n    found: mood is "cold"\n' in out
    assert main(["test", "inn", "-x"]) == 1
    assert main(["test", "inn", "-k", "rains"]) == 0


def test_a_mistake_in_one_file_ends_with_1_and_the_others_are_run(
    inn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (inn / "tests" / "wrong.yaml").write_text("tests: {it: {moves: [undoo]}}", "utf-8")
    assert main(["test", "inn"]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("2 tests passed (")
    assert 'wrong.yaml:1:22: error: "undoo" is no move.' in said.err


def test_a_warning_is_said_and_fails_nothing(inn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tests = "tests: {it: {moves: [{say: 'Ana, hello'}], expect: {prompt: {never: the moon}}}}"
    (inn / "tests" / "bar.yaml").write_text(tests, "utf-8")
    assert main(["test", "inn"]) == 0
    assert "[idle-never]" in capsys.readouterr().err


def test_a_story_with_mistakes_is_told_of(inn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (inn / "story.yaml").write_text(STORY.replace("goto: hall", "goto: hal"), "utf-8")
    assert main(["test", "inn"]) == 1
    assert 'Did you mean "hall"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["gone"], 'There is no story "gone"'),
        (["inn", "-k", "snow"], 'No test has the words "snow".'),
        (["empty.yaml"], "There are no tests beside that"),
    ],
)
def test_where_there_is_nothing_to_run_it_ends_with_2(
    words: list[str], told: str, inn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty.yaml").write_text(STORY, "utf-8")
    assert main(["test", *words]) == 2
    assert told in capsys.readouterr().err


def test_reports_are_written_for_machines(inn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (inn / "tests" / "cold.yaml").write_text(FAILING, "utf-8")
    (inn / "tests" / "wrong.yaml").write_text("tests: {}", "utf-8")
    assert main(["test", "inn", "--json", "--junit", "report.xml"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["passed"], told["failed"], len(told["findings"])) == (2, 1, 1)
    root = ET.parse("report.xml").getroot()
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", "1", "1")
