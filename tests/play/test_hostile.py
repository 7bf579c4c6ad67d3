"""A small part of what `bench/hostile.py` throws a million of, so that the bench itself keeps working."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench" / "hostile.py"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_hostile", BENCH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setitem(sys.modules, spec.name, module)  # its dataclasses look for it there
    spec.loader.exec_module(module)
    return module


def test_hostile_moves_do_only_what_was_written_and_some_of_that(bench: ModuleType) -> None:
    tally, found = bench.attack(1_500, seed=3)
    assert found == []
    for name in ("judge read", "judge unreadable", "OutcomeReached", "StateMoved", "ReadingRefused", "ReadingVetoed"):
        assert tally[name] > 0, name
    again, _ = bench.attack(1_500, seed=3)
    assert again == tally
