"""What is known of a part of an expression while it is checked, and which kinds go together."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from engine.story import emit
from engine.story.terms import Kind

_WORDS: dict[Kind, str] = {"bool": "yes or no", "int": "a number", "float": "a number", "text": "a text"}


@dataclass(frozen=True, slots=True)
class Typed:
    """Python for a part of an expression, and what is known of its value."""

    code: ast.expr
    kind: Kind
    at: int
    """Its offset in the source."""
    called: str = "this"
    """What an error calls it: a name, a constant as written, or `this`."""
    options: tuple[str, ...] = ()
    """The only values it can take; empty when it is not a `one_of` variable."""

    def described(self) -> str:
        """Say what it is, as the subject and verb of a sentence."""
        return f"{self.called} is {_WORDS[self.kind]}"

    def promoted(self, kind: Kind) -> ast.expr:
        """Return Python that gives its value as `kind`: itself, a float, or what a reader sees of it."""
        if self.kind == kind:
            return self.code
        return emit.call("show" if kind == "text" else "real", self.code)


def alike(left: Typed, right: Typed) -> bool:
    """Tell whether two values can be compared: both numbers, or of one kind."""
    return left.kind == right.kind or {left.kind, right.kind} == {"int", "float"}


def common(sides: Iterable[Typed]) -> Kind:
    """Return the narrowest kind that all sides can be promoted to."""
    kinds = {side.kind for side in sides}
    if len(kinds) == 1:
        return kinds.pop()
    return "float" if kinds == {"int", "float"} else "text"
