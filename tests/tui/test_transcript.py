"""The text of a long game: only a window of it is mounted, and it stays where the reader is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from engine.play.transcript import Line
from engine.story.graph import PLAYER
from engine.tui.widgets.lines import Spoken, Voices
from engine.tui.widgets.marks import Mark
from engine.tui.widgets.transcript import BATCH, HIGH_MARK, LOW_MARK, Transcript
from tui.parlour import read

VOICES = Voices.of({"maren": "Maren", "odd": "Odd"})
LONG = [
    Line("told", f"Passage {i}. " + "It rains." * (i % 23))
    if i % 3 == 0
    else Line("speech", f"Line {i}. " + "And so on." * (i % 17), *((PLAYER, "") if i % 3 == 1 else ("maren", "Maren")))
    for i in range(1_000)
]


class Reader(App[None]):
    CSS = "Transcript { height: 1fr; } Speech, Spoken, .name { height: auto; }"

    def compose(self) -> ComposeResult:
        yield Transcript(VOICES)

    @property
    def transcript(self) -> Transcript:
        return self.query_one(Transcript)


def reading(test: Callable[[Reader, Pilot[None]], Awaitable[None]]) -> None:
    async def go() -> None:
        app = Reader()
        app.animation_level = "none"
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.pause()
            await test(app, pilot)

    asyncio.run(go())


def top(app: Reader) -> tuple[Widget, int]:
    """Return the widget at the top edge, and the row on the screen where it begins."""
    widget = next(child for child in app.transcript.children if child.region.bottom > app.transcript.region.y)
    return widget, widget.region.y


async def back(app: Reader, pilot: Pilot[None], rows: int) -> None:
    app.transcript.scroll_relative(y=-rows, animate=False)
    await pilot.pause()
    await pilot.pause()


def test_of_a_long_game_the_last_lines_are_mounted() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        await app.transcript.show(LONG)
        await pilot.pause()
        assert app.transcript.mounted == len(app.transcript.children) == LOW_MARK
        assert app.transcript.lines == tuple(LONG)
        assert app.transcript.at_end
        assert "Passage 999." in read(app.transcript)[-1]

    reading(test)


def test_older_lines_come_when_the_reader_nears_the_top_and_nothing_moves_under_the_eyes() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        await app.transcript.show(LONG)
        await pilot.pause()
        moved: list[tuple[Widget, int]] = []

        def seen(_: object) -> None:
            moved.append(top(app))

        app.screen.screen_layout_refresh_signal.subscribe(app.screen, seen, immediate=True)
        while app.transcript.mounted == LOW_MARK:
            moved.clear()
            expected = top(app)
            await back(app, pilot, 3)
        assert app.transcript.mounted == LOW_MARK + BATCH
        widget, row = expected
        assert all((shown is widget and at == row + 3) or at > row for shown, at in moved), "no frame shows a jump"
        assert app.transcript.scroll_y > 100

    reading(test)


def test_every_line_can_be_reached() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        await app.transcript.show(LONG[:200])
        await pilot.pause()
        for _ in range(20):
            app.transcript.scroll_home(animate=False)
            await pilot.pause()
        assert read(app.transcript)[0].startswith("Passage 0.")
        assert app.transcript.mounted == 200

    reading(test)


def test_a_reader_who_scrolled_back_stays_there_while_an_answer_comes() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        await app.transcript.show(LONG)
        await pilot.pause()
        await back(app, pilot, 30)
        before = top(app)
        speech = await app.transcript.answer("maren", "Maren")
        for _ in range(20):
            speech.spoken.add("many words and more of them ")
            await pilot.pause()
        assert top(app) == before
        await app.transcript.add([Line("speech", "many words", "maren", "Maren")])
        await pilot.pause()
        assert top(app) == before

    reading(test)


def test_a_reader_at_the_end_stays_at_the_end() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        await app.transcript.show(LONG[:30])
        speech = await app.transcript.answer("maren", "Maren")
        for _ in range(20):
            speech.spoken.add("many words and more of them ")
            await pilot.pause()
            assert speech.region.bottom == app.transcript.region.bottom

    reading(test)


def test_coming_back_to_the_end_holds_on_to_it_again() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        await app.transcript.show(LONG)
        await pilot.pause()
        await back(app, pilot, 30)
        app.transcript.scroll_relative(y=30, animate=False)
        await pilot.pause()
        await app.transcript.add(LONG[:5])
        await pilot.pause()
        assert app.transcript.at_end

    reading(test)


def test_old_lines_are_let_go_at_the_end_and_only_there() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        await app.transcript.show(LONG[:60])
        await pilot.pause()
        for i in range(0, 61, 10):
            app.transcript.to_end()
            await app.transcript.add(LONG[i : i + 10])
            await pilot.pause()
        assert app.transcript.mounted == LOW_MARK
        await back(app, pilot, 50)
        for i in range(0, 70, 10):
            await app.transcript.add(LONG[i : i + 10])
            await pilot.pause()
        assert app.transcript.mounted > HIGH_MARK

    reading(test)


def test_the_same_words_stay_at_the_top_when_the_window_changes_its_width() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        await app.transcript.show(LONG)
        await pilot.pause()
        await back(app, pilot, 60)
        before = top(app)
        await pilot.resize_terminal(35, 20)
        await pilot.pause()
        assert top(app)[0] is before[0]
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert top(app)[0] is before[0]

    reading(test)


def test_going_back_a_turn_leaves_what_stays_alone() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        await app.transcript.show(LONG[:50])
        kept = app.transcript.children[10]
        await app.transcript.show(LONG[:45])
        assert kept in app.transcript.children
        assert len(app.transcript.children) == 45
        await app.transcript.show(LONG[:50])
        assert kept in app.transcript.children
        assert read(app.transcript)[-1].startswith("YOU: Line 49.")

    reading(test)


def test_going_far_back_or_elsewhere_shows_that_place() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        await app.transcript.show(LONG)
        for there in (LONG[:300], LONG[:950], LONG[500:], LONG[:1], [], LONG[:61]):
            await app.transcript.show(there)
            await pilot.pause()
            assert app.transcript.lines == tuple(there)
            assert app.transcript.mounted == min(len(there), LOW_MARK)
            assert read(app.transcript)[-1:] == _as_read(there[-1:])

    reading(test)


def _as_read(lines: list[Line]) -> list[str]:
    return [line.text if line.kind == "told" else f"{line.name.upper() or 'YOU'}: {line.text}" for line in lines]


def test_what_is_said_is_plain_text_whatever_it_looks_like() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        hostile = "[red]x[/] [@click=app.quit]y[/] **z** <b>b</b> \x1b]0;title\x07\x1b[2Jdone\n\u202eevil"
        await app.transcript.show(
            [Line("speech", hostile, "maren", "[b]Maren[/b]"), Line("choice", "[link=x]go[/link]")]
        )
        await pilot.pause()
        assert read(app.transcript) == [
            "[B]MAREN[/B]: [red]x[/] [@click=app.quit]y[/] **z** <b>b</b> done\nevil",
            "› [link=x]go[/link]",
        ]
        assert not any(span.style for span in app.query_one(Spoken).render().spans)

    reading(test)


def test_speakers_are_told_apart_by_name_and_place_and_colour() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        await app.transcript.show([Line("speech", "a", PLAYER), Line("speech", "b", "maren", "Maren"),
                                   Line("speech", "c", "odd", "Odd")])  # fmt: skip
        await pilot.pause()
        mine, maren, odd = app.transcript.children
        assert [words.split(":")[0] for words in read(app.transcript)] == ["YOU", "MAREN", "ODD"]
        assert mine.has_class("-mine") and not maren.has_class("-mine")
        assert [next(iter(c for c in w.classes if c.startswith("voice"))) for w in (mine, maren, odd)] == [
            "voice-you",
            "voice-0",
            "voice-1",
        ]

    reading(test)


def test_a_mark_shows_its_evidence_only_when_it_is_opened() -> None:
    async def test(app: Reader, pilot: Pilot[None]) -> None:
        await app.transcript.show([Line("branch", "Maren lets you [b]in[/b]", evidence="Get [b]inside[/b]")])
        await pilot.pause()
        mark = app.query_one(Mark)
        assert str(mark.render()) == "◆"
        await pilot.click(Mark)
        assert str(mark.render()).startswith(
            "◆ Decided: Maren lets you [b]in[/b],\n  in these words: “Get [b]inside[/b]”"
        )
        mark.action_open()
        assert "inside" not in str(mark.render())

    reading(test)
