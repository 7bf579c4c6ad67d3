"""Whatever a player does, in whatever order, the live game is the fold of what stands in the save."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.errors import PalaverError, Refused, Unreachable
from engine.play.state import fold
from engine.play.transcript import tell
from engine.session import Session
from support.games import QueueModel, begin, cast_of, heard
from support.stories import EVERYTHING, graph_of

GRAPH = graph_of(EVERYTHING)
CHOICES = sorted({choice.id for scene in GRAPH.scenes.values() for choice in scene.choices})
LINES = ["hello", "thank you", "you stink", "let me in", "open up, sesame", "Odd, the boat?", "李", "\x1b[2J", "…"]
NAMES = ["one", "two"]


class AnyGame(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.session: Session = begin(GRAPH, Path(self.folder.name))

    def teardown(self) -> None:
        self.session.close()
        self.folder.cleanup()

    @rule(choice=st.sampled_from(CHOICES), text=st.sampled_from(["", "Ana", "x" * 300]))
    def choose(self, choice: str, text: str) -> None:
        with suppress(Refused):
            self.session.choose(choice, text)

    @rule(choice=st.integers(0, 20))
    def choose_what_is_offered(self, choice: int) -> None:
        options = [option for option in self.session.view.options if option.choice and option.enabled]
        if options:
            option = options[choice % len(options)]
            assert option.choice is not None
            self.session.choose(option.choice.choice.id, "Ana")

    @rule(line=st.sampled_from(LINES))
    def say(self, line: str) -> None:
        with suppress(Refused):
            heard(self.session.say(line))

    @rule(line=st.sampled_from(LINES))
    def say_in_vain(self, line: str) -> None:
        before = self.session.state
        with suppress(Refused, Unreachable):
            heard(self.session.say(line, actor=QueueModel(Unreachable("No."))))
        assert self.session.state == before

    @rule()
    def retry(self) -> None:
        with suppress(Refused):
            heard(self.session.retry())

    @rule()
    def undo(self) -> None:
        with suppress(Refused):
            self.session.undo()

    @rule()
    def redo(self) -> None:
        with suppress(Refused):
            self.session.redo()

    @rule(name=st.sampled_from(NAMES))
    def name(self, name: str) -> None:
        self.session.name(name, replace=True)

    @rule(name=st.sampled_from(NAMES))
    def load(self, name: str) -> None:
        with suppress(PalaverError):
            self.session.load(name)

    @precondition(lambda self: len(self.session.store) > 1)
    @rule(turn=st.integers(1, 50))
    def move_to(self, turn: int) -> None:
        self.session.move_to(1 + turn % len(self.session.store))

    @rule()
    def close_and_open(self) -> None:
        before = (self.session.state, self.session.lines)
        path = self.session.store.path
        self.session.close()
        self.session = Session.resume(GRAPH, cast_of(), path)
        assert (self.session.state, self.session.lines) == before

    @invariant()
    def the_game_is_what_the_save_says(self) -> None:
        events = [event for turn in self.session.store.path_to() for event in turn.events]
        assert fold(events) == self.session.state
        assert tell(GRAPH, events) == self.session.lines


AnyGame.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestAnyGame = AnyGame.TestCase
