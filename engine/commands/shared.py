"""What several commands have in common: how a story is named, examples for help, and flags for saves and server.

It reads no story: whoever asked for it does.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from engine.settings import Settings

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a command adds its parser."""

STORY = "a folder, a file, or the name of a story in the library"
"""What stands for STORY in every command."""

EXAMPLES = """examples:
  palaver play                           open the library
  palaver play lamp --offline            play a story with the scripted actor: no key, no network
  palaver play my_story/ --plain         play line by line, for a screen reader or a pipe
  palaver play --load latest             go on where you left off
  palaver new my_story                   begin a story of your own
  palaver play my_story/ --watch         play on in each edit of a story
  palaver check my_story/                find every mistake in a story
  palaver test my_story/                 run the tests that stand beside a story
  palaver saves list                     every game and its named moments
  palaver models                         find the models of this machine and pick one
  palaver doctor                         try the model's server step by step

A model plays the characters once one is named, for instance:
  PALAVER_API_KEY=... palaver play --base-url https://openrouter.ai/api/v1 --model mistralai/mistral-small
  palaver play --base-url http://localhost:11434/v1 --model llama3.2
"""


def add_saves(parser: argparse.ArgumentParser) -> None:
    """Give a command the flag `--saves`."""
    parser.add_argument("--saves", metavar="DIR", type=Path, help="the folder of saves")


def add_model(parser: argparse.ArgumentParser) -> None:
    """Give a command the flags `--base-url` and `--model`."""
    parser.add_argument("--base-url", metavar="URL", help="another server than the configured one")
    parser.add_argument("--model", metavar="NAME", help="another model than the configured one")


@dataclass(frozen=True, slots=True)
class Named:
    """The story that a command names."""

    path: Path
    base: Path | None
    """The folder from which its files are named for the reader; None: as they were named in the command."""


def named_story(name: str, settings: Settings | None = None) -> Named:
    """Return where the story at a path or, where there is nothing, of that name in the library is.

    Without `settings` they are read, and what is wrong with them is no matter. Raises `NoSuchStory`.
    """
    if os.path.lexists(name):
        return Named(Path(name), None)
    from engine.library import library_of

    path = library_of((settings or lenient_settings()).stories).find(name)
    return Named(path, path.parent)


def lenient_settings() -> Settings:
    """Return what is configured, or the defaults where that is wrong: a story is sound or not all the same."""
    from engine.config import load_settings
    from engine.errors import ConfigError
    from engine.settings import Settings

    try:
        return load_settings({}, os.environ)
    except ConfigError:
        return Settings()
