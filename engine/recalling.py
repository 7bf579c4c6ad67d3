"""Tells a player in words what a character has in mind of them: what it heard, where its memory is cut, what it kept.

Only what the character witnessed is told: what it knows besides may be what the player has yet to find out.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.dialogue.memory import Turn
from engine.dialogue.remembered import Remembered
from engine.errors import Refused
from engine.plaintext import clean_line
from engine.session import Session
from engine.story.graph import PLAYER


def memory_lines(session: Session, named: str) -> Iterator[str]:
    """Yield what the character called `named` remembers, or everybody present; raises `Refused` for a stranger."""
    met = session.met
    if named:
        wanted = clean_line(named).casefold()
        people = [who for who in met if wanted in (who.casefold(), *_name(session, who).casefold().split())]
        people = people or [who for who in met if _name(session, who).casefold().startswith(wanted)]
    else:
        people = [who for who, _ in session.view.present] or list(met)
    if not people:
        names = ", ".join(_name(session, who) for who in met)
        stranger = f"You have met nobody called {clean_line(named)}. " if named and met else ""
        raise Refused(f"{stranger}You have met {names}." if met else "You have met nobody yet.")
    for who in people:
        yield from _told(session.remembered(who), session)


def _told(memory: Remembered, session: Session) -> Iterator[str]:
    yield f"What {memory.name} has in mind, {memory.tokens:,} of {memory.budget:,} tokens:"
    if memory.dropped:
        yield f"  {memory.dropped} earlier turns are no longer held word for word."
    if memory.summary:
        yield f"  In short: {_one_line(memory.summary)}"
    for turns, kept in ((memory.pinned, "Never forgotten"), (memory.turns, "Word for word")):
        if turns:
            yield f"  {kept}:"
        for turn in turns:
            yield from _turn(turn, session)
    if not (memory.dropped or memory.pinned or memory.turns):
        yield "  Nothing yet."


def _turn(turn: Turn, session: Session) -> Iterator[str]:
    """Yield what a character heard and saw in a turn; of what it did not hear, the note that it has of it."""
    aloud = " (whispers)" if turn.whispered else ""
    for who, text in turn.told:
        name = "You" if who == PLAYER else _name(session, who)
        yield f"    {name}{aloud}: {_one_line(text)}" if who else f"    Seen: {_one_line(text)}"
    if not turn.told:
        yield from (f"    {_one_line(message.content)}" for message in turn.messages)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _name(session: Session, who: str) -> str:
    character = session.graph.characters.get(who)
    return character.name if character else who
