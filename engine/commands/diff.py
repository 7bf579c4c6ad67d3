"""`palaver diff`: what changed between two versions of a story, and what that does to the games in progress."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.shared import Commands, named_story
from engine.errors import PalaverError, SaveError, StoryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.saves.shelf import SaveInfo
    from engine.story.graph import StoryGraph
    from engine.storydiff.changes import Change
    from engine.storydiff.games import Game

_ABOUT = """\
Compares two versions of a story, such as the one that is out and the one you are editing; each is a folder, a file or
the name of a story in the library. With --saves, tells of every saved game of it what becomes of it in the new
version: each is read as it is when it is opened, and none is changed. Exit codes: 0 no game loses anything, 1 some
game goes back, cannot go on or loses a moment, 2 a wrong command or a story with mistakes."""


def add(commands: Commands) -> None:
    """Register the command."""
    diff = commands.add_parser("diff", help="what an edit of a story does to games in progress", description=_ABOUT)
    diff.add_argument("old", metavar="OLD", help="the story as it was played")
    diff.add_argument("new", metavar="NEW", help="the story as it is now")
    diff.add_argument("--saves", metavar="DIR", type=Path, help="the folder of saved games to look at")
    diff.add_argument("--json", action="store_true", help="one JSON object")
    diff.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare two stories; 1 when a saved game would lose something."""
    from engine.story.load import load_story
    from engine.storydiff.changes import changes
    from engine.storydiff.words import lines

    try:
        old, new = (load_story(named_story(name).path) for name in (arguments.old, arguments.new))
        infos = _saves(arguments.saves, old, new) if arguments.saves is not None else None
    except (StoryError, PalaverError) as error:
        print(error, file=sys.stderr)
        return 2
    games, damaged = _games(old, new, infos or ())
    found = changes(old, new)
    if arguments.json:
        print(json.dumps(_object(old, new, found, games if infos is not None else None, damaged), indent=2,
                         ensure_ascii=False))  # fmt: skip
    else:
        print("\n".join(lines(old, new, found, games if infos is not None else None, damaged)))
    return 1 if any(game.hurt for game in games) else 0


def _saves(folder: Path, old: StoryGraph, new: StoryGraph) -> list[SaveInfo]:
    """Return the saves in a folder that are of this story, and those of which nobody can tell."""
    from engine.saves import shelf

    if not folder.is_dir():
        raise PalaverError(f"--saves: there is no folder {folder}.", do="`palaver saves list` says where saves are.")
    ids = (old.id, new.id)
    return [info for info in shelf.list_saves(folder) if info.story_id in ids or info.damaged]


def _games(old: StoryGraph, new: StoryGraph, infos: Sequence[SaveInfo]) -> tuple[list[Game], list[SaveInfo]]:
    """Return what becomes of each game, and the saves that cannot be read."""
    from dataclasses import replace

    from engine.saves.store import Store
    from engine.storydiff.games import Foresight

    foresight, games, damaged = Foresight(old, new), [], []
    for info in infos:
        if info.damaged:
            damaged.append(info)
            continue
        try:
            with Store.open(info.path, read_only=True) as store:
                games.append(foresight.of(store, info.name))
        except SaveError as error:
            damaged.append(replace(info, damaged=error.what))
    return games, damaged


def _object(
    old: StoryGraph, new: StoryGraph, found: Sequence[Change], games: Sequence[Game] | None, damaged: Sequence[SaveInfo]
) -> dict[str, Any]:
    from dataclasses import asdict

    told: dict[str, Any] = {
        "story": new.id,
        "old": {"hash": old.hash, "version": old.version},
        "new": {"hash": new.hash, "version": new.version},
        "changes": [asdict(change) for change in found],
    }
    if games is not None:
        told["hurt"] = sum(game.hurt for game in games)
        told["games"] = [{**asdict(game), "hurt": game.hurt} for game in games]
        told["unreadable"] = [{"name": info.name, "reason": info.damaged} for info in damaged]
    return told
