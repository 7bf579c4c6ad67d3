"""`palaver schema` gives editors the format as it is, and every story of ours fits it by a validator not ours."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from engine.cli import main

ROOT = Path(__file__).parents[2]
BUNDLED = sorted((ROOT / "stories").glob("*/*.yaml"))
TEMPLATES = sorted((ROOT / "engine" / "templates").glob("*/*.yaml"))
GOOD = sorted((ROOT / "tests" / "stories_good").rglob("*.yaml"))
TESTS = sorted([*(ROOT / "stories").glob("*/tests/*.yaml"), *(ROOT / "engine" / "templates").glob("*/tests/*.yaml")])


_DATES, _YES_AND_NO = "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool"


class Core(yaml.SafeLoader):
    """YAML 1.2's core schema, which editors read by: no dates, and only true and false are yes and no."""


Core.yaml_implicit_resolvers = {
    first: [(tag, shape) for tag, shape in found if tag not in (_DATES, _YES_AND_NO)]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Core.add_implicit_resolver(_YES_AND_NO, re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def read(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Core)


def schema(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["schema", *words]) == 0
    made: dict[str, Any] = json.loads(capsys.readouterr().out)
    return made


@pytest.mark.parametrize("form", ["story", "tests"])
def test_it_is_a_schema_of_the_draft_that_it_names(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = schema(capsys, "--for", form)

    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(made)


@pytest.mark.parametrize("form", ["story", "tests"])
def test_what_is_printed_is_what_stands_beside_the_stories(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["schema", "--for", form])

    assert capsys.readouterr().out == (ROOT / "stories" / f"{form}.schema.json").read_text("utf-8")


def test_it_is_written_where_one_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "story.schema.json"

    assert main(["schema", "-o", str(path)]) == 0
    assert path.read_text("utf-8") == (ROOT / "stories" / "story.schema.json").read_text("utf-8")
    assert "$schema=story.schema.json" in capsys.readouterr().out


@pytest.mark.parametrize("path", [*BUNDLED, *TEMPLATES, *GOOD], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_story_fits_it(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    validator = jsonschema.Draft202012Validator(schema(capsys))

    assert [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(read(path))] == []


@pytest.mark.parametrize("path", TESTS, ids=lambda path: f"{path.parents[1].name}/{path.name}")
def test_every_file_of_tests_fits_its_own(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    validator = jsonschema.Draft202012Validator(schema(capsys, "--for", "tests"))

    assert [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(read(path))] == []


@pytest.mark.parametrize("name", ["misspelt_keys", "unknown_keys", "wrong_kinds", "ranges", "kinds_of_scene_mixed"])
def test_stories_with_mistakes_of_form_do_not_fit_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    validator = jsonschema.Draft202012Validator(schema(capsys))

    assert list(validator.iter_errors(read(ROOT / "tests" / "stories_bad" / f"{name}.yaml")))
