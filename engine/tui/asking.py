"""What the next typed line answers, when it is not a move of its own. It holds a question and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from engine.view import Option


@dataclass(frozen=True, slots=True)
class Answer:
    """A choice was taken that wants a few words."""

    option: Option

    @property
    def question(self) -> str:
        """What stands in the empty line."""
        return f"{self.option.text}: type your answer (esc leaves it)"


@dataclass(frozen=True, slots=True)
class Name:
    """A moment is to be named."""

    @property
    def question(self) -> str:
        """What stands in the empty line."""
        return "a name for this moment (esc leaves it)"


@dataclass(frozen=True, slots=True)
class Replace:
    """A name is taken: it may move to this moment."""

    name: str

    @property
    def question(self) -> str:
        """What stands in the empty line."""
        return "enter moves it here, or type another name"


Asking = Answer | Name | Replace
