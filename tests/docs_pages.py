"""The pages of docs/ that are made: the reference, from the schemas of the format, and the cookbook, from its stories.

PYTHONPATH=.:tests python -m docs_pages
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.story.jsonschema import story_schema
from engine.storytest.jsonschema import schema as tests_schema

DOCS = Path(__file__).parent.parent / "docs"
COOKBOOK = DOCS / "cookbook"
GROUPS = {
    "What talk can bring about": {
        "locked_door": "an outcome with an `if`, which no model can get round",
        "password": "`says` with `player`: words that decide without a judge",
        "bargaining": "a price that talk moves, within bounds that it cannot",
        "in_doubt": "`ask`: where the judge is not sure, the player is asked",
        "ends_by_itself": "`limit`, and an outcome that does not end the talk",
    },
    "What somebody knows": {
        "earned_secret": "`knows` with an `if`, and `moved_by` to earn it",
        "growing_trust": "a number with thresholds, and a direction that follows it",
        "a_lie": "a lie that its teller believes until the proof is found",
        "lore": "`lore` with `keys`, `with` and `who`",
    },
    "Several in a talk": {
        "group": "`replies` and `crosstalk`",
        "whisper": "what one hears and another does not",
        "interruption": "`interrupts`, and a way to be rid of them",
        "narrator": "`narrator: true`, for deeds instead of lines",
    },
    "How a story goes on": {
        "hub": "`visited('scene')` and greyed choices",
        "storylets": "`pool` with weights, and cards that open others",
        "called_scene": "`call` and `RETURN`, for a scene that is needed in several places",
        "countdown": "time as a variable, and `goto` for when it is over",
        "endings_by_state": "a `pool` as a signpost",
    },
    "What is kept, and how it reads": {
        "inventory": "things as variables, and what talk can and cannot hand over",
        "players_name": "`ask` on a choice",
        "varied_text": "`sequence`, `cycle`, `shuffle`, `once_only`, `one_of`",
    },
    "For every day": {
        "offline": "a talk that is good with no model",
        "lesson": "marks, wrong answers and hints",
        "renaming": "`renamed_from` and `id`, for games that were begun before an edit",
    },
}
PATTERNS = tuple(name for names in GROUPS.values() for name in names)

_REFERENCE = """\
# Every key

All keys of a story file, and below them those of a file of tests. [The story format](story-format.md) explains how they
work together. This page is made from the same docstrings as `palaver schema`, by `tests/docs_pages.py`.

**Bold** keys are required; in a story of several files those at the top stand in one of them. A text may be written as
a number or as true and false: `title: 1984`.
"""
_COOKBOOK = """\
# Cookbook

{count} small stories, each for one thing that stories do. Every one is complete: copy the file, play it, change it.
Each is checked, proved and tested whenever Palaver is.

