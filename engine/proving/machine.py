"""A story as places and the edges between them: each edge one small thing that a player, a model or chance may do.

It mirrors `engine.play.step` and its parts, and is held to them by tests. It looks at no state: which states an edge is
open in is for those who explore.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from engine.play.state import DEEPEST_CALL, State
from engine.play.step import MOST_REPLIES
from engine.proving.ops import Bench, Op
from engine.proving.reading import TURNS, VISITS
from engine.proving.slots import SPENT, Slots, rules_of
from engine.proving.words import sayings
from engine.story.expressions import Expression, Value
from engine.story.flow import returning
from engine.story.graph import END, PLAYER, RETURN, Choice, Effect, MoveRule, Outcome, Scene, StoryGraph, Way


class Waiting(NamedTuple):
    """A scene waiting for a RETURN."""

    scene: str
    goto: str
    talked: int


class Spot(NamedTuple):
    """Where a story stands, values aside."""

    kind: str
    """`wait` for the player, `judge` (a turn of talk was spoken), `settle` (just come to a scene), `end`."""
    scene: str
    """Empty for an END without a name."""
    talked: int = 0
    stack: tuple[Waiting, ...] = ()
    spoke: tuple[str, ...] = ()
    """At `judge`: whose replies the turn has already, where that decides who else can say something in it."""


_NOWHERE = Spot("wait", "")
Moves = tuple[tuple[str, str], ...]
"""Characters and the move rules of theirs that are taken."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done on an edge, as far as a player would have to know it to do it again."""

    choice: str = ""
    typed: str = ""
    moved: Moves | None = None
    """A turn of talk begins, and these are moved in it."""
    outcome: str = ""
    """An outcome is recognised by a model."""
    said: tuple[str, str] = ("", "")
    """Who says what, so that an outcome comes true by its own words."""
    doubted: str = ""
    """An outcome that a model is not sure of, in the last turn that a talk has."""
    waited: bool = False
    """A talk is waited out until its limit, which is counted as one move."""


NOTHING = Deed()


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """One thing that may happen."""

    source: Spot
    target: Spot
    ops: tuple[Op, ...]
    deed: Deed = NOTHING
    cost: int = 0
    """Player's moves it takes: 0 or 1."""
    goodwill: bool = False
    """It takes a model that recognises something."""
    marks: tuple[str, ...] = ()
    """Keys of what is taken or comes true on it."""

    def then(self, *ops: Op) -> Edge:
        """Return the edge with more done on it."""
        return replace(self, ops=(*self.ops, *ops))

    def marked(self, mark: str) -> Edge:
        """Return the edge with one more mark."""
        return replace(self, marks=(*self.marks, mark))


def _from(
    spot: Spot, deed: Deed = NOTHING, *, cost: int = 0, goodwill: bool = False, marks: tuple[str, ...] = ()
) -> Edge:
    """Return an edge that leads nowhere yet."""
    return Edge(spot, spot, (), deed, cost, goodwill, marks)


