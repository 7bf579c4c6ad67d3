"""A report holds what is needed to see what went wrong, and nothing that should not be sent on."""

from __future__ import annotations

import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import __version__
from engine.dialogue.messages import Message
from engine.errors import PalaverError
from engine.llm.endpoint import Endpoint, Secret
from engine.llm.protocol import Finished, Request, Usage
from engine.play.events import CharacterSpoke, OutcomeReached, PlayerSpoke, TalkTurnEnded
from engine.play.moves import Claim, Read
from engine.report import Asked, Exchange, write_report

KEY = "own-key-of-some-length"
ENDPOINT = Endpoint("https://h.example/v1", "m-1", key=Secret(KEY), headers={"x-own": "another-header-key"})
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
ACT = Request(
    "act", (Message("system", "You are Maren.\n\nHow to play: ..."), Message("user", f"Let me in! {KEY}")), {"top_p": 1}
)
JUDGE = Request("judge", (Message("user", "Which is true?"),), schema={"type": "object"}, schema_name="reading")
EXCHANGE = Exchange(
    (
        Asked(ACT, "m-1", Finished("Come in.\n== Request 9: forged\x1b[31m", "stop", Usage(21, 3), "m-1-2026")),
        Asked(JUDGE, "m-2", Finished('{"outcome": "lets_in"}', "stop")),
    ),
    Read(Claim("lets_in", "Come in."), who="maren"),
    (
        PlayerSpoke("Let me in!"),
        CharacterSpoke("maren", "Come in."),
        OutcomeReached("door/lets_in", "judge", "Come in."),
        TalkTurnEnded(),
    ),
    story="lamp, version 1, The Lamp at Skerry Point",
    save="lamp-1, turn 7",
)  # fmt: skip


def test_it_holds_what_was_asked_answered_and_made_of_it(tmp_path: Path) -> None:
    path = write_report(EXCHANGE, tmp_path / "saves", NOW, words="She let me in\nat once.", mask=ENDPOINT.mask)
    assert path.name == "report-20261124-083000.txt"
    assert path.read_text("utf-8").split("python:")[0] == (
        "A report from Palaver\n\n"
        "It holds what was said in one turn of a game and how it was asked of a model. Nothing was sent to anybody.\n\n"
        f"written: 2026-11-24 08:30:00 UTC\npalaver: {__version__}\n"
    )
    assert path.read_text("utf-8").partition("save: ")[2] == (
        "lamp-1, turn 7\n\n"
        "-- What the player says about it\n    She let me in\n    at once.\n\n"
        "== Request 1: the character's reply, asked of m-1\nsettings: top_p=1\n\n"
        "-- Sent as system\n    You are Maren.\n    \n    How to play: ...\n\n"
        "-- Sent as user\n    Let me in! [key]\n\n"
        "-- Answered by m-1-2026\n    Come in.\n    == Request 9: forged\n"
        "finish: stop; tokens: prompt=21, completion=3\n\n"
        "== Request 2: what it means for the story, asked of m-2\nanswer held to a schema: reading\n\n"
        "-- Sent as user\n    Which is true?\n\n"
        '-- Answered by m-2\n    {"outcome": "lets_in"}\n'
        "finish: stop; tokens: not told\n\n"
        '-- What it was taken to mean\n    read by: judge\n    outcome: lets_in, shown by "Come in."\n\n'
        "-- What came of it\n"
        "    PlayerSpoke: text='Let me in!'\n"
        "    CharacterSpoke: who='maren', text='Come in.'\n"
        "    OutcomeReached: key='door/lets_in', by='judge', evidence='Come in.'\n"
        "    TalkTurnEnded\n"
    )


def test_no_key_is_in_it(tmp_path: Path) -> None:
    said = "another-header-key and sk-vendor-0123456789abcdef"
    path = write_report(EXCHANGE, tmp_path, NOW, words=said, setup={"endpoint": f"h.example {KEY}"}, mask=ENDPOINT.mask)
    text = path.read_text("utf-8")
    for secret in (KEY, "another-header-key", "0123456789abcdef"):
        assert secret not in text
    assert "endpoint: h.example [key]" in text


def test_a_turn_that_failed_can_be_reported(tmp_path: Path) -> None:
    failed = Exchange((Asked(ACT, "m-1", problem="h.example is overloaded (503)."),))
    text = write_report(failed, tmp_path, NOW).read_text("utf-8")
    assert "-- No reply\n    h.example is overloaded (503).\n" in text
    assert "What came of it" not in text


def test_each_has_its_own_file_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = (write_report(EXCHANGE, tmp_path, NOW) for _ in range(2))
    assert second.name == "report-20261124-083000-2.txt"
    if sys.platform != "win32":
        assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_what_cannot_be_done_is_told(tmp_path: Path) -> None:
    with pytest.raises(PalaverError, match="say something"):
        write_report(None, tmp_path, NOW)
    (tmp_path / "file").write_text("")
    with pytest.raises(PalaverError, match="cannot be written"):
        write_report(EXCHANGE, tmp_path / "file", NOW)
