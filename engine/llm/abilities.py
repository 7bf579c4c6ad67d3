"""Keeps what was learnt of each endpoint and model, so that no server has to refuse the same wording twice.

One JSON file in the state folder. It holds no key, and is never worth an error: what cannot be read is learnt again,
and what cannot be written is learnt again next time.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.atomic import write_atomically
from engine.llm.dialect import LIMITS, Dialect
from engine.llm.endpoint import Endpoint

GOOD_FOR = 30
"""Days: servers are updated, and a model that once missed a schema may keep it now."""
FORMAT = 1
MOST = 200
"""Endpoints and models that are remembered; the ones learnt longest ago go first."""
_SIZE_LIMIT = 1024 * 1024


class Abilities:
    """What is known of servers on this machine; the `Memory` of an `HttpModel`."""

    def __init__(self, path: Path, *, today: Callable[[], datetime.date] = datetime.date.today) -> None:
        self._path = path
        self._today = today
        self.warning = ""
        """What the player should know of the file; empty when all is well."""
        self._known = self._read()

    @classmethod
    def at(cls, folder: Path) -> Abilities:
        """Those kept in this state folder."""
        return cls(folder / "abilities.json")

    def dialect(self, endpoint: Endpoint) -> Dialect:
        """Return how to speak to this server; what the player set goes before what was learnt."""
        begin = Dialect.of(endpoint)
        entry = self._known.get(_name(endpoint))
        if entry is None or self._age(entry) > GOOD_FOR:
            return begin
        limit = begin.limit if endpoint.limit_name else entry["limit"]
        return replace(
            begin,
            limit=limit,
            limit_tried=limit == entry["limit"] and entry["limit_tried"],
            without=frozenset(entry["without"]),
            usage=entry["usage"],
            unthinking=begin.unthinking and entry["unthinking"],
            schema=entry["schema"],
        )

    def keep(self, endpoint: Endpoint, dialect: Dialect) -> None:
        """Remember what was learnt, with today's date."""
        self._known = self._read()  # another process may have learnt something of its own
        self._known[_name(endpoint)] = {
            "date": self._today().isoformat(),
            "limit": dialect.limit,
            "limit_tried": dialect.limit_tried,
            "without": sorted(dialect.without),
            "usage": dialect.usage,
            "unthinking": dialect.unthinking,
            "schema": dialect.schema,
        }
        self._write()

    def learnt(self, endpoint: Endpoint) -> str:
        """Return the date on which something was learnt of this endpoint, or nothing."""
        entry = self._known.get(_name(endpoint))
        return str(entry["date"]) if entry and self._age(entry) <= GOOD_FOR else ""

    def forget(self, endpoint: Endpoint | None = None) -> int:
        """Forget one endpoint, or all; returns how many were known."""
        gone = [name for name in self._known if endpoint is None or name == _name(endpoint)]
        for name in gone:
            del self._known[name]
        if gone or self.warning:
            self._write()
        return len(gone)

    def _age(self, entry: dict[str, Any]) -> int:
        # A date in the future is a clock that was wrong: not to be trusted for longer than any other.
        return abs((self._today() - datetime.date.fromisoformat(entry["date"])).days)

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            with self._path.open("rb") as file:
                data = file.read(_SIZE_LIMIT + 1)
        except FileNotFoundError:
            return {}
        except OSError as problem:
            self.warning = f"{self._path} cannot be read ({problem.strerror}): what it holds is learnt again."
            return {}
        try:
            found = json.loads(data) if len(data) <= _SIZE_LIMIT else None
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("known"), dict):
            self.warning = f"{self._path} is damaged or of another version: what it held is learnt again."
            return {}
        return {name: entry for name, entry in found["known"].items() if _sound(entry)}

    def _write(self) -> None:
        newest = sorted(self._known.items(), key=lambda item: str(item[1]["date"]))[-MOST:]
        data = json.dumps({"format": FORMAT, "known": dict(newest)}, indent=1, ensure_ascii=False)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(self._path, data.encode("utf-8", "replace"))
        except OSError as problem:
            self.warning = f"{self._path} cannot be written ({problem.strerror}): it is learnt again next time."


def _name(endpoint: Endpoint) -> str:
    return f"{endpoint.api} {endpoint.base_url} {endpoint.model}"


def _sound(entry: object) -> bool:
    if not isinstance(entry, dict):
        return False
    try:
        datetime.date.fromisoformat(entry["date"])
        flags = all(isinstance(entry[name], bool) for name in ("limit_tried", "usage", "unthinking", "schema"))
        without = entry["without"]
        return (
            flags
            and entry["limit"] in LIMITS
            and isinstance(without, list)
            and all(isinstance(name, str) for name in without)
        )
    except (KeyError, TypeError, ValueError):
        return False
