"""`palaver judge`: scores a model as the judge of a story, by the examples that its author wrote.

It says what it may cost before it asks, and prints what it measured also when it is broken off.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.commands.shared import STORY, Commands, add_model, named_story
from engine.errors import PalaverError
from engine.plaintext import clean_line

if TYPE_CHECKING:
    from engine.dialogue.cases import Case
    from engine.dialogue.tokens import TokenCounter
    from engine.llm.endpoint import Endpoint
    from engine.llm.metered import Metered
    from engine.scoresheet import Measured, Places
    from engine.settings import Settings
    from engine.story.graph import StoryGraph

ELSEWHERE = 4
"""Calls under way at once where the model is not on this machine, which serves one after the other."""

_ABOUT = """\
Asks a model what has come true in each example of a story, and counts how often it says what the example does. It tells
beforehand what that may cost. Exit codes: 0 it was measured, 1 not to the end, 2 no model is set or a wrong command."""


def add(commands: Commands) -> None:
    """Register the command."""
    judge = commands.add_parser(
        "judge", help="score a model as the judge of a story, by its examples", description=_ABOUT
    )
    judge.add_argument("story", metavar="STORY", help=STORY)
    add_model(judge)
    judge.add_argument("--compare", nargs=2, metavar=("A", "B"), help="two models of the same server, side by side")
    judge.add_argument("--runs", type=_at_least_one, default=1, metavar="K", help="ask everything K times")
    judge.add_argument("--only", metavar="SCENE", help="only the examples that are judged in this scene")
    judge.add_argument(
        "--limit", type=_at_least_one, metavar="N", help="only N cases, spread over the story: half with an outcome"
    )
    judge.add_argument(
        "--phrasings", type=_at_least_one, default=1, metavar="N", help="of each example's player lines (the first)"
    )
    judge.add_argument("--at-once", type=_at_least_one, metavar="N", help="calls under way at the same time")
    judge.add_argument("--yes", action="store_true", help="do not ask before anything is spent")
    judge.add_argument("--json", action="store_true", help="one JSON object")
    judge.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when it could not be measured to the end, 2 when no model is set."""
    from engine.config import load_settings
    from engine.story.load import load_story
    from engine.story.whereabouts import example_places

    settings = load_settings({"base_url": arguments.base_url, "model": arguments.model}, os.environ)
    story = named_story(arguments.story, settings)
    graph, places = load_story(story.path), example_places(story.path, base=story.base)
    # A server that is named here is meant, whatever section of the file the judge has.
    judging = settings if arguments.base_url else settings.judge
    endpoint = settings.endpoint if arguments.base_url else settings.judge_endpoint
    if endpoint is None or judging is None:
        why = "It is set to play offline." if settings.offline else "No model is set to judge."
        print(f"{why} `palaver models` finds one; or name a server: --base-url URL --model NAME.", file=sys.stderr)
        return 2
    found = _chosen(graph, arguments)
    models = arguments.compare or [arguments.model or endpoint.model]
    endpoints = [replace(endpoint, model=model) for model in models]
    return _measured(_Job(graph, found, endpoints, judging.parameters, arguments), settings, places)


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be measured, and how."""

    graph: StoryGraph
    cases: Sequence[Case]
    endpoints: Sequence[Endpoint]
    fixed: Mapping[str, Any]
    """Parameters that the player set for the judge."""
    arguments: argparse.Namespace


def _measured(job: _Job, settings: Settings, places: Places) -> int:
    import asyncio
    import contextlib

    from engine.llm.abilities import Abilities
    from engine.llm.meter import Meter
    from engine.llm.metered import metered
    from engine.scoresheet import Measured, as_json, sheet
    from engine.statefolder import state_folder

    folder, host = state_folder(os.environ), job.endpoints[0].host
    memory = Abilities.at(folder)
    meter = Meter(folder, limits=settings.limits, budget=settings.budget, prices=settings.prices)
    results: list[Measured] = []
    code = 0
    with contextlib.closing(meter):
        models = [metered(meter, each, _counter(each.model), memory=memory) for each in job.endpoints]
        if not _agreed(job, models):
            return 0
        for model in models:
            result = Measured(clean_line(model.name), job.arguments.runs)
            results.append(result)
            try:
                asyncio.run(_asked(job, model, result))
            except KeyboardInterrupt:
                result.stopped, code = "it was broken off.", 130
            if result.stopped:
                code = code or 1
                break
    if job.arguments.json:
        print(as_json(job.graph, job.cases, results, host=host, places=places))
    else:
        print(sheet(job.cases, results, places=places))
    return code


async def _asked(job: _Job, model: Metered, result: Measured) -> None:
    """Ask everything, and keep each answer as it comes."""
    import contextlib

    from engine.judging import GivenUp, measure

    at_once = job.arguments.at_once or (1 if job.endpoints[0].local else ELSEWHERE)
    total, shown = len(job.cases) * result.runs, sys.stderr.isatty()
    trials = measure(job.graph, job.cases, model, runs=result.runs, at_once=at_once, fixed=job.fixed)
    try:
        async with contextlib.aclosing(trials) as coming:
            async for trial in coming:
                result.trials.append(trial)
                if shown:
                    print(f"\r{result.model[:40]}: {len(result.trials):,} of {total:,}", end="", file=sys.stderr)
    except GivenUp as gave:
        result.stopped = str(gave)
    finally:
        if shown:
            print(file=sys.stderr)
        await model.aclose()


def _agreed(job: _Job, models: Sequence[Metered]) -> bool:
    """Say what it may cost, and ask where somebody can answer."""
    from engine.judging import request_for
    from engine.llm.budget import Amount

    requests = [request_for(case, case.question(job.graph), job.fixed) for case in job.cases]
    once = sum((model.worst(request) for model in models for request in requests), Amount())
    runs = job.arguments.runs
    names = " and ".join(clean_line(model.name)[:40] for model in models)
    calls = _counted(len(requests) * runs * len(models), "call")
    out = sys.stderr if job.arguments.json else sys.stdout
    print(
        f"{job.graph.title}: {_counted(len(requests), 'case')}, {calls} of {names} at {job.endpoints[0].host}.\n"
        f"By our own count at most {Amount(once.micro * runs, once.tokens * runs, once.unpriced * runs)}.",
        file=out,
        flush=True,
    )
    if job.arguments.yes or not (sys.stdin.isatty() and out.isatty()):
        return True
    print("Ask? [y/N] ", end="", file=out, flush=True)
    return sys.stdin.readline(100).strip().casefold() in {"y", "yes"}


def _chosen(graph: StoryGraph, arguments: argparse.Namespace) -> list[Case]:
    """Return the cases that are meant; raises `PalaverError` when there are none."""
    from engine.dialogue.cases import cases
    from engine.story.suggest import did_you_mean

    found = list(cases(graph, phrasings=arguments.phrasings))
    if arguments.only:
        if arguments.only not in graph.scenes:
            hint = did_you_mean(arguments.only, graph.scenes).strip()
            raise PalaverError(f'There is no scene "{clean_line(arguments.only)}" in {graph.title}.', do=hint)
        found = [case for case in found if case.scene == arguments.only]
    if not found:
        where = f'the scene "{arguments.only}"' if arguments.only else graph.title
        raise PalaverError(
            f"{where} has no example that a judge could be asked about.",
            do="Write `examples`, with `outcome` where one comes true: see docs/story-format.md.",
        )
    if arguments.limit and arguments.limit < len(found):
        return _spread(found, arguments.limit)
    return found


def _spread(found: Sequence[Case], limit: int) -> list[Case]:
    """Return `limit` of the cases, spread evenly: half of them with an outcome, of which most stories have few."""
    groups = ([case for case in found if case.outcome], [case for case in found if not case.outcome])
    first = min(len(groups[0]), max((limit + 1) // 2, limit - len(groups[1])))
    taken = {
        group[number * len(group) // size]
        for group, size in zip(groups, (first, limit - first), strict=True)
        for number in range(size)
    }
    return [case for case in found if case in taken]


def _counter(model: str) -> TokenCounter:
    from engine.dialogue.tokens import counter_for, uses_o200k
    from engine.llm.ranks import load_encoding

    return counter_for(model, load_encoding() if uses_o200k(model) else None)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _at_least_one(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:7]) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 100,000")
    return int(text)
