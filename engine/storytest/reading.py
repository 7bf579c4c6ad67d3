"""Reads a file of tests against its story: every mistake at its place, a sound file's tests ready to run.

It reads with the story's own loader, runs nothing, and opens no file that a test names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from engine.plaintext import clean, clean_line
from engine.play.evidence import folded
from engine.play.opening import Start
from engine.story.desk import Desk
from engine.story.expressions import Names, Value
from engine.story.graph import StoryGraph
from engine.story.places import Place, Report, TooManyError, TreePath
from engine.story.scalars import value_of
from engine.story.source import read_files
from engine.story.suggest import did_you_mean, listed
from engine.story.yamltree import Node, Table, read_tree
from engine.storytest import forms
from engine.storytest.cases import Case, Deed, Reading, Step, Suite
from engine.storytest.complaints import complain, taken_out
from engine.storytest.expecting import NONE, Bench, expectations

_ROUNDS = 5
"""How often a test is looked at anew after something was taken out of it."""


def read_tests(file: Path, graph: StoryGraph, names: Names, *, root: Path, base: Path | None = None) -> Suite:
    """Return the tests in `file`, of the story in the folder `root`; raises nothing for an author's mistake.

    The file is named as it was given, or relative to `base` where that is said and holds it.
    """
    report = Report()
    cases: tuple[Case, ...] = ()
    shown = str(file)
    with suppress(TooManyError):
        sources = read_files(file, report, base=base).sources if _is_ours(file, root, report, base) else ()
        shown = sources[0].name if sources else shown
        for source in sources:
            tree, whole = read_tree(source, report)
            if isinstance(tree, Table) and whole:
                read = tuple(_Reader(tree, graph, names, report, root).cases())
                cases = () if report.failed else read
            elif whole:
                message = 'There is no test in this file: write "tests:", and each test under its name.'
                report.error(Place(source.name, 1), "no-tests", message)
    return Suite(clean_line(shown), graph, cases, report.sorted())


def _is_ours(file: Path, root: Path, report: Report, base: Path | None) -> bool:
    """Tell whether a file is to be read; report it where it was only meant to be."""
    shown = clean_line(str(file.relative_to(base) if base is not None and file.is_relative_to(base) else file))
    if file.suffix != ".yaml":
        report.error(Place(shown), "ignored-file", f'This file was not read: name it "{file.stem}.yaml".')
    elif not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(root)):
        message = "This is a link out of the story's folder, and such links are not followed: put a copy here."
        report.error(Place(shown), "unsafe-file", message)
    else:
        return True
    return False


class _Reader:
    """One file being read."""

    def __init__(self, tree: Table, graph: StoryGraph, names: Names, report: Report, root: Path) -> None:
        self._tree = tree
        self._graph = graph
        self._report = report
        self._root = root
        self._desk = Desk(tree, report, (), graph.scenes)
        self._desk.declare(graph.variables, names)
        self._bench = Bench(tree, graph, self._desk)

    def cases(self) -> Iterator[Case]:
        tests = self._tree.get("tests")
        try:  # the shape of the whole first, without looking into any test
            shape: object = {name: {} for name in tests} if isinstance(tests, Table) else tests
            forms.File.model_validate({**self._tree, **({"tests": shape} if "tests" in self._tree else {})})
        except ValidationError as refused:
            complain(refused.errors(include_url=False), self._tree, (), self._report)
        for name, written in tests.items() if isinstance(tests, Table) else ():
            at: TreePath = ("tests", name)
            form = self._form(at, written)
            if form is not None:
                yield self._case(at, name, form)

    def _form(self, at: TreePath, written: Node) -> forms.OneTest | None:
        """Return one test; what the schema refuses is reported and taken out, so that the rest can be looked at."""
        self._bench.damaged = isinstance(written, Table) and written.broken
        for _ in range(_ROUNDS):
            try:
                return forms.OneTest.model_validate(written)
            except ValidationError as refused:
                errors = refused.errors(include_url=False)
            self._bench.damaged = True
            complain(errors, self._tree, at, self._report)
            gone = [taken_out(self._tree, (*at, *error["loc"]), at) for error in errors]
            if not all(gone):
                break
        return None

    def _case(self, at: TreePath, name: str, form: forms.OneTest) -> Case:
        if not form.expect and not any(move.expect for move in form.moves) and not self._bench.damaged:
            self._desk.error(
                at, "no-expect", 'This test expects nothing: write under "expect" what must be true.', key=True
            )
        self._bench.own = folded("\n".join(_own_words(form)))
        return Case(
            clean_line(name)[:200],
            self._bench.place(at),
            self._start((*at, "from"), form.start),
            tuple(self._step((*at, "moves", number), move, form) for number, move in enumerate(form.moves)),
            expectations(self._bench, (*at, "expect"), form.expect),
            self._cassette((*at, "cassette"), form.cassette),
        )

    # Where it begins

    def _start(self, at: TreePath, form: forms.Start) -> Start:
        desk, graph = self._desk, self._graph
        if form.scene:
            desk.known((*at, "scene"), form.scene, graph.scenes, "scene")
        for number, scene in enumerate(form.visited):
            desk.known((*at, "visited", number), scene, graph.scenes, "scene")
        taken: list[tuple[str, str]] = []
        reached: list[str] = []
        for number, name in enumerate(form.done):
            self._done((*at, "done", number), name, taken, reached)
        if not 0 <= form.seed < 2**63:
            desk.error((*at, "seed"), "out-of-range", '"seed" must be at least 0, and no longer than 18 digits.')
        return Start(
            form.scene or graph.start,
            form.seed,
            dict(self._bench.values((*at, "state"), form.state)),
            form.visited,
            tuple(taken),
            tuple(reached),
        )

    def _done(self, at: TreePath, written: str, taken: list[tuple[str, str]], reached: list[str]) -> None:
        scene_id, _, thing = written.partition("/")
        if not self._desk.known(at, scene_id, self._graph.scenes, "scene"):
            return
        scene = self._graph.scenes[scene_id]
        thing = thing.removeprefix("choices/").removeprefix("outcomes/")
        choice = next((choice for choice in scene.choices if choice.id == thing), None)
        outcome = next((outcome for outcome in scene.outcomes if outcome.id == thing), None)
        if choice is not None and "/outcomes/" not in written:
            taken.append((choice.key, clean_line(choice.text.source)))
        elif outcome is not None:
            reached.append(outcome.key)
        else:
            ids = [choice.id for choice in scene.choices] + [outcome.id for outcome in scene.outcomes]
            known = [f"{scene_id}/{each}" for each in ids]
            guess = did_you_mean(written, known) or (f" There is {listed(known)}." if known else "")
            self._desk.error(at, "unknown-choice", f'There is no choice or outcome "{written[:80]}".{guess}')

    def _cassette(self, at: TreePath, written: str) -> Path | None:
        if not written:
            return None
        path = Path(os.path.realpath(self._root / written))
        if not path.is_relative_to(os.path.realpath(self._root)):
            self._desk.error(at, "unsafe-file", "A recording must be in the story's own folder: copy it there.")
        elif not os.path.isfile(path):  # noqa: PTH113 - unlike `Path.is_file`, it raises for no name, however long
            self._desk.error(
                at, "no-cassette", f'There is no recording "{clean_line(written)}" in the story\'s folder.'
            )
        return path

    # What is done

    def _step(self, at: TreePath, move: forms.Move, test: forms.OneTest) -> Step:
        done = [key for key in forms.DOES if getattr(move, key) not in ("", None)]
        if len(done) > 1:
            self._desk.error(
                at, "several-moves", f"A move is one thing, and this is {' and '.join(done)}: make two of it."
            )
        elif not done and move.expect is None and not self._bench.damaged:
            self._desk.error(at, "no-move", f"This does nothing: write one of {listed(forms.DOES)}.")
        deed: Deed = self._deed(done[0] if done else "", move)
        speaks = deed in ("say", "do", "retry")
        for key, given in (("reply", move.reply), ("reads", move.reads), ("to", move.to), ("whisper", move.whisper)):
            if given and (not speaks or (deed == "retry" and key in ("to", "whisper"))):
                self._desk.error(
                    (*at, key), "idle-key", f'"{key}" means nothing here: it belongs to "say" and "do".', key=True
                )
            elif given and test.cassette and key in ("reply", "reads"):
                self._desk.error((*at, key), "idle-key", "The cassette answers in this test: take this out.", key=True)
        if move.typed and deed != "choose":
            self._desk.error((*at, "typed"), "idle-key", '"typed" belongs to "choose".', key=True)
        if move.whisper and not move.to:
            self._desk.error(
                (*at, "whisper"), "missing-key", 'A whisper has somebody it is for: name them under "to".', key=True
            )
        if move.to:
            self._desk.known((*at, "to"), move.to, self._graph.characters, "character")
        for who in filter(None, move.reply):
            self._desk.known((*at, "reply", who), who, self._graph.characters, "character", key=True)
        if move.choose:
            self._bench.check_choice((*at, "choose"), move.choose)
        return Step(
            deed,
            self._bench.place((*at, done[0]) if done else at),
            clean(move.choose or move.say or move.do or move.note).strip(),
            clean_line(move.typed),
            move.to,
            move.whisper,
            bool(move.answer),
            {who: tuple(clean(text).strip() for text in texts) for who, texts in move.reply.items()},
            self._reading((*at, "reads"), move.reads),
            expectations(self._bench, (*at, "expect"), move.expect),
        )

    @staticmethod
    def _deed(done: str, move: forms.Move) -> Deed:
        match done:
            case "choose" | "say" | "do" | "note" | "answer":
                return done
            case "command" if move.command is not None:
                return move.command
            case _:
                return "look"

    def _reading(self, at: TreePath, form: forms.Reads | None) -> Reading | None:
        if form is None:
            return None
        if form.outcome:
            self._bench.check_outcome((*at, "outcome"), form.outcome)
        if form.who:
            self._desk.known((*at, "who"), form.who, self._graph.characters, "character")
        moves: list[tuple[str, Value]] = []
        for name, scalar in form.moves.items():
            variable = self._desk.variable((*at, "moves", name), name)
            if variable is not None:
                moves.append((name, value_of(scalar) if variable.kind != "text" else clean_line(scalar)))
        outcome = "" if form.outcome == NONE else form.outcome
        return Reading(outcome, clean(form.quote).strip(), tuple(moves), form.who, form.unsure)


def _own_words(form: forms.OneTest) -> Iterator[str]:
    """Yield what a test itself can bring into a prompt."""
    yield from map(str, form.start.state.values())
    for move in form.moves:
        yield from (move.say, move.do, move.typed)
        for texts in move.reply.values():
            yield from texts
