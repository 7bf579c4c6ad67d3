"""What a compiled expression or text is, and what compiling needs to know.

Shapes only: nothing here reads a source or computes a value.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Value = bool | int | float | str
"""What a variable may hold."""
Kind = Literal["bool", "int", "float", "text"]


class Scope(Protocol):
    """What an expression may see of a playthrough; `play.state.State` is one."""

    @property
    def values(self) -> Mapping[str, Value]:
        """Every declared variable's value, of the kind it was declared with."""

    @property
    def visits(self) -> Mapping[str, int]:
        """How often each scene was entered; a scene that was not may be missing."""

    @property
    def scene(self) -> str:
        """Id of the current scene."""

    @property
    def turns(self) -> int:
        """Moves the player has made."""

    @property
    def seed(self) -> int:
        """The playthrough's own seed."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression, ready to call as often as wanted."""

    source: str
    kind: Kind
    """What `evaluate` gives. A condition may be of any kind: no, 0 and '' do not hold, everything else does."""
    evaluate: Callable[[Scope], Value]
    """Never raises while the scope's values are of their declared kinds."""
    reads: frozenset[str]
    """Variables it reads, lets resolved; and `@visits`, `@turns` and `@visited:scene`."""
    cost: int = field(default=1, compare=False)
    """Steps that `evaluate` may take, lets filled in. Bounded: see `translate.COST_LIMIT`."""
    code: ast.expr | None = field(default=None, compare=False, repr=False)
    """The Python that `evaluate` runs, for those who look into it; never to be changed."""
    lets: tuple[Expression, ...] = field(default=(), compare=False, repr=False)
    """The lets that `code` calls, as `let0`, `let1` and so on."""


@dataclass(frozen=True, slots=True)
class Text:
    """A checked text, ready to render as often as wanted."""

    source: str
    render: Callable[[Scope], str]
    """Never raises while the scope's values are of their declared kinds."""
    reads: frozenset[str]
    """Like the `reads` of an expression."""
    constant: bool
    """It reads the same in every scope."""


@dataclass(frozen=True, slots=True)
class Names:
    """What an expression may name."""

    variables: Mapping[str, Kind] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The only values of each `one_of` variable."""
    lets: Mapping[str, Expression] = field(default_factory=dict)
    scenes: Collection[str] = ()
    broken: Collection[str] = ()
    """Lets that are declared and wrong: naming one is refused with a word about it, not as an unknown name."""


class ExpressionError(Exception):
    """An expression or a text that cannot be used: what is wrong with it, what to do, and where."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        """From 1, inside the source."""
        self.column = column
        """From 1, in characters."""
