"""`palaver playtest`: lets players loose on a story, and says by its exit code whether any of them broke it or hung.

It says what it may cost before a model is asked, and reports what was done also when it is broken off.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.shared import STORY, Commands, add_model, named_story
from engine.errors import PalaverError
from engine.plaintext import clean, clean_line

if TYPE_CHECKING:
    from engine.cast import Cast
    from engine.playtest.arms import Counted
    from engine.playtest.guest import Guest
    from engine.playtest.report import Found
    from engine.playtest.running import Job
    from engine.playtest.tally import Tally
    from engine.settings import Settings

NAMES = ("random", "coverage", "stubborn", "silent", "adversarial")
MODEL = "model"
PLAYS, PLAYS_WITH_A_MODEL = 200, 3
MOST_TURNS = 300
_TELL_EVERY = 0.2
"""Seconds between two words about the progress, on a terminal."""


def add(commands: Commands) -> None:
    """Register the command."""
    playtest = commands.add_parser(
        "playtest",
        help="let many players loose on a story and see what they reach",
        description="Plays a story many times with players of different natures, and tells what was never reached, "
        "where they hang, and which lines nobody had written an answer to.",
    )
    playtest.add_argument("story", metavar="STORY", help=STORY)
    playtest.add_argument(
        "--plays", type=_count, metavar="N", help=f"plays in all ({PLAYS}; {PLAYS_WITH_A_MODEL} with a model)"
    )
    playtest.add_argument(
        "--player",
        type=_players,
        default=NAMES,
        metavar="WHO",
        help=f"{', '.join(NAMES)}, {MODEL}, or several with commas; all but {MODEL} when left out, or with `all`",
    )
    playtest.add_argument("--goal", metavar="TEXT", default="", help="what the model as player is after")
    playtest.add_argument("--seed", type=int, default=1, metavar="S", help="of each player's first play (1)")
    playtest.add_argument("--workers", type=_count, metavar="W", help="processes (as many as processors, 4 at most)")
    playtest.add_argument(
        "--max-turns",
        type=_count,
        default=MOST_TURNS,
        metavar="M",
        help=f"a play hangs when nobody can end it after so many ({MOST_TURNS})",
    )
    playtest.add_argument("--play", type=_one, metavar="SEED:PLAYER", help="play one of the plays again and show it")
    playtest.add_argument("--fail-under", type=float, metavar="PERCENT", help="1 too when less than that was reached")
    out = playtest.add_argument_group("where the report goes")
    out.add_argument("--html", type=Path, metavar="FILE", help="write a page with a heat map")
    told = "write it as JSON, for `graph --coverage`; without FILE it is printed"
    out.add_argument("--json", type=Path, metavar="FILE", nargs="?", const=Path("-"), help=told)
    out.add_argument("--moves-to", type=Path, metavar="DIR", help="write the moves of what hung, broke or ended")
    cast = playtest.add_argument_group("who plays the characters (the scripted actor when left out)")
    who = cast.add_mutually_exclusive_group()
    who.add_argument("--live", action="store_true", help="the configured model")
    who.add_argument("--replay", type=Path, metavar="CASSETTE", help="a recording: no network, nothing spent")
    cast.add_argument("--record", type=Path, metavar="CASSETTE", help="with --live, write such a recording")
    add_model(playtest)
    playtest.add_argument("--yes", action="store_true", help="do not ask before anything is spent")
    playtest.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Play and report; 1 when a play broke or hung or too little was reached, 2 when it cannot be done as asked."""
    from engine.config import load_settings
    from engine.playtest.running import load

    flags = {"base_url": arguments.base_url, "model": arguments.model}
    settings = load_settings({name: value for name, value in flags.items() if value is not None}, os.environ)
    try:
        path = named_story(arguments.story, settings).path
        _sensible(arguments, settings)
    except PalaverError as error:
        print(error, file=sys.stderr)
        return 2
    counted = load(path)
    if arguments.play:
        return _one_again(arguments, counted)
    return _rehearsed(arguments, settings, path, counted)


def _rehearsed(arguments: argparse.Namespace, settings: Settings, path: Path, counted: Counted) -> int:
    from engine.playtest.parts import parts
    from engine.playtest.report import Found
    from engine.playtest.tally import Tally
    from engine.story.keyplaces import KeyPlaces

    job, tally, stopped = _job(arguments), Tally(), False
    begun = time.monotonic()
    with _progress(sum(job.players.values())) as told:
        try:
            if not _played(arguments, settings, path, counted, job=job, tally=tally, told=told):
                return 0
        except KeyboardInterrupt:
            stopped = True
    places = KeyPlaces(path, counted.graph)
    found = Found(
        counted.graph,
        parts(counted.graph, counted.arms),
        tally,
        job.seed,
        job.most,
        time.monotonic() - begun,
        lambda part: places.at(part.path, part.offset),
        _command(arguments),
        stopped,
    )
    _told(arguments, found)
    if stopped:
        return 130
    if arguments.fail_under is not None and found.percent < arguments.fail_under:
        print(f"Only {found.percent:.1f} % was reached, and --fail-under asks for {arguments.fail_under:g} %.")
        return 1
    return 1 if found.wrong or tally.lost else 0


