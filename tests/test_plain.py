"""The game line by line, as a person at a pipe or a screen reader has it: the real command in a real process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.stories import EVERYTHING

COMMAND = [sys.executable, "-m", "engine"]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("PALAVER_", "OPENAI_"))}


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "tale.yaml"
    path.write_text("palaver: 1\ntitle: A test\n" + EVERYTHING, "utf-8")
    return path


def palaver(*arguments: str | Path, moves: str = "", home: Path | None = None) -> subprocess.CompletedProcess[str]:
    environ = {**CLEAN, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)} if home else CLEAN
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=moves,
        capture_output=True,
        text=True,
        env=environ,
        timeout=60,
        check=False,
    )


def play(story: Path, moves: str, *arguments: str) -> str:
    done = palaver("play", story, "--plain", "--seed", "1", "--saves", story.parent / "saves", *arguments, moves=moves,
                   home=story.parent)  # fmt: skip
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def test_with_no_key_the_scripted_actor_plays_and_says_so_in_one_line(story: Path) -> None:
    first = play(story, "").splitlines()[0]
    assert first == "A test. Played by: the scripted actor (no model is set; `palaver models` finds one)."


def test_numbers_choose_other_text_speaks_and_the_end_is_told(story: Path) -> None:
    out = play(story, "1\nopen your eyes\nshut your eyes\n1\n/undo\nwake\ndoor\nlet me in\n/quit\n", "--offline")
    assert "A hall. 5 coins. Tick." in out
    assert "Cold. yes" in out
    assert "The last turn is taken back." in out
    assert 'Maren: "Come in, then."\nIt opens.\nHome.\n\nThe end: Home' in out


def test_words_that_resemble_no_choice_say_what_can_be_chosen(story: Path) -> None:
    assert "That is not among the choices: 1. Take the key; 2. Pay" in play(story, "sing a song\n")


def test_a_choice_that_asks_takes_the_next_line_and_a_command_instead_of_it(story: Path) -> None:
    out = play(story, "say your name\nAna Lúcia 李\nsay your name\n/undo\n")
    assert "You are Ana Lúcia 李." in out
    assert "Nothing was chosen.\nThe last turn is taken back." in out
    assert "5 coins" not in play(story, "say your name\n/quit\n/look\n").split("Nothing was chosen.")[1]


def test_the_bare_word_of_a_command_is_told_its_slash(story: Path, tmp_path: Path) -> None:
    assert "That is not among the choices. Did you mean /undo?" in play(story, "undo\n")
    path = tmp_path / "table.yaml"
    path.write_text(TALK, "utf-8")
    out = play(path, "1\nquit\nwait\n", "--offline")
    assert out.count("(That was said aloud. The command is /quit.)") == 1
    assert "The command is /wait" not in out, "it may well be said"


def test_help_tells_every_form_a_line_may_have(story: Path) -> None:
    out = play(story, "/help\n")
    assert "/quit - leave; the game is kept\n@NAME WORDS - say something to one who is here\n" in out
    assert "((WORDS)) - a note that nobody in the story hears\n" in out


def test_a_name_that_no_moment_has_is_met_with_those_there_are(story: Path) -> None:
    out = play(story, "/load nowhere\n1\n/save first\n/load elsewhere\n/load firts\n")
    assert 'has the name "nowhere". Give a name to a moment first.' in out
    assert out.count('Did you mean "first"?') == 2


def test_a_moment_may_be_named_twice_and_a_name_given_once(story: Path) -> None:
    out = play(story, "/save\n/save\n1\n/save\n/save turn 1\nno\n/save turn 1\nyes\n/undo\n/load turn 1\n")
    assert 'Saved as "turn 2".' in out
    assert "It stays where it was." in out
    assert out.count('Saved as "turn 1".') == 3


def test_bytes_that_are_no_text_are_something_that_was_typed(story: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "play", str(story), "--plain", "--saves", str(story.parent)],
        input=b"\xff\xfe\n1\n", capture_output=True, env={**CLEAN, "PYTHONIOENCODING": "utf-8"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"Cold. yes" in done.stdout
    ascii_only = subprocess.run(
        [*COMMAND, "play", str(story), "--plain", "--saves", str(story.parent)],
        input="say your name\nØ\n".encode(), capture_output=True, check=False,
        env={**CLEAN, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert ascii_only.returncode == 0, ascii_only.stderr


def test_a_model_that_does_not_answer_leaves_three_ways_on(story: Path) -> None:
    """Nobody listens at the address, so every try fails at once."""
    (story.parent / "palaver").mkdir()
    (story.parent / "palaver" / "config.yaml").write_text("retries: 0\n", "utf-8")
    moves = "door\nhello\n/offline\n/retry\n/offline\n"
    out = play(story, moves, "--base-url", f"http://127.0.0.1:{free_port()}/v1", "--model", "m")
    assert "Your line is kept: /retry asks again" in out
    assert "The answer you had is kept: /retry asks again" in out
    assert '> /offline\nMaren: "Hello yourself."' in out
    assert out.endswith('> /offline\nMaren: "Hm."\n> \n')


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def test_nothing_but_text_comes_out_even_when_escapes_go_in(story: Path) -> None:
    out = play(story, "7\nsay your name\n\x1b[31mred\x07 \x9b5m\ndoor\n\x1b]0;title\x07hello\n")
    assert not set(out) & {"\x1b", "\x07", "\x9b", "\x00"}


def test_every_command_answers(story: Path) -> None:
    out = play(
        story,
        "/help\n/save here\n1\n/load here\n/load\n/redo\n/hint\n/look\n/retry\n/offline\n/nonsense\n/load x\n999\n",
    )
    for words in (
        "/undo - take the last turn back",
        'Saved as "here".',
        'Loaded "here".',
        "Named: here",
        "Done again.",
        "There is no hint here.",
        "There is nothing to ask again",
        "There is no /nonsense.",
        'No moment of this game has the name "x".',
        "There is no such number here",
    ):
        assert words in out


def test_a_game_goes_on_where_it_was_left(story: Path) -> None:
    play(story, "1\n/save with the key\n2\n")
    assert "5 coins" not in play(story, "/look\n", "--load", "latest").split("> ")[0].replace("A hall. 5 coins", "")
    out = play(story, "", "--load", "with the key")
    assert "Take the key" not in out.split("You chose: Take the key")[1]


def test_the_same_seed_and_moves_read_the_same(story: Path) -> None:
    moves = "1\n4\n1\n5\nhello\nthank you\nyou stink\n/retry\nwalk\n"
    assert play(story, moves) == play(story, moves)


def test_a_megabyte_said_at_once_is_refused_and_the_game_goes_on(story: Path) -> None:
    out = play(story, "door\n" + "blah " * 200_000 + "\nhello\n")
    assert "a line may have 2,000" in out
    assert '"Hello yourself."' in out


def test_of_a_line_that_is_longer_than_any_only_the_beginning_is_kept(story: Path) -> None:
    out = play(story, "door\n" + "blah " * 500_000 + "\nhello\n")
    assert "That is 1,048,576 characters; a line may have 2,000" in out
    assert len(out) < 1_100_000
    assert '"Hello yourself."' in out


def test_a_story_that_is_not_there_or_broken_is_told_without_a_traceback(tmp_path: Path) -> None:
    missing = palaver("play", "lampp", "--plain", "--saves", tmp_path, home=tmp_path)
    assert missing.returncode == 2
    assert 'There is no story "lampp"' in missing.stderr
    assert 'Did you mean "lamp"?' in missing.stderr
    (tmp_path / "bad.yaml").write_text("palaver: 1\ntitle: x\nstart: nowhere\nscenes: {a: {text: x, goto: END}}\n")
    broken = palaver("play", tmp_path / "bad.yaml", "--plain", "--saves", tmp_path, home=tmp_path)
    assert broken.returncode == 1
    assert ":3:8: error:" in broken.stderr
    assert "Traceback" not in missing.stderr + broken.stderr


def test_check_prints_every_mistake_and_exits_with_1(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("palaver: 1\ntitel: x\nstart: nowhere\nscenes: {a: {text: x, goto: b}}\n")
    done = palaver("check", tmp_path / "bad.yaml", home=tmp_path)
    assert done.returncode == 1
    assert len([line for line in done.stdout.splitlines() if ": error: " in line]) == 3
    as_json = palaver("check", tmp_path / "bad.yaml", "--json", home=tmp_path)
    assert '"code": ' in as_json.stdout


def test_a_game_can_be_exported_and_imported(story: Path, tmp_path: Path) -> None:
    play(story, "1\n")
    out = palaver("saves", "export", "latest", tmp_path / "mine.palaver", "--saves", tmp_path / "saves", home=tmp_path)
    assert out.returncode == 0, out.stderr
    again = palaver(
        "saves", "export", "latest", tmp_path / "mine.palaver", "--saves", tmp_path / "saves", home=tmp_path
    )
    assert again.returncode == 1, "an existing file is not overwritten"
    imported = palaver("saves", "import", tmp_path / "mine.palaver", "--saves", tmp_path / "other", home=tmp_path)
    assert imported.returncode == 0, imported.stderr
    listed = palaver("saves", "list", "--saves", tmp_path / "other", home=tmp_path)
    assert "A test, turn 1" in listed.stdout


def test_a_second_window_on_a_game_is_told(story: Path, tmp_path: Path) -> None:
    play(story, "1\n")
    saves = tmp_path / "saves"
    first = subprocess.Popen(
        [*COMMAND, "play", str(story), "--plain", "--load", "latest", "--saves", str(saves)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=CLEAN,
    )  # fmt: skip
    assert first.stdin is not None
    assert first.stdout is not None
    while "1." not in first.stdout.readline():
        pass
    second = palaver("play", story, "--plain", "--load", "latest", "--saves", saves, home=tmp_path)
    assert second.returncode == 1
    assert "another window" in second.stderr
    first.kill()
    first.wait()
    first.stdin.close()
    first.stdout.close()
    assert palaver("play", story, "--plain", "--load", "latest", "--saves", saves, home=tmp_path).returncode == 0


def test_leaving_with_ctrl_c_keeps_the_game(story: Path, tmp_path: Path) -> None:
    game = subprocess.Popen(
        [*COMMAND, "play", str(story), "--plain", "--saves", str(tmp_path / "saves")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=CLEAN,
    )  # fmt: skip
    assert game.stdin is not None
    assert game.stdout is not None
    game.stdin.write("1\n")
    game.stdin.flush()
    while "Cold" not in game.stdout.readline():
        pass
    game.send_signal(signal.SIGINT)
    _, errors = game.communicate(timeout=30)
    assert "Traceback" not in errors
    assert "You chose: Take the key" in play(story, "", "--load", "latest")


@contextmanager
def at_a_terminal(story: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The game with a terminal's keyboard, waiting at its first prompt; what is written to the number is typed."""
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "play", str(story), "--plain", "--saves", str(story.parent)],
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=CLEAN,
    ) as game:  # fmt: skip
        assert game.stdout is not None
        while "7." not in game.stdout.readline():
            pass
        game.stdout.read(2)
        try:
            yield game, ours
        finally:
            game.kill()
    os.close(ours)
    os.close(theirs)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_who_leaves_a_terminal_is_told_what_goes_on(story: Path) -> None:
    with at_a_terminal(story) as (game, keyboard):
        assert game.stdout is not None
        os.write(keyboard, b"/quit\n")
        left = game.stdout.read()
        assert game.wait(timeout=20) == 0
    name = next(story.parent.glob("*.palaver")).stem
    assert left.endswith(f"\n> \nSaved: {name}. To go on, add --load {name} to the command.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_ctrl_c_at_the_prompt_of_a_terminal_leaves_at_once(story: Path) -> None:
    with at_a_terminal(story) as (game, _):
        assert game.stderr is not None
        game.send_signal(signal.SIGINT)
        assert game.wait(timeout=20) == 130
        assert game.stderr.read() == ""


def test_help_shows_examples(tmp_path: Path) -> None:
    done = palaver("--help", home=tmp_path)
    assert done.returncode == 0
    assert "palaver play lamp --offline" in done.stdout


TALK = """
palaver: 1
title: Two and the night
start: hall
characters:
  maren: {name: Maren Voss, persona: You are Maren., fallback: ['"Hm."', '"So."']}
  odd:
    name: Odd
    persona: You are Odd.
    examples: [{player: will you row, reply: '"I will row."', outcome: rows}]
    fallback: ['"Aye."', '"Well."']
  night: {name: The night, narrator: true, persona: You tell., fallback: [Nothing gives., Rain.]}
scenes:
  hall: {text: A hall., choices: [{id: in, text: Go in, goto: table}]}
  table:
    title: The table
    talk: [maren, odd, night]
    outcomes: {rows: {when: Odd says that he will row, goto: boat}}
    choices:
      - {id: show, text: Lay down the letter, seen: A letter lies on the table.}
      - {id: burn, text: Burn it, then: You burn the letter., seen: The player burns the letter.}
  boat: {ending: Rowed}
"""


def test_whispers_deeds_asides_and_what_is_seen_look_like_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "table.yaml"
    path.write_text(TALK, "utf-8")
    moves = (
        "((dark here))\n1\n1\n/whisper odd will you keep it\n/whisper tuva come\n/do I try the window\n/look\n/quit\n"
    )
    out = play(path, moves, "--offline")
    assert "> ((dark here))\n(( dark here ))\n" in out
    assert "A letter lies on the table." in out
    assert "Odd (whispers): " in out.partition("/look")[2]
    assert "Whisper to whom? /whisper NAME TEXT. Here: Maren Voss and Odd." in out
    assert "> /do I try the window\n  Nothing gives.\n" in out or "> /do I try the window\n  Rain.\n" in out
    assert "Say something to Maren Voss or Odd, do something (/do), or a number." in out


def test_a_line_with_a_name_after_the_at_is_for_that_one(tmp_path: Path) -> None:
    path = tmp_path / "table.yaml"
    path.write_text(TALK, "utf-8")
    out = play(path, "1\n@odd will you row\n", "--offline")
    assert '> @odd will you row\nOdd: "I will row."\n\nThe end: Rowed\n' in out
    assert "Say something first." in play(path, "1\n@odd\n", "--offline")


def test_what_was_told_is_not_told_once_more_as_what_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "table.yaml"
    path.write_text(TALK, "utf-8")
    out = play(path, "1\nBurn it\n/look\n/undo\nLay down the letter\n/look\n/quit\n", "--offline")
    assert out.count("You burn the letter.") == 2
    assert "The player burns" not in out
    assert out.count("A letter lies on the table.") == 2, "nothing else says so"


def test_a_memory_tells_whispers_from_what_was_said_and_what_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "table.yaml"
    path.write_text(TALK, "utf-8")
    out = play(path, "1\nBurn it\n/whisper odd will you row\n/memory odd\n/memory maren\n/quit\n", "--offline")
    odd, maren = out.split("/memory odd\n")[1].split("/memory maren\n")
    assert "    Seen: The player burns the letter.\n    You (whispers): will you row\n    Odd (whispers): " in odd
    assert "    Seen: The player burns the letter.\n" in maren
    assert "will you row" not in maren


def test_a_reading_is_taken_back_and_a_memory_is_told(tmp_path: Path) -> None:
    path = tmp_path / "table.yaml"
    path.write_text(TALK, "utf-8")
    out = play(path, "1\nOdd, will you row?\n/notthat\n/memory odd\n/memory zoe\n/quit\n", "--offline")
    assert "The end: Rowed" in out
    back = out.partition("/notthat")[2]
    assert "It is taken back: nothing came of the last turn." in back
    assert "== The table ==" in back
    assert '    You: Odd, will you row?\n    Odd: "I will row."\n' in back
    assert "You have met nobody called zoe. You have met Maren Voss, Odd." in back
