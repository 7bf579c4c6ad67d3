"""A real editor's language server completes a story, explains its keys and underlines its mistakes.

Fetch it with `tests/tools/fetch_yaml_server.sh`; without it these are skipped.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cli import main
from engine.commands.new import TEMPLATES
from support.editor import Editor, find_server

ROOT = Path(__file__).parents[2]
SERVER = find_server()
pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(SERVER is None, reason="no YAML language server: run tests/tools/fetch_yaml_server.sh"),
]


@pytest.fixture
def mill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mill"]) == 0
    return tmp_path / "mill" / "story.yaml"


@pytest.fixture
def editor(mill: Path) -> Iterator[Editor]:
    assert SERVER is not None
    with Editor(SERVER, mill.parent) as running:
        yield running


def test_a_new_story_is_not_underlined_anywhere(editor: Editor, mill: Path) -> None:
    assert editor.open(mill, mill.read_text("utf-8")) == []


def test_no_template_and_no_bundled_story_is_underlined(editor: Editor, tmp_path: Path) -> None:
    for template in TEMPLATES:
        main(["new", str(tmp_path / template), "--from", template])
    for path in [*sorted(tmp_path.rglob("*.yaml")), *sorted((ROOT / "stories").rglob("*.yaml"))]:
        assert editor.open(path, path.read_text("utf-8")) == [], path


@pytest.mark.parametrize(
    ("written", "mistaken", "underlined"),
    [
        ("    hint:", "    hnit:", "hnit"),
        ("        goto: warm", "        gotoo: warm", "gotoo"),
        ("    persona: |", "    persona: [a, b]\n    x: |", "[a, b]"),
        ("{turns: 10,", "{turns: ten,", "ten"),
        ("{turns: 10,", "{turns: 9000,", "9000"),
        ("palaver: 1  ", "palaver: 9  ", "9"),
        ("{by: 1, when:", "{by: 1, whn:", "whn"),
        ("once: true", "once: maybe", "maybe"),
    ],
)
def test_a_mistake_is_underlined(editor: Editor, mill: Path, written: str, mistaken: str, underlined: str) -> None:
    text = mill.read_text("utf-8")
    assert written in text
    found = editor.open(mill, text.replace(written, mistaken, 1))

    assert underlined in [marked.strip() for marked, _ in found], found


def test_a_key_explains_itself(editor: Editor, mill: Path) -> None:
    editor.open(mill, mill.read_text("utf-8"))

    assert "What the player reads on asking for a hint." in editor.hover("hint:")
    assert "said to the model as" in editor.hover("persona:")
    assert "How the talk ends by itself." in editor.hover("limit:")


def test_keys_are_offered_with_what_they_do(editor: Editor, mill: Path) -> None:
    text = mill.read_text("utf-8").replace("    hint:", "    \n    hint:", 1)
    editor.open(mill, text)
    offered = editor.completions("\n    hint:")

    assert offered["crosstalk"].startswith("A character who is called by name")
    assert "interrupts" in offered
    assert "pool" not in offered, "a talk has no pool"
    assert "hint" not in offered, "it is there already"
