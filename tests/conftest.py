"""What holds for every test: nothing that the machine's user has learnt or set is read or changed."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# No example is timed: machines differ. In CI the same examples are tried each time, so that a change is judged by
# itself; whoever runs the tests at home tries new ones.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def _no_state_of_the_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALAVER_STATE", str(tmp_path_factory.getbasetemp() / "state-of-nobody"))
