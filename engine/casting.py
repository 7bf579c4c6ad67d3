"""Puts together who plays a game from what is set. It opens no connection, and asks nothing of anybody."""

from __future__ import annotations

from engine.cast import Cast
from engine.dialogue.tokens import Estimate, counter_for, uses_o200k
from engine.llm.scripted import ScriptedActor
from engine.plaintext import clean_line
from engine.settings import Settings


def cast_for(settings: Settings) -> tuple[Cast, str]:
    """Return who plays, and how to say it to the player in a few words."""
    scripted = ScriptedActor()
    endpoint, judge_endpoint = settings.endpoint, settings.judge_endpoint
    if endpoint is None or judge_endpoint is None:
        why = "" if settings.offline else " (no model is set; `palaver --help` shows how)"
        return Cast(scripted, scripted, scripted, Estimate()), f"the scripted actor{why}"

    from engine.llm.client import HttpModel
    from engine.llm.ranks import load_encoding

    actor = HttpModel(endpoint)
    judge = actor if judge_endpoint == endpoint else HttpModel(judge_endpoint)
    counter = counter_for(endpoint.model, load_encoding() if uses_o200k(endpoint.model) else None)
    fixed = {**endpoint.parameters, **({"max_tokens": settings.max_tokens} if settings.max_tokens else {})}
    return Cast(actor, judge, scripted, counter, settings.context, fixed), clean_line(actor.name)
