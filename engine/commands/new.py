"""`palaver new`: makes a folder with a story that plays at once, to be turned into one's own. It overwrites nothing."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.shared import Commands
from engine.errors import PalaverError
from engine.plaintext import clean_line

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES = {
    "plain": "one talk, two endings, every line explained; to begin with",
    "mystery": "clues as variables, a witness with a secret, a truth to be earned",
    "lesson": "a waiter teaches some Spanish; what must be exact needs no model",
    "heist": "a crew round one table, a plan that the night remembers, chance",
}
FOLDER = Path(__file__).parent.parent / "templates"
_TAKEN = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)\Z")
"""What Windows takes for a device, in any folder."""
_ABOUT = "Templates:\n" + "".join(f"  {name:9}{what}\n" for name, what in TEMPLATES.items())


def add(commands: Commands) -> None:
    """Register the command."""
    new = commands.add_parser(
        "new",
        help="begin a story from a template",
        epilog=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    new.add_argument("name", metavar="NAME", help="what to call it; its folder is made here, or where NAME says")
    new.add_argument("--from", dest="template", choices=TEMPLATES, default="plain", help="what to begin from (plain)")
    new.add_argument("--title", help="its title, where that is not NAME")
    new.add_argument("--language", metavar="TAG", help="what its characters speak, such as de or pt-BR (en)")
    new.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the folder, and say what to do next."""
    try:
        target = _target(arguments.name)
        title = clean_line(arguments.title) if arguments.title is not None else _title(Path(arguments.name).name)
        make_story(target, arguments.template, title, arguments.language or "en")
    except PalaverError as error:
        print(error, file=sys.stderr)
        return 2
    shown = shlex.quote(clean_line(str(target)))
    print(f"Made {clean_line(str(target))}/, a story to make your own: {clean_line(title).rstrip('.')}.")
    print("Open its story.yaml in an editor; its comments explain the format. Next:")
    for command, what in (
        ("play", "play it"),
        ("check", "find mistakes, after each change"),
        ("test", "run its tests"),
    ):
        print(f"  palaver {command} {shown}".ljust(40), f" {what}")
    return 0


def make_story(target: Path, template: str, title: str, language: str) -> None:
    """Copy a template to the folder `target`, which must not exist; raises `PalaverError` where that cannot be.

    Schemas for editors are put beside it, so that its first lines work wherever the folder goes.
    """
    from engine.story.load import check_story

    try:
        target.mkdir()
    except FileExistsError:
        raise PalaverError(
            f"There is something at {clean_line(str(target))} already, and nothing is overwritten.",
            do="Take another name, or move that away.",
        ) from None
    except FileNotFoundError:
        raise PalaverError(
            f"There is no folder {clean_line(str(target.parent))} to put it into.", do="Make that folder first."
        ) from None
    try:
        for name, text in _files(template, title, language).items():
            path = target / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
        wrong = next((one for one in check_story(target).diagnostics if one.severity == "error"), None)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    if wrong is not None:
        shutil.rmtree(target, ignore_errors=True)
        raise PalaverError(f"That cannot be the title or the language: {wrong.message}")


def _files(template: str, title: str, language: str) -> Mapping[str, str]:
    """Return the new story's files: name → text."""
    from engine.story.jsonschema import as_file, story_schema
    from engine.storytest.jsonschema import schema as tests_schema

    source = FOLDER / template
    found = {
        path.relative_to(source).as_posix(): path.read_text("utf-8")
        for path in sorted([*source.glob("*.yaml"), *source.glob("tests/*.yaml")])
    }
    head = found["story.yaml"]
    head = re.sub(r"^title: .*$", lambda _: f"title: {_scalar(title)}", head, count=1, flags=re.MULTILINE)
    head = re.sub(r"^language: \S+", lambda _: f"language: {_scalar(language)}", head, count=1, flags=re.MULTILINE)
    found["story.yaml"] = head
    found["story.schema.json"] = as_file(story_schema())
    found["tests.schema.json"] = as_file(tests_schema())
    return found


def _scalar(text: str) -> str:
    """Return a text as YAML, in quotes where it may be taken for something else."""
    return text if re.fullmatch(r"[^\W\d_][\w'’ -]*[^\W_]", text) else json.dumps(text, ensure_ascii=False)


def _target(name: str) -> Path:
    """Return the folder to make for a name as a person writes it: `The Old Mill` → `the_old_mill`."""
    from engine.story.ids import slug

    path = Path(name)
    if not path.name or path.name == "..":
        raise PalaverError(f'"{clean_line(name)}" names no new folder.', do="Write a name, such as the_old_mill.")
    folder = slug(path.name) or "story"
    return path.parent / (f"{folder}_story" if _TAKEN.match(folder) else folder)


def _title(name: str) -> str:
    """Return a title for a name: as it was written, or made of an id's words."""
    words = clean_line(name)
    if not re.fullmatch(r"[a-z0-9_-]+", words):
        return words
    words = words.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
