"""Players for tests: they see what a player sees, and do what a player might."""

from __future__ import annotations

import random
from collections.abc import Sequence

from engine.session import Session

SMALL_TALK = (
    "Hello.", "Who are you?", "Why is the lamp dark?", "Please let me in.", "I don't believe you.", "Tell me more.",
    "Goodbye, then.", "Thank you.", "Are you a machine?", "What happened here?",
)  # fmt: skip


async def play_at_random(
    session: Session, seed: int, *, most: int = 400, lines: Sequence[str] = SMALL_TALK, talk: float = 0.6
) -> int:
    """Play until the story is over, or `most` moves were made; returns how many were."""
    rng = random.Random(seed)
    for made in range(most):
        view = session.view
        if view.over:
            return made
        options = [option for option in view.options if option.enabled]
        if view.can_speak and (rng.random() < talk or not options):
            said = [update async for update in session.say(rng.choice(lines))]
        else:
            option = rng.choice(options)
            if option.choice is None:
                said = [update async for update in session.say(option.text)]
            else:
                said = list(session.choose(option.choice.choice.id, "Ana"))
        assert said, "every move tells something"
    return most
