"""The `palaver` command: reads flags, puts the parts together, and turns errors into a line a person can act on.

It is the composition root: here, and only here, is decided which model plays, where saves go and which front end shows.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import __version__
from engine.errors import PalaverError
from engine.plaintext import clean_line

if TYPE_CHECKING:
    from engine.cast import Cast
    from engine.config import Settings
    from engine.saves.shelf import SaveInfo
    from engine.story.diagnostics import Diagnostic
    from engine.story.graph import StoryGraph
    from engine.table import Table

EXAMPLES = """examples:
  palaver play                           open the library
  palaver play lamp --offline            play a story with the scripted actor: no key, no network
  palaver play my_story/ --plain         play line by line, for a screen reader or a pipe
  palaver play --load latest             go on where you left off
  palaver check my_story/                find every mistake in a story
  palaver saves list                     every game and its named moments

A model plays the characters once one is named, for instance:
  PALAVER_API_KEY=... palaver play --base-url https://openrouter.ai/api/v1 --model mistralai/mistral-small
  palaver play --base-url http://localhost:11434/v1 --model llama3.2
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0 done, 1 a story or game has a mistake, 2 the command was wrong."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):  # a letter that one of them cannot hold is no reason to fail
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    arguments = _parser().parse_args(argv)
    if not hasattr(arguments, "run"):
        arguments = _parser().parse_args(["play", *(argv or [])])
    try:
        code: int = arguments.run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # a full disk is noticed here rather than after the end
    except PalaverError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
        return 130
    except BrokenPipeError:
        _drop_output()
        return 1
    except OSError as error:
        _drop_output()
        where = f"{clean_line(str(error.filename))} cannot be used" if error.filename else "The input or output failed"
        print(f"{where}: {error.strerror or error}.", file=sys.stderr)
        return 1
    return code


def _drop_output() -> None:
    """Let what could not be written go, so that Python does not try once more at its end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    plain_help = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="palaver",
        description="Stories whose characters are played by a language model, or by a script when there is none.",
        epilog=EXAMPLES,
        formatter_class=plain_help,
    )
    parser.add_argument("--version", action="version", version=f"palaver {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    play = commands.add_parser("play", help="play a story", epilog=EXAMPLES, formatter_class=plain_help)
    play.add_argument(
        "story", nargs="?", metavar="STORY", help="a folder, a file, or the name of a story in the library"
    )
    play.add_argument("--plain", action="store_true", help="line by line, without the app")
    play.add_argument("--offline", action="store_true", help="let the scripted actor play, whatever model is set")
    play.add_argument("--seed", type=int, metavar="N", help="the same seed and moves give the same game")
    play.add_argument("--load", metavar="NAME", help="a save, a named moment, or `latest`")
    _add_saves(play)
    model = play.add_argument_group("the model (also in the environment and the config file, see README)")
    model.add_argument("--base-url", metavar="URL", help="an OpenAI-compatible endpoint, up to and with /v1")
    model.add_argument("--model", metavar="NAME", help="which of its models plays")
    model.add_argument("--temperature", type=float, metavar="T", help="0 is steady, above 1 is wild")
    model.add_argument("--max-tokens", type=int, metavar="N", help="longest reply")
    play.set_defaults(run=_play)

    check = commands.add_parser("check", help="find every mistake in a story")
    check.add_argument("story", nargs="+", metavar="STORY", help="a folder or a file")
    check.add_argument("--json", action="store_true", help="one JSON array of findings")
    check.set_defaults(run=_check)

    saves = commands.add_parser("saves", help="list, export and import games")
    actions = saves.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="every game and its named moments")
    listing.add_argument("story", nargs="?", metavar="STORY", help="only games of the story with this id")
    _add_saves(listing)
    listing.set_defaults(run=_list_saves)
    export = actions.add_parser("export", help="copy a game into one file to keep or send on")
    export.add_argument("name", metavar="NAME", help="a save, or `latest`")
    export.add_argument("file", metavar="FILE", type=Path)
    _add_saves(export)
    export.set_defaults(run=_export_save)
    importing = actions.add_parser("import", help="check a game somebody sent and add it to yours")
    importing.add_argument("file", metavar="FILE", type=Path)
    _add_saves(importing)
    importing.set_defaults(run=_import_save)
    return parser


def _add_saves(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--saves", metavar="DIR", type=Path, help="the folder of saves")


def _play(arguments: argparse.Namespace) -> int:
    from engine.saves import shelf

    table = _table(arguments)
    graph = table.library.load(arguments.story) if arguments.story else None
    found = shelf.find(table.saves, arguments.load, graph.id if graph else None) if arguments.load else None
    if not arguments.plain:
        from engine.tui.app import run

        return run(table, story=graph, resume=found)

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


def _check(arguments: argparse.Namespace) -> int:
    from engine.story.load import check_story

    found: list[Diagnostic] = []
    for story in arguments.story:
        checked = check_story(Path(story))
        found += checked.diagnostics
        if not arguments.json:
            for diagnostic in checked.diagnostics:
                print(diagnostic)
            if checked.graph is not None:
                print(_summary(checked.graph))
    if arguments.json:
        fields = ("file", "line", "column", "severity", "code", "message")
        print(json.dumps([{name: getattr(d, name) for name in fields} for d in found], indent=2, ensure_ascii=False))
    errors = sum(diagnostic.severity == "error" for diagnostic in found)
    if errors and not arguments.json:
        print(f"{errors} {'error' if errors == 1 else 'errors'}")
    return 1 if errors else 0


def _summary(graph: StoryGraph) -> str:
    return (
        f"{graph.title}: sound. {len(graph.scenes)} scenes, {len(graph.characters)} characters, "
        f"{len(graph.endings)} endings."
    )


def _list_saves(arguments: argparse.Namespace) -> int:
    from engine.saves import shelf

    folder = _saves_folder(arguments)
    infos = [i for i in shelf.list_saves(folder) if not arguments.story or i.story_id == arguments.story]
    for info in infos:
        print(_described(info))
    if not infos:
        print(f"There are no games in {clean_line(str(folder))} yet.")
    return 0


def _described(info: SaveInfo) -> str:
    if not info.playable:
        return f"{info.path.name}: {info.damaged}"
    played = f"{info.last_played.astimezone():%Y-%m-%d %H:%M}" if info.last_played else "never"
    line = f"{info.name}  {info.title}, turn {info.turns}, last played {played}"
    return line + "".join(f"\n  {info.name}:{named.name}" for named in info.names)


def _export_save(arguments: argparse.Namespace) -> int:
    from engine.saves import shelf

    found = shelf.find(_saves_folder(arguments), arguments.name, None)
    exported = shelf.export_save(found.save.path, arguments.file)
    print(f"Exported to {clean_line(str(exported))}.")
    return 0


def _import_save(arguments: argparse.Namespace) -> int:
    from engine.saves import shelf

    path = shelf.import_save(arguments.file, _saves_folder(arguments))
    print(f"Imported as {path.stem}. `palaver play --load {path.stem}` plays it.")
    return 0


def _saves_folder(arguments: argparse.Namespace) -> Path:
    from engine.config import load_settings
    from engine.saves import shelf

    return shelf.saves_folder(arguments.saves or load_settings({}, os.environ).saves, os.environ, Path.cwd())
