"""The app as a person starts it: in a real terminal, left as it was found; without one, it says what to do."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui.parlour import shelf_of_stories

ROOT = Path(__file__).parents[2]


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, command: list[str], environ: dict[str, str]) -> None:
        self._screen, line = pty.openpty()
        termios.tcsetwinsize(line, (24, 80))
        self.before = termios.tcgetattr(line)
        self._line = line
        self.process = subprocess.Popen(
            command, stdin=line, stdout=line, stderr=line, cwd=ROOT, env=environ, start_new_session=True
        )
        self.seen = ""

    def until(self, words: str, seconds: float = 30) -> None:
        """Read the screen until it has shown these words."""
        while words not in self.seen:
            ready, _, _ = select.select([self._screen], [], [], seconds)
            assert ready, f"never shown: {words!r} in {self.seen[-2000:]!r}"
            self.seen += os.read(self._screen, 65_536).decode("utf-8", "replace")

    def type(self, keys: str) -> None:
        os.write(self._screen, keys.encode())

    def end(self) -> int:
        """Wait for the program; returns its exit code."""
        while self.process.poll() is None:
            if select.select([self._screen], [], [], 0.05)[0]:
                self.seen += os.read(self._screen, 65_536).decode("utf-8", "replace")
        return self.process.returncode

    @property
    def restored(self) -> bool:
        """Whether keys echo and lines are read as before, and the other screen and the mouse were let go of."""
        return termios.tcgetattr(self._line)[3] == self.before[3] and "\x1b[?1049l" in self.seen

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._screen)
        os.close(self._line)


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[Terminal]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PALAVER_", "OPENAI_"))}
    environ |= {"TERM": "xterm-256color", "XDG_CONFIG_HOME": str(folder), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "engine", "play", *arguments, "--offline", "--saves", str(folder / "saves")]
    terminal = Terminal(command, environ)
    try:
        yield terminal
    finally:
        terminal.close()


@pytest.fixture
def story(tmp_path: Path) -> str:
    return str(shelf_of_stories(tmp_path) / "skerry.yaml")


def test_a_game_is_played_and_left_and_the_terminal_is_as_it_was(tmp_path: Path, story: str) -> None:
    with started(tmp_path, story) as terminal:
        terminal.until("Lift the mat")
        terminal.type("2\r")
        terminal.until("green with salt")
        terminal.type("\x11")
        assert terminal.end() == 0
        assert terminal.restored
    with started(tmp_path, story, "--load", "latest") as terminal:
        terminal.until("green with salt")
        terminal.type("\x11")
        assert terminal.end() == 0


def test_keys_sent_in_one_burst_are_taken_in_order(tmp_path: Path, story: str) -> None:
    with started(tmp_path, story) as terminal:
        terminal.until("Lift the mat")
        terminal.type("nonsense\x152\r1\rhello\r")
        terminal.until("hello")
        terminal.until("Hm.")
        terminal.type("\x11")
        assert terminal.end() == 0


def test_a_shutdown_leaves_the_terminal_as_it_was_and_the_game_kept(tmp_path: Path, story: str) -> None:
    with started(tmp_path, story) as terminal:
        terminal.until("Lift the mat")
        terminal.type("2\r")
        terminal.until("green with salt")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.end() == 0
        assert terminal.restored
    assert list((tmp_path / "saves").glob("*.palaver"))


def test_a_game_that_another_window_plays_is_said_to_be_without_a_traceback(tmp_path: Path, story: str) -> None:
    with started(tmp_path, story) as terminal:
        terminal.until("Lift the mat")
        terminal.type("2\r")
        terminal.until("green with salt")
        with started(tmp_path, story, "--load", "latest") as second:
            assert second.end() == 1
            assert "another window" in second.seen
            assert "Traceback" not in second.seen


def test_without_a_terminal_it_says_what_to_do(tmp_path: Path, story: str) -> None:
    command = [sys.executable, "-m", "engine", "play", story, "--offline", "--saves", str(tmp_path / "saves")]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, input="1\n", check=False)
    assert "\x1b" not in ran.stdout
    assert "Traceback" not in ran.stderr
