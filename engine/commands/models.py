"""`palaver models`: lists the models of this machine's servers and of the configured one, and lets the player pick.

It only shows and asks; `engine.picking` writes what was picked into the config file.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.commands.shared import Commands
from engine.errors import PalaverError
from engine.plaintext import clean_line

if TYPE_CHECKING:
    from engine.llm.discover import Listed, Server


def add(commands: Commands) -> None:
    """Register the command."""
    models = commands.add_parser("models", help="list the models that could play, and pick one")
    models.add_argument("word", nargs="?", default="", metavar="WORD", help="only models with this in their name")
    models.add_argument("--base-url", metavar="URL", help="ask this server only")
    models.add_argument("--use", metavar="N|NAME", help="write this one into the config file")
    models.add_argument("--json", action="store_true", help="one JSON object")
    models.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List, and pick where that is asked for; 1 when no server has a model."""
    import asyncio

    from engine.config import load_settings
    from engine.llm.discover import USUAL, discover

    settings = load_settings({"base_url": arguments.base_url}, os.environ)
    usual = () if arguments.base_url else USUAL
    servers = asyncio.run(discover(settings.reach(), usual=usual))
    numbered = [(server, listed) for server in servers for listed in server.models]
    if arguments.json and not arguments.use:
        print(_json(servers))
        return 0 if numbered else 1
    if arguments.use:
        return _use(*_meant(arguments.use, numbered))
    _show(servers, arguments.word.lower())
    if not numbered:
        print("No server with a model answers. Start one (Ollama, LM Studio, llama.cpp, vLLM, KoboldCpp), or name one:")
        print("palaver models --base-url https://openrouter.ai/api/v1")
        return 1
    if sys.stdin.isatty() and sys.stdout.isatty():
        try:
            answer = input("Which shall play? Its number, or Enter to leave things as they are: ").strip()
        except EOFError:
            answer = ""
        if answer:
            return _use(*_meant(answer, numbered))
    return 0


def _show(servers: Sequence[Server], word: str) -> None:
    number = 0
    for server in servers:
        print(f"{clean_line(server.title)}  {server.base_url}{f'  {server.problem}' if server.problem else ''}")
        for listed in server.models:
            number += 1
            if word in listed.name.lower():
                print(f"{number:5}  {listed.name}{f'  ({listed.context:,} tokens)' if listed.context else ''}")


def _json(servers: Sequence[Server]) -> str:
    told = [
        {
            "title": server.title,
            "base_url": server.base_url,
            "problem": server.problem,
            "models": [{"name": listed.name, "context": listed.context} for listed in server.models],
        }
        for server in servers
    ]
    return json.dumps({"servers": told}, indent=2, ensure_ascii=False)


def _meant(answer: str, numbered: Sequence[tuple[Server, Listed]]) -> tuple[Server, Listed]:
    """The model of that number or name."""
    named = [pair for pair in numbered if pair[1].name == answer]
    if not named and answer.isascii() and answer.isdecimal() and 1 <= int(answer[:6]) <= len(numbered):
        return numbered[int(answer[:6]) - 1]
    named = named or [pair for pair in numbered if pair[1].name.lower() == answer.lower()]
    if len(named) == 1:
        return named[0]
    if named:
        raise PalaverError(f'More than one server has "{clean_line(answer)}".', do="Give its number, or `--base-url`.")
    import difflib

    near = difflib.get_close_matches(answer, [listed.name for _, listed in numbered], n=1)
    raise PalaverError(
        f'No server lists "{clean_line(answer)}".',
        do=f'Did you mean "{near[0]}"?' if near else "`palaver models` shows what there is.",
    )


def _use(server: Server, listed: Listed) -> int:
    from engine.picking import write_choice

    written = write_choice(os.environ, server.base_url, listed.name)
    print(f"{listed.name} of {server.base_url} plays from now on: it is written in {clean_line(str(written.path))}.")
    for said in written.warnings:
        print(said)
    print("`palaver doctor` tries it.")
    return 0
