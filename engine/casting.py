"""Puts together who plays a game from what is set: models, metered, then made persistent, moderated and recorded.

It opens no connection, and asks nothing of anybody.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cast import Cast
from engine.dialogue.tokens import Estimate, TokenCounter, counter_for, uses_o200k
from engine.llm.protocol import Model
from engine.llm.scripted import ScriptedActor
from engine.plaintext import clean_line
from engine.settings import Settings
from engine.statefolder import state_folder

if TYPE_CHECKING:
    from engine.llm.meter import Meter


def cast_for(
    settings: Settings,
    *,
    record: Path | None = None,
    setup: Mapping[str, Any] | None = None,
    meter: Meter | None = None,
) -> tuple[Cast, str]:
    """Return who plays, and how to say it to the player in a few words.

    `record` is a cassette to write everything to that is asked and answered; `setup` is what its play follows from
    beside the settings, such as the story and the seed. `meter` is the account that is kept already, if one is.
    """
    scripted = ScriptedActor()
    endpoint, judge_endpoint = settings.endpoint, settings.judge_endpoint
    if endpoint is None or judge_endpoint is None:
        why = "" if settings.offline else " (no model is set; `palaver models` finds one)"
        cast = Cast(scripted, scripted, scripted, Estimate(), mask=settings.mask, meter=meter)
        return cast, f"the scripted actor{why}"

    from engine.llm.abilities import Abilities
    from engine.llm.meter import Meter
    from engine.llm.metered import metered

    folder = state_folder(os.environ)
    meter = meter or Meter(folder, limits=settings.limits, budget=settings.budget, prices=settings.prices)
    memory = Abilities.at(folder)
    counter = _counter(endpoint.model)
    actor = metered(meter, endpoint, counter, memory=memory)
    judging: Model = actor if judge_endpoint == endpoint else metered(meter, judge_endpoint, counter, memory=memory)
    summing: Model | None = None
    if settings.summaries == "model" and (summary_endpoint := settings.summary_endpoint) is not None:
        known = [model for at, model in ((endpoint, actor), (judge_endpoint, judging)) if at == summary_endpoint]
        summing = known[0] if known else metered(meter, summary_endpoint, counter, memory=memory)
    fallback = settings.fallback_endpoint
    other = metered(meter, fallback, counter, memory=memory) if fallback is not None else None
    playing = _persisting(settings, actor, other, scripted)
    fixed, judge_fixed = settings.parameters, settings.judge.parameters if settings.judge else {}
    if record is not None:
        from engine.llm.cassette import Recorder

        told: dict[str, Any] = {
            "model": endpoint.model,
            "context": settings.context,
            "fixed": fixed,
            "judge_fixed": judge_fixed,
            "mask": settings.mask,
            "summaries": settings.summaries,
            "judge_continues": settings.judge_continues,
            **(setup or {}),
        }
        playing, judging = Recorder(playing, record, told), Recorder(judging, record, told)
        summing = Recorder(summing, record, told) if summing is not None else None
    reached = (endpoint, judge_endpoint, settings.summary_endpoint, fallback, settings.moderation_endpoint)
    endpoints = [found for found in reached if found]

    def conceal(text: str) -> str:
        for one in endpoints:
            text = one.mask(text)
        return text

    cast = Cast(
        playing,
        judging,
        scripted,
        counter,
        summing,
        context=settings.context,
        fixed=fixed,
        judge_fixed=judge_fixed,
        judge_continues=settings.judge_continues,
        mask=settings.mask,
        meter=meter,
        conceal=conceal,
        notices=tuple(clean_line(said) for said in (meter.warning, memory.warning) if said),
    )
    return cast, clean_line(actor.name)


def cast_from(recording: Path) -> tuple[Cast, str, Mapping[str, Any]]:
    """Return the cast of a recorded play, how to say it, and what the recorder was told of the play."""
    from engine.llm.cassette import Cassette

    cassette = Cassette(recording)
    setup = cassette.setup
    context, fixed, judge_fixed = setup.get("context"), setup.get("fixed"), setup.get("judge_fixed")
    cast = Cast(
        cassette,
        cassette,
        ScriptedActor(),
        _counter(str(setup.get("model", ""))),
        cassette if setup.get("summaries") == "model" else None,
        context=context if isinstance(context, int) and context >= 512 else 4_096,
        fixed=fixed if isinstance(fixed, dict) else {},
        judge_fixed=judge_fixed if isinstance(judge_fixed, dict) else {},
        judge_continues=setup.get("judge_continues") is True,
        mask=setup.get("mask") is True,
    )
    return cast, f"the recording {clean_line(recording.name)}", setup


def _counter(model: str) -> TokenCounter:
    from engine.llm.ranks import load_encoding

    return counter_for(model, load_encoding() if uses_o200k(model) else None)


def _persisting(settings: Settings, actor: Model, other: Model | None, scripted: Model) -> Model:
    """Wrap the actor in what watches over lines and replies, and goes on when a model refuses."""
    from engine.llm.incharacter import InCharacter
    from engine.llm.moderation import LineModerated, Moderator, ReplyModerated
    from engine.llm.refusals import Persistent

    endpoint, how = settings.moderation_endpoint, settings.moderation
    moderator = Moderator(endpoint) if endpoint is not None else None
    if moderator is not None and how is not None and how.output:
        actor = ReplyModerated(actor, moderator, when_unreachable=how.when_unreachable)
        if other is not None:
            other = ReplyModerated(other, moderator, when_unreachable=how.when_unreachable)
    other = InCharacter(other) if other is not None else None
    playing: Model = Persistent(InCharacter(actor), scripted=scripted, other=other, ladder=settings.refusals)
    if moderator is not None and how is not None and how.input:
        playing = LineModerated(playing, moderator, when_unreachable=how.when_unreachable)
    return playing
