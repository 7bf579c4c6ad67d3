"""Kills a game that is being saved, again and again, and counts what is missing afterwards.

A child process plays on one save: it appends turns, moves back and forth, closes and opens again, and says each turn
only once `append` has returned. It is killed with SIGKILL at a random moment. At the end every turn that was said must
be in the save, once, whole and in order; at most one more a kill may be there, committed but not yet said.

    python bench/kill9.py --times 200 --seed 1

Exits with 1 and says what was lost when something was.
"""

from __future__ import annotations

import argparse
import random
import select
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that it runs in a checkout that is not installed

from engine.play import events as e  # noqa: E402
from engine.saves.store import Store, StoryRef  # noqa: E402

PARTS = 4
"""Events in a turn, so that half a turn would show."""


def play(save: Path) -> None:
    """Play on until killed, saying each turn once it is kept."""
    rng = random.Random()
    while True:
        now = datetime.now(UTC)
        if save.exists() and save.stat().st_size:
            store = Store.open(save)
        else:
            store = Store.create(save, StoryRef("kill9", "Kill -9", "0" * 64), 1, now)
        with store:
            for _ in range(rng.randint(1, 40)):
                if rng.random() < 0.1:
                    store.undo()
                    store.redo()
                turn = len(store) + 1
                store.append(parts(turn), now=now, story_hash="0" * 64)
                print(turn, flush=True)


def parts(turn: int) -> list[e.Event]:
    """Return what turn `turn` says: enough for several pages now and then."""
    length = 20 if turn % 10 else 9_000
    return [e.PlayerSpoke(f"{turn}/{part} " + "x" * length) for part in range(PARTS)]


def kill_once(save: Path, rng: random.Random) -> list[int]:
    """Start the child, kill it at a random moment, and return the turns that it said.

    Once there is a save, one kill in seven may come before the first turn: while Python starts, or the save is opened.
    """
    child = subprocess.Popen(
        [sys.executable, __file__, "--play", str(save)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None and child.stderr is not None
    said = b""
    lines = rng.choice([0, 1, 1, 2, 5, 20, 60]) if save.exists() else 1
    for _ in range(lines):
        line = child.stdout.readline()
        if not line:
            break
        said += line
    # A moment anywhere in the few turns that follow, or in starting.
    select.select([], [], [], rng.random() * (0.004 if lines else 0.1))
    child.kill()
    rest, trouble = child.communicate()
    if trouble:
        raise SystemExit(f"The game failed by itself:\n{trouble.decode()}")
    whole, _, _ = (said + rest).rpartition(b"\n")
    return [int(line) for line in whole.split()]


def check(save: Path, said: list[int]) -> list[str]:
    """Return what is wrong with the save, given the turns that were said."""
    found: Counter[int] = Counter()
    wrong: list[str] = []
    with Store.open(save) as store:
        for turn in store.turns():
            words = [event.text if isinstance(event, e.PlayerSpoke) else "" for event in turn.events]
            found[int(words[0].split("/")[0])] += 1
            if list(turn.events) != parts(turn.id):
                wrong.append(f"turn {turn.id} is not what was played")
    wrong += [f"turn {turn} was said and is not there" for turn in said if not found[turn]]
    wrong += [f"turn {turn} is there {times} times" for turn, times in found.items() if times > 1]
    wrong += [f"turn {turn} was said twice" for turn, times in Counter(said).items() if times > 1]
    return wrong


def run(times: int, seed: int, folder: Path) -> int:
    """Kill `times` times; print the tally and return the exit code."""
    rng = random.Random(seed)
    save = folder / "kill9.palaver"
    said: list[int] = []
    wrong: list[str] = []
    for kill in range(1, times + 1):
        said += kill_once(save, rng)
        if kill % 10 == 0 or kill == times:
            wrong = check(save, said)
        if wrong:
            print(f"After kill {kill}:", *wrong[:20], sep="\n  ")
            break
    with Store.open(save) as store:
        print(
            f"{kill} kills, {len(said)} turns said, {len(store)} kept (at most one more a kill), "
            f"{len(wrong)} lost, doubled or halved; seed {seed}"
        )
        too_many = len(store) - len(said) > times
    left = sorted(path.name for path in folder.iterdir())
    if left != [save.name]:
        wrong.append(f"files were left beside the save: {left}")
        print(wrong[-1])
    return 1 if wrong or too_many else 0


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=200, help="how often to kill (200)")
    options.add_argument("--seed", type=int, default=1, help="of the moments")
    options.add_argument("--play", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.play:
        play(chosen.play)
    with tempfile.TemporaryDirectory() as folder:
        return run(chosen.times, chosen.seed, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
