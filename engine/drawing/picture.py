"""What a drawing of a story shows, before it has a place or a colour: boxes, their rows, and where these lead.

A row is something that may happen in a scene: a choice, an outcome, the limit of a talk, a draw of a pool, or the way
straight on. It keeps conditions as their author wrote them. It evaluates nothing, and holds no coverage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.drawing.words import counted, written
from engine.plaintext import clean_line
from engine.story.expressions import Expression, Value
from engine.story.flow import reachable
from engine.story.graph import END, RETURN, Choice, Draw, Effect, Outcome, Pattern, Scene, StoryGraph, Way

RowKind = Literal["choice", "outcome", "limit", "draw", "goto"]
BoxKind = Literal["choices", "talk", "pool", "ending", "end"]


@dataclass(frozen=True, slots=True)
class Link:
    """Where a row leads."""

    target: str
    """The id of a box."""
    called: bool = False
    """The scene is visited, and RETURN comes back from it."""


@dataclass(frozen=True, slots=True)
class Test:
    """One thing that has to be so, or that says how often or how likely it is."""

    word: str
    """`if`, `says`, `enabled if`, `once` and so on."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Something that may happen in a scene."""

    kind: RowKind
    key: str
    """Its name in saves and in reports; `scene/limit`, `scene/pool/n` (from 0) and `scene/goto` for what has none."""
    text: str
    """What it is called in the drawing, on one line: an outcome's `when`, a choice's text."""
    tests: tuple[Test, ...] = ()
    sets: tuple[str, ...] = ()
    """What it does to the state: `trust = trust + 1`."""
    passage: str = ""
    """Source of what the player reads then; empty for nothing."""
    links: tuple[Link, ...] = ()
    """A called scene before where the story goes then; empty when the scene goes on."""
    returns: bool = False
    """It goes back to whoever called the scene."""


@dataclass(frozen=True, slots=True)
class Box:
    """A scene as it is drawn."""

    id: str
    kind: BoxKind
    title: str
    """Its title, its ending's name or its id."""
    rows: tuple[Row, ...] = ()
    people: tuple[str, ...] = ()
    """Names of who is present in a talk."""
    passage: str = ""
    """Source of what is told on entering."""
    sets: tuple[str, ...] = ()
    start: bool = False
    reached: bool = True
    """Some way leads here from the start, whatever the state."""
    direction: str = ""
    hint: str = ""
    opening: tuple[str, ...] = ()
    """`Name: line` for each line spoken on entering."""
    place: str = ""
    """Where it is written: `harbour.yaml:41:3`."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole story as it is drawn."""

    id: str
    title: str
    hash: str
    language: str
    boxes: Mapping[str, Box]
    """By id, the start first, then in the order written."""

    @property
    def links(self) -> Iterator[tuple[Box, int, Link]]:
        """Every way between boxes: where it begins, the number of its row there, and where it leads."""
        for box in self.boxes.values():
            for number, row in enumerate(box.rows):
                for link in row.links:
                    yield box, number, link

    def counts(self) -> str:
        """Return how much there is of what: a line for a header."""
        boxes = [box for box in self.boxes.values() if box.kind != "end"]
        endings = sum(box.kind == "ending" for box in boxes)
        ways = sum(1 for _ in self.links)
        return f"{counted(len(boxes), 'scene')}, {counted(ways, 'way')} between them, {counted(endings, 'ending')}"


def picture(graph: StoryGraph, where: Callable[[str], str] = lambda scene: "") -> Picture:
    """Return what a drawing of the story shows; `where` tells the place that a scene is written at."""
    found = reachable(graph, [graph.start])
    scenes = sorted(graph.scenes.values(), key=lambda scene: scene.id != graph.start)
    boxes = {
        scene.id: replace(_box(graph, scene), reached=scene.id in found, place=where(scene.id)) for scene in scenes
    }
    if any(link.target == END for box in boxes.values() for row in box.rows for link in row.links):
        boxes[END] = Box(END, "end", "The story ends")
    return Picture(graph.id, graph.title, graph.hash, graph.language, boxes)


