"""Kills `palaver play` with SIGKILL at random moments of a scripted game, and counts what the save then lacks.

A child process plays line by line with the scripted actor: each line it is given has a number of its own, and each
prompt it prints acknowledges the line before. After every kill the game is gone on with where it was left. All
acknowledged lines must be in the save, once each and in order; at most one more a kill may be there, kept but not
acknowledged yet.

    python bench/kill_game.py --times 200 --seed 1

Exits with 1 and says what was lost when something was.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that it runs in a checkout that is not installed

from engine.play import events as e  # noqa: E402
from engine.saves.store import Store  # noqa: E402

STORY = """
palaver: 1
title: The long talk
start: talk
characters:
  ana: {name: Ana, persona: You are Ana., fallback: ['"One."', '"Two."', '"Three."']}
scenes:
  talk:
    talk: ana
    choices: [{text: Leave, goto: END}]
"""
PROMPT = b"> "


def play_and_kill(folder: Path, first: int, rng: random.Random) -> int:
    """Play from line `first` on and kill at a random moment; return the number of the last line acknowledged."""
    saves = folder / "saves"
    command = [sys.executable, "-m", "engine", "play", str(folder / "talk.yaml"), "--plain", "--offline", "--seed", "1"]
    command += ["--saves", str(saves), *(["--load", "latest"] if any(saves.glob("*.palaver")) else [])]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PALAVER_", "OPENAI_"))}
    child = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    said = first - 1
    for _ in range(rng.choice([1, 1, 2, 3, 8, 20])):
        if not until_prompt(child.stdout.fileno()):
            raise SystemExit(f"The game failed by itself:\n{child.stderr.read().decode()}")
        acknowledged = said
        said += 1
        child.stdin.write(f"line {said}\n".encode())
        child.stdin.flush()
    time.sleep(rng.random() * 0.01)  # anywhere in the turn that the last line began, or just after it
    child.kill()
    rest, _ = child.communicate()
    return said if PROMPT in rest.rpartition(b"\n")[2] else acknowledged


def until_prompt(output: int) -> bool:
    """Read the child's output up to its next prompt; False when it ends before."""
    seen = b""
    while not seen.endswith(PROMPT):
        more = os.read(output, 65_536)
        if not more:
            return False
        seen += more
    return True


def lines_kept(folder: Path) -> list[int]:
    """Return the numbers of the lines in the save, in order."""
    (save,) = (folder / "saves").glob("*.palaver")
    with Store.open(save) as store:
        events = [event for turn in store.path_to() for event in turn.events]
        assert len(store) == len(store.path_to()), "a branch grew where nobody went back"
    return [int(event.text.removeprefix("line ")) for event in events if isinstance(event, e.PlayerSpoke)]


def run(times: int, seed: int, folder: Path) -> int:
    """Kill `times` times; print the tally and return the exit code."""
    rng = random.Random(seed)
    (folder / "talk.yaml").write_text(STORY, "utf-8")
    kept, unacknowledged = 0, 0
    for kill in range(1, times + 1):
        acknowledged = play_and_kill(folder, kept + 1, rng)
        numbers = lines_kept(folder)
        kept = len(numbers)
        wrong = numbers != list(range(1, kept + 1)) or not acknowledged <= kept <= acknowledged + 1
        unacknowledged += kept - acknowledged
        if wrong:
            print(f"After kill {kill}: lines up to {acknowledged} were acknowledged, and kept are {numbers[-30:]}")
            return 1
    print(f"{times} kills, {kept} turns kept, {kept - unacknowledged} acknowledged: none lost, none twice; seed {seed}")
    return 0


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=200, help="how often to kill (200)")
    options.add_argument("--seed", type=int, default=1, help="of the moments")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return run(chosen.times, chosen.seed, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
