"""`palaver saves`: lists, exports and imports games. It plays none."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.shared import Commands, add_saves
from engine.plaintext import clean_line

if TYPE_CHECKING:
    from engine.saves.shelf import SaveInfo


def add(commands: Commands) -> None:
    """Register the command and its actions."""
    saves = commands.add_parser("saves", help="list, export and import games")
    actions = saves.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="every game and its named moments")
    listing.add_argument("story", nargs="?", metavar="STORY", help="only games of the story with this id")
    add_saves(listing)
    listing.set_defaults(run=_list_saves)
    export = actions.add_parser("export", help="copy a game into one file to keep or send on")
    export.add_argument("name", metavar="NAME", help="a save, or `latest`")
    export.add_argument("file", metavar="FILE", type=Path)
    add_saves(export)
    export.set_defaults(run=_export_save)
    importing = actions.add_parser("import", help="check a game somebody sent and add it to yours")
    importing.add_argument("file", metavar="FILE", type=Path)
    add_saves(importing)
    importing.set_defaults(run=_import_save)


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
    rehearsal = " (rehearsal)" if info.rehearsal else ""
    line = f"{info.name}  {info.title}{rehearsal}, turn {info.turns}, last played {played}"
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
