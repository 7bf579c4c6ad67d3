"""`palaver new` makes a story that plays at once, whatever it is called, and never touches what is there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.checking import thoroughly
from engine.cli import main
from engine.commands.new import TEMPLATES
from engine.proving.proof import prove
from engine.story.load import load_story
from engine.storytest import load_suites, play
from engine.storytest.files import files_of


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_is_sound_tested_and_can_be_ended_with_no_model(here: Path, template: str) -> None:
    assert main(["new", "mill", "--from", template]) == 0

    assert [str(found) for found in thoroughly(here / "mill").diagnostics] == []
    suites = load_suites(here / "mill", files_of(here / "mill"))
    cases = [(suite, case) for suite in suites for case in suite.cases]
    assert len(cases) >= 4
    for suite, case in cases:
        result = asyncio.run(play(suite.graph, case))
        assert not result.failures, case.id
    proof = prove(load_story(here / "mill"))
    assert proof.whole
    assert proof.findings == []
    assert all(ending.alone for ending in proof.endings)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_shows_the_parts_of_the_format(here: Path, template: str) -> None:
    main(["new", "mill", "--from", template])
    graph = load_story(here / "mill")
    talks = [scene for scene in graph.scenes.values() if scene.kind == "talk"]

    assert len(graph.endings) >= 2
    assert graph.lore
    assert any(fact.condition for who in graph.characters.values() for fact in who.knows)
    assert all(scene.limit and scene.hint and scene.outcomes for scene in talks)
    assert all(who.examples and len(who.fallback) > 1 for who in graph.characters.values())
    comments = sum(
        "#" in line for path in (here / "mill").glob("*.yaml") for line in path.read_text("utf-8").split("\n")
    )
    assert comments >= 8
    if template != "plain":
        assert 8 <= len(graph.scenes) <= 12


@pytest.mark.parametrize(
    ("name", "folder", "title"),
    [
        ("The Old Mill", "the_old_mill", "The Old Mill"),
        ("the_old_mill", "the_old_mill", "The old mill"),
        ("Le phare d'Érika", "le_phare_derika", "Le phare d'Érika"),
        ("灯台", "story", "灯台"),
        ("1984", "n1984", "1984"),
        ("no", "no", "No"),
        ("Who: a #1 mystery", "who_a_1_mystery", "Who: a #1 mystery"),
        ("con", "con_story", "Con"),
        ("-- 🏮 --", "story", "-- 🏮 --"),
        ("trailing/", "trailing", "Trailing"),
    ],
)
def test_a_name_may_be_written_as_people_write(here: Path, name: str, folder: str, title: str) -> None:
    assert main(["new", "--", name]) == 0
    assert [path.name for path in here.iterdir()] == [folder]
    assert load_story(here / folder).title == title


def test_it_may_be_put_elsewhere_and_called_otherwise(here: Path) -> None:
    (here / "my stories").mkdir()

    assert main(["new", "my stories/mill", "--title", 'The "Mill"', "--language", "pt-BR", "--from", "heist"]) == 0
    graph = load_story(here / "my stories" / "mill")
    assert (graph.title, graph.language) == ('The "Mill"', "pt-BR")


def test_nothing_is_overwritten(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "mill").mkdir()
    (here / "mill" / "story.yaml").write_text("mine")

    assert main(["new", "mill"]) == 2
    assert "nothing is overwritten" in capsys.readouterr().err
    assert (here / "mill" / "story.yaml").read_text() == "mine"
    (here / "file").write_text("mine")
    assert main(["new", "file"]) == 2
    assert (here / "file").read_text() == "mine"


@pytest.mark.parametrize(
    "words",
    [
        ["mill", "--title", "{{ name }}"],
        ["mill", "--title", "x" * 600],
        ["mill", "--title", " "],
        ["mill", "--language", "German"],
        ["no/such/mill"],
        [""],
        [".."],
        ["/"],
    ],
)
def test_what_cannot_be_made_leaves_nothing_behind(
    here: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", *words]) == 2
    assert capsys.readouterr().err
    assert list(here.iterdir()) == []


def test_a_title_that_would_write_to_the_terminal_is_cleaned(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "mill", "--title", "The \x1b[2JMill\nscenes: {}"]) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert load_story(here / "mill").title == "The Mill scenes: {}"


def test_the_next_three_commands_are_told_and_work(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "my stories").mkdir()
    main(["new", "my stories/mill"])
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  palaver ")]

    assert [line.split("'")[:2] for line in told] == [
        ["  palaver play ", "my stories/mill"],
        ["  palaver check ", "my stories/mill"],
        ["  palaver test ", "my stories/mill"],
    ]
    assert main(["check", "--strict", "my stories/mill"]) == 0
    assert main(["test", "my stories/mill"]) == 0


def test_editors_find_the_schemas_beside_the_story(here: Path) -> None:
    main(["new", "mill", "--from", "mystery"])
    for path in (here / "mill").rglob("*.yaml"):
        first = path.read_text("utf-8").split("\n", 1)[0]
        key, _, schema = first.partition("$schema=")
        assert key == "# yaml-language-server: "
        assert (path.parent / schema).is_file()


def test_templates_are_written_with_line_ends_that_every_system_reads(here: Path) -> None:
    main(["new", "mill"])

    assert b"\r" not in (here / "mill" / "story.yaml").read_bytes()
