"""What the page on testing shows works as it shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.cli import main
from engine.storytest import forms

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "testing.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def inn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = re.search(r"```yaml\n(palaver: 1\n.*?)```", (DOCS / "story-format.md").read_text("utf-8"), re.DOTALL)
    assert found
    monkeypatch.chdir(tmp_path)
    Path("inn.yaml").write_text(found[1], "utf-8")
    Path("inn.tests").mkdir()


@pytest.mark.parametrize("tests", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_the_tests_of_the_page_pass(tests: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("inn.tests/bar.yaml").write_text(tests, "utf-8")
    assert main(["test", "inn.yaml"]) == 0
    said = capsys.readouterr()
    assert re.match(r"\d tests? passed", said.out)
    assert said.err == ""


def test_the_failure_of_the_page_is_what_one_looks_like(capsys: pytest.CaptureFixture[str]) -> None:
    first = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    shown = re.search(r"```\n(1 of 2.*?)```", PAGE, re.DOTALL)
    assert first and shown
    Path("inn.tests/bar.yaml").write_text(first[1].replace("{ending: The road}", "{ending: A bed}"), "utf-8")
    assert main(["test", "inn.yaml"]) == 1
    assert re.sub(r"\(\d\.\d s\)", "(0.0 s)", capsys.readouterr().out) == shown[1]


def test_every_key_is_on_the_page() -> None:
    for part in (*forms.NOUNS,):
        for name, field in part.model_fields.items():
            assert f"`{field.alias or name}`" in PAGE or f"{field.alias or name}:" in PAGE, (part, name)
