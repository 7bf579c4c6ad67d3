"""What holds for every test: nothing that the machine's user has learnt or set is read or changed."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_state_of_the_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALAVER_STATE", str(tmp_path_factory.getbasetemp() / "state-of-nobody"))
