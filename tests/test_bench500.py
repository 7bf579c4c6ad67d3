"""The graph of the engine's measurements: the story made of it does just what the graph says."""

from __future__ import annotations

import importlib.util
import json
import operator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine.play.moves import Begin, Choose
from engine.play.offer import offers
from engine.play.state import State
from engine.play.step import step
from engine.play.transcript import Telling
from engine.story.graph import StoryGraph
from engine.story.load import check_story

BENCH = Path(__file__).resolve().parent.parent / "bench"
SIGNS = {
    "+": operator.add, "-": operator.sub, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
SMALL: dict[str, Any] = {
    "vars": ["v0"],
    "start": "s0",
    "scenes": [
        {
            "id": "s0",
            "text": 'It is "dark": wait.',
            "choices": [
                {"text": "Wait: on", "goto": "s0", "cond": None, "eff": ["v0", "+", 1]},
                {"text": "Go", "goto": "s1", "cond": ["v0", ">", 1], "eff": None},
            ],
        },
        {"id": "s1", "text": "Light.", "choices": []},
    ],
}


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench500", BENCH / "bench500.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((BENCH / "bench500.json").read_text("utf-8"))
    return loaded


def story_of(bench: ModuleType, graph: dict[str, Any], folder: Path) -> StoryGraph:
    path = folder / "bench.yaml"
    path.write_text(bench.converted(graph), "utf-8")
    checked = check_story(path)
    assert checked.graph is not None, checked.diagnostics
    return checked.graph


def drawn(seed: int, count: int, among: int) -> int:
    return (seed * 7919 + count * 104729) // 7 % among


def by_the_graph(graph: dict[str, Any], seed: int, most: int) -> list[str]:
    """What is seen when the graph is read with no engine at all."""
    scenes = {scene["id"]: scene for scene in graph["scenes"]}
    values = dict.fromkeys(graph["vars"], 0)
    at, seen = graph["start"], []
    for count in range(most):
        seen.append(scenes[at]["text"])
        open_now = [
            choice
            for choice in scenes[at]["choices"]
            if choice["cond"] is None or SIGNS[choice["cond"][1]](values[choice["cond"][0]], choice["cond"][2])
        ]
        seen += [choice["text"] for choice in open_now]
        if not open_now:
            break
        choice = open_now[drawn(seed, count, len(open_now))]
        if choice["eff"]:
            name, sign, number = choice["eff"]
            values[name] = SIGNS[sign](values[name], number)
        at = choice["goto"]
    return seen


def by_the_engine(graph: StoryGraph, seed: int, most: int) -> list[str]:
    telling, taken, seen = Telling(graph), step(graph, State(), Begin(seed)), []
    for count in range(most):
        state = taken.state
        seen += [line.text for line in telling.lines(taken.events) if line.kind == "told"]
        open_now = offers(graph, state, state.spent, over=state.over)
        seen += [offer.text for offer in open_now]
        if not open_now:
            break
        taken = step(graph, state, Choose(open_now[drawn(seed, count, len(open_now))].choice.id))
    return seen


def test_the_story_is_the_graph(bench: ModuleType, whole: dict[str, Any], tmp_path: Path) -> None:
    story = story_of(bench, whole, tmp_path)
    assert list(story.scenes) == [scene["id"] for scene in whole["scenes"]]
    for seed in range(20):
        assert by_the_engine(story, seed, 1_000) == by_the_graph(whole, seed, 1_000)


def test_texts_with_quotes_and_colons_survive(bench: ModuleType, tmp_path: Path) -> None:
    story = story_of(bench, SMALL, tmp_path)
    for seed in range(5):
        assert by_the_engine(story, seed, 50) == by_the_graph(SMALL, seed, 50)


def test_ink_gets_the_same_graph(bench: ModuleType) -> None:
    assert bench.as_ink(SMALL) == (
        "VAR v0 = 0\n"
        "-> s0\n"
        "=== s0 ===\n"
        'It is "dark": wait.\n'
        "+ [Wait: on]\n"
        "  ~ v0 = v0 + 1\n"
        "  -> s0\n"
        "+ {v0 > 1} [Go]\n"
        "  -> s1\n"
        "=== s1 ===\n"
        "Light.\n"
        "-> END\n"
    )


def test_the_converter_writes_what_the_ending_of_the_file_asks_for(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = tmp_path / "graph.json"
    graph.write_text(json.dumps(SMALL), "utf-8")
    for name, wanted in (("story.yaml", bench.converted(SMALL)), ("story.ink", bench.as_ink(SMALL))):
        monkeypatch.setattr("sys.argv", ["bench500.py", str(graph), str(tmp_path / name)])
        assert bench.main() == 0
        assert (tmp_path / name).read_text("utf-8") == wanted
