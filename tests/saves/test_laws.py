"""A save against the simplest thing that could be one: a list of parents and a few numbers in memory."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.errors import SaveError
from engine.play import events as e
from engine.saves.shelf import export_save
from engine.saves.store import Store, StoryRef

NOW = datetime(2026, 11, 24, 18, 30, 5, tzinfo=UTC)
some_names = st.sampled_from(["start", "door", "end"])


class SaveMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = Store.create(self.folder / "s.palaver", StoryRef("s", "S", "h"), 1, NOW)
        self.parents: dict[int, int] = {}
        self.words: dict[int, str] = {}
        self.named: dict[str, int] = {}
        self.head = 0
        self.tip = 0

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def way(self, turn: int) -> list[int]:
        return [*self.way(self.parents[turn]), turn] if turn else []

    def go(self, turn: int) -> None:
        if turn not in self.way(self.tip):
            self.tip = max(end for end in self.parents if turn in self.way(end))
        self.head = turn

    @initialize()
    def begin(self) -> None:
        self.append("began")

    @rule(text=st.text("abc ", max_size=5))
    def append(self, text: str) -> None:
        turn = self.store.append([e.PlayerSpoke(text)], now=NOW, story_hash="h")
        assert turn == len(self.parents) + 1
        self.parents[turn] = self.head
        self.words[turn] = text
        self.head = self.tip = turn

    @rule()
    def undo(self) -> None:
        parent = self.parents[self.head]
        turn = self.store.undo()
        assert (turn.id if turn else 0) == parent
        self.head = parent or self.head

    @rule()
    def redo(self) -> None:
        onward = [turn for turn in self.way(self.tip) if self.parents[turn] == self.head]
        turn = self.store.redo()
        assert [turn.id] * bool(onward) == onward if turn else not onward
        self.head = onward[0] if onward else self.head

    @rule(data=st.data())
    def move_to(self, data: st.DataObject) -> None:
        turn = data.draw(st.sampled_from(sorted(self.parents)))
        assert self.store.move_to(turn).id == turn
        self.go(turn)

    @rule(name=some_names, replace=st.booleans())
    def name(self, name: str, replace: bool) -> None:
        if self.named.get(name, self.head) != self.head and not replace:
            with pytest.raises(SaveError, match="given already"):
                self.store.name(name)
        else:
            self.store.name(name, replace=replace)
            self.named[name] = self.head

    @rule(name=some_names)
    def move_to_name(self, name: str) -> None:
        if name in self.named:
            self.store.move_to_name(name)
            self.go(self.named[name])
        else:
            with pytest.raises(SaveError, match="No moment"):
                self.store.move_to_name(name)

    @rule()
    def open_again(self) -> None:
        self.store.close()
        assert len(list(self.folder.iterdir())) == 1
        self.store = Store.open(self.store.path)

    @rule()
    def go_on_in_a_copy(self) -> None:
        copy = export_save(self.store.path, self.folder / "copy.palaver")
        self.store.close()
        self.store = Store.open(copy.replace(self.store.path))

    @invariant()
    def same(self) -> None:
        if not self.parents:
            return
        assert (self.store.head, self.store.tip, len(self.store)) == (self.head, self.tip, len(self.parents))
        way = self.way(self.head)
        assert [turn.id for turn in self.store.path_to()] == way and self.store.depth == len(way)
        assert [turn.id for turn in self.store.backwards()] == way[::-1]
        found = {turn.id: (turn.parent, turn.events) for turn in self.store.turns()}
        assert found == {turn: (self.parents[turn], (e.PlayerSpoke(self.words[turn]),)) for turn in self.parents}
        assert {named.name: named.turn for named in self.store.names()} == self.named
        below = [turn for turn in self.parents if self.parents[turn] == self.head]
        assert [turn.id for turn in self.store.children(self.head)] == below


SaveMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestSave = SaveMachine.TestCase
