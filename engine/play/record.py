"""One move's events as they happen, and the state that they give so far.

It keeps every value within what the author declared. It decides nothing: which events happen is for `step` and
`reading`.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.play import events as e
from engine.play.state import Draft, State
from engine.play.values import fitted
from engine.story.expressions import Value
from engine.story.graph import Effect, StoryGraph


class Record:
    """A move being carried out: nothing in its draft changes but by an event."""

    __slots__ = ("draft", "events", "graph")

    def __init__(self, graph: StoryGraph, state: State) -> None:
        self.graph = graph
        self.draft = Draft(state)
        self.events: list[e.Event] = []

    def happen(self, event: e.Event) -> None:
        """Take an event in."""
        self.events.append(event)
        self.draft.apply(event)

    def carry_out(self, effects: tuple[Effect, ...]) -> None:
        """Carry out assignments in the order written, each seeing those before it."""
        if not effects:
            return
        before = self.draft.values
        self.draft.values = after = dict(before)
        for effect in effects:
            after.update(self._fit({effect.variable: effect.value.evaluate(self.draft)}))
        changed = {name: value for name, value in after.items() if before.get(name) != value}
        self.draft.values = before
        if changed:
            self.happen(e.VariablesSet(tuple(changed.items())))

    def put(self, values: Mapping[str, Value]) -> None:
        """Give variables these values, as far as they can take them."""
        fit = self._fit(values)
        changed = tuple((name, value) for name, value in fit.items() if self.draft.values.get(name) != value)
        if changed:
            self.happen(e.VariablesSet(changed))

    def _fit(self, values: Mapping[str, Value]) -> dict[str, Value]:
        variables = self.graph.variables
        return {
            name: fitted(variables[name], value, self.draft.values.get(name, variables[name].start))
            for name, value in values.items()
            if name in variables
        }
