"""`palaver cost`: prints where money and tokens went, from the account that this machine keeps. It spends nothing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.shared import Commands, add_saves
from engine.errors import ConfigError, PalaverError, SaveError
from engine.plaintext import clean_line

if TYPE_CHECKING:
    from engine.llm.budget import Amount
    from engine.llm.ledger import Entry

_BY = ("game", "scene", "character", "model", "day", "purpose")
_PURPOSES = {"act": "playing characters", "judge": "reading what came true"}


def add(commands: Commands) -> None:
    """Register the command."""
    cost = commands.add_parser("cost", help="where money and tokens went")
    cost.add_argument("--by", choices=_BY, default="model", help="what to group by (model when left out)")
    cost.add_argument("--since", metavar="DATE", help="from this day on: 2026-11-24")
    add_saves(cost)
    cost.add_argument("--json", action="store_true", help="one JSON object")
    cost.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the report."""
    from engine.llm import budget
    from engine.llm.ledger import FILE, Ledger
    from engine.statefolder import state_folder

    since = _day(arguments.since)
    path = state_folder(os.environ) / FILE
    entries: list[Entry] = []
    days = None
    if path.exists():
        ledger = Ledger(path)
        try:
            entries, days = ledger.report(arguments.by, since), ledger.days(since)
        finally:
            ledger.close()
    saves = _saves(arguments.saves) if arguments.by == "game" and entries else {}
    total = sum((entry.amount for entry in entries), budget.Amount())
    if arguments.json:
        _print_json(arguments.by, entries, total, saves)
        return 0
    if days is None:
        print(f"Nothing was spent since {since}." if since else "Nothing was spent yet.")
        return 0
    _print_table(arguments.by, entries, saves)
    span = days[0] if days[0] == days[1] else f"{days[0]} to {days[1]}"
    calls = sum(entry.calls for entry in entries)
    print(f"\n{span}: {total}, in {calls:,} {'call' if calls == 1 else 'calls'}.")
    if total.unpriced:
        print("What has no known price is counted in tokens only; `prices` in the config file sets one.")
    if any(entry.estimated for entry in entries):
        print("~ The server did not count some calls, or they were broken off: those are estimates.")
    return 0


def _print_table(by: str, entries: list[Entry], saves: Mapping[str, str]) -> None:
    from engine.llm.prices import shown

    rows: list[tuple[str, ...]] = [("", "cost", "calls", "prompt", "cached", "reply")]
    for entry in entries:
        amount = entry.amount
        cost = "?" if amount.money is None else f"{shown(amount.micro)}{' + ?' if amount.unpriced else ''}"
        counts = (f"{n:,}" for n in (entry.calls, entry.prompt, entry.cached, entry.completion))
        rows.append((_named(by, saves.get(entry.name, entry.name)), f"{'~' if entry.estimated else ''}{cost}", *counts))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for name, *cells in rows:
        right = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        print(f"{name.ljust(widths[0])}  {right}")


def _print_json(by: str, entries: list[Entry], total: Amount, saves: Mapping[str, str]) -> None:
    import json

    def described(amount: Amount) -> dict[str, object]:
        money = None if amount.money is None else str(amount.money)
        return {"dollars": money, "tokens": amount.tokens, "tokens_without_price": amount.unpriced}

    lines = [
        {
            by: entry.name,
            **({"save": saves.get(entry.name)} if by == "game" else {}),
            "calls": entry.calls,
            "prompt": entry.prompt,
            "cached": entry.cached,
            "completion": entry.completion,
            "estimated_calls": entry.estimated,
            **described(entry.amount),
        }
        for entry in entries
    ]
    print(json.dumps({"by": by, "total": described(total), "entries": lines}, indent=2, ensure_ascii=False))


def _saves(flag: Path | None) -> dict[str, str]:
    """The names of saves by their playthroughs: a courtesy, which no trouble with settings or saves may spoil."""
    from engine.config import load_settings
    from engine.saves import shelf

    try:
        folder = shelf.saves_folder(flag or load_settings({}, os.environ).saves, os.environ, Path.cwd())
        return {info.playthrough: info.name for info in reversed(shelf.list_saves(folder)) if info.playthrough}
    except (ConfigError, SaveError):
        return {}


def _named(by: str, name: str) -> str:
    shown = _PURPOSES.get(name, name) if by == "purpose" else name
    return clean_line(shown)[:60] or "(none)"


def _day(text: str | None) -> str:
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise PalaverError(
            f'"{clean_line(text)}" is not a date.', do="Write it as year-month-day: 2026-11-24."
        ) from None