def _played(
    arguments: argparse.Namespace,
    settings: Settings,
    path: Path,
    counted: Counted,
    *,
    job: Job,
    tally: Tally,
    told: Callable[[int], None],
) -> bool:
    """Play everything; returns False when it was not agreed to."""
    import asyncio

    from engine.playtest.running import rehearse, rehearse_with

    if not (arguments.live or arguments.replay or MODEL in job.players):
        most = min(os.cpu_count() or 1, 4)
        rehearse(path, counted, job, tally, told, workers=arguments.workers or most)
        return True
    cast, guest = _cast(arguments, settings, counted)
    if cast.meter is not None and not _agreed(arguments, settings, cast, job):
        cast.meter.close()
        return False

    async def playing() -> None:
        try:
            await rehearse_with(counted, cast, job, tally, told, guest=guest)
        finally:
            await cast.aclose()

    asyncio.run(playing())
    return True


def _cast(
    arguments: argparse.Namespace, settings: Settings, counted: Counted
) -> tuple[Cast, Callable[[], Guest] | None]:
    """Return who plays the characters, and who makes the model that plays the player, if one does."""
    from engine.casting import cast_for, cast_from
    from engine.playtest.guest import GOAL, Guest
    from engine.playtest.running import scripted_cast

    model = None
    if arguments.replay:
        cast, _, _ = cast_from(arguments.replay)
        model = cast.actor
    else:
        cast, _ = cast_for(settings, record=arguments.record)
    if MODEL in arguments.player and settings.endpoint is not None and cast.meter is not None:
        from engine.llm.abilities import Abilities
        from engine.llm.cassette import Cassette, Recorder
        from engine.llm.metered import metered
        from engine.statefolder import state_folder

        memory = Abilities.at(state_folder(os.environ))
        model = metered(cast.meter, settings.endpoint, cast.counter, memory=memory)
        if arguments.record:
            model = Recorder(model, arguments.record, Cassette(arguments.record).setup)
    if not (arguments.live or arguments.replay):
        cast = replace(scripted_cast(counted), meter=cast.meter)
    if model is None:
        return cast, None
    player = model
    return cast, lambda: Guest(player, arguments.goal or GOAL)


