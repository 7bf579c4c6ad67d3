"""What is set of the models, for tests that pick others."""

from __future__ import annotations

from pathlib import Path

from engine.config import load_settings
from engine.picking import Picker


def picker_at(folder: Path, text: str = "", **variables: str) -> Picker:
    """What is set by a config file with this text, and by these variables."""
    file = folder / "config.yaml"
    file.write_text(text, "utf-8")
    environ = {"PALAVER_CONFIG": str(file), **variables}
    return Picker(load_settings({}, environ), {}, environ)
