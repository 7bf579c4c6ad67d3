"""Every command on the page about edits is one that the program takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from engine.cli import _parser

PAGE = (Path(__file__).parent.parent / "docs" / "editing.md").read_text("utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("line", COMMANDS)
def test_the_command_can_be_given_as_it_stands(line: str) -> None:
    program, *words = shlex.split(line)
    assert program == "palaver"
    assert callable(_parser().parse_args(words).run)


def test_there_are_commands_to_try() -> None:
    assert len(COMMANDS) >= 8
