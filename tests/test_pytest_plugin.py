"""pytest runs the tests beside a story where it is asked to, and takes no other file for one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storytest.inn import folder

TESTS = """\
tests:
  it rains:
    expect: {text: the rain}
  it is warm:
    expect: {state: {mood: warm}}
  it rains on the road:
    moves: [{choose: out}]
    expect: {ending: The road}
"""


def run(path: Path, *words: str, asked: bool = True) -> tuple[int, str]:
    asking = "palaver_stories = */tests/*.yaml\n" if asked else ""
    (path / "pytest.ini").write_text(f"[pytest]\n{asking}", "utf-8")
    command = [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", "-v", *words]
    done = subprocess.run(command, cwd=path, capture_output=True, encoding="utf-8", timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_each_test_is_an_item_and_a_failure_reads_like_one(tmp_path: Path) -> None:
    folder(tmp_path, TESTS)
    code, out = run(tmp_path)
    assert code == 1
    for name, word in (("it rains", "PASSED"), ("it is warm", "FAILED"), ("it rains on the road", "PASSED")):
        assert f"inn/tests/bar.yaml::{name} {word}" in out
    assert 'inn/tests/bar.yaml:5:22:\n    expected: mood is "warm"\n    found: mood is "cold"' in out
    assert "Nobody but the landlady" in out
    assert "Traceback" not in out


def test_k_and_x_work(tmp_path: Path) -> None:
    folder(tmp_path, TESTS)
    code, out = run(tmp_path, "-k", "rains")
    assert (code, "2 passed, 1 deselected" in out) == (0, True)
    code, out = run(tmp_path, "-x")
    assert (code, "1 failed, 1 passed" in out) == (1, True)
    code, out = run(tmp_path, "inn/tests/bar.yaml::it rains")
    assert (code, "1 passed" in out) == (0, True)


def test_a_mistake_fails_the_collection_with_its_place(tmp_path: Path) -> None:
    folder(tmp_path, "tests: {it: {moves: [undoo]}}")
    code, out = run(tmp_path)
    assert code == 2
    assert 'inn/tests/bar.yaml:1:22: error: "undoo" is no move.' in out
    assert "Traceback" not in out


@pytest.mark.parametrize("asked", [True, False])
def test_no_other_file_is_taken(asked: bool, tmp_path: Path) -> None:
    inn = folder(tmp_path, TESTS if not asked else "")
    (tmp_path / "other" / "tests").mkdir(parents=True)
    (tmp_path / "other" / "tests" / "settings.yaml").write_text("a: [", "utf-8")
    (tmp_path / "settings.yaml").write_text("a: [", "utf-8")
    code, out = run(tmp_path, asked=asked)
    assert (code, "no tests ran" in out) == (5, True)
    if not asked:
        code, out = run(tmp_path, str(inn / "tests" / "bar.yaml"), asked=False)
        assert (code, "1 failed, 2 passed" in out) == (1, True)


def test_nothing_of_the_program_is_imported_before_there_is_a_story_test() -> None:
    look = (
        "import engine.pytest_plugin, sys; "
        "print([name for name in sys.modules if name.startswith('engine.') and name != 'engine.pytest_plugin'])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "[]\n"
