"""`palaver probe`: shows an author that secrets keep, by proof first, then by asking the characters for them."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.commands.shared import STORY, Commands, add_model, named_story
from engine.errors import ModelError, PalaverError

if TYPE_CHECKING:
    from engine.cast import Cast
    from engine.llm.protocol import Model
    from engine.probing.interrogate import Hit, Question
    from engine.probing.proof import Proof
    from engine.probing.report import Namer
    from engine.probing.walk import Walk
    from engine.settings import Settings
    from engine.story.graph import StoryGraph

PLAYS = 200
MOST = 100_000

_ABOUT = """\
Shows that no locked secret is in any text or prompt, by the story's own texts and by random plays; then asks the
characters for their secrets, with the configured model or the scripted actor. Exit codes: 0 no secret is told word for
word, 1 one is, 2 a wrong command."""


def add(commands: Commands) -> None:
    """Register the command."""
    probe = commands.add_parser("probe", help="see whether a story's secrets keep", description=_ABOUT)
    probe.add_argument("story", metavar="STORY", help=STORY)
    probe.add_argument("--plays", type=_number, default=PLAYS, metavar="N", help=f"random plays ({PLAYS})")
    probe.add_argument("--seed", type=int, default=0, metavar="N", help="the same seed plays the same (0)")
    probe.add_argument("--questions", type=_number, metavar="N", help="questions in each talk (all there are)")
    probe.add_argument("--only", metavar="CHARACTER", help="ask this one alone")
    probe.add_argument("--offline", action="store_true", help="ask the scripted actor, whatever model is set")
    add_model(probe)
    probe.add_argument("--json", action="store_true", help="one JSON object")
    probe.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prove, play and ask; 1 when a secret is told word for word."""
    from engine.config import load_settings
    from engine.probing.proof import prove
    from engine.probing.report import Namer, proof_lines
    from engine.probing.walk import Walker
    from engine.story.load import load_story

    flags = {"base_url": arguments.base_url, "model": arguments.model, "offline": arguments.offline or None}
    settings = load_settings({name: value for name, value in flags.items() if value is not None}, os.environ)
    story = named_story(arguments.story, settings)
    graph = load_story(story.path)
    if arguments.only and arguments.only not in graph.characters:
        known = ", ".join(graph.characters)
        raise PalaverError(f'There is no character "{arguments.only}" in {graph.title}.', do=f"There is: {known}.")
    namer = Namer(graph, story.path, story.base)
    proof = prove(graph)
    walker = Walker(graph)
    for seed in range(arguments.seed, arguments.seed + arguments.plays):
        walker.play(seed)
    if not arguments.json:
        print("\n".join(proof_lines(namer, proof, walker.walk, arguments.seed)), flush=True)
    asked, found, failed = _asked(arguments, settings, graph, walker.walk)
    if arguments.json:
        print(json.dumps(_described(namer, proof, walker.walk, asked, found), indent=2, ensure_ascii=False))
    else:
        _tell(namer, asked, found)
    if isinstance(failed, ModelError):
        raise failed
    told = any(finding.severity == "error" for finding in proof.findings) or walker.walk.slips
    code = 1 if told or any(hit.severity == "error" for hit in found) else 0
    return 130 if failed is not None and code == 0 else code


def _asked(
    arguments: argparse.Namespace, settings: Settings, graph: StoryGraph, walk: Walk
) -> tuple[list[Question], list[Hit], BaseException | None]:
    """Ask; returns the questions that were answered, what the answers told, and what ended it early, if anything."""
    import asyncio

    from engine.casting import cast_for
    from engine.probing.interrogate import interrogate, questions
    from engine.probing.proof import wording_of
    from engine.probing.questions import TECHNIQUES
    from engine.probing.report import wrapped

    cast, model_line = cast_for(settings)
    model = _bare(cast, settings)
    wording = wording_of(graph)
    meetings = [meeting for meeting in walk.meetings.values() if arguments.only in (None, meeting.who)]
    count = arguments.questions or len(TECHNIQUES)
    asked: list[Question] = []
    found: list[Hit] = []
    failed: BaseException | None = None

    async def ask() -> None:
        try:
            prepared = tuple(questions(graph, cast, meetings, count, wording))
            told_to = sys.stderr if arguments.json else sys.stdout
            print("", *wrapped(_price(cast, settings, model_line, prepared)), sep="\n", file=told_to, flush=True)
            async for question, told in interrogate(prepared, model, wording):
                asked.append(question)
                found.extend(told)
        finally:
            await model.aclose()
            await cast.aclose()

    try:
        asyncio.run(ask())
    except (KeyboardInterrupt, ModelError) as stopped:
        failed = stopped
    return asked, found, failed


def _bare(cast: Cast, settings: Settings) -> Model:
    """Return the model itself: what a game does with its answers before a player sees them would hide what it says."""
    if cast.free or cast.meter is None or settings.endpoint is None:
        return cast.scripted
    from engine.llm.abilities import Abilities
    from engine.llm.metered import metered
    from engine.statefolder import state_folder

    return metered(cast.meter, settings.endpoint, cast.counter, memory=Abilities.at(state_folder(os.environ)))


def _price(cast: Cast, settings: Settings, model_line: str, prepared: Sequence[Question]) -> str:
    """Return what is about to be asked of whom, and what it costs at most."""
    from engine.dialogue.tokens import count_messages
    from engine.llm.prices import shown
    from engine.probing.report import counted

    who = f"Asking {model_line} {counted(len(prepared), 'question')}"
    if cast.free or cast.meter is None or settings.endpoint is None:
        return f"{who}: nothing is sent."
    prompts = [count_messages(question.request.messages, cast.counter) for question in prepared]
    replies = [int(question.request.settings["max_tokens"]) for question in prepared]
    price = cast.meter.price(settings.endpoint)
    money = ""
    if price is not None:
        money = f", {shown(sum(price.cost(p, 0, r) for p, r in zip(prompts, replies, strict=True)))}"
    return f"{who}: at most about {sum(prompts) + sum(replies):,} tokens{money}. Ctrl-C stops."


def _tell(namer: Namer, asked: Sequence[Question], found: Sequence[Hit]) -> None:
    from engine.probing.report import hit_lines

    print("\n".join(hit_lines(namer, asked, found)))


def _described(
    namer: Namer, proof: Proof, walk: Walk, asked: Sequence[Question], found: Sequence[Hit]
) -> dict[str, Any]:
    from engine.probing.report import described

    return described(namer, proof, walk, asked, found)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:7]) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST:,}")
    return int(text)
