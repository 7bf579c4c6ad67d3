"""Every measurement starts from a checkout and says what it can be told; none is shadowed by another of its name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent / "bench"
COMMANDS = sorted(path for path in BENCH.glob("*.py") if "ArgumentParser" in path.read_text("utf-8"))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda path: path.stem)
def test_it_starts_and_shows_its_help(command: Path, tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [sys.executable, str(command), "--help"], capture_output=True, text=True, cwd=tmp_path, env=environ, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert f"usage: {command.name}" in ran.stdout


def test_there_are_measurements() -> None:
    assert len(COMMANDS) >= 8
