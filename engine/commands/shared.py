"""What several commands have in common: examples for help, and flags for the folder of saves and for the server."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a command adds its parser."""

EXAMPLES = """examples:
  palaver play                           open the library
  palaver play lamp --offline            play a story with the scripted actor: no key, no network
  palaver play my_story/ --plain         play line by line, for a screen reader or a pipe
  palaver play --load latest             go on where you left off
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
