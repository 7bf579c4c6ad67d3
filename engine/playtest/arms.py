"""Makes the branches of a story's texts count themselves: which `{% if %}` did any reader ever see?

It changes nothing that is told. A story that is not rehearsed has no counting in it at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.plaintext import clean_line
from engine.story.expressions import Names, Text, compile_text
from engine.story.graph import Choice, Limit, Outcome, Scene, StoryGraph, Suggestion, Way
from engine.story.places import TreePath
from engine.story.texts import Arms


@dataclass(frozen=True, slots=True)
class Arm:
    """One branch of a text."""

    key: str
    """The text's id, `#` and the branch's number in it."""
    path: TreePath
    """The way to the text through the story's files."""
    offset: int
    """Where the branch begins in the text."""
    words: str
    """How it begins, on one line."""


class Counted:
    """A story whose branches count themselves."""

    def __init__(self, graph: StoryGraph, names: Names) -> None:
        """`names` is what its expressions may name, as `check_story` returns it."""
        self._names = names
        self._texts: dict[str, tuple[TreePath, str, Arms]] = {}
        scenes = {name: self._scene(scene) for name, scene in graph.scenes.items()}
        passages = {name: self._text(text, _path_of(graph, name), name) for name, text in graph.passages.items()}
        self.graph = replace(graph, scenes=scenes, passages=passages)
        """The same story, to be played."""
        self.arms = tuple(
            Arm(f"{site}#{number}", path, offset, _words(source[offset:]))
            for site, (path, source, counting) in self._texts.items()
            for number, offset in enumerate(counting.offsets)
        )
        """Every branch there is."""

    def begin(self) -> None:
        """Forget what was rendered so far."""
        for _, _, counting in self._texts.values():
            counting.rendered[:] = [0] * len(counting.rendered)

    def seen(self) -> tuple[str, ...]:
        """Return the keys of the branches that were rendered since `begin`."""
        return tuple(
            f"{site}#{number}"
            for site, (_, _, counting) in self._texts.items()
            for number, times in enumerate(counting.rendered)
            if times
        )

    def _text(self, text: Text, path: TreePath, site: str) -> Text:
        if "{%" not in text.source:
            return text
        counting = Arms()
        made = compile_text(text.source, self._names, site, arms=counting)
        if counting.offsets:
            self._texts[site] = (path, text.source, counting)
        return made

    def _scene(self, scene: Scene) -> Scene:
        at: TreePath = ("scenes", scene.id)
        return replace(
            scene,
            choices=tuple(self._choice(choice, (*at, "choices", n)) for n, choice in enumerate(scene.choices)),
            outcomes=tuple(self._outcome(outcome, (*at, "outcomes", outcome.id)) for outcome in scene.outcomes),
            opening=tuple(
                (who, self._text(line, (*at, "opening", who), f"{scene.id}/opening/{who}"))
                for who, line in scene.opening
            ),
            direction=self._text(scene.direction, (*at, "direction"), f"{scene.id}/direction")
            if scene.direction is not None
            else None,
            suggest=tuple(
                self._suggestion(each, (*at, "suggest", n), f"{scene.id}/suggest/{n}")
                for n, each in enumerate(scene.suggest)
            ),
            limit=self._limit(scene.limit, (*at, "limit"), f"{scene.id}/limit") if scene.limit is not None else None,
        )

    def _choice(self, choice: Choice, path: TreePath) -> Choice:
        text = self._text(choice.text, (*path, "text"), f"{choice.key}/text")
        return replace(choice, text=text, way=self._way(choice.way, path, choice.key))

    def _outcome(self, outcome: Outcome, path: TreePath) -> Outcome:
        return replace(outcome, way=self._way(outcome.way, path, outcome.key))

    def _suggestion(self, suggestion: Suggestion, path: TreePath, site: str) -> Suggestion:
        return replace(suggestion, text=self._text(suggestion.text, (*path, "text"), site))

    def _limit(self, limit: Limit, path: TreePath, site: str) -> Limit:
        return replace(limit, way=self._way(limit.way, path, site))

    def _way(self, way: Way, path: TreePath, site: str) -> Way:
        return way if way.seen is None else replace(way, seen=self._text(way.seen, (*path, "seen"), f"{site}/seen"))


def _words(written: str) -> str:
    """Return a branch's condition and how it begins, of the source from where it stands."""
    test, ended, words = written.partition("%}")
    otherwise = not ended or "{" in test  # it begins with its words: an `else`
    begins = (written if otherwise else words).partition("{%")[0][:200]
    name = "else" if otherwise else f"if {test.strip(' -').removeprefix('if ')}"
    return clean_line(f"{name}: {begins}".rstrip())[:80]


def _path_of(graph: StoryGraph, passage: str) -> TreePath:
    """Return the way to a passage by its id."""
    scene_id, _, rest = passage.partition("/")
    if not rest:
        return ("scenes", scene_id, "text")
    section, _, name = rest.partition("/")
    if section == "choices":
        numbers = {choice.id: number for number, choice in enumerate(graph.scenes[scene_id].choices)}
        return ("scenes", scene_id, "choices", numbers[name], "then")
    return ("scenes", scene_id, section, *([name] if name else []), "then")
