"""A model as player: it is shown what a player sees, and answers with a number or with words to say.

It is told nothing of the story beyond that. What it answers is a player's typed line and nothing more: it is read by
closed rules, cleaned, and cut to a length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import aclosing

from engine.dialogue.messages import Message
from engine.llm.protocol import Finished, Model, Purpose, Request
from engine.plaintext import clean_line
from engine.play.transcript import Line
from engine.playtest.players import Move, Pick, Seen, Speak, takeable

TAIL = 6_000
"""Characters of the transcript that the model is shown: some 1,500 tokens."""
LONGEST = 300
"""Characters it may say at once."""
REPLY_TOKENS = 80
PURPOSE: Purpose = "choose"
"""What its calls are booked under."""
GOAL = "Find out what has happened here, and bring the story to an end you think good."
_NUMBER = re.compile(r"\W*(\d{1,3})\b\s*[.):=-]?\s*(.*)", re.DOTALL)


class Guest:
    """A model that plays one game with a goal."""

    def __init__(self, model: Model, goal: str = GOAL) -> None:
        self._model = model
        self._goal = clean_line(goal)[:500]
        self.unread = 0
        """Answers that were no move; the first option was taken, or nothing said."""

    async def move(self, seen: Seen) -> Move:
        """Ask for a move; raises `ModelError`."""
        text = ""
        async with aclosing(self._model.stream(request(seen, self._goal))) as pieces:
            async for piece in pieces:
                if isinstance(piece, Finished):
                    text = piece.text
        found = read(text, seen)
        if found is not None:
            return found
        self.unread += 1
        options = takeable(seen.view)
        return Pick(options[0], "…") if options else Speak("…", "model")


def request(seen: Seen, goal: str) -> Request:
    """Return what the model is asked."""
    rules = (
        "You play an interactive story, as its player. Each time you are shown what has been told and what you can do. "
        "Answer with exactly one line and no explanation: the number of an option"
        + (", or the words that you say to whoever is there, in the first person." if seen.view.can_speak else ".")
        + f"\nYour goal: {goal}"
    )
    options = [
        f"{option.number}. {option.text}{' (then a space and a few words that it asks for)' if option.asks else ''}"
        for option in takeable(seen.view)
    ]
    present = ", ".join(name for _, name in seen.view.present) if seen.view.can_speak else ""
    parts = [_tail(seen.lines)]
    if seen.view.doubt:
        parts.append(seen.view.doubt)
    if present:
        parts.append(f"Present: {present}. You can say something.")
    if options:
        parts.append("Options:\n" + "\n".join(options))
    messages = (Message("system", rules), Message("user", "\n\n".join(parts)))
    return Request(PURPOSE, messages, {"max_tokens": REPLY_TOKENS}, scene=seen.state.scene, who="")


def read(answer: str, seen: Seen) -> Move | None:
    """Return the move that an answer is; None where it is none."""
    line = next((clean_line(line) for line in answer.splitlines() if line.strip()), "").strip()[:LONGEST]
    number = _NUMBER.fullmatch(line)
    if number is not None:
        option = next((option for option in takeable(seen.view) if option.number == int(number[1])), None)
        if option is not None:
            return Pick(option, number[2].strip(" \"'") or "Nobody" if option.asks else "")
    words = line.strip('"“” ')
    return Speak(words, "model") if words and number is None and seen.view.can_speak else None


def _tail(lines: Sequence[Line]) -> str:
    taken: list[str] = []
    room = TAIL
    for line in reversed(lines):
        text = f"{line.name}: {line.text}" if line.name else line.text
        room -= len(text)
        if room < 0 and taken:
            break
        taken.append(text[:TAIL])
    return "\n".join(reversed(taken))
