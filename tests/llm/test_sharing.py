"""Games in one process and in several keep to one limit and one budget, as the server counts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PLAYER = """
import sys, time
from pathlib import Path
from engine.llm.gate import Gate
from engine.llm.limits import Limits

folder, window = Path(sys.argv[1]), float(sys.argv[2])
gate = Gate(folder / "limits.sqlite", "pool", Limits(5, 100), window=window)
print("ready", flush=True)
sys.stdin.readline()
for turn in range(8):
    ticket = gate.enter("act", 10, time.time())
    while not (calls := gate.admit([ticket], time.time()).calls):
        time.sleep(0.005)
    print(time.time(), flush=True)
    gate.end(calls[ticket.number], 10, time.time())
gate.close()
"""
KILLED = """
import os, sys
from pathlib import Path
from engine.llm.budget import Budget, Cap
from engine.llm.ledger import Ledger, Tags, Taken

ledger = Ledger(Path(sys.argv[1]))
ledger.reserve(Tags("s", "g"), Taken(700, 0, 0), Budget(day=Cap(tokens=1000)), float(sys.argv[2]))
os.kill(os.getpid(), 9)
"""


def bench(*arguments: str) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "conversations.py"), *arguments],
        capture_output=True, text=True, timeout=60, check=False, cwd=ROOT,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_many_conversations_keep_the_limit_and_their_own_words() -> None:
    found = bench("--conversations", "30", "--turns", "4", "--window", "0.8", "--requests", "60", "--tokens", "6000")
    assert found["calls_made"] == 120
    assert found["told_to_wait"] > 0
    # Neither acting nor judging starves: both took turns of about the same length.
    act, judge = found["longest_seconds"]["act"], found["longest_seconds"]["judge"]
    assert max(act, judge) < 4 * min(act, judge) + 1


def test_a_budget_is_kept_by_many_at_once() -> None:
    found = bench("--conversations", "30", "--turns", "4", "--window", "0.5", "--budget", "20000")
    assert found["refused_by_budget"] > 0
    assert 0 < found["micro_dollars"]["charged"] <= 20_000


def test_two_processes_share_one_limit(tmp_path: Path) -> None:
    window = 0.5
    players = [
        subprocess.Popen(
            [sys.executable, "-c", PLAYER, str(tmp_path), str(window)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for _ in range(2)
    ]  # fmt: skip
    for player in players:
        assert player.stdout is not None
        assert player.stdout.readline() == "ready\n"
    times: list[list[float]] = []
    for player in players:
        assert player.stdin is not None
        player.stdin.write("\n")
        player.stdin.flush()
    for player in players:
        out, _ = player.communicate(timeout=30)
        assert player.returncode == 0
        times.append([float(line) for line in out.split()])
    assert [len(theirs) for theirs in times] == [8, 8]
    passed = sorted(times[0] + times[1])
    # A call is printed a moment after it was let through: a few milliseconds are the printing's.
    assert all(later - earlier > window - 0.02 for earlier, later in zip(passed, passed[5:], strict=False))
    # Neither was served first all the time.
    assert min(times[0]) < max(times[1])
    assert min(times[1]) < max(times[0])


def test_what_a_killed_process_was_promised_stays_promised(tmp_path: Path) -> None:
    from engine.llm.ledger import LOST, Ledger

    now, path = time.time(), tmp_path / "ledger.sqlite"
    ran = subprocess.run([sys.executable, "-c", KILLED, str(path), str(now)], check=False, cwd=ROOT)
    assert ran.returncode == -9 or os.name != "posix"
    ledger = Ledger(path)
    assert ledger.spent("other", "other", now)["day"].tokens == 700
    assert ledger.spent("s", "g", now + LOST + 1)["session"].tokens == 0
    ledger.close()
