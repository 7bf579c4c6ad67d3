"""Runs what the pages of docs/ print: writes their files, types their commands, compares what is answered.

A comment right above a block says what it is; a reader of the page does not see it.

    <!-- file: inn/story.yaml -->     the block is written to that file
    <!-- edit: inn/story.yaml after "    choices:" -->    it goes there; also `before`, or `replace`
    <!-- is: inn/story.yaml -->       that file is by now what the block shows
    <!-- run -->                      its lines are typed into a shell, in the folder of the page
    <!-- run: exit 1 -->              they end with this code, at the first that does not end with 0
    <!-- run: first COMMAND -->       this is typed before them
    <!-- run: types 2 | Hello -->     these lines are typed into the command
    <!-- output -->                   what the block before it printed: `...` stands for any lines
    <!-- not run: why -->             the block is for the reader alone

PYTHONPATH=.:tests python -m docs_run docs/tutorial.md    prints what each command printed
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*?) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_TIME = re.compile(r"\b\d+\.\d+ s\b|\b\d{4}-\d\d-\d\d-\d{4}\b")
"""What differs from one run to the next: how long it took, and the minute in a save's name."""


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of a page."""

    line: int
    """Where it begins, from 1."""
    mark: str
    """What the comment above it says; empty for none."""
    kind: str
    """What stands after the fence: `sh`, `yaml` or nothing."""
    text: str


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page in their order."""
    text = page.read_text("utf-8")
    for found in _BLOCK.finditer(text):
        yield Block(text.count("\n", 0, found.start()) + 1, found["mark"] or "", found["kind"], found["text"])


def run_page(page: Path, folder: Path) -> Iterator[tuple[Block, str, str]]:
    """Carry out a page in an empty folder; yields each block with what was expected and what was found."""
    printed = ""
    for block in blocks(page):
        what, _, more = block.mark.partition(":")
        if what == "file":
            path = folder / more.strip()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        elif what == "edit":
            _edit(folder, more, block.text)
        elif what == "is":
            yield block, block.text, (folder / more.strip()).read_text("utf-8")
        elif what == "run":
            code, printed = _typed(f"{more.partition('first ')[2]}\n{block.text}", more, folder)
            wanted = re.search(r"exit \d", more)
            expected = wanted[0] if wanted else "exit 0"
            yield block, expected, expected if expected == f"exit {code}" else f"exit {code}\n{printed}"
        elif what == "output":
            yield block, block.text, printed


def _edit(folder: Path, how: str, text: str) -> None:
    """Put a block's lines after, before, or in place of the only line that has these words at its end."""
    name, where, line = re.fullmatch(r' (\S+) (after|before|replace) "(.*)"', how).groups()  # type: ignore[union-attr]
    path = folder / name
    old = path.read_text("utf-8")
    [at] = re.findall(rf"^.*{re.escape(line)}\n", old, re.MULTILINE)
    new = {"after": at + text, "before": text + at, "replace": text}[where]
    path.write_text(old.replace(at, new), "utf-8")


def alike(expected: str, found: str) -> bool:
    """Tell whether what was printed is what the page shows."""
    parts = re.split(r"^\.\.\.\n", _TIME.sub("…", expected), flags=re.MULTILINE)
    return bool(re.fullmatch("(?:.*\n)*?".join(map(re.escape, parts)), _TIME.sub("…", found)))


def _typed(commands: str, how: str, folder: Path) -> tuple[int, str]:
    """Type commands into a shell; returns the exit code and what was printed."""
    lines = how.partition("types ")[2].split(" | ") if "types " in how else []
    home = folder / ".home"
    home.mkdir(exist_ok=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PALAVER", "XDG", "OPENAI"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-ec", commands],
        cwd=folder,
        env={**clean, "PATH": path, "HOME": str(home), "PALAVER_STATE": str(home / "state")},
        input="".join(f"{line}\n" for line in lines),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout.removesuffix("> \n")  # a game asks once more where its input ends


def _show(page: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        printed = run_page(page, Path(folder))
        for block, expected, found in printed:
            same = alike(expected, found)
            shown = "as shown" if same else "NOT as shown"
            print(f"{page.name}:{block.line}: {shown}: {block.text.partition(chr(10))[0]}")
            if not same:
                print(found)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        _show(Path(name))
