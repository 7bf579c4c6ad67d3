"""`palaver doctor`: tries the configured endpoint step by step, and says what each failure means and what to do."""

from __future__ import annotations

import argparse
import json
import os
from typing import TYPE_CHECKING

from engine.commands.shared import Commands, add_model

if TYPE_CHECKING:
    from engine.llm.abilities import Abilities
    from engine.llm.doctor import Step
    from engine.llm.endpoint import Endpoint
    from engine.settings import Settings


def add(commands: Commands) -> None:
    """Register the command."""
    doctor = commands.add_parser("doctor", help="try the model's server step by step")
    add_model(doctor)
    doctor.add_argument(
        "--for", dest="role", choices=["acting", "judge", "summary"], default="acting", help="whose server"
    )
    doctor.add_argument("--forget", action="store_true", help="forget what was learnt of every server, and ask nothing")
    doctor.add_argument("--json", action="store_true", help="one JSON object")
    doctor.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Try the endpoint; 1 when a step fails."""
    from engine.config import load_settings
    from engine.llm.abilities import Abilities
    from engine.llm.doctor import Step
    from engine.statefolder import state_folder

    abilities = Abilities.at(state_folder(os.environ))
    if arguments.forget:
        count = abilities.forget()
        print(f"Forgot what was learnt of {count} {'model' if count == 1 else 'models'}.")
        return 0
    flags = {"base_url": arguments.base_url, "model": arguments.model}
    settings = load_settings(flags, os.environ)
    chosen = {"acting": settings.endpoint, "judge": settings.judge_endpoint, "summary": settings.summary_endpoint}
    endpoint = chosen[arguments.role]
    warnings = [*settings.warnings, *([abilities.warning] if abilities.warning else [])]
    steps = [Step("settings", "note", warning) for warning in warnings] or [Step("settings", "ok", "They can be read.")]
    if endpoint is None:
        why = "It is set to play offline." if settings.offline else "No server is named: the scripted actor plays."
        steps = [Step("settings", "failed", why, "`palaver models` finds one and lets you pick.")]
    if not arguments.json:
        for step in steps:
            _show(step)
    if endpoint is not None:
        steps += _examined(endpoint, settings, abilities, quiet=arguments.json)
    failed = any(step.outcome == "failed" for step in steps)
    if arguments.json:
        print(_json(endpoint, steps))
    elif not failed:
        print("All is well.")
    return 1 if failed else 0


def _examined(endpoint: Endpoint, settings: Settings, abilities: Abilities, *, quiet: bool) -> list[Step]:
    import asyncio
    import contextlib

    from engine.llm.doctor import examine, price
    from engine.llm.meter import Meter
    from engine.statefolder import state_folder

    calls, tokens = price(endpoint)
    if not quiet:
        learnt = abilities.learnt(endpoint)
        print(f"Asking {endpoint.host} for {calls} replies of {endpoint.model}: at most about {tokens:,} tokens.")
        if learnt:
            print(f"What was learnt of it on {learnt} is used; `palaver doctor --forget` forgets it.")

    async def examined() -> list[Step]:
        steps: list[Step] = []
        asked = examine(endpoint, context=settings.context, memory=abilities, meter=meter)
        async with contextlib.aclosing(asked) as found:
            async for step in found:
                steps.append(step)
                if not quiet:
                    _show(step)
        return steps

    meter = Meter(state_folder(os.environ), limits=settings.limits, budget=settings.budget, prices=settings.prices)
    with contextlib.closing(meter):
        return asyncio.run(examined())


def _show(step: Step) -> None:
    print(f"{step.outcome:<8}{step.name}: {step.says} {step.do}".rstrip(), flush=True)


def _json(endpoint: Endpoint | None, steps: list[Step]) -> str:
    told = {
        "base_url": endpoint.base_url if endpoint else None,
        "model": endpoint.model if endpoint else None,
        "ok": not any(step.outcome == "failed" for step in steps),
        "steps": [{"name": s.name, "outcome": s.outcome, "says": s.says, "do": s.do} for s in steps],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)
