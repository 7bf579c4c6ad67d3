"""Finds the tests that stand beside a story, and the story that a file of tests stands beside.

`tests/*.yaml` in a story's folder; for a story of one file, `inn.yaml`, they are `inn.tests/*.yaml`. The story's own
loader looks into neither, so a test changes no story and no save. Nothing is read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.story.source import MAIN_FILE

FOLDER = "tests"
SUFFIX = ".tests"


def folder_of(story: Path) -> Path:
    """Return where the tests of the story at `story` are, whether there are any or not."""
    if story.is_dir():
        return story / FOLDER
    return story.parent / FOLDER if story.name == MAIN_FILE else story.with_suffix(SUFFIX)


def files_of(story: Path) -> tuple[Path, ...]:
    """Return a story's files of tests by name, and what was probably meant for one: none is passed over in silence."""
    folder = folder_of(story)
    if not folder.is_dir():
        return ()
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    return tuple(folder / name for name in names if name.endswith((".yaml", ".yml")))


def story_of(file: Path) -> Path | None:
    """Return the story that a file of tests stands beside; None where it stands beside none."""
    folder = file.absolute().parent
    above = file.parent.parent if file.parent.name else file.absolute().parent.parent
    if folder.name == FOLDER and (above / MAIN_FILE).is_file():
        return above
    if folder.suffix == SUFFIX and (story := above / f"{folder.stem}.yaml").is_file():
        return story
    return None


def stories_here(here: Path) -> Sequence[Path]:
    """Return what `palaver test` tests when nothing is named: the story of this folder, else those in `stories`."""
    if (here / MAIN_FILE).is_file():
        return [here]
    folder = here / "stories"
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if files_of(path)]
