"""The library: every story is there with what has been found in it; a broken one says why and hides no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import OptionList, Static

from engine.session import Session
from engine.table import Table
from engine.tui.screens.library import LibraryScreen
from engine.tui.screens.play import PlayScreen
from engine.tui.screens.saves import SavesScreen
from engine.tui.widgets.status import Notice
from tui.parlour import Hands, laid_table, playing, run, shown

BROKEN = "palaver: 1\ntitle: A draft\nstart: nowhere\nscenes:\n  a: {text: x, goto: END}\n"
OTHER = "palaver: 1\ntitle: '[red]Five[/red] at table 五'\nstart: a\nscenes:\n  a: {text: x, goto: END}\n"
MANY = """palaver: 1
title: A story with many ends
about: {about}
start: a
scenes:
  a: {{text: x, choices: [{ways}]}}
{many}"""


async def opened(hands: Hands) -> LibraryScreen:
    screen = hands.app.screen
    assert isinstance(screen, LibraryScreen)
    await hands.until(lambda: bool(screen._books))
    await hands.pilot.pause()
    return screen


def listed(screen: LibraryScreen) -> list[str]:
    return [str(option.prompt) for option in screen.query_one("#stories", OptionList).options]


def described(screen: LibraryScreen) -> str:
    return str(screen.query_one("#book-text").render())


def played(table: Table, *choices: str) -> Session:
    session = table.begin(table.library.load("skerry"))
    for choice in choices:
        session.choose(choice)
    return session


def test_stories_are_listed_with_how_far_one_has_come(tmp_path: Path) -> None:
    async def look() -> None:
        table = laid_table(tmp_path, broken=BROKEN, other=OTHER)
        played(table, "sleep").close()
        async with playing(table) as hands:
            screen = await opened(hands)
            broken, other, skerry = listed(screen)
            assert broken.startswith("⚠ broken\n") and "broken.yaml:3:8" in broken and "nowhere" in broken
            assert other == "[red]Five[/red] at table 五\n  new"
            assert skerry == "The Lamp at Skerry Point\n  1 of 2 endings"

    run(look())


def test_a_story_is_described_and_its_endings_keep_their_names_until_they_are_found(tmp_path: Path) -> None:
    async def look() -> None:
        table = laid_table(tmp_path)
        played(table, "sleep").close()
        async with playing(table) as hands:
            text = described(await opened(hands))
            assert "A storm, a dark lighthouse" in text
            assert "By A. Writer. About 40 minutes." in text
            assert "Contains: a drowning." in text
            assert "● Dawn" in text
            assert "The boat at six" not in text
            assert "○ not found yet" in text
            assert "Last played just now, at “Dawn”" in text

    run(look())


def test_a_broken_story_says_why_and_cannot_be_played(tmp_path: Path) -> None:
    async def look() -> None:
        async with playing(laid_table(tmp_path, broken=BROKEN)) as hands:
            screen = await opened(hands)
            assert 'There is no scene "nowhere"' in described(screen)
            for key in ("enter", "b", "c"):
                await hands.press(key)
                assert hands.app.screen is screen
                assert "cannot be played" in shown(screen.query_one(Notice))
            assert not screen.query_one("#ways").display
            await hands.press("down")
            assert shown(screen.query_one(Notice)) == ""
            await hands.press("enter")
            await hands.until(lambda: isinstance(hands.app.screen, PlayScreen))

    run(look())


def test_enter_begins_a_new_story_and_goes_on_with_one_that_was_begun(tmp_path: Path) -> None:
    async def look() -> None:
        table = laid_table(tmp_path)
        async with playing(table) as hands:
            await opened(hands)
            await hands.press("enter")
            await hands.until(lambda: isinstance(hands.app.screen, PlayScreen))
            await hands.done()
            await hands.type("2")
            path = hands.session.store.path
            await hands.press("ctrl+q")
            await hands.until(lambda: isinstance(hands.app.screen, LibraryScreen))
            screen = hands.app.screen
            assert isinstance(screen, LibraryScreen)
            await hands.until(lambda: "new" not in listed(screen)[0])
            await hands.press("enter")
            await hands.until(lambda: isinstance(hands.app.screen, PlayScreen))
            await hands.done()
            assert hands.session.store.path == path
            assert hands.text[-1] == "A key, green with salt."

    run(look())


def test_a_game_played_in_another_window_is_said_to_be(tmp_path: Path) -> None:
    async def look() -> None:
        table = laid_table(tmp_path)
        elsewhere = played(table, "mat")
        async with playing(table) as hands:
            screen = await opened(hands)
            await hands.press("c")
            assert hands.app.screen is screen
            assert "another window" in shown(screen.query_one(Notice))
        elsewhere.close()

    run(look())


def test_a_slash_finds_a_story_by_a_few_letters(tmp_path: Path) -> None:
    async def look() -> None:
        async with playing(laid_table(tmp_path, other=OTHER)) as hands:
            screen = await opened(hands)
            await hands.press("slash", *"skerry")
            assert len(listed(screen)) == 1
            await hands.press("enter")
            assert hands.app.focused is screen.query_one("#stories")
            await hands.press("slash", "z")
            assert described(screen) == "No story is called that."
            await hands.press("escape")
            assert len(listed(screen)) == 2

    run(look())


def test_the_saves_of_a_story_are_a_key_away(tmp_path: Path) -> None:
    async def look() -> None:
        table = laid_table(tmp_path)
        played(table, "mat").close()
        async with playing(table) as hands:
            await opened(hands)
            await hands.press("s")
            assert isinstance(hands.app.screen, SavesScreen)
            await hands.press("escape")
            assert isinstance(hands.app.screen, LibraryScreen)

    run(look())


def test_a_shelf_without_stories_says_so(tmp_path: Path) -> None:
    async def look() -> None:
        table = laid_table(tmp_path)
        (tmp_path / "stories" / "skerry.yaml").unlink()
        async with playing(table) as hands:
            await hands.app.workers.wait_for_complete()
            await hands.pilot.pause()
            screen = hands.app.screen
            assert isinstance(screen, LibraryScreen)
            assert described(screen) == "There are no stories here yet."
            await hands.press("enter", "b", "c", "s")
            assert hands.app.screen is screen

    run(look())


def test_q_quits(tmp_path: Path) -> None:
    async def look() -> None:
        async with playing(laid_table(tmp_path)) as hands:
            await opened(hands)
            await hands.press("q")
            assert not hands.app.is_running

    run(look())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_ways_into_a_story_stay_in_sight_however_much_there_is_to_tell(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async def look() -> None:
        many = "".join(f"  e{n}: {{ending: Ending number {n}, text: x}}\n" for n in range(20))
        ways = "".join(f"{{text: Go to {n}, goto: e{n}}}, " for n in range(20))
        table = laid_table(tmp_path, skerry=MANY.format(about="A long tale. " * 30, ways=ways, many=many))
        for choice in range(12):
            session = table.begin(table.library.load("skerry"))
            session.choose(session.view.options[choice].choice.choice.id)  # type: ignore[union-attr]
            session.close()
        async with playing(table, size=size) as hands:
            screen = await opened(hands)
            for button in screen.query("#ways Button"):
                assert button.display
                assert button.region.bottom <= screen.query_one("#shelves").region.bottom
                assert button.region.height == 1

    run(look())


def test_who_plays_is_told_as_far_as_there_is_room(tmp_path: Path) -> None:
    async def look() -> None:
        why = "the scripted actor (no model is set; `palaver --help` shows how)"
        for columns, told in ((80, "scripted actor"), (200, why)):
            async with playing(replace(laid_table(tmp_path), model_line=why), size=(columns, 24)) as hands:
                screen = await opened(hands)
                aside = screen.query_one("Banner .aside", Static)
                assert str(aside.render()) == told
                assert aside.size.width == len(told)

    run(look())
