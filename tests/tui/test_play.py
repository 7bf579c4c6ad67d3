"""A game in the app: whatever is typed or pressed does what a player expects, and nothing that goes wrong is lost."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import Paste

from engine.errors import Busy, Unreachable
from engine.llm.protocol import Delta, Finished, Piece, Request, Withdrawn
from engine.session import LEFT
from engine.tui.screens.help import HelpScreen
from engine.tui.screens.library import LibraryScreen
from engine.tui.screens.saves import SavesScreen
from engine.tui.widgets.lines import Speech
from engine.tui.widgets.marks import Mark
from engine.tui.widgets.side import Side
from support.games import QueueModel
from tui.parlour import SKERRY, game, laid_table, playing, run, shown


def test_a_game_opens_on_its_text_its_choices_and_the_line(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path), fresh=True) as hands:
            assert hands.text[0] == "── The pier"
            assert hands.text[1].startswith("Rain comes in *flat*")
            assert hands.rows == [
                "1 Knock at the door",
                "2 Lift the mat",
                "3 Throw the rope",
                "4 Say your name",
                "5 Sleep",
            ]
            assert hands.app.focused is hands.prompt
            assert hands.notice == "· The scripted actor plays (no key is set)."

    run(play())


def test_a_game_with_a_model_does_not_speak_of_the_scripted_actor(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, QueueModel()), fresh=True) as hands:
            assert hands.notice == ""

    run(play())


def test_a_number_takes_a_choice(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.press("2", "enter")
            assert hands.text[-2:] == ["› Lift the mat", "A key, green with salt."]
            assert "Lift the mat" not in " ".join(hands.rows)

    run(play())


def test_words_take_the_choice_they_resemble(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.type("lift mat")
            assert hands.text[-2] == "› Lift the mat"

    run(play())


@pytest.mark.parametrize("then", ["2", "lift the mat", "/hint"])
def test_words_like_no_choice_are_quoted_and_do_not_stand_in_the_way_of_the_next(tmp_path: Path, then: str) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.press(*"sea", "enter")
            assert hands.notice == "! Nothing here is like “sea”. The numbers go from 1 to 5."
            assert hands.prompt.value == ""
            await hands.press(*then, "enter")
            assert hands.notice == ("· There is no hint here." if then == "/hint" else "")
            assert ("› Lift the mat" in hands.text) is (then != "/hint")

    run(play())


def test_words_like_no_choice_leave_the_arrow_keys_their_way(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.press(*"sea", "enter", "down", "down", "enter")
            assert hands.text[-2] == "› Lift the mat"

    run(play())


def test_in_a_talk_the_very_words_of_a_choice_take_it_and_others_are_said(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, at_door=True)) as hands:
            await hands.type("I walk back and forth")
            assert hands.text[-2] == "YOU: I walk back and forth"
            await hands.type("walk back")
            assert "› Walk back" in hands.text

    run(play())


def test_the_bare_word_of_a_command_is_told_its_slash(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.type("undo")
            assert hands.notice == "! Nothing here is like “undo”. Did you mean /undo?"
            await hands.type("1")
            await hands.type("exit")
            assert hands.text[-2] == "YOU: exit"
            assert hands.notice == "· That was said aloud. The command is /quit."

    run(play())


def test_arrow_keys_and_enter_take_a_choice(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.press("down", "down", "enter")
            assert hands.text[-2] == "› Lift the mat"

    run(play())


def test_a_click_takes_a_choice_and_the_keyboard_stays_with_the_line(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.pilot.click("OptionLine")
            await hands.pilot.pause()
            assert hands.text[-1] == 'MAREN: "Light\'s out."'
            await hands.pilot.click("Transcript")
            await hands.pilot.pause()
            assert hands.app.focused is hands.prompt

    run(play())


def test_a_greyed_choice_says_why(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            greyed = hands.desk.options.query("OptionLine")[2]
            assert greyed.has_class("-greyed")
            assert "You have no rope." in shown(greyed.query_one(".text"))
            await hands.type("3")
            assert hands.notice == "! You have no rope."

    run(play())


def test_a_number_that_is_not_there_is_said(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.type("9")
            assert "from 1 to 5" in hands.notice

    run(play())


def test_a_choice_that_asks_takes_the_next_line_as_its_answer(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.type("4")
            assert hands.prompt.placeholder.startswith("Say your name")
            await hands.type("7 [red]Ann[/red]")
            assert hands.text[-1] == "The wind takes **7 [red]Ann[/red]**."
            assert hands.session.state.values["name"] == "7 [red]Ann[/red]"

    run(play())


def test_escape_leaves_a_question(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.type("4")
            await hands.press("A", "escape")
            assert hands.prompt.value == ""
            await hands.type("2")
            assert hands.text[-2] == "› Lift the mat"

    run(play())


def test_what_is_said_is_answered_and_nothing_in_it_is_markup(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel(["[bold]So[/bold]", " *you* \x1b[31msay[/]"])
        async with playing(*game(tmp_path, model, at_door=True)) as hands:
            await hands.type("[link='x']hello[/link] **there**")
            assert hands.text[-2:] == [
                "YOU: [link='x']hello[/link] **there**",
                "MAREN: [bold]So[/bold] *you* say[/]",
            ]

    run(play())


def test_an_answer_is_seen_while_it_comes_and_what_is_typed_meanwhile_stays(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel(["First words,", " and the rest."])
        async with playing(*game(tmp_path, model, at_door=True)) as hands:
            model.pause.clear()
            await hands.press(*"hello", "enter")
            await hands.until(lambda: "First words,▌" in hands.text[-1])
            assert "Maren is speaking" in shown(hands.desk.status)
            await hands.press(*"nex?")
            model.pause.set()
            await hands.done()
            assert hands.text[-1] == "MAREN: First words, and the rest."
            assert hands.prompt.value == "nex?"
            assert shown(hands.desk.status) == ""

    run(play())


def test_escape_stops_an_answer_and_keeps_what_was_said(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel(["First words,", " and the rest."])
        async with playing(*game(tmp_path, model, at_door=True)) as hands:
            model.pause.clear()
            await hands.press(*"hello", "enter")
            await hands.until(lambda: "First words,▌" in hands.text[-1])
            await hands.press("escape")
            await hands.done()
            assert hands.text[-1] == "MAREN: First words, — broken off"
            assert model.closed == 1

    run(play())


def test_the_seconds_of_waiting_are_counted(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel(["First words,", " and the rest."])
        async with playing(*game(tmp_path, model, at_door=True)) as hands:
            seconds = [0.0]
            hands.desk.status._clock = lambda: seconds[0]
            model.pause.clear()
            await hands.press(*"hello", "enter")
            await hands.until(lambda: "First words" in hands.text[-1])
            seconds[0] = 3.0
            hands.desk.status.tick()
            assert shown(hands.desk.status) == "Maren is speaking, 3 s · esc stops"
            model.pause.set()
            await hands.done()

    run(play())


def test_no_answer_keeps_the_line_and_offers_three_ways_on(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel(Busy("The server is over its limits.", do="Wait a little."), '"Better now."')
        async with playing(*game(tmp_path, model, at_door=True)) as hands:
            await hands.type("hello")
            panel = hands.desk.trouble
            assert [shown(part) for part in panel.query("Static")] == [
                "The server is over its limits.",
                "Wait a little.",
            ]
            assert hands.text[-1] == "YOU: hello"
            assert hands.rows == ["1 Try again", "2 Edit what you said", "3 Let the scripted actor answer this line"]
            await hands.type("1")
            assert hands.text[-2:] == ["YOU: hello", 'MAREN: "Better now."']
            assert not panel.display
            assert "Walk back" in hands.rows[0]

    run(play())


def test_a_line_without_an_answer_can_be_edited(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, QueueModel(Unreachable("No connection.")), at_door=True)) as hands:
            await hands.type("hello")
            await hands.type("2")
            assert hands.prompt.value == "hello"
            assert hands.text[-1] == 'MAREN: "Light\'s out."'
            assert not hands.desk.trouble.display
            await hands.press("!")
            assert hands.prompt.value == "hello!"

    run(play())


def test_the_scripted_actor_can_answer_in_the_models_place(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, QueueModel(Unreachable("No connection.")), at_door=True)) as hands:
            await hands.type("the lamp")
            await hands.type("3")
            assert hands.text[-2:] == ["YOU: the lamp", 'MAREN: "The lamp is mine."']

    run(play())


def test_another_line_can_be_said_instead(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel(Unreachable("No connection."), '"So."')
        async with playing(*game(tmp_path, model, at_door=True)) as hands:
            await hands.type("hello")
            await hands.type("good evening")
            assert hands.text[-3:] == ['MAREN: "Light\'s out."', "YOU: good evening", 'MAREN: "So."']

    run(play())


def test_another_answer_replaces_the_last_and_comes_back_when_none_is_had(tmp_path: Path) -> None:
    async def play() -> None:
        model = QueueModel('"One."', '"Two."', Unreachable("No connection."))
        async with playing(*game(tmp_path, model, at_door=True)) as hands:
            await hands.type("hello")
            await hands.press("ctrl+r")
            await hands.done()
            assert hands.text[-2:] == ["YOU: hello", 'MAREN: "Two."']
            await hands.press("ctrl+r")
            await hands.done()
            assert hands.text[-2:] == ["YOU: hello", 'MAREN: "Two."']
            assert hands.rows == [
                "1 Try again",
                "2 Let the scripted actor answer this line",
                "3 Keep the answer you had",
            ]
            await hands.type("3")
            assert "Walk back" in hands.rows[0]

    run(play())


def test_a_line_that_is_refused_goes_back_into_the_prompt(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, at_door=True)) as hands:
            await hands.type("\u202e")
            assert hands.notice == "! Say something first."
            assert hands.prompt.value == "\u202e"
            assert hands.text[-1] == 'MAREN: "Light\'s out."'

    run(play())


def test_undo_and_redo_rebuild_the_text(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            before = hands.text
            await hands.type("2")
            after = hands.text
            await hands.press("ctrl+z")
            assert hands.text == before
            assert len(hands.rows) == 5
            await hands.press("ctrl+y")
            assert hands.text == after
            await hands.press("ctrl+y")
            assert "nothing to do again" in hands.notice

    run(play())


def test_every_key_of_the_footer_works_while_the_line_has_the_keyboard(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.press("?", "t", "j", "slash", "q")
            assert hands.prompt.value == "?tj/q"
            await hands.press("f1")
            assert isinstance(hands.app.screen, HelpScreen)
            await hands.press("escape")
            await hands.press("ctrl+o")
            assert isinstance(hands.app.screen, SavesScreen)
            await hands.press("escape")
            await hands.press("ctrl+z")
            assert "nothing to undo" in hands.notice
            await hands.press("ctrl+r")
            await hands.done()
            assert "nothing to ask again" in hands.notice

    run(play())


def test_a_moment_is_named_and_found_again(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.press("ctrl+s")
            assert hands.prompt.placeholder.startswith("a name")
            await hands.type("the pier [red]")
            assert "“the pier [red]”" in hands.notice
            await hands.type("2")
            await hands.type("/load the pier [red]")
            assert hands.session.view.turns == 0
            assert hands.text[-1].startswith("Rain")
            assert hands.notice == f"· Back at “the pier [red]”. To return: /load {LEFT}"
            await hands.type(f"/load {LEFT}")
            assert hands.text[-1] == "A key, green with salt."
            await hands.type("/load the pier [red]")
            await hands.type("/load the pier [red]")
            assert "already" in hands.notice

    run(play())


@pytest.mark.parametrize("asks", ["/save", "say your name"])
def test_a_command_typed_at_a_question_is_a_command(tmp_path: Path, asks: str) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.type("2")
            await hands.type(asks)
            await hands.type("/undo")
            assert "taken back" in hands.notice
            assert hands.session.view.turns == 0
            assert hands.prompt.placeholder.startswith("a number")
            assert list(hands.session.store.names()) == []
            await hands.type(asks)
            await hands.type("/nonsense")
            assert "There is no /nonsense" in hands.notice
            assert hands.desk.asking is None

    run(play())


def test_what_is_no_moment_is_said_with_what_can_be_loaded(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.type("/load latest")
            assert "called “latest”. None has a name yet: ctrl+s gives one. ctrl+o lists your games." in hands.notice
            await hands.type("/save the pier")
            await hands.type("/load latest")
            assert "called “latest”. These are: “the pier”. ctrl+o lists all games." in hands.notice
            await hands.type("/load the peir")
            assert "Did you mean “the pier”?" in hands.notice

    run(play())


def test_a_name_that_is_taken_moves_only_when_the_player_says_so(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.type("/save here")
            await hands.type("2")
            await hands.type("/save here")
            assert "another moment's name" in hands.notice
            await hands.press("escape")
            assert {named.name: named.turn for named in hands.session.store.names()} == {"here": 1}
            await hands.type("/save here")
            await hands.press("enter")
            assert {named.name: named.turn for named in hands.session.store.names()} == {"here": 2}

    run(play())


def test_a_command_that_does_not_exist_is_said_and_kept(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            await hands.type("/fly")
            assert "no /fly" in hands.notice
            assert hands.prompt.value == "/fly"
            await hands.press(*"/hint")
            assert hands.prompt.value == "/hint", "what is given back is replaced by typing"
            await hands.press("enter")
            assert hands.notice == "· There is no hint here."

    run(play())


def test_the_hint_is_shown(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, at_door=True)) as hands:
            await hands.type("/hint")
            assert hands.notice == "· She has a brother."

    run(play())


def test_the_line_that_decided_shows_its_evidence_when_its_mark_is_opened(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, at_door=True)) as hands:
            await hands.type("Erik sent me")
            assert 'MAREN: "Get inside, then."' in hands.text
            assert hands.text[hands.text.index('MAREN: "Get inside, then."') + 1] == "◆"
            await hands.press("shift+tab")
            assert isinstance(hands.app.focused, Mark)
            await hands.press("enter")
            told = str(hands.app.focused.render())
            assert "◆ Decided in Maren's words: “" in told and "et inside" in told
            assert "lets_in" not in told and "lets in" not in told, "an internal name is nothing to show"
            await hands.press("x")
            assert hands.app.focused is hands.prompt
            assert hands.prompt.value == "x"

    run(play())


def test_the_end_offers_another_beginning_a_step_back_and_the_library(tmp_path: Path) -> None:
    async def play() -> None:
        table, session = game(tmp_path)
        async with playing(table, session) as hands:
            await hands.type("5")
            assert hands.text[-1] == "The end\nDawn"
            assert hands.rows == ["1 Begin anew", "2 Take the last turn back", "3 The library"]
            await hands.type("what now")
            assert "Nothing here is like" in hands.notice
            await hands.type("last turn")
            assert len(hands.rows) == 5
            await hands.type("5")
            await hands.type("1")
            await hands.until(lambda: hands.session is not session)
            await hands.done()
            assert hands.session.view.turns == 0
            assert hands.session.store.path != session.store.path
            await hands.type("5")
            await hands.type("3")
            await hands.until(lambda: isinstance(hands.app.screen, LibraryScreen))

    run(play())


def test_leaving_in_the_middle_of_an_answer_keeps_what_was_said(tmp_path: Path) -> None:
    table, session = game(tmp_path, model := QueueModel(["First words,", " and the rest."]), at_door=True)

    async def play() -> None:
        async with playing(table, session) as hands:
            model.pause.clear()
            await hands.press(*"hello", "enter")
            await hands.until(lambda: "First words" in hands.text[-1])
            await hands.press("ctrl+q")
            await hands.until(lambda: not hands.app.is_running)

    run(play())
    again = table.resume(session.store.path)
    assert again.lines[-1].text == "First words,"
    assert again.lines[-1].cut
    again.close()


def test_what_we_raise_is_shown_as_text_and_the_app_goes_on(tmp_path: Path) -> None:
    async def play() -> None:
        table, session = game(tmp_path)
        async with playing(table, session) as hands:
            session.store.path.rename(tmp_path / "elsewhere.palaver")
            await hands.type("2")
            assert "moved" in hands.notice
            assert hands.rows[1] == "2 Lift the mat"
            (tmp_path / "elsewhere.palaver").rename(session.store.path)
            await hands.type("2")
            assert hands.text[-2] == "› Lift the mat"

    run(play())


@pytest.mark.parametrize("text", ["word " * 210_000, "x" * 2_001, "好" * 3_000], ids=["megabyte", "one over", "wide"])
def test_more_than_a_line_may_have_is_refused_politely(tmp_path: Path, text: str) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            hands.prompt.put("before ")
            hands.prompt.post_message(Paste(text))
            await hands.pilot.pause()
            assert "may have 2,000" in hands.notice
            assert hands.prompt.value == "before "

    run(play())


def test_a_pasted_text_becomes_one_line(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path)) as hands:
            hands.prompt.post_message(Paste("one\r\n\x1b[31mtwo\tthree\n"))
            await hands.pilot.pause()
            assert hands.prompt.value == "one two three"

    run(play())


def test_the_panel_shows_who_is_here_and_what_the_author_lets_be_seen(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, at_door=True), size=(120, 40)) as hands:
            side = hands.screen.query_one(Side)
            assert [str(line.render()) for line in side.query("Static").results()] == [
                "Maren",
                "Odd",
                "○ A key",
                "Trust  ●●○○○ 2",
                "the scripted actor (no key is set)",
                "1 turn",
            ]

    run(play())


@pytest.mark.parametrize(
    ("size", "panel", "frame"),
    [((120, 40), True, True), ((80, 24), False, True), ((40, 20), False, False), ((20, 8), False, False)],
    ids=str,
)
def test_what_there_is_no_room_for_folds_away(tmp_path: Path, size: tuple[int, int], panel: bool, frame: bool) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, at_door=True), size=size) as hands:
            assert hands.screen.query_one(Side).display is panel
            assert hands.screen.query_one("Footer").display is frame
            assert hands.screen.query_one("Banner").display is frame
            width, height = size
            for part in (hands.desk.transcript, hands.desk.options, hands.prompt):
                assert part.region.height > 0
                assert part.region.right <= width
                assert part.region.bottom <= height
            assert hands.desk.transcript.max_scroll_x == 0

    run(play())


def test_what_an_edit_of_the_story_changed_is_told(tmp_path: Path) -> None:
    _, session = game(tmp_path)
    session.choose("mat")
    session.close()
    edited = laid_table(tmp_path, skerry=SKERRY.replace("green with salt", "black with tar"))

    async def play() -> None:
        async with playing(edited, edited.resume(session.store.path)) as hands:
            assert hands.notice.startswith("· The story was edited")
            assert hands.text[-1] == "A key, black with tar."

    run(play())


def test_who_plays_is_told_in_one_row_of_80_columns(tmp_path: Path) -> None:
    async def play() -> None:
        table, session = game(tmp_path)
        why = "the scripted actor (no model is set; `palaver --help` shows how)"
        async with playing(replace(table, model_line=why), session, fresh=True) as hands:
            assert hands.notice == "· The scripted actor plays (no model is set; `palaver --help` shows how)."
            assert hands.desk.notice.size.height == 1

    run(play())


JUDGED = SKERRY.replace(
    "lets_in: {says: {maren: [get inside]},", "lets_in: {says: {maren: [get inside]}, when: Maren lets the player in,"
)


def test_an_opened_mark_tells_the_authors_sentence_and_stays_in_sight_whole(tmp_path: Path) -> None:
    async def play() -> None:
        speech = '"' + "I have said no for thirty years and more. " * 9 + 'Get inside, then."'
        table = laid_table(tmp_path, QueueModel(speech), skerry=JUDGED.replace("get inside", "no for *get inside"))
        session = table.begin(table.library.load("skerry"))
        session.choose("knock")
        async with playing(table, session) as hands:
            await hands.type("hello")
            await hands.press("shift+tab", "enter")
            mark = hands.app.focused
            assert isinstance(mark, Mark)
            assert str(mark.render()).startswith("◆ Decided: Maren lets the player in,\n  in Maren's words: “")
            assert hands.desk.transcript.region.contains_region(mark.region)
            await hands.press("enter", "escape")
            assert str(mark.render()) == "◆"

    run(play())


def test_the_keys_that_are_told_are_the_keys_that_work_on_a_mark(tmp_path: Path) -> None:
    async def play() -> None:
        table = laid_table(tmp_path, long=LONG)
        session = table.begin(table.library.load("long"))
        session.choose("knock")
        async with playing(table, session) as hands:
            await hands.type("Maren, Erik sent me")
            await hands.press("shift+tab")
            assert isinstance(hands.app.focused, Mark)
            assert shown(hands.desk.status) == "▼ more below · page down reads on"
            top = hands.desk.transcript.scroll_y
            await hands.press("pagedown")
            assert hands.desk.transcript.scroll_y > top
            await hands.press("escape")
            assert shown(hands.desk.status) == "▼ more below · enter reads on"

    run(play())


@pytest.mark.parametrize("paragraphs", [7, 12, 40])
def test_enter_reads_on_also_while_something_is_told(tmp_path: Path, paragraphs: int) -> None:
    async def play() -> None:
        text = "|\n" + "".join(f"      Paragraph {n}.\n\n" for n in range(paragraphs))
        table = laid_table(tmp_path, long=SKERRY.replace("Warmth, like a hand.", text))
        session = table.begin(table.library.load("long"))
        session.choose("knock")
        async with playing(table, session) as hands:
            await hands.type("Maren, Erik sent me")
            await hands.type("/hint")
            assert hands.notice
            assert not hands.desk.transcript.at_end
            top = hands.desk.transcript.scroll_y
            await hands.press("enter")
            await hands.pilot.pause()
            assert hands.desk.transcript.scroll_y > top
            assert hands.notice == ""

    run(play())


LONG = SKERRY.replace("Warmth, like a hand.", "|\n" + "".join(f"      Paragraph {n}.\n\n" for n in range(40)))


def test_more_than_fits_is_read_from_its_beginning_and_enter_reads_on(tmp_path: Path) -> None:
    async def play() -> None:
        table = laid_table(tmp_path, long=LONG)
        session = table.begin(table.library.load("long"))
        session.choose("knock")
        async with playing(table, session) as hands:
            assert shown(hands.desk.status) == ""
            await hands.type("Maren, Erik sent me")
            transcript = hands.desk.transcript
            (reply,) = [child for child in transcript.query(Speech) if "Get inside" in child.spoken.words]
            assert reply.region.y == transcript.region.y
            assert shown(hands.desk.status) == "▼ more below · enter reads on"
            top = transcript.scroll_y
            await hands.press("enter")
            assert transcript.scroll_y > top
            for _ in range(20):
                await hands.press("enter")
            assert transcript.at_end
            assert shown(hands.desk.status) == ""

    run(play())


def test_a_storm_of_resizes_leaves_the_game_as_it_was(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, at_door=True)) as hands:
            before = hands.text
            for width, height in [(20, 8), (200, 60), (1, 1), (41, 9), (99, 14), (100, 13), (3, 50), (80, 24)]:
                await hands.pilot.resize_terminal(width, height)
            assert hands.text == before
            await hands.type("hello")
            assert hands.text[-2] == "YOU: hello"

    run(play())


class SecondThoughts(QueueModel):
    """Takes its first words back and begins again."""

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        yield Delta("First words,")
        yield Withdrawn("The server broke off; asked again.")
        await self.pause.wait()
        yield Delta("Other words.")
        yield Finished("Other words.", model=self.name)


def test_words_that_a_model_takes_back_are_taken_off_the_screen(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, model := SecondThoughts(), at_door=True)) as hands:
            model.pause.clear()
            await hands.press(*"hello", "enter")
            await hands.until(lambda: "asked again" in hands.notice)
            assert hands.text[-1] == "MAREN: ▌"
            model.pause.set()
            await hands.done()
            assert hands.text[-1] == "MAREN: Other words."
            assert hands.notice == "· The server broke off; asked again."

    run(play())


def test_costs_and_reports_are_told_where_the_player_looks(tmp_path: Path) -> None:
    async def play() -> None:
        async with playing(*game(tmp_path, at_door=True)) as hands:
            await hands.type("/cost")
            assert hands.notice == "· Nothing is spent: no model is asked."
            await hands.type("/budget 1")
            assert hands.notice.startswith("! There is no limit to raise.")
            await hands.type("hello")
            await hands.type("/report")
            assert "Nothing was sent anywhere." in hands.notice

    run(play())
