"""`palaver playtest` tells its verdict first, names lines of files, exits by what it found, and can be replayed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.cli import main
from engine.drawing import read_coverage

PLANTED = Path(__file__).parent.parent / "stories_planted"
STUCK = str(PLANTED / "faulty" / "soft_lock_key_left_behind.yaml")
HOSTILE = """palaver: 1
title: <script>alert(1)</script>
start: bar
characters:
  ana: {name: "A<b>na", persona: You are Ana., fallback: [Mm., Hm.]}
scenes:
  bar:
    title: <img src=x onerror=alert(1)>
    talk: ana
    suggest: ["</script><b>hi</b>"]
    choices: [{text: "Go <u>out</u>", goto: end}, {text: Never, if: 1 > 2, goto: end}]
    limit: {turns: 5, goto: end}
  end: {ending: Out & about}
"""


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    path = tmp_path / "inn.yaml"
    path.write_text(HOSTILE, "utf-8")
    return str(path)


def test_a_story_without_fault_is_reported(hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["playtest", hostile, "--plays", "20", "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert "20 plays, and every one came to an end." in out.splitlines()[0]
    assert "choices 1 of 2 50 %" in " ".join(out.split())
    assert re.search(r"inn\.yaml:11:\d+: Never", " ".join(out.split()))
    assert '"</script><b>hi</b>"' in out
    assert "\x1b" not in out
    assert all(len(line) <= 80 or str(hostile) in line for line in out.splitlines())


def test_a_hang_fails_and_is_replayed_by_what_is_printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    moves = tmp_path / "moves"
    given = ["--plays", "10", "--player", "random", "--max-turns", "40", "--workers", "1", "--moves-to", str(moves)]
    assert main(["playtest", STUCK, *given]) == 1
    out = capsys.readouterr().out
    assert "hung, of 10" in out.splitlines()[0]
    again = re.search(r"palaver (playtest .* --play \S+)", out)
    assert again is not None
    assert main(again[1].split()) == 1
    assert 'ends in scene "cellar": it hangs' in capsys.readouterr().out
    assert (moves / "hangs-cellar-turns.moves").exists()
    assert (moves / "ending-out.moves").read_text("utf-8").splitlines()[2].startswith("seed ")


def test_json_is_read_by_the_graph(hostile: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["playtest", hostile, "--plays", "10", "--workers", "1", "--json", "-"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["palaver_playtest"] == 1
    assert report["endings"] == {"end": 10}
    assert report["choices"]["bar/choices/never"] == 0
    assert report["limits"].keys() == {"bar/limit"}
    assert [line["line"] for line in report["lines"] if line["key"] == "bar/choices/never"] == [11]
    coverage = read_coverage(report)
    assert coverage.plays == 10
    assert coverage.scenes["bar"] == 10
    assert coverage.known == {"choice", "outcome", "limit"}


def test_the_page_holds_every_word_escaped_and_fetches_nothing(hostile: str, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert main(["playtest", hostile, "--plays", "10", "--workers", "1", "--html", str(page)]) == 0
    text = page.read_text("utf-8")
    assert text.count("<script>") == 1
    assert "<img" not in text
    assert "<b>" not in text
    assert "\x1b" not in text
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)=[\"'](?!#)", text)


def test_too_little_reached_fails_where_that_is_asked(hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["playtest", hostile, "--plays", "5", "--workers", "1", "--fail-under"]
    assert main([*given, "99"]) == 1
    assert "--fail-under asks for 99 %" in capsys.readouterr().out
    assert main([*given, "10"]) == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--live"], "No model is set"),
        (["--player", "model"], "No model is set"),
        (["--record", "x.jsonl"], "Add --live"),
        (["--html", "story.yaml"], "cannot be written"),
        (["--json", "nowhere/at/all.json"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_refused_at_once(
    given: list[str],
    said: str,
    hostile: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("", "utf-8")
    monkeypatch.setenv("PALAVER_CONFIG", str(config))
    monkeypatch.delenv("PALAVER_MODEL", raising=False)
    assert main(["playtest", hostile, *given]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("given", [["--player", "nobody"], ["--plays", "0"], ["--play", "x:random"]])
def test_flags_are_checked(given: list[str], hostile: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["playtest", hostile, *given])
    assert left.value.code == 2


def test_breaking_off_reports_what_was_done(
    hostile: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.playtest import running

    real, done = running.play, 0

    async def impatient(*given, **named):  # type: ignore[no-untyped-def]
        nonlocal done
        done += 1
        if done > 3:
            raise KeyboardInterrupt
        return await real(*given, **named)

    monkeypatch.setattr(running, "play", impatient)
    assert main(["playtest", hostile, "--plays", "50", "--workers", "1"]) == 130
    assert "3 plays (broken off)" in capsys.readouterr().out
