"""Loads a story, or says everything that is wrong with it: the way in for the rest of the program.

It joins the steps (read, merge, schema, compile, lint) and adds none of its own. Nothing in a story is run.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from engine.errors import StoryError
from engine.story.diagnostics import Diagnostic

if TYPE_CHECKING:
    from engine.story.desk import Desk
    from engine.story.expressions import Names
    from engine.story.graph import StoryGraph
    from engine.story.places import Report, Source
    from engine.story.schema import Story
    from engine.story.yamltree import Table

Linter: TypeAlias = "Callable[[Desk, StoryGraph, Story], None]"
"""Looks at a story that has no errors, and warns."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a story gives."""

    graph: StoryGraph | None
    """The story ready to play; None when it has errors."""
    diagnostics: tuple[Diagnostic, ...]
    """Errors and warnings, by file, line and column."""
    whole: bool = True
    """All of it was looked at; where not, more may be found once these errors are mended."""
    names: Names | None = None
    """What an expression over the story may name; None when there is no graph."""
    sources: tuple[Source, ...] = ()
    """The files that were read."""

    @property
    def reasons(self) -> list[Diagnostic]:
        """Why there is no graph: the errors, and that the file was read alone where that may explain them."""
        return [found for found in self.diagnostics if found.severity == "error" or found.code == "read-alone"]


def load_story(path: Path) -> StoryGraph:
    """Return the story in a folder or file, ready to play. Raises `StoryError` with every error found in it."""
    checked = check_story(path)
    if checked.graph is None:
        raise StoryError(checked.reasons)
    return checked.graph


def check_story(path: Path, *, base: Path | None = None, further: Linter | None = None) -> Checked:
    """Return the story in a folder or file with all that was found in it; raises nothing for an author's mistake.

    Files are named as `path` was given, or relative to `base` where that is said and holds them. `further` adds the
    warnings that only an author asks for, and that nobody should wait for who wants to play.
    """
    with _undisturbed():
        return _checked(path, base, further)


def _checked(path: Path, base: Path | None, further: Linter | None) -> Checked:
    # Imported here: pydantic and YAML cost 90 ms, and a program that only looks for stories need not wait for them.
    from engine.story.compile import compile_story
    from engine.story.desk import Desk
    from engine.story.doubts import doubt
    from engine.story.lint import lint
    from engine.story.mending import read_form
    from engine.story.merge import merged_tree
    from engine.story.places import Report, TooManyError
    from engine.story.source import read_files

    report = Report()
    graph, names, begun = None, None, False
    sources: tuple[Source, ...] = ()
    with suppress(TooManyError):
        files = read_files(path, report, base=base)
        sources = files.sources
        begun = bool(sources)
        tree, whole = merged_tree(sources, report)
        whole = whole and files.whole
        if tree is not None:
            doubt(tree, report)
        if tree is not None and not whole:
            tree.broken = True
        form = read_form(tree, report) if tree is not None and _can_read(tree, report) else None
        if tree is not None and form is not None and whole:
            desk = Desk(tree, report, form.damaged, form.story.scenes)
            graph = compile_story(desk, form, files)
            lint(desk, graph, form.story)
            names = desk.names
            if further is not None and not report.failed:
                further(desk, graph, form.story)
        if report.failed:
            for hint in files.hints:
                report.warning(*hint)
    if report.failed:
        return Checked(None, report.sorted(), whole=graph is not None or not begun, sources=sources)
    return Checked(graph, report.sorted(), names=names, sources=sources)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold off garbage collection: loading makes 100,000 objects and no garbage.

    150 ms become 130 at 500 scenes, and the imports of the first loading take 12 ms less.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _can_read(tree: Table, report: Report) -> bool:
    """Tell whether the story is in a version of the format that this program reads."""
    from engine.story.scalars import Plain
    from engine.story.schema import VERSION
    from engine.story.treeplaces import place_of

    version = tree.get("palaver")
    if not isinstance(version, Plain) or not version.isdecimal() or int(version[:9]) == VERSION:
        return True  # where it is missing or no number, the schema says so
    message = f"This story is in version {version[:9]} of the format, and this program reads version {VERSION}."
    report.error(place_of(tree, ("palaver",)), "unsupported-version", f"{message} Look for a newer Palaver.")
    return False
