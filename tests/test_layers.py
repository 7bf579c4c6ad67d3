"""The layers import one way only, and each heavy library stays in its own room."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ENGINE = Path(__file__).parent.parent / "engine"
MODULES = sorted(path for path in ENGINE.rglob("*.py"))

# What each layer may import of the others. A layer that is not named here (the modules at the top) may import them all.
ALLOWED = {
    "story": {"story"},
    "play": {"play", "story"},
    "dialogue": {"dialogue", "play", "story"},
    "llm": {"llm", "dialogue", "play", "story"},
    "saves": {"saves", "play", "story"},
    "proving": {"proving", "play", "story"},
    "laying": {"saves", "play", "story"},
    "opening": {"play", "story"},
    "watching": {"story"},
    "edits": {"rehearsal", "session", "watching", "story"},
    "rehearsal": {"cast", "opening", "session", "watching", "saves", "play", "story"},
    "errors": {"story"},
    "plaintext": set(),
    "atomic": set(),
    "statefolder": set(),
    "settings": {"llm"},
    "configfile": {"atomic", "settings"},
    "keys": set(),
    "config": {"configfile", "keys", "settings", "llm"},
    "console": set(),
    "view": {"play", "story"},
    "cast": {"llm", "dialogue"},
    "spending": {"cast", "llm"},
    "asking": {"llm", "report"},
    "linewise": {"play", "story"},
    "saying": {"session", "updates", "view", "dialogue"},
    "recalling": {"session", "dialogue", "story"},
    "talking": {"asking", "briefing", "cast", "report", "updates", "llm", "dialogue", "play", "story"},
    "briefing": {"cast", "llm", "dialogue", "play", "story"},
    "checking": {"briefing", "dialogue", "play", "story"},
    "drawing": {"story"},
    "playtest": {"cast", "drawing", "session", "updates", "view", "saves", "llm", "dialogue", "play", "story"},
    "probing": {"briefing", "cast", "llm", "dialogue", "play", "story"},
    "storytest": {"casting", "cast", "session", "updates", "view", "saves", "llm", "dialogue", "play", "story"},
    "judging": {"llm", "dialogue", "play", "story"},
    "scores": {"judging", "dialogue"},
    "scoresheet": {"judging", "scores", "dialogue", "story"},
    "updates": {"play"},
    "standing": {"saves", "play", "story"},
    "storydiff": {"standing", "saves", "play", "story"},
    "report": {"llm", "dialogue", "play", "story"},
    "lastly": {"saves", "play"},
    "counting": {"cast", "saves", "dialogue", "play", "story"},
    "troubles": set(),
    "session": {
        "counting",
        "lastly",
        "troubles",
        "talking",
        "report",
        "standing",
        "updates",
        "briefing",
        "cast",
        "view",
        "saves",
        "llm",
        "dialogue",
        "play",
        "story",
    },
}
EVERYWHERE = {"errors", "plaintext", "atomic"}
PURE = {"play", "dialogue"}
IMPURE = {
    "asyncio", "datetime", "importlib", "io", "os", "pathlib", "random", "requests", "secrets", "shutil", "socket",
    "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib",
}  # fmt: skip


def layer(path: Path) -> str:
    return path.relative_to(ENGINE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ENGINE)))
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    for name in imports(path):
        top, *rest = name.split(".")
        assert top != "httpx" or layer(path) == "llm", f"{path} imports httpx"
        assert top not in ("textual", "rich") or layer(path) == "tui", f"{path} imports {top}"
        if layer(path) in PURE:
            assert top not in IMPURE, f"{path} imports {top}"
        if top == "engine" and rest and layer(path) in ALLOWED:
            other = rest[0]
            assert other in ALLOWED[layer(path)] | EVERYWHERE | {layer(path), "__version__"}, f"{path} imports {name}"


@pytest.mark.parametrize("path", [p for p in MODULES if layer(p) in PURE], ids=lambda p: str(p.relative_to(ENGINE)))
def test_a_pure_module_opens_nothing(path: Path) -> None:
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"open", "print", "input", "eval", "exec", "compile", "__import__"}
