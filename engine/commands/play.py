"""`palaver play`: decides which model plays, where saves go and which front end shows, and hands over to it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.shared import EXAMPLES, Commands, add_saves
from engine.errors import PalaverError
from engine.plaintext import clean_line

if TYPE_CHECKING:
    from engine.cast import Cast
    from engine.config import Settings
    from engine.story.graph import StoryGraph
    from engine.table import Table


def add(commands: Commands) -> None:
    """Register the command."""
    play = commands.add_parser(
        "play", help="play a story", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    play.add_argument(
        "story", nargs="?", metavar="STORY", help="a folder, a file, or the name of a story in the library"
    )
    play.add_argument("--plain", action="store_true", help="line by line, without the app")
    play.add_argument("--offline", action="store_true", help="let the scripted actor play, whatever model is set")
    play.add_argument("--seed", type=int, metavar="N", help="the same seed and moves give the same game")
    play.add_argument("--load", metavar="NAME", help="a save, a named moment, or `latest`")
    add_saves(play)
    model = play.add_argument_group("the model (also in the environment and the config file, see README)")
    model.add_argument("--base-url", metavar="URL", help="an OpenAI-compatible endpoint, up to and with /v1")
    model.add_argument("--model", metavar="NAME", help="which of its models plays")
    model.add_argument("--temperature", type=float, metavar="T", help="0 is steady, above 1 is wild")
    model.add_argument("--max-tokens", type=int, metavar="N", help="longest reply")
    play.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Play until the player leaves."""
    from engine.saves import shelf

    table = _table(arguments)
    graph = table.library.load(arguments.story) if arguments.story else None
    found = shelf.find(table.saves, arguments.load, graph.id if graph else None) if arguments.load else None
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
    asyncio.run(play_plain(session, opening=f"{session.graph.title}. Played by: {table.model_line}."))
    return 0


def _only_story(table: Table) -> StoryGraph:
    sound = [entry for entry in table.library.entries() if not entry.problem]
    if len(sound) == 1:
        return table.library.load(sound[0].path)
    names = "".join(f"\n  {entry.id}: {entry.title}" for entry in sound)
    raise PalaverError(f"Which story? These are in the library:{names}", do="\nName one: palaver play NAME --plain")


def _table(arguments: argparse.Namespace) -> Table:
    """Put together what a game needs, from flags, environment and the config file."""
    from engine.config import load_settings
    from engine.library import Library, bundled_stories
    from engine.saves import shelf
    from engine.table import Table

    settings = load_settings(_flags(arguments), os.environ)
    cast, model_line = _cast(settings)
    folders = [*([settings.stories] if settings.stories else []), Path("stories"), bundled_stories()]
    saves = shelf.saves_folder(arguments.saves or settings.saves, os.environ, Path.cwd())
    return Table(Library(folders), cast, saves, model_line, arguments.seed, settings.warnings)


def _cast(settings: Settings) -> tuple[Cast, str]:
    """Return who plays, and how to say it to the player in a few words."""
    from engine.cast import Cast
    from engine.dialogue.tokens import Estimate, counter_for, uses_o200k
    from engine.llm.scripted import ScriptedActor

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


def _flags(arguments: argparse.Namespace) -> Mapping[str, Any]:
    names = ("base_url", "model", "temperature", "max_tokens", "offline")
    given = {name: getattr(arguments, name, None) for name in names}
    return {name: value for name, value in given.items() if value is not None and value is not False}
