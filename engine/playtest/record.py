"""The report as data, for programs: `palaver graph --coverage` draws it, and a build server may keep it.

Its version stands in it; what is added later takes no key away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.playtest.parts import KINDS, Kind
from engine.playtest.report import Found, at, first, gaps
from engine.playtest.tally import Group

VERSION = 1


def described(found: Found) -> dict[str, Any]:
    """Return the report as what JSON can hold."""
    tally, graph = found.tally, found.graph
    turns = sorted(tally.turns)
    return {
        "palaver_playtest": VERSION,
        "story": {"id": graph.id, "title": graph.title, "hash": graph.hash},
        "plays": tally.plays,
        "players": dict(tally.players),
        "seed": found.seed,
        "max_turns": found.most,
        "broken_off": found.stopped,
        "coverage": {
            "percent": round(found.percent, 2),
            **{
                called: dict(zip(("reached", "of"), found.covered(kind), strict=True)) for kind, called in KINDS.items()
            },
        },
        **{f"{kind}s": _hits(found, kind) for kind in ("scene", "choice", "outcome", "limit")},
        "lines": [_part(found, number) for number in range(len(found.parts))],
        "endings": {scene.id: _count(tally.endings.get(scene.id)) for scene in graph.endings}
        | {scene: group.count for scene, group in sorted(tally.endings.items())},
        "shortest": {scene: _shown(found, group) for scene, group in sorted(tally.endings.items())},
        "turns": {"median": at(turns, 0.5), "p95": at(turns, 0.95), "longest": turns[-1], "shortest": turns[0]}
        if turns
        else None,
        "stalls": [
            {"scene": scene, "plays": group.count, **_shown(found, group)}
            for scene, group in sorted(tally.stalls.items())
        ],
        "hangs": [
            {"why": why, "scene": scene, "plays": group.count, **_shown(found, group)}
            for (why, scene), group in sorted(tally.hangs.items())
        ],
        "errors": _groups(found, tally.errors),
        "given_up": _groups(found, tally.lost),
        "fallbacks": [
            {
                "scene": gap.scene,
                "character": gap.who,
                "replies": gap.replies,
                "fallbacks": gap.fallen,
                "lines": [{"line": each.line, "said": each.origin, "times": times} for each, times in gap.lines],
            }
            for gap in gaps(tally)
        ],
        "repeated": [
            {"character": who, "reply": text, "times": times}
            for (who, text), times in first(tally.repeated, len(tally.repeated))
        ],
        "refused": [
            {"scene": scene, "proposed": proposed, "reason": reason, "times": times}
            for (scene, proposed, reason), times in first(tally.refused, len(tally.refused))
        ],
        "cost": {"tokens": tally.tokens, "dollars": f"{tally.micro / 1e6:.6f}"},
    }


def _hits(found: Found, kind: Kind | str) -> dict[str, int]:
    return {part.key: found.tally.hits[part.key] for part in found.parts if part.kind == kind}


def _part(found: Found, number: int) -> dict[str, Any]:
    part = found.parts[number]
    place = found.place(part)
    at_place = {"file": place.file, "line": place.line, "column": place.column} if place is not None else {}
    return {"key": part.key, "kind": part.kind, "reached": found.tally.hits[part.key], **at_place, "about": part.about}


def _groups(found: Found, groups: Mapping[str, Group]) -> list[dict[str, Any]]:
    return [{"why": why, "plays": group.count, **_shown(found, group)} for why, group in sorted(groups.items())]


def _shown(found: Found, group: Group) -> dict[str, Any]:
    shown = group.shown
    moves = None if shown.way is None else [str(line) for line in shown.way]
    return {
        "turns": shown.turns,
        "seed": shown.seed,
        "player": shown.player,
        "replay": found.replay(group),
        "moves": moves,
    }


def _count(group: Group | None) -> int:
    return group.count if group is not None else 0
