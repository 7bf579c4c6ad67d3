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

from engine.tui.app import farewell
from tui.parlour import laid_table, shelf_of_stories

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
        (save,) = (tmp_path / "saves").glob("*.palaver")
        told = terminal.seen.rpartition("\x1b[?1049l")[2]
        goes_on = f"palaver play {story} --load {save.stem} --saves {tmp_path / 'saves'}"
        assert f"Saved: {save.stem}. Go on with: {goes_on}" in told
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


def test_what_goes_on_with_the_game_names_no_more_than_it_needs(tmp_path: Path) -> None:
    table, path = laid_table(tmp_path), tmp_path / "skerry-2026-11-24-0716.palaver"
    told = farewell(table, path, "skerry", story="skerry")
    assert told == "Saved: skerry-2026-11-24-0716. Go on with: palaver play --load skerry-2026-11-24-0716"
    told = farewell(table, path, "mine", story="my story/", saves="my saves")
    assert told.endswith("palaver play 'my story/' --load skerry-2026-11-24-0716 --saves 'my saves'")


def test_a_library_that_is_left_without_a_game_says_nothing(tmp_path: Path, story: str) -> None:
    with started(tmp_path) as terminal:
        terminal.until("Begin anew")
        terminal.type("q")
        assert terminal.end() == 0
        assert "Saved:" not in terminal.seen
