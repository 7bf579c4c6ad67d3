"""Every code is explained, and the lines that explain it are true: the bad one brings it up, the good one does not."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from engine.checking import thoroughly
from engine.story.codes import CODES
from engine.story.codetable import Code

ROOT = Path(__file__).parents[2]
STORIES = ROOT / "tests" / "stories_bad"
LINE = re.compile(r"(?P<file>.*?):(?P<line>\d+):\d+: (?:error|warning): .* \[(?P<code>[\w-]+)\]")
REPORTING = {"error", "warning", "_wrong", "_stop", "MisfitError", "wrong", "Diagnostic"}


@cache
def reported() -> dict[str, list[tuple[Path, int]]]:
    found: dict[str, list[tuple[Path, int]]] = {}
    for expected in STORIES.glob("*.expected"):
        for line in expected.read_text("utf-8").splitlines():
            if (match := LINE.fullmatch(line)) and (path := STORIES / match["file"]).is_file():
                found.setdefault(match["code"], []).append((path, int(match["line"])))
    return found


def codes_in_use() -> set[str]:
    """The words shaped like codes that stand in calls that report."""
    found = set()
    for path in [*(ROOT / "engine" / "story").glob("*.py"), ROOT / "engine" / "checking.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in REPORTING:
                    found |= {each.value for each in node.args if isinstance(each, ast.Constant)}
    return {each for each in found if isinstance(each, str) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", each)}


def test_every_code_that_is_reported_is_in_the_table() -> None:
    told = set(reported()) | codes_in_use()

    assert told - set(CODES) == set()


def test_every_code_of_the_table_can_come_up() -> None:
    source = "".join(
        path.read_text("utf-8") for path in (ROOT / "engine").rglob("*.py") if not path.stem.startswith("code")
    )

    # "unknown-" is put together with what is unknown
    assert [name for name in CODES if f'"{name}"' not in source and not name.startswith("unknown-")] == []


@pytest.mark.parametrize("code", [code for code in CODES.values() if code.bad], ids=lambda code: code.name)
def test_the_bad_line_brings_it_up_and_the_good_line_does_not(code: Code, tmp_path: Path) -> None:
    places = [
        (path, number)
        for path, number in reported()[code.name]
        if path.read_text("utf-8").split("\n")[number - 1].strip() == code.bad.strip()
    ]
    assert places, f"no story of {STORIES.name} has the bad line of {code.name}"
    path, number = places[0]
    lines = path.read_text("utf-8").split("\n")
    lines[number - 1] = lines[number - 1].replace(code.bad.strip(), code.good.strip())
    mended = tmp_path / path.name
    mended.write_text("\n".join(lines), "utf-8")
    left = [found.line for found in thoroughly(mended).diagnostics if found.code == code.name]

    assert number not in left


def test_lines_that_cannot_be_shown_are_few() -> None:
    assert sum(not code.bad for code in CODES.values()) <= 15


def test_the_page_is_made_from_the_table() -> None:
    from story.code_page import page

    written = (ROOT / "docs" / "checks.md").read_text("utf-8")
    assert written == page(), "PYTHONPATH=.:tests python -m story.code_page >docs/checks.md"
