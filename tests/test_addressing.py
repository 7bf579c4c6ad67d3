"""A line goes to the one it is meant for, by `@` and a name, and Tab goes through those who are here."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.addressing import addressed, named, next_addressed
from engine.play.events import PlayerSpoke
from tui.parlour import game, playing, run

HERE = (("maren", "Maren"), ("old_odd", "Odd the Elder"), ("odette", "Odette"))


@pytest.mark.parametrize(
    ("line", "who", "text"),
    [
        ("@Maren hello", "maren", "hello"),
        ("@maren, hello", "maren", "hello"),
        ("@Odd the Elder: who?", "old_odd", "who?"),
        ("@odd the end", "old_odd", "the end"),
        ("@old_odd well", "old_odd", "well"),
        ("@odette", "odette", ""),
        ("@marenka hello", "", "@marenka hello"),
        ("@nobody hello", "", "@nobody hello"),
        ("mail me @maren", "", "mail me @maren"),
    ],
)
def test_a_line_is_for_who_is_named_after_the_at(line: str, who: str, text: str) -> None:
    assert addressed(line, HERE) == (who, text)


def test_a_first_name_that_two_have_calls_neither() -> None:
    assert named("Odd hello", (("a", "Odd One"), ("b", "Odd Two"))) == ("", "Odd hello")
    assert named("Odd Two hello", (("a", "Odd One"), ("b", "Odd Two"))) == ("b", "hello")


def test_tab_goes_through_those_who_are_here_and_back_to_all() -> None:
    line: str | None = "hello"
    seen = []
    for _ in range(4):
        assert line is not None
        line = next_addressed(line, HERE)
        seen.append(line)
    assert seen == ["@Maren hello", "@Odd the Elder hello", "@Odette hello", "hello"]


@pytest.mark.parametrize(
    ("line", "then"),
    [
        ("@o", "@Odd the Elder "),
        ("@ode", "@Odette "),
        ("@x", None),
        ("/whisper ", "/whisper Maren "),
        ("/whisper Maren run", "/whisper Odd the Elder run"),
        ("/w Odette run", "/w Maren run"),
        ("", "@Maren "),
    ],
)
def test_tab_completes_what_is_begun(line: str, then: str | None) -> None:
    assert next_addressed(line, HERE) == then


def test_with_one_or_nobody_there_tab_has_nothing_to_address() -> None:
    assert next_addressed("hello", HERE[:1]) is None
    assert next_addressed("hello", ()) is None
    assert next_addressed("@m", HERE[:1]) == "@Maren "


def test_in_a_group_a_line_is_said_to_the_one_that_tab_came_to(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, at_door=True)) as hands:
            await hands.press(*"hello", "tab", "tab")
            assert hands.prompt.value == "@Odd hello"
            assert hands.app.focused is hands.prompt
            await hands.press("enter")
            await hands.done()
            assert hands.text[-2:] == ["YOU: hello", "ODD: Odd shrugs."]
            (spoken,) = [event for event in hands.session.store.path_to()[-1].events if isinstance(event, PlayerSpoke)]
            assert (spoken.text, spoken.to) == ("hello", "odd")

    run(play())


def test_an_address_without_words_says_nothing(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, at_door=True)) as hands:
            await hands.type("@odd")
            assert hands.notice == "! Say something to Odd: nothing stands after the name."
            assert hands.prompt.value == "@Odd "

    run(play())
