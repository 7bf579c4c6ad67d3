"""What rehearsals of a story reached, read from a report of `palaver playtest`.

It believes no report: what is not of the known shape is refused, and numbers that cannot be counts are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.drawing.picture import Row
from engine.errors import PalaverError
from engine.plaintext import clean_line

REPORT = 1
"""The version of the report that is read here."""

_MOST = 10**12
"""No rehearsal counts further, and a larger number would not fit where it is drawn."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often each part of a story was reached."""

    plays: int
    story: str = ""
    """Id of the story that was played."""
    hash: str = ""
    """Its hash: another one means that the story was edited since, or is another."""
    scenes: Mapping[str, int] = field(default_factory=dict)
    """Visits by scene id; a scene that is missing was never visited."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """How often a choice or an outcome was taken, by key."""
    known: frozenset[str] = frozenset()
    """The kinds of rows that were counted at all: `choice`, `outcome`, `limit`."""

    def taken(self, row: Row) -> int | None:
        """Return how often a row was taken; None where that was not counted."""
        return self.rows.get(row.key, 0) if row.kind in self.known else None

    def doubt(self, story: str, hash_: str) -> str:
        """Return why this may not be about the story with that id and hash; empty when it is about it."""
        if self.hash == hash_:
            return ""
        if self.story and self.story != story:
            return f'The report is of another story, "{self.story}": what has the same ids is counted all the same.'
        return "The story was edited since the report was made: play it again for numbers that hold."


def read_coverage(report: Any) -> Coverage:
    """Return the coverage in a report, given as the object that its JSON holds; raises `PalaverError`."""
    if not isinstance(report, dict) or "palaver_playtest" not in report:
        raise PalaverError("This is no report of a playtest.", do="Write one: palaver playtest STORY --json FILE")
    if report["palaver_playtest"] != REPORT:
        found = clean_line(str(report["palaver_playtest"]))[:20]
        raise PalaverError(
            f"The report is of version {found}, and this program reads version {REPORT}.",
            do="Write it anew: palaver playtest STORY --json FILE",
        )
    story = report.get("story")
    said: dict[str, Any] = story if isinstance(story, dict) else {}
    kinds = {kind: report.get(f"{kind}s") for kind in ("choice", "outcome", "limit")}
    rows = _counts(kinds["choice"]) | _counts(kinds["outcome"])
    rows |= {f"{scene.removesuffix('/limit')}/limit": count for scene, count in _counts(kinds["limit"]).items()}
    return Coverage(
        plays=_count(report.get("plays")) or 0,
        story=clean_line(str(said.get("id", "")))[:80],
        hash=str(said.get("hash", "")),
        scenes=_counts(report.get("scenes")),
        rows=rows,
        known=frozenset(kind for kind, counts in kinds.items() if isinstance(counts, dict)),
    )


def _counts(value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        return {}
    counts = {str(name): _count(count) for name, count in value.items()}
    return {name: count for name, count in counts.items() if count is not None}


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        return None
    return value
