"""Writes the benchmark graph of 500 scenes as a story of ours or in ink, by the file's ending.

    python bench/bench500.py GRAPH.json STORY.yaml

The same graph always gives the same file; `bench500.json`, beside this, is the one of the measurements. A graph is
JSON: `vars` (whole numbers that start at 0), `start`, and `scenes` with `id`, `text` and `choices`, each with `text`,
`goto`, `cond` (null, or [variable, sign, number]) and `eff` (the same).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def converted(graph: dict[str, Any]) -> str:
    """Return the story as YAML: JSON strings are YAML strings, so texts need no care."""
    lines = ["palaver: 1", "title: Bench", f"start: {graph['start']}", "state:"]
    lines += [f"  {name}: 0" for name in graph["vars"]]
    lines.append("scenes:")
    for scene in graph["scenes"]:
        lines += [f"  {scene['id']}:", f"    text: {json.dumps(scene['text'])}"]
        if not scene["choices"]:
            lines.append("    ending: The end")
            continue
        lines.append("    choices:")
        for choice in scene["choices"]:
            lines += [f"      - text: {json.dumps(choice['text'])}", f"        goto: {choice['goto']}"]
            if choice["cond"]:
                name, sign, number = choice["cond"]
                lines.append(f"        if: {name} {sign} {number}")
            if choice["eff"]:
                name, sign, number = choice["eff"]
                lines.append(f"        set: {{{name}: {name} {sign} {number}}}")
    return "\n".join(lines) + "\n"


def as_ink(graph: dict[str, Any]) -> str:
    """Return the same story in ink, which has a knot for each scene and a sticky choice for each choice."""
    lines = [f"VAR {name} = 0" for name in graph["vars"]]
    lines.append(f"-> {graph['start']}")
    for scene in graph["scenes"]:
        lines += [f"=== {scene['id']} ===", scene["text"]]
        for choice in scene["choices"]:
            condition = "{{{} {} {}}} ".format(*choice["cond"]) if choice["cond"] else ""
            lines.append(f"+ {condition}[{choice['text']}]")
            if choice["eff"]:
                name, sign, number = choice["eff"]
                lines.append(f"  ~ {name} = {name} {sign} {number}")
            lines.append(f"  -> {choice['goto']}")
        if not scene["choices"]:
            lines.append("-> END")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Convert the graph that is named."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    graph = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    to = Path(sys.argv[2])
    to.write_text(as_ink(graph) if to.suffix == ".ink" else converted(graph), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
