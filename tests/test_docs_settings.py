"""Every example of a config file in the documentation is one that Palaver takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.config import load_settings

DOCS = Path(__file__).parent.parent / "docs"
EXAMPLES = [
    (doc, number, block)
    for doc in ("configuration.md", "costs.md", "endpoints.md")
    for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", (DOCS / doc).read_text("utf-8"), re.DOTALL))
]


@pytest.mark.parametrize(("doc", "number", "block"), EXAMPLES, ids=lambda part: str(part)[:20])
def test_an_example_is_taken(
    doc: str, number: int, block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.keys.stored_key", lambda _: "sk-0123456789")
    path = tmp_path / "config.yaml"
    path.write_text(block, "utf-8")
    path.chmod(0o600)
    settings = load_settings({}, {}, path)
    assert settings.warnings == ()
    if "base_url" in block.splitlines()[0]:
        assert settings.endpoint is not None
