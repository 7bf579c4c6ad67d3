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


@dataclass(frozen=True, slots=True)
class Raise:
    """More may be spent: how much?"""

    proposed: str = ""
    """What Enter alone allows, in words; empty when it allows nothing."""

    @property
    def question(self) -> str:
        """What stands in the empty line."""
        return f"how much more? enter: {self.proposed}" if self.proposed else "how much more? (esc leaves it)"


Asking = Answer | Name | Replace | Raise
