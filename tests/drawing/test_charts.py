"""Mermaid and DOT are written so that the programs that read them take them, whatever a story's texts hold."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from engine.drawing import read_coverage, write_dot, write_mermaid
from engine.drawing.mermaid import too_much
from engine.drawing.picture import Picture, picture
from support.drawn import HOUSE, hostile_story
from support.stories import graph_of

PLAIN = picture(graph_of(HOUSE))
HOSTILE = picture(hostile_story())
COVERAGE = read_coverage(
    {"palaver_playtest": 1, "plays": 3, "scenes": {"hall": 12}, "choices": {"hall/choices/ring": 5}}
)

# Inside quotes: what has no meaning to Mermaid, references to letters by number, and its line break.
_WORDS = r'"(?:[^"`#<>{}|\[\]\\&%]|#\d+;|<br/>)*"'
_NAME = "s_[A-Za-z0-9_]+"
MERMAID = re.compile(
    rf"  (?:{_NAME}(?:\[{_WORDS}\]|\({_WORDS}\)|\{{\{{{_WORDS}\}}\}}|\(\[{_WORDS}\]\))"
    rf"|class {_NAME} [a-z]+"
    rf"|{_NAME} (?:-->|-\.->)\|{_WORDS}\| {_NAME}"
    r"|classDef [a-z]+ [a-z0-9:#,\- ]+)"
)
DOT = re.compile(r'  s_\w+(?: -> s_\w+)? \[(?:\w+=(?:\w+|"(?:[^"\\\n]|\\.)*")(?:, )?)+\];')


@pytest.mark.parametrize("drawn", [PLAIN, HOSTILE], ids=["plain", "hostile"])
def test_every_line_of_a_flowchart_is_one_that_mermaid_knows(drawn: Picture) -> None:
    head, title, foot, kind, *lines = write_mermaid(drawn, COVERAGE).splitlines()

    assert (head, foot, kind) == ("---", "---", "flowchart LR")
    assert re.fullmatch(r'title: "(?:[^"\\]|\\.)*"', title)
    for line in lines:
        assert MERMAID.fullmatch(line), line


@pytest.mark.parametrize("drawn", [PLAIN, HOSTILE], ids=["plain", "hostile"])
def test_every_line_of_a_graph_is_one_that_dot_knows(drawn: Picture) -> None:
    *_, last = lines = write_dot(drawn, COVERAGE).splitlines()

    assert (lines[0], last) == ("digraph story {", "}")
    for line in lines[3:-1]:
        assert DOT.fullmatch(line), line


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("drawn", [PLAIN, HOSTILE], ids=["plain", "hostile"])
def test_graphviz_reads_it(drawn: Picture) -> None:
    done = subprocess.run(["dot", "-Tplain"], input=write_dot(drawn), capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "syntax error" not in done.stderr
    assert sum(line.startswith("node ") for line in done.stdout.splitlines()) == len(drawn.boxes)


def test_ways_between_the_same_scenes_share_an_arrow_with_their_conditions() -> None:
    graph = graph_of(
        """
        start: a
        state: {key: false}
        scenes:
          a:
            choices: [{text: Knock, goto: b}, {text: Unlock, if: key, goto: b}, {text: Peep, call: c, goto: b}]
          b: {ending: In}
          c: {goto: RETURN}
        """
    )
    lines = write_mermaid(picture(graph)).splitlines()

    assert '  s_a -->|"Knock<br/>Unlock<br/>if key<br/>Peep"| s_b' in lines
    assert '  s_a -.->|"Peep"| s_c' in lines


def test_counts_stand_in_the_labels() -> None:
    chart = write_mermaid(PLAIN, COVERAGE)

    assert '["The hall<br/>12×"]' in chart
    assert "Ring softly / hard (5×)" in chart
    assert '["cellar<br/>never visited"]' in chart


def test_a_chart_too_large_for_mermaid_says_so() -> None:
    scenes = "".join(f"  s{n}: {{choices: [{{text: On, goto: s{n + 1}}}]}}\n" for n in range(520))
    drawn = picture(graph_of(f"start: s0\nscenes:\n{scenes}  s520: {{ending: Done}}\n"))

    assert "--format html" in too_much(write_mermaid(drawn), drawn)
    assert too_much(write_mermaid(PLAIN), PLAIN) == ""
