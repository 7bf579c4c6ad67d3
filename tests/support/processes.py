"""The real command in a real process, as somebody without any setting has it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-m", "engine"]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("PALAVER_", "OPENAI_"))}


def palaver(*arguments: str | Path, moves: str = "", home: Path) -> subprocess.CompletedProcess[str]:
    """Run the command with `home` as the user's own folder."""
    at = str(home)
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=moves,
        capture_output=True,
        text=True,
        env={**CLEAN, "HOME": at, "XDG_CONFIG_HOME": at, "XDG_DATA_HOME": at},
        timeout=60,
        check=False,
    )