def _box(graph: StoryGraph, scene: Scene) -> Box:
    names = {who: graph.characters[who].name for who in scene.talk}
    return Box(
        id=scene.id,
        kind=scene.kind,
        title=scene.ending or scene.title or scene.id,
        rows=tuple(_rows(graph, scene)),
        people=tuple(names.values()),
        passage=_passage(graph, scene.passage),
        sets=_sets(scene.effects),
        start=scene.id == graph.start,
        direction=scene.direction.source if scene.direction is not None else "",
        hint=scene.hint,
        opening=tuple(f"{names.get(who, who)}: {line.source}" for who, line in scene.opening),
    )


def _rows(graph: StoryGraph, scene: Scene) -> Iterator[Row]:
    for outcome in scene.outcomes:
        when = clean_line(outcome.when)
        text = when[:1].upper() + when[1:] or "Said in so many words"
        tests = tuple(_outcome_tests(graph, outcome))
        yield _led(graph, Row("outcome", outcome.key, text, tests), outcome.way)
    for choice in scene.choices:
        tests = tuple(_choice_tests(choice))
        yield _led(graph, Row("choice", choice.key, written(choice.text.source), tests), choice.way)
    if scene.limit is not None:
        text = f"After {counted(scene.limit.turns, 'turn')}"
        yield _led(graph, Row("limit", f"{scene.id}/limit", text), scene.limit.way)
    for number, draw in enumerate(scene.pool):
        drawn = graph.scenes[draw.scene]
        text = f"Draw {drawn.title or drawn.id}"
        yield Row("draw", f"{scene.id}/pool/{number}", text, tuple(_draw_tests(draw)), links=(Link(draw.scene),))
    if scene.goto:
        text = "Otherwise" if scene.choices or scene.pool else "Straight on"
        yield _led(graph, Row("goto", f"{scene.id}/goto", text), Way(goto=scene.goto))


def _led(graph: StoryGraph, row: Row, way: Way) -> Row:
    """Return a row with what its way does and where it leads."""
    links = [Link(way.call, called=True)] if way.call else []
    if way.goto and way.goto != RETURN:
        links.append(Link(way.goto))
    return replace(
        row,
        sets=_sets(way.effects),
        passage=_passage(graph, way.passage),
        links=tuple(links),
        returns=way.goto == RETURN,
    )


def _choice_tests(choice: Choice) -> Iterator[Test]:
    yield from _condition("if", choice.condition)
    yield from _condition("enabled if", choice.enabled)
    if choice.reason:
        yield Test("else says", choice.reason)
    if choice.once:
        yield Test("once")
    if choice.ask:
        yield Test("asks for", choice.ask)


def _outcome_tests(graph: StoryGraph, outcome: Outcome) -> Iterator[Test]:
    for pattern in outcome.says:
        yield Test("says", _said(graph, pattern))
    yield from _condition("if", outcome.condition)
    if outcome.when and outcome.shown_by != "character":
        yield Test("shown by", "the player" if outcome.shown_by == "player" else "anyone")
    if outcome.once:
        yield Test("once")
    if outcome.ask:
        yield Test("in doubt asks", outcome.ask)


def _said(graph: StoryGraph, pattern: Pattern) -> str:
    person = graph.characters.get(pattern.who)
    who = person.name if person is not None else pattern.who or "anyone"
    return f"{who}: {' '.join(pattern.words)}"


def _draw_tests(draw: Draw) -> Iterator[Test]:
    yield from _condition("if", draw.condition)
    if draw.weight != 1:
        yield Test("weight", f"{draw.weight:g}")
    if draw.once:
        yield Test("once")


def _condition(word: str, condition: Expression | None) -> Iterator[Test]:
    if condition is not None:
        yield Test(word, clean_line(condition.source))


def _sets(effects: Sequence[Effect]) -> tuple[str, ...]:
    return tuple(f"{effect.variable} = {_source(effect.value)}" for effect in effects)


def _source(value: Expression) -> str:
    """Return an assigned value the way YAML has it: a literal keeps Python's `True` as its source."""
    words: dict[str, Value] = {"True": "true", "False": "false"}
    return clean_line(str(words.get(value.source, value.source)))


def _passage(graph: StoryGraph, name: str) -> str:
    return graph.passages[name].source if name else ""