The files are in `docs/cookbook/`: `palaver play docs/cookbook/password.yaml` plays one, `palaver test` runs its tests.
This page and those of the patterns are made from the files by `tests/docs_pages.py`.
"""
_PARTS = {
    "Variable": "`state`",
    "Character": "`characters`",
    "Fact": "`knows`",
    "MoveRule": "`moved_by`",
    "Example": "`examples` of a character",
    "Taste": "`model`",
    "Lore": "`lore`",
    "ChoiceScene": "a scene of choices",
    "TalkScene": "a talk",
    "PoolScene": "a pool",
    "EndingScene": "an ending",
    "Choice": "`choices`",
    "Outcome": "`outcomes`",
    "Limit": "`limit`",
    "Suggestion": "`suggest`",
    "SceneExample": "`examples` of a scene",
    "Interrupt": "`interrupts`",
    "Draw": "`pool`",
    "Forced": "a value of `set`",
    "OneTest": "a test",
    "Start": "`from`",
    "Move": "a move",
    "Reads": "`reads`",
    "Expect": "`expect`",
    "Prompt": "`prompt`",
}
"""The parts of both forms in the order in which they are told, and where each stands."""


def pages() -> dict[Path, str]:
    """Every page that is made: its file → its text."""
    made = {DOCS / "reference.md": reference(), COOKBOOK / "index.md": index()}
    return made | {COOKBOOK / f"{name}.md": pattern(name) for name in PATTERNS}


# The reference


def reference() -> str:
    """The page docs/reference.md."""
    story, tests = story_schema(), tests_schema()
    required = {"palaver", "title", "start", "scenes"}  # the schema asks for none: a story may be in several files
    head = "\n## A file of tests\n\nSee [Testing a story](testing.md).\n"
    top = _part("At the top", {**story, "required": required})
    return "".join((_REFERENCE, top, *_defs(story), head, _part("At the top of it", tests), *_defs(tests)))


def _defs(schema: dict[str, Any]) -> Iterator[str]:
    defs = schema["$defs"]
    assert not set(defs) - set(_PARTS), "a part of the format has no place in the reference"
    for name, title in _PARTS.items():
        if name in defs:
            yield _part(_heading(title), defs[name])


def _part(title: str, part: dict[str, Any]) -> str:
    required = part.get("required", ())
    rows = [
        f"| {f'**`{key}`**' if key in required else f'`{key}`'} | {_kind(entry)} | {_told(entry)} |\n"
        for key, entry in part["properties"].items()
    ]
    about = " ".join(part.get("description", "").split())
    return f"\n## {title}\n{about}\n\n| key | value | what it is |\n|---|---|---|\n{''.join(rows)}"


def _heading(title: str) -> str:
    return title[0].upper() + title[1:]


def _told(entry: dict[str, Any]) -> str:
    told = " ".join(entry.get("description", "").split()).replace("|", "\\|")
    default = entry.get("default")
    return f"{told} ({str(default).lower()} when left out.)" if default not in (None, False) else told


def _kind(entry: dict[str, Any]) -> str:
    """Say in words what a key takes."""
    if "$ref" in entry:
        name = entry["$ref"].rpartition("/")[2]
        title = _PARTS[name]
        return f"[{title.replace('`', '')}](#{_anchor(_heading(title))})"
    if "enum" in entry:
        return ", ".join(dict.fromkeys(f"`{'yes' if v is True else 'no' if v is False else v}`" for v in entry["enum"]))
    for several in ("anyOf", "oneOf"):
        if several in entry:
            return " or ".join(dict.fromkeys(_kind(each) for each in entry[several]))
    kind = entry.get("type")
    if kind == "array":
        return f"a list of {_kind(entry['items'])}"
    if kind == "object":
        return f"names, each with {_kind(entry['additionalProperties'])}"
    if kind in ("integer", "number"):
        return ("whole number" if kind == "integer" else "number") + _bounds(entry)
    if kind == "boolean":
        return "`true` or `false`"
    return "true, false, a number or text" if kind == ["boolean", "number", "string"] else "text"


def _bounds(entry: dict[str, Any]) -> str:
    low, high = entry.get("minimum"), entry.get("maximum")
    if low is not None and high is not None:
        return f", {low:,}" if low == high else f", {low:,} to {high:,}"
    return f", above {entry['exclusiveMinimum']:,}" if "exclusiveMinimum" in entry else ""


def _anchor(title: str) -> str:
    return title.replace("`", "").lower().replace(" ", "-")


# The cookbook


def index() -> str:
    """The page docs/cookbook/index.md."""
    lines = [_COOKBOOK.format(count=len(PATTERNS))]
    for group, names in GROUPS.items():
        lines.append(f"\n## {group}\n\n")
        for name, shows in names.items():
            lines.append(f"- [{_told_in(name)[0]}]({name}.md): {shows}\n")
    return "".join(lines)


def pattern(name: str) -> str:
    """The page of one pattern: what its file says at its top, the story, and its tests."""
    title, about, story = _told_in(name)
    lines = [f"# {title}\n\n{about}\n## The story\n\n[{name}.yaml]({name}.yaml)\n", _yaml(story)]
    for path in sorted((COOKBOOK / f"{name}.tests").glob("*.yaml")):
        lines += [
            f"\n## Its tests\n\n[{name}.tests/{path.name}]({name}.tests/{path.name})\n",
            _yaml(path.read_text("utf-8")),
        ]
    before = COOKBOOK / f"{name}_before.yaml"
    if before.exists():
        lines += ["\n## Before the edit\n\n", f"[{before.name}]({before.name})\n", _yaml(before.read_text("utf-8"))]
    return "".join(lines)


def _told_in(name: str) -> tuple[str, str, str]:
    """Return a pattern's title and explanation, which are the comment at the top of its file, and the story below."""
    lines = (COOKBOOK / f"{name}.yaml").read_text("utf-8").splitlines(keepends=True)
    end = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    told = [line.removeprefix("#").removeprefix(" ") for line in lines[:end]]
    return told[0].strip(), "".join(told[2:]), "".join(lines[end:])


def _yaml(text: str) -> str:
    return f"```yaml\n{text}```\n"


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, "utf-8")
