"""Saved games: each with its named moments, to go on with or back to; what cannot be read says why."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import OptionList

from engine.session import LEFT, Session
from engine.tui.screens.saves import SavesScreen
from engine.tui.widgets.status import Notice
from tui.parlour import Hands, game, laid_table, playing, run, shown

OTHER = "palaver: 1\ntitle: Another\nstart: a\nscenes:\n  a: {text: x, choices: [{text: go, goto: END}]}\n"


async def opened(hands: Hands) -> SavesScreen:
    await hands.press("ctrl+o")
    await hands.app.workers.wait_for_complete()
    await hands.pilot.pause()
    assert isinstance(hands.app.screen, SavesScreen)
    return hands.app.screen


def listed(screen: SavesScreen) -> list[str]:
    return [str(option.prompt) for option in screen.query_one("#saves", OptionList).options]


def test_games_and_their_named_moments_are_listed(tmp_path: Path) -> None:
    async def look() -> None:
        table, session = game(tmp_path)
        session.choose("mat")
        session.name("the [red]key[/red]")
        async with playing(table, session) as hands:
            here, moment = listed(await opened(hands))
            assert here.startswith(session.store.path.stem)
            assert "at “The pier”" in here and "being played here" in here
            assert "· 1 turn ·" in here, "the beginning is nobody's move"
            assert session.view.turns == 1
            assert "◇ the [red]key[/red]" in moment

    run(look())


def test_a_named_moment_of_this_game_is_gone_back_to(tmp_path: Path) -> None:
    async def look() -> None:
        table, session = game(tmp_path)
        session.name("the pier")
        session.choose("mat")
        async with playing(table, session) as hands:
            await opened(hands)
            await hands.press("down", "enter")
            assert hands.session is session
            assert hands.text[-1].startswith("Rain")
            assert hands.notice == f"· Back at “the pier”. To return: /load {LEFT}"
            assert any(LEFT in row for row in listed(await opened(hands)))

    run(look())


def test_another_game_is_gone_on_with_and_this_one_is_let_go_of(tmp_path: Path) -> None:
    async def look() -> None:
        table, first = game(tmp_path)
        first.choose("mat")
        path = first.store.path
        first.close()
        second = table.begin(table.library.load("skerry"))
        async with playing(table, second) as hands:
            screen = await opened(hands)
            row = next(i for i, text in enumerate(listed(screen)) if text.startswith(path.stem + "\n"))
            screen.query_one("#saves", OptionList).highlighted = row
            await hands.press("enter")
            await hands.until(lambda: hands.app.screen is not screen and hands.session is not second)
            await hands.done()
            assert hands.session.store.path == path
            assert hands.text[-1] == "A key, green with salt."

    run(look())


def test_a_moment_of_another_game_is_gone_to_and_the_way_back_is_told(tmp_path: Path) -> None:
    async def look() -> None:
        table, first = game(tmp_path)
        first.name("the pier")
        first.choose("mat")
        first.close()
        second = table.begin(table.library.load("skerry"))
        async with playing(table, second) as hands:
            screen = await opened(hands)
            row = next(i for i, text in enumerate(listed(screen)) if "◇ the pier" in text)
            screen.query_one("#saves", OptionList).highlighted = row
            await hands.press("enter")
            await hands.until(lambda: hands.app.screen is not screen and hands.session is not second)
            await hands.done()
            assert hands.text[-1].startswith("Rain")
            assert hands.notice == f"· Back at “the pier”. To return: /load {LEFT}"
            await hands.type(f"/load {LEFT}")
            assert hands.text[-1] == "A key, green with salt."

    run(look())


def test_a_damaged_save_says_why_and_hides_no_other(tmp_path: Path) -> None:
    async def look() -> None:
        table, session = game(tmp_path)
        session.choose("mat")
        (table.saves / "old.palaver").write_text("not a save [red]")
        async with playing(table, session) as hands:
            rows = listed(await opened(hands))
            assert len(rows) == 2
            assert rows[1].startswith("⚠ old\n")
            await hands.press("down", "enter")
            assert hands.session is session

    run(look())


def test_a_game_that_another_process_plays_cannot_be_taken(tmp_path: Path) -> None:
    async def look() -> None:
        table, elsewhere = game(tmp_path)
        elsewhere.choose("mat")
        session = table.begin(table.library.load("skerry"))
        session.choose("name", "Ann")
        async with playing(table, session) as hands:
            screen = await opened(hands)
            stem = elsewhere.store.path.stem + "\n"
            row = next(i for i, text in enumerate(listed(screen)) if text.startswith(stem))
            screen.query_one("#saves", OptionList).highlighted = row
            await hands.press("enter")
            assert hands.app.screen is screen
            assert "another window" in shown(screen.query_one(Notice))
            await hands.press("escape")
            assert hands.session is session
        elsewhere.close()

    run(look())


def test_the_games_of_every_story_are_a_key_away(tmp_path: Path) -> None:
    async def look() -> None:
        table = laid_table(tmp_path, other=OTHER)
        other = table.begin(table.library.load("other"))
        other.choose("go")
        other.close()
        session = table.begin(table.library.load("skerry"))
        session.choose("mat")
        async with playing(table, session) as hands:
            screen = await opened(hands)
            assert len(listed(screen)) == 1
            await hands.press("a")
            await hands.app.workers.wait_for_complete()
            await hands.pilot.pause()
            assert len(listed(screen)) == 2
            assert any(text.startswith("Another · ") for text in listed(screen))

    run(look())


def test_a_moment_is_named_from_here_too(tmp_path: Path) -> None:
    async def look() -> None:
        table, session = game(tmp_path)
        async with playing(table, session) as hands:
            await opened(hands)
            await hands.press("n")
            assert hands.prompt.placeholder.startswith("a name")
            await hands.type("here")
            assert [named.name for named in session.store.names()] == ["here"]

    run(look())


def test_saves_are_let_go_of_when_the_app_ends(tmp_path: Path) -> None:
    table, session = game(tmp_path)
    session.choose("mat")

    async def look() -> None:
        async with playing(table, session) as hands:
            await hands.press("ctrl+q")
            await hands.until(lambda: not hands.app.is_running)

    run(look())
    again: Session = table.resume(session.store.path)
    again.close()
