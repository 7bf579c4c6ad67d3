"""What happens to a set of states: some are let through, some change a value. Each knows its way back.

Made once for each condition and effect of a story, so that what was worked out for a set is remembered.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine.play.values import fitted, moved
from engine.proving.reading import Reading, parts
from engine.proving.sets import EMPTY, Sets
from engine.proving.slots import Slots
from engine.story.expressions import Value
from engine.story.graph import MoveRule, Variable

Codes = tuple[int, ...]


@dataclass(slots=True, eq=False)
class Where:
    """Lets states through whose codes in some slots pass a test."""

    slots: Codes
    """Ascending."""
    test: Callable[[Codes], bool]
    memo: dict[tuple[int, Codes], int] = field(default_factory=dict)

    def forward(self, sets: Sets, a: int) -> int:
        """Return the states let through."""
        return sets.where(a, self.slots, self.test, self.memo)

    def back(self, sets: Sets, a: int) -> int:
        """Return the states that come out in `a`."""
        return self.forward(sets, a)

    def passes(self, state: Sequence[int]) -> bool:
        """Tell whether one state is let through."""
        return self.test(tuple(state[slot] for slot in self.slots))


@dataclass(slots=True, eq=False)
class Put:
    """Replaces the code of one slot, by what it is and what some others are."""

    slot: int
    others: Codes
    table: Callable[[Codes, int], list[int | None]]
    """Codes of the others and its own → the codes it may take; None stands for a value that is not followed."""
    many: Callable[[], int]
    """How many codes the slot has by now."""
    reads_own: bool = True
    """Whether what it holds before makes a difference."""
    memo: dict[Codes, dict[int, int]] = field(default_factory=dict)
    known: dict[tuple[Codes, int], list[int | None]] = field(default_factory=dict)
    crosses: bool = False
    """A value was not followed."""

    def _after(self, others: Codes, code: int) -> list[int | None]:
        found = self.known.get((others, code))
        if found is None:
            found = self.known[others, code] = self.table(others, code)
            self.crosses = self.crosses or None in found
        return found

    def _followed(self, others: Codes, code: int) -> list[int]:
        return [after for after in self._after(others, code) if after is not None]

    def forward(self, sets: Sets, a: int) -> int:
        """Return what becomes of the states."""
        made = EMPTY
        for others, part in sets.split(a, self.others):
            memo = self.memo.setdefault(others, {})
            made = sets.union(made, sets.put(part, self.slot, lambda code, o=others: self._followed(o, code), memo))  # type: ignore[misc]
        return made

    def back(self, sets: Sets, a: int) -> int:
        """Return the states that become one of `a`, as far as they ever came forward here."""
        made = EMPTY
        for others, part in sets.split(a, self.others):

            def table(code: int, others: Codes = others) -> list[int]:
                return [after for after in self.known.get((others, code), ()) if after is not None]

            made = sets.union(made, sets.unput(part, self.slot, table, self.many()))
        return made

    def lost(self, sets: Sets, a: int) -> int:
        """Return the states that take a value which is not followed."""
        slots = tuple(sorted((*self.others, self.slot)))
        own = slots.index(self.slot)
        places = [slots.index(other) for other in self.others]
        return sets.where(
            a, slots, lambda codes: None in self._after(tuple(codes[place] for place in places), codes[own]), {}
        )

    def outcomes(self, state: Sequence[int]) -> list[list[int]]:
        """Return what one state may become."""
        others = tuple(state[slot] for slot in self.others)
        return [
            [*state[: self.slot], code, *state[self.slot + 1 :]] for code in self._followed(others, state[self.slot])
        ]


@dataclass(slots=True, eq=False)
class Forget:
    """Puts slots back to their start that nothing asks about any more; slots that are set decide which."""

    deciding: Codes
    """Ascending."""
    gone: dict[tuple[bool, ...], frozenset[int]]
    """For each way in which the deciding slots may be set, what is forgotten then."""
    many: Callable[[int], int]
    """How many codes a slot has by now."""
    memo: dict[tuple[bool, ...], tuple[dict[tuple[int, Codes], int], dict[int, int]]] = field(default_factory=dict)

    def forward(self, sets: Sets, a: int) -> int:
        """Return what becomes of the states."""
        made = EMPTY
        for ways, gone in self.gone.items():
            found, forgot = self.memo.setdefault(ways, ({}, {}))
            part = sets.where(a, self.deciding, lambda codes, w=ways: tuple(map(bool, codes)) == w, found)  # type: ignore[misc]
            made = sets.union(made, sets.forget(part, gone, forgot) if gone else part)
        return made

    def back(self, sets: Sets, a: int) -> int:
        """Return the states that become one of `a`."""
        made = EMPTY
        for ways, gone in self.gone.items():
            free = sets.free(a, {slot: self.many(slot) for slot in gone})
            part = sets.where(free, self.deciding, lambda codes, w=ways: tuple(map(bool, codes)) == w, {})  # type: ignore[misc]
            made = sets.union(made, part)
        return made


Op = Where | Put | Forget


class Bench:
    """Makes the ops of one story, the same one for the same thing."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        self._made: dict[tuple[object, ...], Op] = {}
        self._parts: dict[int, list[Op]] = {}

    def trim(self, most: int = 0) -> None:
        """Forget remembered results when there are more than `most`."""
        made = [*self._made.values(), *(op for found in self._parts.values() for op in found)]
        sizes = (len(op.memo) if isinstance(op, Where) else sum(map(_size, op.memo.values())) for op in made)
        if sum(sizes) > most:
            for op in made:
                op.memo.clear()

    def conditions(self, reading: Reading) -> list[Op]:
        """Let through where a condition may hold: one op for each of its parts that are joined by `and`."""
        key = id(reading)
        if key not in self._parts:
            self._parts[key] = []
            for part in parts(reading):
                slots, row = self._row(part)
                self._parts[key].append(Where(slots, lambda codes, p=part, r=row: p.may_hold(r(codes))))  # type: ignore[misc]
        return list(self._parts[key])

    def any_fails(self, readings: Sequence[Reading], spent: str) -> Op:
        """Let through where one of several conditions may fail, or `spent` names a slot that has left its start."""
        key = ("fails", *map(id, readings), spent)
        if key not in self._made:
            names = {name for reading in readings for name in reading.names} | ({spent} if spent else set())
            slots = tuple(sorted(self.slots.index[name] for name in names))
            place = {name: slots.index(self.slots.index[name]) for name in names}

            def test(codes: Codes) -> bool:
                if spent and codes[place[spent]]:
                    return True
                for reading in readings:
                    row = [self.slots.value(self.slots.index[name], codes[place[name]]) for name in reading.names]
                    if reading.may_fail(row):
                        return True
                return False

            self._made[key] = Where(slots, test)
        return self._made[key]

    def is_code(self, name: str, code: int) -> Op:
        """Let through where a slot holds a code."""
        key = ("is", name, code)
        if key not in self._made:
            self._made[key] = Where((self.slots.index[name],), lambda codes: codes[0] == code)
        return self._made[key]

    def give(self, name: str, value: Value) -> Op:
        """Set a slot to one value."""
        slot = self.slots.index[name]
        key = ("give", name, type(value), value)
        if key not in self._made:
            self._made[key] = self._put(slot, (), lambda _, code: [self.slots.code(slot, value)], reads_own=False)
        return self._made[key]

    def count(self, name: str) -> Op:
        """Count one up in a slot of visits or turns."""
        slot = self.slots.index[name]
        key = ("count", name)
        if key not in self._made:
            self._made[key] = self._put(
                slot, (), lambda _, code: [self.slots.code(slot, int(self.slots.value(slot, code)) + 1)]
            )
        return self._made[key]

    def move(self, rule: MoveRule, variable: Variable) -> Op:
        """Take the step of a move rule."""
        slot = self.slots.index[variable.name]
        key = ("move", variable.name, rule.by, rule.to)
        if key not in self._made:

            def table(_: Codes, code: int) -> list[int | None]:
                now = self.slots.value(slot, code)
                return [self.slots.code(slot, fitted(variable, moved(rule, now), now))]

            self._made[key] = self._put(slot, (), table)
        return self._made[key]

    def assign(self, variable: Variable, reading: Reading) -> Op:
        """Carry out an effect."""
        slot = self.slots.index[variable.name]
        key = ("assign", variable.name, id(reading))
        if key not in self._made:
            read = [self.slots.index[name] for name in reading.names]
            others = tuple(each for each in read if each != slot)
            places = [others.index(each) if each != slot else -1 for each in read]

            def table(codes: Codes, code: int) -> list[int | None]:
                now = self.slots.value(slot, code)
                row = [
                    now if place < 0 else self.slots.value(each, codes[place])
                    for each, place in zip(read, places, strict=True)
                ]
                found = [self.slots.code(slot, fitted(variable, value, now)) for value in reading.values(row)]
                return list(dict.fromkeys(found))

            own = slot in read or (not isinstance(reading.code, ast.Constant) and bool(variable.options))
            self._made[key] = self._put(slot, others, table, reads_own=own)
        return self._made[key]

    def forget(self, deciding: Codes, gone: dict[tuple[bool, ...], frozenset[int]]) -> Op:
        """Put slots back to their start."""
        key = ("forget", deciding, *gone.items())
        if key not in self._made:
            self._made[key] = Forget(deciding, gone, self.slots.many)
        return self._made[key]

    def _put(
        self, slot: int, others: Codes, table: Callable[[Codes, int], list[int | None]], *, reads_own: bool = True
    ) -> Put:
        return Put(slot, others, table, lambda: self.slots.many(slot), reads_own)

    def _row(self, reading: Reading) -> tuple[Codes, Callable[[Codes], list[Value]]]:
        slots = tuple(sorted(self.slots.index[name] for name in reading.names))
        places = [(self.slots.index[name], slots.index(self.slots.index[name])) for name in reading.names]
        return slots, lambda codes: [self.slots.value(slot, codes[place]) for slot, place in places]


def _size(memo: object) -> int:
    if isinstance(memo, tuple):
        return sum(map(len, memo))
    return len(memo) if isinstance(memo, dict) else 0
