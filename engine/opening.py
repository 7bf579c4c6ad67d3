"""Where an author lets a game begin, as the command line says it: `--scene ID`, `--set NAME=VALUE`.

It checks every name and value against the story, and begins nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.errors import PalaverError
from engine.play.opening import Start
from engine.story.expressions import Value
from engine.story.graph import StoryGraph, Variable
from engine.story.literals import MisfitError, fitting
from engine.story.scalars import NumberRefusedError, Plain
from engine.story.suggest import did_you_mean, listed


@dataclass(frozen=True, slots=True)
class Opening:
    """A place to begin a story at."""

    story: str = ""
    """The id of the story; new games of others begin at their beginning."""
    scene: str = ""
    """Empty: the story's own first scene."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """What variables hold at first; those that are left out have their own start."""

    def of(self, graph: StoryGraph) -> Opening:
        """Return where a new game of `graph` begins."""
        return self if graph.id == self.story else Opening(graph.id)

    def start(self, graph: StoryGraph, seed: int) -> Start:
        """Return it as the rules take it, under the names of `graph`, which may have been edited since."""
        former = {variable.former: name for name, variable in graph.variables.items() if variable.former}
        values = {former.get(name, name): value for name, value in self.values.items()}
        return Start(graph.former_scenes.get(self.scene, self.scene) or graph.start, seed, values)

    @property
    def elsewhere(self) -> bool:
        """Whether it is another place than the story's beginning."""
        return bool(self.scene or self.values)


def read_opening(graph: StoryGraph, scene: str, assignments: Sequence[str]) -> Opening:
    """Return the opening that is asked for in words; raises `PalaverError` for a name or value the story has not."""
    if scene and scene not in graph.scenes:
        guess = did_you_mean(scene, graph.scenes).strip() or f"Its scenes: {listed(graph.scenes)}."
        raise PalaverError(f'--scene: "{graph.title}" has no scene "{scene}".', do=guess)
    values = dict(_assigned(graph, assignment) for assignment in assignments)
    return Opening(graph.id, scene, values)


def _assigned(graph: StoryGraph, assignment: str) -> tuple[str, Value]:
    name, equals, value = assignment.partition("=")
    name = name.strip()
    if not equals or not name:
        raise PalaverError(f'--set {assignment}: there is no "=" in it.', do="Write it as NAME=VALUE: --set trust=2.")
    variable = graph.variables.get(name)
    if variable is None:
        known = f"It has {listed(graph.variables)}." if graph.variables else "It has none."
        guess = did_you_mean(name, graph.variables).strip() or known
        raise PalaverError(f'--set {assignment}: "{graph.title}" has no variable "{name}".', do=guess)
    try:
        return name, fitting(variable, value if variable.kind == "text" else Plain(value.strip()))
    except (MisfitError, NumberRefusedError) as error:
        raise PalaverError(f"--set {assignment}: {_said(error)}", do=_may_hold(variable)) from error


def _said(error: ValueError) -> str:
    """Return what is wrong without the advice, which is for who writes the story."""
    said = str(error).partition(": change one")[0].rstrip(".")
    return said if said.endswith("?") else f"{said}."


def _may_hold(variable: Variable) -> str:
    match variable.kind:
        case "bool":
            return "Write true or false."
        case "text":
            return f"Write one of {listed(variable.options)}." if variable.options else "Write a shorter text."
        case _:
            bounds = [f"{least:g} or more" for least in (variable.low,) if least is not None]
            bounds += [f"{most:g} or less" for most in (variable.high,) if most is not None]
            whole = "a whole number" if variable.kind == "int" else "a number"
            return f"Write {', '.join([whole, *bounds])}."
