"""What a save holds of the turn played last and of others at the same moment. It reads, and moves nothing."""

from __future__ import annotations

from dataclasses import dataclass

from engine.play import events as e
from engine.saves.store import Store


@dataclass(frozen=True, slots=True)
class Unsent:
    """A line of the player's that wants an answer."""

    text: str
    to: str = ""
    whispered: bool = False


def said_last(store: Store) -> Unsent | None:
    """Return the player's line in the last turn, with what was written aside in it, if that was a turn of talk."""
    aside = ""
    for event in store.path_to()[-1].events:
        match event:
            case e.PlayerNoted(text):
                aside = f" (({text}))"
            case e.PlayerSpoke(text, to, whispered):
                return Unsent(text + aside, to, whispered)
            case _:
                pass
    return None


def earlier_answers(store: Store) -> list[str]:
    """Return what was answered first at this moment on other branches, oldest first."""
    answers = [
        [event.text for event in turn.events if isinstance(event, e.CharacterSpoke) and not event.opening]
        for turn in store.children(store.head)
    ]
    return [texts[0] for texts in answers if texts]
