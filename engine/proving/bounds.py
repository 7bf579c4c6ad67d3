"""How far each number has to be counted: past the largest constant it is compared with, all the same is true of it.

That holds while it only grows, or only shrinks, and is used in comparisons alone. What goes both ways without bounds is
counted for a stretch and no further; an exploration that comes to its end says so.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.proving.reading import Reading, slot_of
from engine.story.graph import Variable

STRETCH = 100
"""How far past the constants a number is followed that may go both ways without bounds."""


@dataclass(slots=True)
class Uses:
    """How the story uses one number or text."""

    compared: set[float] = field(default_factory=set)
    """Constants it is compared with."""
    texts: set[str] = field(default_factory=set)
    """Texts it is compared with."""
    summed: bool = False
    """It is used otherwise than in comparisons with constants."""
    grows: bool = False
    shrinks: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """Where counting stops."""

    low: float | None = None
    high: float | None = None
    low_exact: bool = True
    """Past it, nothing the story asks tells values apart; where not, values past it are not followed."""
    high_exact: bool = True


class Survey:
    """Gathers how everything is used, expression by expression."""

    def __init__(self) -> None:
        self.uses: dict[str, Uses] = {}

    def of(self, name: str) -> Uses:
        """Return the uses of a name so far."""
        return self.uses.setdefault(name, Uses())

    def condition(self, reading: Reading) -> None:
        """Take in a condition."""
        self._look(reading.code, reading.names, holds=True)

    def effect(self, variable: str, reading: Reading) -> None:
        """Take in an assignment."""
        uses = self.of(variable)
        step = _step(reading, variable)
        if step is not None:
            uses.grows |= step > 0
            uses.shrinks |= step < 0
            return
        if not isinstance(reading.code, ast.Constant):
            uses.grows = uses.shrinks = True
        elif isinstance(reading.code.value, str):
            uses.texts.add(reading.code.value)
        self._look(reading.code, reading.names, holds=False)

    def _look(self, node: ast.AST, names: Sequence[str], *, holds: bool) -> None:
        name = slot_of(node, names)
        if name:
            if holds:
                self.of(name).compared.add(0)
            else:
                self.of(name).summed = True
        elif isinstance(node, ast.BoolOp):
            for side in node.values:
                self._look(side, names, holds=holds)
        elif isinstance(node, ast.UnaryOp):
            self._look(node.operand, names, holds=True)
        elif isinstance(node, ast.IfExp):
            self._look(node.test, names, holds=True)
            self._look(node.body, names, holds=holds)
            self._look(node.orelse, names, holds=holds)
        elif isinstance(node, ast.Compare):
            self._compare(node, names)
        else:
            for child in ast.iter_child_nodes(node):
                self._look(child, names, holds=False)

    def _compare(self, node: ast.Compare, names: Sequence[str]) -> None:
        sides = [node.left, *node.comparators]
        for first, sign, second in zip(sides, node.ops, sides[1:], strict=False):
            for one, other in ((first, second), (second, first)):
                name = slot_of(one, names)
                constants = other.elts if isinstance(other, ast.Tuple) else [other]
                if not name:
                    self._look(one, names, holds=False)
                elif all(isinstance(each, ast.Constant) for each in constants):
                    for each in constants:
                        self._constant(name, each, sign)
                else:
                    self.of(name).summed = True

    def _constant(self, name: str, node: ast.expr, sign: ast.cmpop) -> None:
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str):
            self.of(name).texts.add(value)
            self.of(name).summed |= not isinstance(sign, ast.Eq | ast.NotEq | ast.In | ast.NotIn)
        elif isinstance(value, int | float):
            self.of(name).compared.add(value)


def _step(reading: Reading, variable: str) -> float | None:
    """Return by how much an effect moves its own variable; None where it does anything else."""
    code = reading.code
    if len(reading.ways) > 1 or not isinstance(code, ast.Call) or not isinstance(code.func, ast.Name):
        return None
    if code.func.id not in ("add", "subtract"):
        return None
    first, second = code.args
    if code.func.id == "add" and isinstance(first, ast.Constant):
        first, second = second, first
    if slot_of(first, reading.names) != variable or not isinstance(second, ast.Constant):
        return None
    step = second.value
    if isinstance(step, bool) or not isinstance(step, int | float):
        return None
    return step if code.func.id == "add" else -step


def bound(uses: Uses, variable: Variable | None) -> Bound:
    """Return where counting a number stops; `variable` is None for visits and turns, which only grow."""
    if variable is not None and variable.kind not in ("int", "float"):
        return Bound()
    start = float(variable.start) if variable is not None else 0.0
    low = variable.low if variable is not None else 0
    high = variable.high if variable is not None else None
    known = {*uses.compared, start}
    least, most = min(known) - 1, max(known) + 1
    low_exact = high_exact = True
    if not uses.summed and not uses.shrinks:
        high = most if high is None else min(high, most)
    if not uses.summed and not uses.grows:
        low = least if low is None else max(low, least)
    if high is None or high > most + STRETCH:
        high, high_exact = most + STRETCH, False
    if low is None or low < least - STRETCH:
        low, low_exact = least - STRETCH, False
    return Bound(low, high, low_exact, high_exact)
