"""`palaver play`: decides which model plays, where saves go and which front end shows, and hands over to it."""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.shared import EXAMPLES, STORY, Commands, add_saves
from engine.errors import PalaverError

if TYPE_CHECKING:
    from engine.play.again import Turns
    from engine.story.graph import StoryGraph
    from engine.table import Table


def add(commands: Commands) -> None:
    """Register the command."""
    play = commands.add_parser(
        "play", help="play a story", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    play.add_argument("story", nargs="?", metavar="STORY", help=STORY)
    play.add_argument("--plain", action="store_true", help="line by line, without the app")
    play.add_argument("--offline", action="store_true", help="let the scripted actor play, whatever model is set")
    play.add_argument("--seed", type=int, metavar="N", help="the same seed and moves give the same game")
    play.add_argument("--load", metavar="NAME", help="a save, a named moment, or `latest`")
    play.add_argument("--moves", metavar="FILE", type=Path, help="play the moves in a file first, such as of `prove`")
    add_saves(play)
    author = play.add_argument_group("for who writes the story (endings found like this are not counted)")
    author.add_argument("--watch", action="store_true", help="on each edit of its files, play the moves so far again")
    author.add_argument("--scene", metavar="ID", default="", help="begin in this scene")
    author.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], dest="values", help="begin with this state"
    )
    model = play.add_argument_group("the model (also in the environment and the config file, see README)")
    model.add_argument("--base-url", metavar="URL", help="an OpenAI-compatible endpoint, up to and with /v1")
    model.add_argument("--model", metavar="NAME", help="which of its models plays")
    model.add_argument("--temperature", type=float, metavar="T", help="0 is steady, above 1 is wild")
    model.add_argument("--max-tokens", type=int, metavar="N", help="longest reply")
    model.add_argument("--record", metavar="FILE", type=Path, help="write what is asked and answered to a cassette")
    model.add_argument("--replay", metavar="FILE", type=Path, help="play from a cassette: no network, nothing spent")
    play.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Play until the player leaves."""
    from engine.saves import shelf

    table = _table(arguments)
    if wrong := _at_odds(arguments):
        print(wrong, file=sys.stderr)
        return 2
    graph = table.library.load(arguments.story) if arguments.story else None
    load = arguments.load
    if arguments.scene or arguments.values:
        from engine.opening import read_opening

        graph = graph or _only_story(table)
        try:
            table.opening = read_opening(graph, arguments.scene, arguments.values)
        except PalaverError as error:
            print(error, file=sys.stderr)
            return 2
    if arguments.watch:
        graph = graph or _only_story(table)
        _rehearse(table, graph, arguments)
        load = None
    elif arguments.moves:
        graph = graph or _only_story(table)
        load = _laid(table, graph, arguments.moves)
    found = shelf.find(table.saves, load, graph.id if graph else None) if load else None
    if not arguments.plain:
        from engine.tui import app

        saves = str(arguments.saves or "")
        return app.run(table, story=graph, resume=found, source=arguments.story or "", saves=saves)

    import asyncio

    from engine.plain import play_plain

    if found is not None:
        session = table.resume(found.save.path, graph, moment=found.moment.name if found.moment else "")
    else:
        session = table.begin(graph or _only_story(table))
    opening = f"{session.graph.title}. Played by: {table.model_line}."
    asyncio.run(play_plain(session, opening=opening, rehearsal=table.rehearsal))
    return 0


def _at_odds(arguments: argparse.Namespace) -> str:
    """Return why flags cannot be given together; empty when they can."""
    elsewhere = bool(arguments.scene or arguments.values)
    if arguments.moves and arguments.load:
        return "--moves begins a new game, and --load goes on with an old one. Give one of them."
    if elsewhere and arguments.load:
        return "--scene and --set begin a new game, and --load goes on with an old one. Give one or the other."
    if elsewhere and arguments.moves:
        return (
            "A file of moves begins at the story's beginning, and --scene and --set elsewhere. Give one or the other."
        )
    return ""


def _rehearse(table: Table, graph: StoryGraph, arguments: argparse.Namespace) -> None:
    """Let the story be watched, and played without a save from wherever it was asked to begin."""
    from engine.rehearsal import Rehearsal, beginning_of
    from engine.saves import shelf
    from engine.watching import Watch

    turns: Turns | None = None
    opening = table.opening.of(graph)
    if arguments.moves:
        from engine.laying import turns_of

        turns = turns_of(graph, arguments.moves)
    elif arguments.load:
        found = shelf.find(table.saves, arguments.load, graph.id)
        opening, turns = beginning_of(graph, found)
    named = arguments.story or next(path for path in table.library.paths() if table.library.load(path) is graph)
    watch = Watch(table.library.find(named), graph.hash)
    table.rehearsal = Rehearsal(watch, opening, table.saves)
    if turns is not None:
        table.rehearsal.follow(turns)


def _laid(table: Table, graph: StoryGraph, moves: Path) -> str:
    """Make a save in which the moves in a file are played; returns its name."""
    from datetime import UTC, datetime

    from engine.laying import laid
    from engine.saves import shelf

    path = shelf.new_path(table.saves, graph.id, datetime.now(UTC))
    laid(graph, moves, path, lambda: datetime.now(UTC))
    return path.stem


def _only_story(table: Table) -> StoryGraph:
    sound = [entry for entry in table.library.entries() if not entry.problem]
    if len(sound) == 1:
        return table.library.load(sound[0].path)
    names = "".join(f"\n  {entry.id}: {entry.title}" for entry in sound)
    raise PalaverError(f"Which story? These are in the library:{names}", do="\nName one: palaver play NAME --plain")


def _table(arguments: argparse.Namespace) -> Table:
    """Put together what a game needs, from flags, environment and the config file."""
    from engine.casting import cast_for, cast_from
    from engine.config import load_settings
    from engine.library import library_of
    from engine.picking import Picker
    from engine.saves import shelf
    from engine.table import Table

    settings = load_settings(_flags(arguments), os.environ)
    seed, picker = arguments.seed, None
    if arguments.replay:
        cast, model_line, setup = cast_from(arguments.replay)
        seed = setup.get("seed") if seed is None else seed
    elif arguments.record and settings.endpoint is not None:
        seed = random.SystemRandom().getrandbits(31) if seed is None and not arguments.load else seed
        told = {"story": arguments.story or "", "seed": seed}
        cast, model_line = cast_for(settings, record=arguments.record, setup=told)
    elif arguments.record:
        raise PalaverError("There is no model to record.", do="Name one: `palaver models` finds those on this machine.")
    else:
        cast, model_line = cast_for(settings)
        picker = Picker(settings, _flags(arguments), os.environ)
    saves = shelf.saves_folder(arguments.saves or settings.saves, os.environ, Path.cwd())
    return Table(
        library_of(settings.stories), cast, saves, model_line, seed, (*settings.warnings, *cast.notices), picker
    )


def _flags(arguments: argparse.Namespace) -> Mapping[str, Any]:
    names = ("base_url", "model", "temperature", "max_tokens", "offline")
    given = {name: getattr(arguments, name, None) for name in names}
    return {name: value for name, value in given.items() if value is not None and value is not False}
