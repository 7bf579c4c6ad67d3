"""Reads what a test expects: every name resolved or reported, every expectation with its place. It checks nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from engine.plaintext import clean, clean_line
from engine.play.evidence import folded
from engine.story.desk import Desk
from engine.story.expressions import Value
from engine.story.graph import StoryGraph
from engine.story.places import Place, TreePath
from engine.story.suggest import did_you_mean, listed
from engine.story.treeplaces import place_of
from engine.story.yamltree import Table
from engine.storytest import forms
from engine.storytest.cases import Expectation, Kind
from engine.storytest.corpus import told_to_characters

NONE = "none"
"""Stands for no outcome at all."""


class Bench:
    """A file of tests and its story, for looking names and places up."""

    def __init__(self, tree: Table, graph: StoryGraph, desk: Desk) -> None:
        self.graph = graph
        self.desk = desk
        self._tree = tree
        choices = [choice for scene in graph.scenes.values() for choice in scene.choices]
        self._choice_ids = {choice.id: None for choice in choices}
        texts = [clean_line(choice.text.source) for choice in choices if choice.text.constant]
        self._choice_texts = {folded(text): text for text in texts}
        self._texts_vary = any(not choice.text.constant for choice in choices)
        self._corpus = ""
        self.damaged = False
        """Something was taken out of the test at hand: nothing can be said of what it lacks."""
        self.own = ""
        """What the test at hand says itself, folded: its lines, replies and values."""

    def place(self, path: TreePath) -> Place:
        """Return where the key or item at `path` stands."""
        return place_of(self._tree, path, key=True)

    def values(self, at: TreePath, written: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
        """Yield the variables of a table with the values they can hold; the others are reported."""
        for name, scalar in written.items():
            variable = self.desk.variable((*at, name), name)
            value = self.desk.value((*at, name), variable, scalar) if variable is not None else None
            if value is not None:
                yield name, value

    def check_never(self, at: TreePath, written: str) -> None:
        """Warn of words that nothing could bring into a prompt: not to find them there proves nothing."""
        words = folded(written)
        self._corpus = self._corpus or told_to_characters(self.graph)
        if words not in self._corpus and words not in self.own:
            message = "These words stand nowhere in what this story tells a character, so their absence proves nothing"
            self.desk.warning(at, "idle-never", f"{message}: look at how they are written there.")

    def check_words(self, at: TreePath, written: str) -> None:
        """Report a text of marks that are not compared: it would be found everywhere, or nowhere."""
        if not folded(clean(written)):
            message = "Quote marks and emphasis are not compared, and nothing else stands here: write words."
            self.desk.error(at, "empty", message)

    def check_outcome(self, at: TreePath, written: str) -> None:
        """Report an outcome that no scene has; it may be named with its scene, `door/lets_in`."""
        scene, slash, name = written.rpartition("/")
        if written == NONE or (slash and not self.desk.known(at, scene, self.graph.scenes, "scene")):
            return
        scenes = [self.graph.scenes[scene]] if slash else self.graph.scenes.values()
        self.desk.known(at, name, {outcome.id: None for each in scenes for outcome in each.outcomes}, "outcome")

    def check_choice(self, at: TreePath, written: str) -> None:
        """Report a choice that no scene has, by its id or its text; a text that varies may read as anything."""
        if written in self._choice_ids or folded(written) in self._choice_texts:
            return
        if like_an_id(written):
            self.desk.known(at, written, self._choice_ids, "choice")
        elif not self._texts_vary:
            self.unknown(at, "choice", written, self._choice_texts.values())

    def unknown(self, at: TreePath, what: str, written: str, known: Collection[str]) -> None:
        """Report a text that nothing is called by, with the texts that it may have been meant for."""
        guess = did_you_mean(written, known) or (f" There is {listed(known)}." if known else "")
        self.desk.error(at, f"unknown-{what}", f'There is no {what} "{clean_line(written)[:80]}".{guess}')


def like_an_id(written: str) -> bool:
    """Tell whether it was written as ids are, rather than as what a player reads."""
    return " " not in written and written.islower()


def expectations(bench: Bench, at: TreePath, form: forms.Expect | None) -> tuple[Expectation, ...]:
    """Return what is expected under the `expect` at `at`."""
    return () if form is None else tuple(_expected(bench, at, form))


def _expected(bench: Bench, at: TreePath, form: forms.Expect) -> Iterator[Expectation]:
    desk, graph, place = bench.desk, bench.graph, bench.place
    if form == forms.Expect() and not bench.damaged:
        desk.error(at, "no-expect", '"expect" has nothing in it: write what must be true.', key=True)
    if form.scene:
        desk.known((*at, "scene"), form.scene, graph.scenes, "scene")
        yield Expectation("scene", place((*at, "scene")), form.scene)
    if form.ending:
        yield Expectation("ending", place((*at, "ending")), _ending(bench, (*at, "ending"), form.ending))
    if form.over is not None:
        yield Expectation("over", place((*at, "over")), value=form.over)
    for name, value in bench.values((*at, "state"), form.state):
        yield Expectation("state", place((*at, "state", name)), name=name, value=value)
    for number, source in enumerate(form.condition):
        path: TreePath = (*at, "if", number)
        made = desk.expression(path, source, "/".join(map(str, path)))
        yield Expectation("if", place(path), source, condition=made)
    yield from _texts(bench, at, form)
    for number, who in enumerate(form.who):
        desk.known((*at, "who", number), who, graph.characters, "character")
    if form.who:
        yield Expectation("who", place((*at, "who")), several=form.who)
    for number, prompt in enumerate(form.prompt):
        yield from _prompt(bench, (*at, "prompt", number), prompt)


def _texts(bench: Bench, at: TreePath, form: forms.Expect) -> Iterator[Expectation]:
    texts: tuple[tuple[Kind, Sequence[str]], ...] = (
        ("text", form.text),
        ("not_text", form.not_text),
        ("choices", form.choices),
        ("not_choices", form.not_choices),
        ("outcome", form.outcome),
        ("not_outcome", form.not_outcome),
        ("question", (form.question,) if form.question else ()),
        ("refused", (form.refused,) if form.refused else ()),
    )
    for kind, wanted in texts:
        for number, text in enumerate(wanted):
            path: TreePath = (*at, kind, number)
            bench.check_words(path, text)
            if kind in ("outcome", "not_outcome"):
                bench.check_outcome(path, text)
            elif kind in ("choices", "not_choices"):
                bench.check_choice(path, text)
            yield Expectation(kind, bench.place(path), clean(text).strip())


def _ending(bench: Bench, at: TreePath, written: str) -> str:
    """Return the scene of an ending that is named by its scene or by its name."""
    scenes = {scene.id: scene.id for scene in bench.graph.endings}
    named = {clean_line(scene.ending): scene.id for scene in bench.graph.endings}
    wanted = clean_line(written)
    if wanted not in scenes and wanted not in named:
        if like_an_id(wanted):
            bench.desk.known(at, wanted, scenes, "ending")
        else:
            bench.unknown(at, "ending", wanted, named)
    return scenes.get(wanted, named.get(wanted, ""))


def _prompt(bench: Bench, at: TreePath, form: forms.Prompt) -> Iterator[Expectation]:
    if form.who:
        bench.desk.known((*at, "who"), form.who, bench.graph.characters, "character")
    if not form.contains and not form.never and not bench.damaged:
        message = 'Write what stands in the prompt under "contains", or what never does under "never".'
        bench.desk.error(at, "missing-key", message, key=True)
    kinds: tuple[tuple[Kind, Sequence[str]], ...] = (("contains", form.contains), ("never", form.never))
    for kind, texts in kinds:
        for number, text in enumerate(texts):
            bench.check_words((*at, kind, number), text)
            if kind == "never":
                bench.check_never((*at, kind, number), text)
            yield Expectation(kind, bench.place((*at, kind, number)), clean(text).strip(), form.who)
