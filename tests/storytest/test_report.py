"""What a run says of itself can be read by a person at 80 columns, by a program and by a build server."""

from __future__ import annotations

import asyncio
import json
import xml.etree.ElementTree as ET
from pathlib import Path

from engine.storytest.playing import play
from engine.storytest.report import Run, as_json, as_junit, failure_lines, prose, verdict
from storytest.inn import suite

TESTS = """
tests:
  it is warm & "dry" <here>:
    moves:
      - {say: "Ana, hello\\uFFFE there!", to: ana, reply: "<b>Hm</b> ]]>"}
      - {note: What a place}
      - {say: "Ana, a key?", to: ana, reply: The keys hang there., reads: {outcome: gives_key, unsure: true}}
      - {answer: yes}
    expect: {state: {mood: warm, paid: false}}
  it rains:
    expect: {text: the rain}
"""


def played(path: Path, tests: str = TESTS) -> list[Run]:
    read = suite(path, tests)
    return [Run(asyncio.run(play(read.graph, case)), 0.25) for case in read.cases]


def test_a_person_reads_the_verdict_then_each_failure_with_its_place_and_the_story(tmp_path: Path) -> None:
    runs = played(tmp_path, TESTS.replace("\\uFFFE", ""))
    assert verdict(runs, 0.5) == "1 of 2 tests failed (0.5 s)."
    assert verdict(runs[1:], 0.25) == "1 test passed (0.2 s)."
    lines = list(failure_lines(runs[0].result))
    assert lines == [
        'inn/tests/bar.yaml::it is warm & "dry" <here>',
        "  inn/tests/bar.yaml:9:22:",
        '    expected: mood is "warm"',
        '    found: mood is "cold"',
        "  inn/tests/bar.yaml:9:34:",
        "    expected: paid is false",
        "    found: paid is true",
        "  the story so far:",
        "    Ana: The keys hang there.",
        "    [asked: Did she give you a key?]",
        "    [Did she give you a key? yes]",
        "    [came true, by player: Ana gives the player a key]",
        "    == The hall ==",
        "    It creaks.",
    ]
    assert all(len(line) <= 80 for line in lines[1:])
    assert [prose(line) for line in runs[0].result.lines][3:6] == [
        "You: Ana, hello there!",
        "Ana: <b>Hm</b> ]]>",
        "(( What a place ))",
    ]


def test_a_build_server_reads_the_same_as_junit(tmp_path: Path) -> None:
    tests = TESTS.replace("\\uFFFE", "")
    (tmp_path / "wrong").mkdir()
    wrong = suite(tmp_path / "wrong", "tests: {it: 1}").diagnostics
    root = ET.fromstring(as_junit(played(tmp_path, tests), 0.5, wrong))
    assert root.tag == "testsuites"
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "1", "1")
    first, second = root.findall("testsuite")
    assert {name: first.get(name) for name in ("name", "tests", "failures", "errors", "skipped", "time")} == {
        "name": "inn/tests/bar.yaml",
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
        "time": "0.500000",
    }
    failed, passed = first.findall("testcase")
    assert failed.get("name") == 'it is warm & "dry" <here>'
    assert failed.get("line") == "3"
    assert list(passed) == []
    failure = failed.find("failure")
    assert failure is not None and failure.text is not None
    assert failure.get("message") == 'inn/tests/bar.yaml:9:22: expected mood is "warm"; found: mood is "cold"'
    assert "== The hall ==" in failure.text
    error = second.find("testcase/error")
    assert error is not None and error.get("type") == "wrong-kind"


def test_a_program_reads_the_same_as_json(tmp_path: Path) -> None:
    told = json.loads(json.dumps(as_json(played(tmp_path, TESTS.replace("\\uFFFE", "")))))
    assert (told["passed"], told["failed"], told["findings"]) == (1, 1, [])
    failed, passed = told["tests"]
    assert failed["id"] == f"{failed['file']}::{failed['name']}"
    assert failed["failures"][0] == {
        "file": "inn/tests/bar.yaml",
        "line": 9,
        "column": 22,
        "expected": 'mood is "warm"',
        "found": 'mood is "cold"',
    }
    assert passed["passed"] and passed["transcript"] == []


def test_what_no_terminal_and_no_xml_may_hold_never_gets_there(tmp_path: Path) -> None:
    (mistake,) = {found.code for found in suite(tmp_path, TESTS).diagnostics}
    assert mistake == "control-character"
