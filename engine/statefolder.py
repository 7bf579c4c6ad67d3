"""Says where Palaver keeps what it learnt on this machine: no saves, no settings, no work of the player's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def state_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder, which need not be there yet; `PALAVER_STATE` names another than the usual one."""
    named = environ.get("PALAVER_STATE", "").strip()
    if named:
        return Path(os.path.expanduser(named))  # noqa: PTH111 - `Path.expanduser` raises for an unknown user
    import platformdirs

    return Path(platformdirs.user_state_dir("palaver", appauthor=False))
