"""The command line: what is typed reaches the settings, and what cannot be is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import cli
from engine.commands import play
from engine.errors import Refused
from engine.library import Library
from engine.story.load import load_story
from engine.table import Table
from support.games import cast_of

CIRCLE = """\
palaver: 1
title: Round
start: b
scenes:
  a: {text: x, choices: [{text: go, goto: END}]}
  b: {text: y, choices: [{text: never, if: visits > 999, goto: a}], goto: c}
  c: {goto: b}
"""


def flags(*typed: str) -> dict[str, object]:
    return dict(play._flags(cli._parser().parse_args(["play", *typed])))


@pytest.mark.parametrize(
    ("typed", "setting"),
    [
        (["--temperature", "0"], {"temperature": 0.0}),
        (["--max-tokens", "0"], {"max_tokens": 0}),
        (["--offline"], {"offline": True}),
        ([], {}),
    ],
)
def test_a_flag_counts_when_it_was_given_even_as_nought(typed: list[str], setting: dict[str, object]) -> None:
    assert flags(*typed) == setting


def run(*typed: str | Path, home: Path, output: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PALAVER_", "OPENAI_"))}
    return subprocess.run(
        [sys.executable, "-m", "engine", *map(str, typed)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        env={**kept, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)},
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize(
    "typed", [["play", "--plain", "--offline", "--saves"], ["saves", "list", "--saves"], ["check", "--json"]]
)
def test_an_output_that_is_full_is_told_in_one_line(tmp_path: Path, typed: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = run(*typed, tmp_path, home=tmp_path, output=full.fileno())

    assert done.returncode == 1
    assert done.stderr == "The input or output failed: No space left on device.\n"


@pytest.mark.skipif(os.name == "nt", reason="no shell of that kind there")
@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_a_game_with_nothing_to_read_from_or_write_to_says_so_and_lets_its_save_go(tmp_path: Path, closed: str) -> None:
    command = f'"{sys.executable}" -m engine play --plain --offline --saves "$HOME/saves" {closed}'
    done = subprocess.run(
        ["sh", "-c", command], env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.startswith("The game has no standard input or no standard output.")
    assert [path.suffix for path in (tmp_path / "saves").iterdir()] == [".palaver"]


def test_a_name_no_file_can_have_is_told(tmp_path: Path) -> None:
    done = run("play", "x" * 5_000, "--plain", "--saves", tmp_path, home=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith('There is no story "xxx')


def test_a_link_to_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    done = run("play", tmp_path / "loop", "--plain", "--saves", tmp_path, home=tmp_path)

    assert done.returncode == 1
    assert "[no-story]" in done.stderr


def test_an_export_says_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "saves").mkdir()
    (tmp_path / "stick").mkdir()
    run("play", "--plain", "--offline", "--saves", tmp_path / "saves", home=tmp_path)
    done = run("saves", "export", "latest", tmp_path / "stick", "--saves", tmp_path / "saves", home=tmp_path)

    (exported,) = (tmp_path / "stick").iterdir()
    assert done.stdout == f"Exported to {exported}.\n"


def test_a_game_that_cannot_begin_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "round.yaml").write_text(CIRCLE, "utf-8")
    (tmp_path / "saves").mkdir()
    table = Table(Library([]), cast_of(), tmp_path / "saves", "nobody")

    with pytest.raises(Refused, match="circle"):
        table.begin(load_story(tmp_path / "round.yaml"))
    assert not [*(tmp_path / "saves").iterdir()]


def test_no_name_that_is_shown_commands_the_terminal(tmp_path: Path) -> None:
    empty = tmp_path / "a\x1b[31m"
    listed = run("saves", "list", "--saves", empty, home=tmp_path)
    played = run("play", "--plain", "--base-url", "http://127.0.0.1:9/v1", "--model", "m\x1b[31m", "--saves", empty,
                 home=tmp_path)  # fmt: skip
    exported = run("saves", "export", "latest", empty / "copy", "--saves", empty, home=tmp_path)

    assert (listed.returncode, played.returncode, exported.returncode) == (0, 0, 0)
    assert "\x1b" not in listed.stdout + played.stdout + exported.stdout + played.stderr
