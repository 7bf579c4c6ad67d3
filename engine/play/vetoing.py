"""Plays a turn again without what was read into it: what the player means by "not what I meant".

It gives the moves only; whoever asks makes them, from the moment before the turn.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.play import events as e
from engine.play.moves import Answer, Claim, Move, Note, Read, Remember, Reply, Say


def vetoing(events: Sequence[e.Event]) -> tuple[Move, ...]:
    """Return the moves that make the turn of `events` again, its reading taken back; none where nothing was read."""
    if any(isinstance(event, e.DoubtAnswered) and event.yes for event in events):
        return (Answer(False),)
    moves: list[Move] = []
    outcome: Claim | None = None
    moved: list[Claim] = []
    speaker, by = "", "judge"
    for event in events:
        match event:
            case e.PlayerNoted(text):
                moves.append(Note(text))
            case e.PlayerSpoke(text, to, whispered):
                moves.append(Say(text, to, whispered))
            case e.Summarised(who, upto, text, made_by):
                moves.append(Remember(who, upto, text, made_by))
            case e.CharacterSpoke(who, text, cut, False, model):
                speaker = who
                moves.append(Reply(who, text, cut, model))
            case e.StateMoved(who, rule, evidence):
                moved.append(Claim(rule, evidence, who))
            case e.OutcomeReached(key, how, evidence):
                outcome, by = Claim(key.rpartition("/")[2], evidence), how
                break  # what follows happened in the story, not in the talk
            case e.OutcomeDoubted(key, evidence):
                outcome = Claim(key.rpartition("/")[2], evidence)
            case e.TalkTurnEnded():
                break
            case _:
                pass
    if not speaker or (outcome is None and not moved):
        return ()
    return (*moves, Read(outcome, tuple(moved), who=speaker, by=by, vetoed=True))