class Machine:
    """All edges of a story, made when they are asked for."""

    def __init__(self, graph: StoryGraph) -> None:
        self.graph = graph
        self.slots = Slots(graph)
        self.bench = Bench(self.slots)
        self._returning = returning(graph)
        self.counts_turns = TURNS in self.slots.index
        """The story asks how many moves were made, so that a turn of talk with nothing in it makes a difference."""
        self._edges: dict[Spot, tuple[Edge, ...]] = {}

    @property
    def spots(self) -> int:
        """Spots whose edges were made."""
        return len(self._edges)

    def begin(self) -> Edge:
        """Return the edge on which a story begins, from nowhere."""
        return self._go(_from(_NOWHERE), self.graph.start, ())

    def edges(self, spot: Spot) -> tuple[Edge, ...]:
        """Return what may happen at a spot."""
        found = self._edges.get(spot)
        if found is None:
            found = self._edges[spot] = tuple(self.made(spot))
        return found

    def spot(self, state: State) -> Spot:
        """Return where a state of a playthrough stands, between two moves."""
        if state.over:
            return Spot("end", state.ending)
        stack = []
        for frame in state.stack:
            stack.append(
                Waiting(frame.scene, frame.goto, 0 if frame.goto else self._counted(frame.scene, frame.talked))
            )
        talked = self._counted(state.scene, state.talked)
        return Spot("wait", state.scene, talked, self._live(state.scene, tuple(stack)))

    def codes(self, state: State) -> dict[int, int]:
        """Return the codes of a state of a playthrough, as `Sets.single` takes them; 0 for what is not followed."""
        codes = {}
        for slot, name in enumerate(self.slots.names):
            if name.startswith(VISITS):
                value: Value = state.visits.get(name.removeprefix(VISITS), 0)
            elif name.startswith(SPENT):
                value = name.removeprefix(SPENT) in state.spent
            else:
                value = state.turns if name == TURNS else state.values[name]
            codes[slot] = self.slots.code(slot, value) or 0
        return {slot: code for slot, code in codes.items() if code}

    def _counted(self, scene: str, talked: int) -> int:
        limit = self.graph.scenes[scene].limit
        return 0 if limit is None else min(talked, limit.turns)

    def returned(self, frame: Waiting) -> Edge:
        """Return the edge on which a scene that called another goes on, from nowhere."""
        return self._go(_from(_NOWHERE), RETURN, (frame,))

    def made(self, spot: Spot) -> Iterator[Edge]:
        """Yield what may happen at a spot, made anew."""
        if spot.kind == "end":
            return
        scene = self.graph.scenes[spot.scene]
        if spot.kind == "settle":
            yield from self._settled(spot, scene)
        elif spot.kind == "judge":
            yield from self._read(spot, scene)
        else:
            for choice in scene.choices:
                yield from self._chosen(spot, scene, choice)
            if scene.kind == "talk":
                yield from self._spoken(spot, scene)
                yield from self._waited(spot, scene)

    # The player's moves

    def _chosen(self, spot: Spot, scene: Scene, choice: Choice) -> Iterator[Edge]:
        asked = choice.ask if choice.ask in self.slots.index else ""
        for typed in self.slots.typed(choice.ask) if choice.ask else ("",):
            edge = _from(spot, Deed(choice=choice.id, typed=typed), cost=1, marks=(choice.key,))
            edge = edge.then(*self._open(choice.condition, scene), *self._open(choice.enabled, scene))
            edge = edge.then(*self._unspent(choice), *self._spend(choice), *self._turn())
            edge = edge.then(self.bench.give(asked, typed)) if asked else edge
            yield self._take(edge, choice.way, scene, spot.talked)

    def _spoken(self, spot: Spot, scene: Scene) -> Iterator[Edge]:
        for moves in self._movings(scene):
            conditions = [op for _, rule in moves for op in self._open(rule.condition, scene)]
            steps = [self.bench.move(rule, self.graph.variables[rule.variable]) for _, rule in moves]
            deed = Deed(moved=tuple((who, rule.id) for who, rule in moves))
            edge = _from(spot, deed, cost=1, goodwill=bool(moves)).then(*self._turn(), *conditions, *steps)
            spoke = tuple(sorted({who for who, _ in moves})) if _said_by_characters(scene) else ()
            yield replace(edge, target=spot._replace(kind="judge", spoke=spoke))

    def _waited(self, spot: Spot, scene: Scene) -> Iterator[Edge]:
        """Say nothing to any purpose until the talk ends by itself."""
        if scene.limit is not None and not self.counts_turns:
            edge = _from(spot, Deed(waited=True), cost=1, marks=(f"{scene.id}/limit",))
            yield self._take(edge, scene.limit.way, scene, scene.limit.turns)

    def _movings(self, scene: Scene) -> Iterator[tuple[tuple[str, MoveRule], ...]]:
        """Yield what one turn may move: nothing, or one step each for some variables, by those who have the time."""
        by_variable: dict[str, list[tuple[str, MoveRule]]] = {}
        for who, rule in rules_of(self.graph, scene):
            if rule.variable in self.slots.index:
                by_variable.setdefault(rule.variable, []).append((who, rule))
        steps: list[list[tuple[str, MoveRule] | None]] = [[None, *found] for found in by_variable.values()]
        seen: set[frozenset[tuple[object, ...]]] = set()
        apart = _said_by_characters(scene)
        for picks in itertools.product(*steps):
            moves = tuple(pick for pick in picks if pick is not None)
            speakers = {who for who, _ in moves}
            alike = frozenset(
                (rule.variable, rule.by, rule.to, rule.condition, who if apart else "") for who, rule in moves
            )
            if _has_room(scene, speakers) and alike not in seen:
                seen.add(alike)
                yield moves

    # A turn of talk is read

    def _read(self, spot: Spot, scene: Scene) -> Iterator[Edge]:
        last = scene.limit.turns if scene.limit is not None else 0
        yield self._after(_from(spot), scene)
        for outcome in scene.outcomes:
            opened = [*self._unspent(outcome), *self._open(outcome.condition, scene)]
            for saying in sayings(scene, outcome):
                shuttable = all(other.condition or self.slots.spent(other) for other in saying.before)
                if shuttable and _has_room(scene, {*spot.spoke, saying.who} - {PLAYER}):
                    shut = [self._shut(other.condition, self.slots.spent(other), scene) for other in saying.before]
                    deed = Deed(outcome=outcome.id, said=(saying.who, saying.words))
                    edge = _from(spot, deed, goodwill=saying.by_character, marks=(outcome.key,))
                    yield self._come(edge.then(*opened, *shut), outcome, scene)
            if claimable(self.graph, scene, outcome):
                edge = _from(spot, Deed(outcome=outcome.id), goodwill=True, marks=(outcome.key,))
                yield self._come(edge.then(*opened), outcome, scene)
                if outcome.ask and spot.talked + 1 == last:
                    # Until it is answered the talk does not end; a yes is the edge above.
                    edge = _from(spot, Deed(doubted=outcome.id), goodwill=True).then(*opened)
                    yield replace(edge, target=spot._replace(kind="wait", talked=last, spoke=()))

    def _come(self, edge: Edge, outcome: Outcome, scene: Scene) -> Edge:
        edge = edge.then(*self._spend(outcome))
        if outcome.way.goto or outcome.way.call:
            return self._take(edge, outcome.way, scene, self._talked(edge.source, scene))
        return self._after(edge.then(*self._effects(outcome.way.effects, scene)), scene)

    def _after(self, edge: Edge, scene: Scene) -> Edge:
        """The talk goes on, or its limit is reached."""
        talked = self._talked(edge.source, scene)
        if scene.limit is not None and edge.source.talked + 1 >= scene.limit.turns:
            return self._take(edge.marked(f"{scene.id}/limit"), scene.limit.way, scene, talked)
        return replace(edge, target=edge.source._replace(kind="wait", talked=talked, spoke=()))

    def _talked(self, spot: Spot, scene: Scene) -> int:
        """Return the turns of talk after this one, counted as far as they matter."""
        return self._counted(scene.id, spot.talked + 1)

    # Flow

    def _settled(self, spot: Spot, scene: Scene) -> Iterator[Edge]:
        """Go on from a scene that may not wait for the player."""
        if scene.kind == "pool":
            yield from self._drawn(spot, scene)
            return
        shut: list[Op] = []
        for choice in scene.choices:
            edge = _from(spot).then(*self._open(choice.condition, scene), *self._open(choice.enabled, scene))
            edge = edge.then(*self._unspent(choice))
            yield replace(edge, target=spot._replace(kind="wait"))
            if not edge.ops:
                return
            shut.append(self._shut(choice.condition, self.slots.spent(choice), scene, choice.enabled))
        yield self._go(_from(spot, marks=(f"{scene.id}/goto",)).then(*shut), scene.goto, spot.stack)

    def _drawn(self, spot: Spot, scene: Scene) -> Iterator[Edge]:
        none: list[Op] = []
        certain = False
        for number, card in enumerate(scene.pool):
            gone = self.slots.unseen(card)
            edge = _from(spot, marks=(f"{scene.id}/pool/{number}",))
            edge = edge.then(*([self.bench.is_code(gone, 0)] if gone else []), *self._open(card.condition, scene))
            yield self._go(edge, card.scene, spot.stack)
            if card.once and not gone:
                continue  # whether it was drawn makes no difference: it leads where the pool leads without it
            certain = certain or not edge.ops
            none.append(self._shut(card.condition, gone, scene))
        if scene.goto and not certain:
            yield self._go(_from(spot, marks=(f"{scene.id}/goto",)).then(*none), scene.goto, spot.stack)

    def _take(self, edge: Edge, way: Way, scene: Scene, talked: int) -> Edge:
        edge = edge.then(*self._effects(way.effects, scene))
        stack = edge.source.stack
        if way.call:
            waiting = Waiting(scene.id, way.goto, 0 if way.goto else talked)
            return self._go(edge, way.call, (*stack, waiting)[-DEEPEST_CALL:])
        if way.goto:
            return self._go(edge, way.goto, stack)
        return self._arrive(edge, scene, talked, stack)

    def _go(self, edge: Edge, target: str, stack: tuple[Waiting, ...]) -> Edge:
        while target == RETURN and stack:
            frame, stack = stack[-1], stack[:-1]
            if not frame.goto:
                return self._arrive(edge, self.graph.scenes[frame.scene], frame.talked, stack)
            target = frame.goto
        if target in (END, RETURN):
            stray = edge.marked(f"{edge.source.scene}/RETURN") if target == RETURN else edge
            return replace(stray, target=Spot("end", ""))
        scene = self.graph.scenes[target]
        visits = f"{VISITS}{scene.id}"
        counted = [self.bench.count(visits)] if visits in self.slots.index else []
        return self._arrive(edge.then(*counted, *self._effects(scene.effects, scene)), scene, 0, stack)

    def _arrive(self, edge: Edge, scene: Scene, talked: int, stack: tuple[Waiting, ...]) -> Edge:
        if scene.kind == "ending":
            return replace(edge, target=Spot("end", scene.id))
        kind = "settle" if scene.kind == "pool" or (scene.kind == "choices" and scene.goto) else "wait"
        return replace(edge, target=Spot(kind, scene.id, talked, self._live(scene.id, stack)))

    def _live(self, scene: str, stack: tuple[Waiting, ...]) -> tuple[Waiting, ...]:
        """Return the part of a stack that some RETURN may still come to."""
        kept: list[Waiting] = []
        at = scene
        for frame in reversed(stack):
            if at != RETURN and at not in self._returning:
                break
            kept.append(frame)
            at = frame.goto or frame.scene
        return tuple(reversed(kept))

    # Values

    def _effects(self, effects: tuple[Effect, ...], scene: Scene) -> list[Op]:
        variables = self.graph.variables
        return [
            self.bench.assign(variables[effect.variable], self.slots.reading(effect.value, scene.id))
            for effect in effects
            if effect.variable in self.slots.index
        ]

    def _turn(self) -> list[Op]:
        return [self.bench.count(TURNS)] if TURNS in self.slots.index else []

    def _open(self, condition: Expression | None, scene: Scene) -> list[Op]:
        return [] if condition is None else self.bench.conditions(self.slots.reading(condition, scene.id))

    def _unspent(self, thing: Choice | Outcome) -> list[Op]:
        name = self.slots.spent(thing)
        return [self.bench.is_code(name, 0)] if name else []

    def _spend(self, thing: Choice | Outcome) -> list[Op]:
        name = self.slots.spent(thing)
        return [self.bench.give(name, True)] if name else []

    def _shut(self, first: Expression | None, gone: str, scene: Scene, second: Expression | None = None) -> Op:
        """Let through where a condition may fail, or something is spent."""
        readings = [self.slots.reading(each, scene.id) for each in (first, second) if each is not None]
        return self.bench.any_fails(readings, gone)


def _has_room(scene: Scene, speakers: set[str]) -> bool:
    """Tell whether all of these can reply in one turn of a talk; whoever breaks in does so beyond what is asked for."""
    breaks_in = any(interrupt.who in speakers for interrupt in scene.interrupts)
    return len(speakers) <= min(scene.replies + breaks_in, MOST_REPLIES)


def _said_by_characters(scene: Scene) -> bool:
    return any(pattern.who != PLAYER for outcome in scene.outcomes for pattern in outcome.says)


def claimable(graph: StoryGraph, scene: Scene, outcome: Outcome) -> bool:
    """Tell whether a model may recognise an outcome: there is a sentence to judge by, or an example that names it."""
    if outcome.when:
        return True
    spoken = (*scene.examples, *(example for who in scene.talk for example in graph.characters[who].examples))
    return any(example.outcome == outcome.id for example in spoken)
