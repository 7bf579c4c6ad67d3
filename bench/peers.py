"""A virtual environment for the libraries that measurements set ours beside: the project does not depend on them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Whoever imports this finds the package `engine`, and not the measurement of that name beside it.
sys.path.insert(0, str(ROOT))
FOLDER = Path(tempfile.gettempdir()) / "palaver-bench-peers"
"""Where it is kept between runs, unless told otherwise."""

LOCKED = ("httpx", "tiktoken")


def installed(folder: Path | None, names: Iterable[str]) -> tuple[Path, list[str]]:
    """Return the Python of an environment in `folder` and those of `names` that it holds; says which could not be had.

    What the project itself depends on is taken at the version it is locked to.
    """
    folder = folder or FOLDER
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    had = []
    for name in names:
        command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        command += ["-c", str(ROOT / "requirements.lock")] if name in LOCKED else []
        done = subprocess.run([*command, name], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            had.append(name)
        else:
            last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            print(f"{name} is left out, it could not be installed: {last}")
    return python, had


def environment() -> dict[str, str]:
    """Return the environment in which they are run: with the engine, and without litellm's look at the network."""
    # Without the second, litellm fetches its prices whenever it is imported.
    return {**os.environ, "PYTHONPATH": str(ROOT), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