def _agreed(arguments: argparse.Namespace, settings: Settings, cast: Cast, job: Job) -> bool:
    """Say what it may cost, and ask where somebody can answer."""
    from engine.llm.budget import Amount
    from engine.playtest.guest import REPLY_TOKENS, TAIL

    endpoint = settings.endpoint
    if endpoint is None or cast.meter is None:
        return True
    price = cast.meter.price(endpoint)
    calls = [(settings.context, 300), (settings.context, 300)] if arguments.live else []
    per_turn = Amount()
    for prompt, reply in [*calls, *([(TAIL // 2, REPLY_TOKENS)] if MODEL in job.players else [])]:
        tokens = prompt + reply
        micro = price.cost(prompt, 0, reply) if price is not None else 0
        per_turn += Amount(micro, tokens, 0 if price is not None else tokens)
    turns = sum(job.players.values()) * job.most
    most = Amount(per_turn.micro * turns, per_turn.tokens * turns, per_turn.unpriced * turns)
    out = sys.stderr
    print(
        f"{sum(job.players.values())} plays of at most {job.most} turns, asked of {clean_line(endpoint.model)} at "
        f"{endpoint.host}.\nA turn takes at most about {per_turn}; all of it at most about {most}. Ctrl-C stops.",
        file=out,
        flush=True,
    )
    if arguments.yes or not (sys.stdin.isatty() and out.isatty()):
        return True
    print("Play? [y/N] ", end="", file=out, flush=True)
    return sys.stdin.readline(100).strip().casefold() in {"y", "yes"}


def _one_again(arguments: argparse.Namespace, counted: Counted) -> int:
    """Play one of the plays again, and show it."""
    from engine.playtest.report import wrapped
    from engine.playtest.running import replayed
    from engine.storytest.report import prose

    seed, name = arguments.play
    done = replayed(counted, _job(arguments), name, seed)
    for line in done.lines:
        if line.kind == "scene":
            print()
        for paragraph in clean(line.text).split("\n\n") if line.kind == "told" else [prose(line)]:
            print("\n".join(wrapped(paragraph.replace("\n", " "))))
    ended = "it came to an end" if done.ended else f"it hangs ({done.hangs})" if done.hangs else done.error
    ended = ended or f"it was not over after {done.turns} turns, and could still be ended"
    print(f'\nPlay {seed}:{name}, {done.turns} turns, ends in scene "{done.scene}": {ended}.')
    return 1 if done.hangs or done.error else 0


def _told(arguments: argparse.Namespace, found: Found) -> None:
    import json

    from engine.playtest.page import page
    from engine.playtest.record import described
    from engine.playtest.report import lines

    to_stdout = str(arguments.json) == "-"
    if not to_stdout:
        print("\n".join(lines(found)))
    if arguments.json:
        text = json.dumps(described(found), indent=1, ensure_ascii=False) + "\n"
        if to_stdout:
            print(text, end="")
        else:
            arguments.json.write_text(text, "utf-8")
    if arguments.html:
        arguments.html.write_text(page(found), "utf-8")
    if arguments.moves_to:
        _write_moves(arguments.moves_to, found)


def _write_moves(folder: Path, found: Found) -> None:
    from engine.playtest.report import hanging, moves

    folder.mkdir(parents=True, exist_ok=True)
    tally = found.tally
    ways = [(f"ending-{scene}", "ends here", group) for scene, group in tally.endings.items()]
    ways += [(f"hangs-{scene}-{why}", hanging(found, why, scene), group) for (why, scene), group in tally.hangs.items()]
    ways += [(f"error-{number}", why, group) for number, (why, group) in enumerate(sorted(tally.errors.items()), 1)]
    for name, about, group in ways:
        text = moves(found, group, clean_line(about))
        if text:
            (folder / f"{name}.moves").write_text(text, "utf-8")


def _job(arguments: argparse.Namespace) -> Job:
    """Return what is to be played: the plays shared out evenly, the first players getting what is left."""
    from engine.playtest.running import Job

    names: Sequence[str] = arguments.player
    with_model = arguments.live or arguments.replay or MODEL in names
    plays = arguments.plays or (PLAYS_WITH_A_MODEL if with_model else PLAYS)
    shares = {name: plays // len(names) + (number < plays % len(names)) for number, name in enumerate(names)}
    return Job({name: share for name, share in shares.items() if share}, arguments.seed, arguments.max_turns)


def _sensible(arguments: argparse.Namespace, settings: Settings) -> None:
    """Refuse what cannot be done, before anything is."""
    needs_model = arguments.live or (MODEL in arguments.player and not arguments.replay)
    if needs_model and settings.endpoint is None:
        raise PalaverError(
            "No model is set.", do="`palaver models` finds one; or name it: --base-url URL --model NAME."
        )
    if arguments.record and not arguments.live:
        raise PalaverError("--record keeps what a model answers.", do="Add --live.")
    if arguments.play and (arguments.live or arguments.replay or arguments.play[1] == MODEL):
        raise PalaverError("Only plays with the scripted actor can be played again.", do="Record a model: --record.")
    for file in (arguments.html, arguments.json):
        if file is not None and (file.suffix.lower() in (".yaml", ".yml") or not file.parent.is_dir()):
            raise PalaverError(f"{file} cannot be written.", do="Name a file in a folder that is there, no story's.")


def _command(arguments: argparse.Namespace) -> str:
    words = ["palaver", "playtest", arguments.story]
    if arguments.seed != 1:
        words += ["--seed", str(arguments.seed)]
    if arguments.max_turns != MOST_TURNS:
        words += ["--max-turns", str(arguments.max_turns)]
    return shlex.join(words)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """Give what is to be called with the plays just done: it draws a bar on a terminal, and nothing in a pipe."""
    shown, done, last = sys.stderr.isatty(), 0, 0.0

    def told(plays: int) -> None:
        nonlocal done, last
        done += plays
        now = time.monotonic()
        if shown and (now - last >= _TELL_EVERY or done == total):
            last = now
            filled = 30 * done // total
            print(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done:,} of {total:,} plays", end="", file=sys.stderr)
            sys.stderr.flush()

    try:
        yield told
    finally:
        if shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _players(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(NAMES if text == "all" else text.split(",")))
    for name in names:
        if name not in (*NAMES, MODEL):
            raise argparse.ArgumentTypeError(f"{name!r} is no player: there is {', '.join(NAMES)}, {MODEL} and all")
    return names


def _one(text: str) -> tuple[int, str]:
    seed, _, name = text.partition(":")
    if not seed.removeprefix("-").isdecimal() or name not in NAMES:
        raise argparse.ArgumentTypeError(f"{text!r} is not SEED:PLAYER, such as 17:random")
    return int(seed), name


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:8]) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 1,000,000")
    return int(text)
