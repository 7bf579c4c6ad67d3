"""Whether a value that an author wrote is one that a variable can hold."""

from __future__ import annotations

from collections.abc import Mapping

from engine.plaintext import clean_line
from engine.story.expressions import Kind, Value
from engine.story.graph import Variable
from engine.story.scalars import Plain, value_of
from engine.story.suggest import did_you_mean, listed

LONGEST_KEPT = 200
"""Characters that a text variable keeps."""
WORDS: Mapping[Kind, str] = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "text": "a text",
}
"""What a variable of each kind holds, for a sentence."""
_YES_NO = frozenset(("yes", "no", "on", "off", "y", "n"))


class MisfitError(ValueError):
    """A value that a variable cannot hold; its text says why and what to write."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        """The diagnostic's."""


def kind_of(value: Value) -> Kind:
    """Return which kind of variable starts with this value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "text"
    return "int" if isinstance(value, int) else "float"


def looks_yes_or_no(scalar: str) -> bool:
    """Tell whether it is an unquoted word that other readers of YAML take for true or false."""
    return isinstance(scalar, Plain) and scalar.lower() in _YES_NO


def is_literal(variable: Variable, scalar: str) -> bool:
    """Tell whether a value of a `set` is meant as it stands; else it is an expression."""
    return variable.kind == "text" or not isinstance(value_of(scalar), str) or looks_yes_or_no(scalar)


def fitting(variable: Variable, scalar: str) -> Value:
    """Return the value that a word means for a variable. Raises `MisfitError`."""
    if variable.kind == "text":
        return _text(variable, clean_line(scalar))
    meant = value_of(scalar)
    if variable.kind == "float" and kind_of(meant) == "int":
        meant = float(meant)
    if kind_of(meant) != variable.kind:
        message = f'"{variable.name}" holds {WORDS[variable.kind]}, and this is {_described(meant)}.'
        raise MisfitError("wrong-value", message)
    if isinstance(meant, int | float) and not isinstance(meant, bool):
        _check_bounds(variable, meant)
    return meant


def _text(variable: Variable, text: str) -> str:
    if variable.options and text not in variable.options:
        guess = did_you_mean(text, variable.options) or f" It can be {listed(variable.options)}."
        raise MisfitError("not-an-option", f'"{variable.name}" can never be "{text[:80]}".{guess}')
    if len(text) > LONGEST_KEPT:
        raise MisfitError("too-long", f"This is {len(text):,} characters long, and a variable keeps {LONGEST_KEPT}.")
    return text


def _check_bounds(variable: Variable, number: float) -> None:
    for bound, passed, words in (
        (variable.low, variable.low is not None and number < variable.low, "least"),
        (variable.high, variable.high is not None and number > variable.high, "most"),
    ):
        if passed:
            message = f'"{variable.name}" is at {words} {bound:g}, and this is {number:g}: change one of them.'
            raise MisfitError("out-of-bounds", message)


def _described(value: Value) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return f'the text "{value[:40]}"'
    return f"the number {value:g}"
