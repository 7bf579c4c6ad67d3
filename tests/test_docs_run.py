"""Every command and every file that the pages of docs/ print does what the page says that it does."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from docs_run import DOCS, alike, blocks, run_page

PAGES = sorted(DOCS.glob("*.md"))
RUN = [page for page in PAGES if any(block.mark.startswith("run") for block in blocks(page))]
MARK = re.compile(r"run|run: (exit \d|types .+|first .+)|(file|is): .+|edit: .+|output|not run: .+")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_is_run_or_says_why_not(page: Path) -> None:
    for block in blocks(page):
        if block.kind == "sh" or block.mark:
            assert MARK.fullmatch(block.mark), f"{page.name}:{block.line}: {block.mark or 'no mark'}"


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash to type the commands into")
@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_a_page_does_what_it_shows(page: Path, tmp_path: Path) -> None:
    for block, expected, found in run_page(page, tmp_path):
        assert alike(expected, found), f"{page.name}:{block.line}: expected\n{expected}\nand found\n{found}"


def test_dots_stand_for_any_lines_and_times_do_not_count() -> None:
    assert alike("a\n...\nd\n", "a\nb\nc\nd\n")
    assert alike("5 tests passed (0.0 s).\n", "5 tests passed (1.3 s).\n")
    assert not alike("a\n", "a\nb\n")
    assert not alike("a\n...\nd\n", "a\nb\n")
