"""Every ending of the bundled story, reached by a list of moves piped into the real command, word for word.

After a change to the story, `python tests/test_endings.py` writes the transcripts anew; read what it changed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from engine.library import bundled_stories
from engine.story.load import load_story

FOLDER = Path(__file__).parent / "endings"
MOVES = sorted(FOLDER.glob("*.moves"))
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("PALAVER_", "OPENAI_"))}


def transcript(moves: Path) -> str:
    with tempfile.TemporaryDirectory() as saves:
        command = [sys.executable, "-m", "engine", "play", str(bundled_stories() / "lamp"), "--plain", "--offline"]
        done = subprocess.run(
            [*command, "--seed", "1", "--saves", saves],
            input=moves.read_text("utf-8"),
            capture_output=True,
            encoding="utf-8",
            env={**CLEAN, "PYTHONUTF8": "1"},
            timeout=60,
            check=True,
        )
    return done.stdout


@pytest.mark.parametrize("moves", MOVES, ids=lambda path: path.stem)
def test_these_moves_tell_this_story(moves: Path) -> None:
    assert transcript(moves) == moves.with_suffix(".txt").read_text("utf-8")


def test_every_ending_has_its_transcript() -> None:
    reached = {
        line.removeprefix("The end: ")
        for moves in MOVES
        for line in moves.with_suffix(".txt").read_text("utf-8").splitlines()
        if line.startswith("The end: ")
    }
    endings = {scene.ending for scene in load_story(bundled_stories() / "lamp").endings}
    assert reached == endings


if __name__ == "__main__":
    for written in MOVES:
        written.with_suffix(".txt").write_text(transcript(written), "utf-8")
