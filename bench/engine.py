"""Measures the engine without models: ours beside inkjs, on the same story of 500 scenes, in one run on one machine.

    .venv/bin/python bench/engine.py [GRAPH.json] [--runs 5] [--peers FOLDER] [--check]

The graph is written as a story of ours and in ink (`bench500.py`). Each run is a fresh process of ours and one of
Node's, in turn; a figure is the median of the runs, with the least and the most. Both play from the start to the end
with the same choices, drawn from the same numbers, and the text and the choices that a player sees on the way are
hashed: the measurement stops where they differ. What is counted:

- `load, process`: from the first import of the engine (of inkjs) to a story ready to play; the interpreter's own start
  is left out. `first` is the same without the imports, and what the target is for; `warm` is when it is done again.
  Ours reads YAML, with every check that a player's start makes; ink compiles. `compiled` is ink's compiled JSON read;
  we keep no compiled form.
- `with text`: the choices open now, the step, and the text that is shown; `no text`: the choices and the step. ink
  makes the text in any case.
- `state`: what the rules know at step 30, as JSON: what ink saves, and what the target is for. We save more, and it is
  larger: `history` is every event since the start, by which each turn can be undone, and `file` is the SQLite file
  that holds it, which grows by pages.
- `encode`: the JSON of one turn of ours, and of ink's state, in memory. `turn kept`: one more turn is on the disk for
  good (SQLite with full sync; ink's JSON written and synced). `restore`: the state out of what was saved, in memory:
  31 turns decoded and folded, and ink's JSON read. `file, restore`: the same from opening our file, all of it checked,
  and closing it again.
- `explored`: states that the explorer of `palaver prove` finds, which it keeps as sets that share their parts, and does
  not visit one by one; `stepped`: states found by taking every choice from every state with the rules themselves.

`--check` fails where a target is missed; inkjs is no part of that. It goes into a folder of its own among the temporary
files, by npm; where that cannot be, ours is measured alone. Everything is time on the clock, so a machine that does
something else as well gives less: with both cores taken by other work, steps fell by a third.

Two cores, Python 3.11.7, pydantic 2.14.3, PyYAML 6.0.3, Jinja2 3.1.6, inkjs 2.4.0, Node 20.20.2, November 2026:

                             palaver       inkjs
    load, process             160 ms      530 ms
    load, first                73 ms      525 ms
    load, warm                 58 ms      339 ms
    load, compiled                 -     17.6 ms
    playthroughs/s             1,140         639
    steps/s, with text        54,739      30,692
    steps/s, no text          83,437           -
    state                    2,029 B     1,698 B
    history                  6,951 B           -
    file                    32,768 B           -
    encode                  0.006 ms    0.028 ms
    turn kept                0.24 ms     0.27 ms
    restore                 0.233 ms    0.033 ms
    file, restore            4.59 ms           -
    explored states/s        279,388           -
    stepped states/s          56,120           -
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench500 import as_ink, converted
from peers import FOLDER, ROOT, environment

if TYPE_CHECKING:
    from engine.play.events import Event
    from engine.play.state import State
    from engine.story.graph import StoryGraph

sys.path.insert(0, str(ROOT))  # or `engine` would be this very file, which stands first on the path

GRAPH = Path(__file__).with_name("bench500.json")
PLAYS = 400
"""Playthroughs of one round; they end after 48 steps on average."""
STEPS = 30
"""When it is saved."""
NODES = 150_000
"""Of the sets in which the explorer keeps states: about 120 MB."""
STEPPED = 20_000

Figures = dict[str, Any]
Turns = list[tuple["Event", ...]]

ROWS = (
    ("load, process", "cold", "{:,.0f} ms"),
    ("load, first", "first", "{:,.0f} ms"),
    ("load, warm", "warm", "{:,.0f} ms"),
    ("load, compiled", "compiled", "{:,.1f} ms"),
    ("playthroughs/s", "plays_s", "{:,.0f}"),
    ("steps/s, with text", "text_s", "{:,.0f}"),
    ("steps/s, no text", "bare_s", "{:,.0f}"),
    ("state", "state_bytes", "{:,.0f} B"),
    ("history", "history_bytes", "{:,.0f} B"),
    ("file", "file_bytes", "{:,.0f} B"),
    ("encode", "save", "{:,.3f} ms"),
    ("turn kept", "kept", "{:,.2f} ms"),
    ("restore", "restore", "{:,.3f} ms"),
    ("file, restore", "opened", "{:,.2f} ms"),
    ("explored states/s", "explored_s", "{:,.0f}"),
    ("stepped states/s", "stepped_s", "{:,.0f}"),
)
TARGETS = (
    ("load, first", "first", "under", 150, "ms"),
    ("steps/s, with text", "text_s", "over", 45_000, ""),
    ("steps/s, no text", "bare_s", "over", 60_000, ""),
    ("state", "state_bytes", "under", 3_000, "B"),
    ("restore", "restore", "under", 1, "ms"),
)


# Ours: one process


def _spent(action: Callable[[], object]) -> float:
    """Milliseconds that `action` takes."""
    begun = time.perf_counter()
    action()
    return (time.perf_counter() - begun) * 1000


def _timed(times: int, action: Callable[[], object]) -> float:
    return statistics.median(_spent(action) for _ in range(times))


def _walk(graph: StoryGraph, seed: int, *, told: bool, most: int = 10_000, seen: Any = None) -> tuple[State, Turns]:
    """Play with the choices that `seed` draws; returns the state it came to and the events of each turn."""
    from engine.play.moves import Begin, Choose
    from engine.play.offer import offers
    from engine.play.state import State
    from engine.play.step import step
    from engine.play.transcript import Telling

    telling = Telling(graph)
    taken, drawn, turns = step(graph, State(), Begin(seed)), seed, []
    while True:
        state = taken.state
        turns.append(taken.events)
        lines = telling.lines(taken.events) if told else ()
        open_now = offers(graph, state, state.spent, over=state.over)
        if seen is not None:
            text = "".join(line.text for line in lines if line.kind == "told")
            seen.update(f"{text.strip()}\n{chr(10).join(offer.text for offer in open_now)}\n".encode())
        if not open_now or len(turns) > most:
            return state, turns
        drawn = (drawn * 1664525 + 1013904223) & 0xFFFFFFFF
        taken = step(graph, state, Choose(open_now[(drawn >> 16) % len(open_now)].choice.id))


def _ours(story: Path) -> Figures:
    """Return every figure of ours, each of this process alone. Nothing of the engine may be imported before."""
    begun = time.perf_counter()
    from engine.story.load import load_story

    graph = load_story(story)
    figures: Figures = {"cold": (time.perf_counter() - begun) * 1000}
    figures["warm"] = _timed(3, lambda: load_story(story))
    _playing(graph, figures)
    _saving(graph, figures)
    _exploring(graph, figures)
    return figures


def _first(story: Path) -> Figures:
    """Return the time of the first loading, when all that it imports is there."""
    import jinja2  # noqa: F401

    import engine.story.load
    from engine.story import compile, desk, doubts, lint, mending, merge, places, source  # noqa: F401

    return {"first": _spent(lambda: engine.story.load.load_story(story))}


def _playing(graph: StoryGraph, figures: Figures) -> None:
    digest, count = hashlib.sha256(), 0
    for seed in range(1, PLAYS + 1):
        count += len(_walk(graph, seed, told=True, seen=digest)[1]) - 1
    figures |= {"seen": digest.hexdigest(), "steps": count}

    def play(*, told: bool) -> float:
        """Seconds for all playthroughs."""
        return _timed(3, lambda: [_walk(graph, seed, told=told) for seed in range(1, PLAYS + 1)] and None) / 1000

    seconds = play(told=True)
    figures |= {"plays_s": PLAYS / seconds, "text_s": count / seconds, "bare_s": count / play(told=False)}


def _saving(graph: StoryGraph, figures: Figures) -> None:
    from dataclasses import asdict
    from datetime import UTC, datetime

    from engine.play.state import fold
    from engine.saves.codec import decode_events, encode_events
    from engine.saves.store import Store, StoryRef

    state, turns = _walk(graph, 1, told=False, most=STEPS)

    def as_json() -> str:
        return json.dumps({**asdict(state), "spent": sorted(state.spent)}, separators=(",", ":"))

    rows = [encode_events(turn) for turn in turns]
    assert fold(event for row in rows for event in decode_events(row)) == state
    figures["state_bytes"] = len(as_json().encode())
    figures["history_bytes"] = sum(len(row.encode()) for row in rows)
    figures["save"] = statistics.median(_spent(lambda: encode_events(turn)) for turn in turns)  # noqa: B023
    figures["restore"] = _timed(101, lambda: fold(event for row in rows for event in decode_events(row)))
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "game.palaver")
        with Store.create(path, StoryRef(graph.id, graph.title, graph.hash), 1, now) as store:
            kept = [_spent(lambda: store.append(turn, now=now, story_hash=graph.hash)) for turn in turns]  # noqa: B023
        figures |= {"kept": statistics.median(kept), "file_bytes": path.stat().st_size}

        def opened() -> State:
            with Store.open(path) as store:
                return fold(event for turn in store.path_to() for event in turn.events)

        assert opened() == state
        figures["opened"] = _timed(11, opened)


def _exploring(graph: StoryGraph, figures: Figures) -> None:
    from engine.play.moves import Begin, Choose
    from engine.play.offer import offers
    from engine.play.state import State
    from engine.play.step import step
    from engine.proving.explore import Limits, explore
    from engine.proving.machine import Machine

    begun = time.perf_counter()
    found = explore(Machine(graph), Limits(nodes=NODES))
    figures["explored_s"] = found.states / (time.perf_counter() - begun)
    figures["explored"] = found.states

    begun = time.perf_counter()
    waiting = [step(graph, State(), Begin(1)).state]
    known = {(waiting[0].scene, tuple(waiting[0].values.items()))}
    for state in waiting:
        for offer in offers(graph, state, state.spent, over=state.over):
            after = step(graph, state, Choose(offer.choice.id)).state
            key = after.scene, tuple(after.values.items())
            if key not in known:
                known.add(key)
                waiting.append(after)
        if len(known) >= STEPPED:
            break
    figures["stepped_s"] = len(known) / (time.perf_counter() - begun)


# inkjs


def _inkjs(folder: Path) -> tuple[Path | None, str]:
    """Return the folder of inkjs and its version, or None and why it cannot be had."""
    package = folder / "node_modules" / "inkjs"
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return None, "inkjs is left out: there is no Node here."
    if not (package / "package.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", "inkjs@2.4"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["npm said nothing"])[-1]
            return None, f"inkjs is left out, it could not be installed: {last}"
    version: str = json.loads((package / "package.json").read_text("utf-8"))["version"]
    return package, version


# The runs


def _figures(bytecode: Path, *command: str) -> Figures:
    """Return what a process prints. Its modules are compiled into `bytecode`, as for anybody who starts it twice."""
    variables = {**environment(), "PYTHONPYCACHEPREFIX": str(bytecode)}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    if done.returncode:
        raise SystemExit(f"A measurement failed:\n{done.stderr.strip()}")
    found: Figures = json.loads(done.stdout)
    return found


def _cell(runs: list[Figures], name: str, form: str) -> str:
    values = sorted(run[name] for run in runs if name in run)
    if not values:
        return f"{'-':>12}{'':19}"
    low, high = (form.format(value).removesuffix(" ms").removesuffix(" B") for value in (values[0], values[-1]))
    spread = "" if low == high else f"{low} to {high}"
    return f"{form.format(statistics.median(values)):>12}  {spread:17}"


def _report(graph: dict[str, Any], times: int, peers: Path) -> bool:
    """Print the table; return whether ours reaches its targets."""
    package, version = _inkjs(peers)
    if package is None:
        print(version)
    ours: list[Figures] = []
    theirs: list[Figures] = []
    with tempfile.TemporaryDirectory() as folder:
        story, ink = Path(folder, "bench500.yaml"), Path(folder, "bench500.ink")
        story.write_text(converted(graph), "utf-8")
        ink.write_text(as_ink(graph), "utf-8")
        peer = str(Path(__file__).with_name("engine_ink.mjs"))

        def run(*command: str) -> Figures:
            return _figures(Path(folder, "bytecode"), *command)

        def mine(*arguments: str) -> Figures:
            return run(sys.executable, str(Path(__file__)), *arguments, str(story))

        mine("--first")  # compiles the modules
        for number in range(times):
            ours.append(mine("--measure") | mine("--first"))
            if package is not None:
                theirs.append(run("node", peer, str(package), str(ink), str(PLAYS), str(STEPS)))
            if sys.stderr.isatty():
                print(f"run {number + 1} of {times}", file=sys.stderr)
    if theirs and len({(run["seen"], run["steps"]) for run in (*ours, *theirs)}) > 1:
        raise SystemExit("The two do not play the same story: what a player sees is not the same.")
    _machine(graph, version if package is not None else "")
    print(f"\n{'':20}{'palaver':>12}{'':19}{'inkjs' if theirs else '':>12}")
    for label, name, form in ROWS:
        print(f"{label:20}{_cell(ours, name, form)}{_cell(theirs, name, form) if theirs else ''}".rstrip())
    if theirs:
        print(f"\nThe same {PLAYS} playthroughs, {ours[0]['steps']:,} steps: all that a player sees is the same.")
    return _reached(ours)


def _machine(graph: dict[str, Any], inkjs: str) -> None:
    kept = [f"{name} {importlib.metadata.version(name)}" for name in ("pydantic", "PyYAML", "Jinja2")]
    print(f"{len(graph['scenes'])} scenes; Python {platform.python_version()}, {', '.join(kept)}")
    if inkjs:
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
        print(f"inkjs {inkjs}, Node {node}")
    print(f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}", end="")
    if hasattr(os, "getloadavg"):  # not on Windows
        print(f"; load {os.getloadavg()[0]:.1f} in the last minute, this run included", end="")
    print()


def _reached(ours: list[Figures]) -> bool:
    print()
    every = True
    for label, name, sense, target, unit in TARGETS:
        middle = statistics.median(run[name] for run in ours)
        reached = middle < target if sense == "under" else middle > target
        every = every and reached
        print(f"{label}: {'reached' if reached else 'MISSED'} ({sense} {target:,} {unit}".rstrip() + ")")
    return every


def main() -> int:
    parser = argparse.ArgumentParser(description="What the engine costs without models, beside inkjs.")
    parser.add_argument("graph", nargs="?", type=Path, default=GRAPH, help="the graph, as bench500.py describes it")
    parser.add_argument("--runs", type=int, default=5, metavar="N")
    parser.add_argument("--peers", type=Path, default=FOLDER / "npm", metavar="FOLDER", help="where inkjs is kept")
    parser.add_argument("--check", action="store_true", help="fail where a target is missed")
    for hidden in ("--measure", "--first"):
        parser.add_argument(hidden, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure or given.first:
        print(json.dumps(_ours(given.measure) if given.measure else _first(given.first)))
        return 0
    reached = _report(json.loads(given.graph.read_text("utf-8")), max(given.runs, 1), given.peers)
    return 0 if reached or not given.check else 1


if __name__ == "__main__":
    sys.exit(main())
