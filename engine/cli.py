"""The `palaver` command: finds which command is meant, and turns errors into a line that a person can act on.

The commands themselves are in `engine.commands`; together they are the composition root, where parts meet.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

from engine import __version__
from engine.commands import (
    check,
    cost,
    diff,
    doctor,
    graph,
    judge,
    key,
    models,
    new,
    play,
    playtest,
    probe,
    prove,
    saves,
    schema,
    test,
)
from engine.commands.shared import EXAMPLES, named_story
from engine.errors import NoSuchStory, PalaverError
from engine.plaintext import clean_line

COMMANDS = (
    *(play, saves, models, doctor, key, cost),  # for who plays
    *(new, check, test, prove, playtest, graph, probe, judge, diff, schema),  # for who writes
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0 done, 1 a story or game has a mistake, 2 the command was wrong."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):  # a letter that one of them cannot hold is no reason to fail
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    words = list(sys.argv[1:] if argv is None else argv)
    named = _named(words)
    if not named and (slip := _slip(words)):
        print(slip, file=sys.stderr)
        return 2
    arguments = _parser().parse_args(words if named else ["play", *words])
    try:
        code: int = arguments.run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # a full disk is noticed here rather than after the end
    except PalaverError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, NoSuchStory) else 1
    except KeyboardInterrupt:
        print()
        return 130
    except BrokenPipeError:
        _drop_output()
        return 1
    except OSError as error:
        if folder := _missing_folder(error):
            print(folder, file=sys.stderr)
            return 2
        _drop_output()
        where = f"{clean_line(str(error.filename))} cannot be used" if error.filename else "The input or output failed"
        print(f"{where}: {error.strerror or error}.", file=sys.stderr)
        return 1
    return code


def _named(words: list[str]) -> bool:
    """Tell whether a command is named: what is none is for `play`, which is what most people want."""
    return bool(words) and words[0] in (*_names(), "-h", "--help", "--version")


def _names() -> list[str]:
    return [command.__name__.rpartition(".")[2] for command in COMMANDS]


def _slip(words: list[str]) -> str:
    """Return what to say where a command was meant and mistyped; empty where a story may be meant."""
    from engine.story.suggest import nearest

    said = [word for word in words[:2] if not word.startswith("-")]
    if not said or said[0] != words[0]:
        return ""
    meant = nearest(words[0], _names())
    if not meant and len(said) == 1:
        return ""
    with suppress(NoSuchStory):
        named_story(words[0])
        return ""
    hint = f'Did you mean "palaver {meant}"?' if meant else "`palaver --help` names them all."
    return f'There is no command "{clean_line(words[0])}". {hint}'


def _missing_folder(error: OSError) -> str:
    """Return what to say where a file was to be written into a folder that is not there; empty for any other error."""
    path = Path(str(error.filename)) if isinstance(error, FileNotFoundError) and error.filename else None
    if path is None or os.path.lexists(path.parent):
        return ""
    folder, name = clean_line(str(path.parent)), clean_line(path.name)
    return f"There is no folder {folder} for {name}. Make that folder first, or name another."


def _drop_output() -> None:
    """Let what could not be written go, so that Python does not try once more at its end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="palaver",
        description="Stories whose characters are played by a language model, or by a script when there is none.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"palaver {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser
