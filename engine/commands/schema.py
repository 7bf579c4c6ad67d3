"""`palaver schema`: prints the JSON Schema from which editors complete, explain and check a story or its tests."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.commands.shared import Commands

_ABOUT = """\
Put `# yaml-language-server: $schema=story.schema.json` in the first line of a file, with the path to the schema from
there: editors that speak to the YAML language server then complete keys, explain them and underline mistakes."""


def add(commands: Commands) -> None:
    """Register the command."""
    schema = commands.add_parser("schema", help="the format as a JSON Schema, for editors", description=_ABOUT)
    schema.add_argument("-o", "--output", metavar="FILE", type=Path, help="write it there instead of printing it")
    schema.add_argument("--for", dest="form", choices=("story", "tests"), default="story", help="which form (story)")
    schema.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print or write the schema."""
    from engine.atomic import write_atomically
    from engine.plaintext import clean_line
    from engine.story.jsonschema import as_file, story_schema
    from engine.storytest.jsonschema import schema as tests_schema

    text = as_file(tests_schema() if arguments.form == "tests" else story_schema())
    if arguments.output is None:
        print(text, end="")
        return 0
    write_atomically(arguments.output, text.encode(), mode=0o644)
    name = clean_line(arguments.output.name)
    print(f"Wrote {clean_line(str(arguments.output))}. First line of a file beside it:")
    print(f"# yaml-language-server: $schema={name}")
    return 0
