"""What was found wrong with a story, as programs read it: our own JSON, and the problems of the editor protocol.

It finds nothing and prints nothing. Positions of the one count from 1 in characters, as people do; those of the other
from 0 in units of UTF-16, as the Language Server Protocol (3.17) has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.story.codes import CODES
from engine.story.diagnostics import Diagnostic
from engine.story.load import Checked
from engine.story.underline import end_of, utf16

SOURCE = "palaver"
_SEVERITY = {"error": 1, "warning": 2}


def as_json(checked: Checked) -> list[dict[str, Any]]:
    """Return each finding: where it begins, the column just after it on that line, what it is and what to do."""
    lines = _lines(checked)
    return [
        {
            "file": found.file,
            "line": found.line,
            "column": found.column,
            "end": end_of(_line(lines, found), found.column) if found.line else found.column,
            "severity": found.severity,
            "code": found.code,
            "message": found.message,
            "do": found.do or CODES[found.code].says,
        }
        for found in checked.diagnostics
    ]


def as_lsp(checked: Checked, named: Path) -> list[dict[str, Any]]:
    """Return the params of a `textDocument/publishDiagnostics` for every file read, also for those without a finding.

    `named` is the story as it was named: what was found before any file was read is about it.
    """
    lines = _lines(checked)
    by_file: dict[str, list[dict[str, Any]]] = {name: [] for name in lines}
    for found in checked.diagnostics:
        by_file.setdefault(found.file, []).append(_problem(found, _line(lines, found)))
    return [{"uri": _uri(name, named), "diagnostics": problems} for name, problems in by_file.items()]


def _problem(found: Diagnostic, line: str) -> dict[str, Any]:
    number = max(found.line - 1, 0)
    begin, end = (utf16(line, found.column), utf16(line, end_of(line, found.column))) if found.line else (0, 0)
    return {
        "range": {"start": {"line": number, "character": begin}, "end": {"line": number, "character": end}},
        "severity": _SEVERITY[found.severity],
        "code": found.code,
        "source": SOURCE,
        "message": found.message,
    }


def _uri(name: str, named: Path) -> str:
    """Return a file's address; a name that was cleaned of what terminals obey is not the file's, its folder's is."""
    path = Path(name)
    if not path.exists():
        path = named
    return path.absolute().as_uri()


def _lines(checked: Checked) -> dict[str, list[str]]:
    return {source.name: source.text.split("\n") for source in checked.sources}


def _line(lines: dict[str, list[str]], found: Diagnostic) -> str:
    of_file: Iterable[str] = lines.get(found.file, ())
    return next((line for number, line in enumerate(of_file, 1) if number == found.line), "")
