"""Writes down how tests went: for a person, for a program (JSON), for a build server (JUnit). It runs nothing."""

from __future__ import annotations

import re
import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine.plaintext import clean_line
from engine.play.transcript import Line
from engine.story.diagnostics import Diagnostic
from engine.storytest.playing import Result

WIDTH = 80
LAST_LINES = 6
"""Lines of the transcript that are shown of a test that fails."""
_UNHOLDABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""


@dataclass(frozen=True, slots=True)
class Run:
    """A test that was run, and how long it took."""

    result: Result
    seconds: float


def verdict(runs: Sequence[Run], seconds: float) -> str:
    """Return how it went in a sentence."""
    failed = sum(not run.result.passed for run in runs)
    tests = f"{len(runs)} test" if len(runs) == 1 else f"{len(runs)} tests"
    took = f"({seconds:.1f} s)"
    return f"{failed} of {tests} failed {took}." if failed else f"{tests} passed {took}."


def failure_lines(result: Result) -> Iterator[str]:
    """Yield the lines that tell of a test that failed: each expectation with its place, then how the story went."""
    yield result.case.id
    for failure in result.failures:
        yield f"  {failure.place}:"
        for label, text in (("expected", failure.expected), ("found", failure.found)):
            yield from textwrap.wrap(
                f"{label}: {clean_line(text)}",
                WIDTH,
                initial_indent="    ",
                subsequent_indent="      ",
                break_on_hyphens=False,
            )
    lines = [line for line in map(prose, result.lines) if line]
    if lines:
        yield "  the story so far:"
        for line in lines[-LAST_LINES:]:
            yield from textwrap.wrap(
                line, WIDTH, initial_indent="    ", subsequent_indent="      ", max_lines=3, placeholder=" …"
            )


def prose(line: Line) -> str:
    """Return a line of the transcript in one line; empty for what is no part of the prose."""
    text = clean_line(line.text)
    match line.kind:
        case "scene":
            return f"== {text} =="
        case "speech":
            return f"{line.name or 'You'}: {text}"
        case "choice":
            return f"You chose: {text}"
        case "ending":
            return f"The end: {text}" if text else "The end."
        case "aside":
            return f"(( {text} ))"
        case "branch":
            return f"[came true, by {line.by}: {text}]".replace(": ]", "]")
        case "doubt" if line.answer is not None:
            return f"[{text} {'yes' if line.answer else 'no'}]"
        case "doubt":
            return f"[asked: {text}]"
        case "vetoed":
            return f"[taken back: {text}]"
        case _:
            return text


def as_json(runs: Sequence[Run], found: Sequence[Diagnostic] = ()) -> dict[str, Any]:
    """Return everything for a program: the tests with their failures, and what was `found` in their files."""
    fields = ("file", "line", "column", "severity", "code", "message")
    return {
        "passed": sum(run.result.passed for run in runs),
        "failed": sum(not run.result.passed for run in runs),
        "findings": [{name: getattr(each, name) for name in fields} for each in found],
        "tests": [
            {
                "id": run.result.case.id,
                "name": run.result.case.name,
                "file": run.result.case.place.file,
                "line": run.result.case.place.line,
                "passed": run.result.passed,
                "seconds": round(run.seconds, 6),
                "failures": [
                    {
                        "file": failure.place.file,
                        "line": failure.place.line,
                        "column": failure.place.column,
                        "expected": failure.expected,
                        "found": failure.found,
                    }
                    for failure in run.result.failures
                ],
                "transcript": [] if run.result.passed else [text for text in map(prose, run.result.lines) if text],
            }
            for run in runs
        ],
    }


def as_junit(runs: Sequence[Run], seconds: float, wrong: Sequence[Diagnostic] = ()) -> str:
    """Return JUnit's XML, as build servers read it: a suite for each file, a test case for each test.

    A mistake (`wrong`) in a file is an error of a test case of its own.
    """
    failed = sum(not run.result.passed for run in runs)
    totals = {"tests": str(len(runs) + len(wrong)), "failures": str(failed), "errors": str(len(wrong))}
    root = ET.Element("testsuites", {"name": "palaver", **totals, "time": f"{seconds:.3f}"})
    files: dict[str, list[Run]] = {}
    for run in runs:
        files.setdefault(run.result.case.place.file, []).append(run)
    for file, those in files.items():
        suite = _suite(root, file, those)
        for run in those:
            case = run.result.case
            where = {"name": _xml(case.name), "classname": _xml(file), "file": _xml(file), "line": str(case.place.line)}
            element = ET.SubElement(suite, "testcase", {**where, "time": f"{run.seconds:.6f}"})
            if run.result.failures:
                first = run.result.failures[0]
                message = clean_line(f"{first.place}: expected {first.expected}; found: {first.found}")
                fault = ET.SubElement(element, "failure", {"message": _xml(message), "type": "expectation"})
                fault.text = _xml("\n".join(failure_lines(run.result)))
    for found in wrong:
        suite = _suite(root, found.file, (), errors=1)
        where = {"name": found.code, "classname": _xml(found.file), "file": _xml(found.file), "line": str(found.line)}
        element = ET.SubElement(suite, "testcase", {**where, "time": "0"})
        ET.SubElement(element, "error", {"message": _xml(found.message), "type": found.code}).text = _xml(str(found))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, file: str, runs: Sequence[Run], *, errors: int = 0) -> ET.Element:
    counts = {
        "tests": len(runs) + errors,
        "failures": sum(not run.result.passed for run in runs),
        "errors": errors,
        "skipped": 0,
    }
    told = {name: str(count) for name, count in counts.items()}
    seconds = sum(run.seconds for run in runs)
    return ET.SubElement(root, "testsuite", {"name": _xml(file), **told, "time": f"{seconds:.6f}"})


def _xml(text: str) -> str:
    return _UNHOLDABLE.sub("\ufffd", text)
