"""What a reader of lines is told where one answer of several fails: everything that stands, and nothing twice."""

from __future__ import annotations

import asyncio
from io import StringIO
from pathlib import Path

from engine.errors import Unreachable
from engine.plain import PlainGame
from support.games import QueueModel, begin
from support.stories import graph_of

ROWED = """
start: table
characters:
  maren: {name: Maren Voss, persona: You are Maren., fallback: ['"Hm."']}
  odd: {name: Odd, persona: You are Odd., fallback: ['"Aye."']}
scenes:
  table:
    talk: [maren, odd]
    replies: 2
    outcomes: {rows: {when: Odd says that he will row, goto: boat}}
    choices: [{text: Go out, goto: END}]
  boat:
    talk: maren
    opening: {maren: '"Sit down."'}
    choices: [{text: Go out, goto: END}]
"""


def test_an_answer_that_failed_hides_no_line_of_the_next_scene(tmp_path: Path) -> None:
    actor = QueueModel('"I will row."', Unreachable("The server is gone.", do="Start it."))
    judge = QueueModel('{"quote": "I will row.", "outcome": "rows", "sure": "yes"}')
    session, out = begin(graph_of(ROWED), tmp_path, actor, judge), StringIO()
    asyncio.run(PlainGame(session, StringIO("Odd, will you row?\n"), out).play(opening="Rowed"))
    session.close()
    told = out.getvalue()
    assert told.count('"I will row."') == told.count('"Sit down."') == 1
    assert "Maren Voss said nothing." in told
