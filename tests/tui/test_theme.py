"""Colours: whoever speaks can be read on either ground, and a borrowed theme has voices too."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme

from engine.tui.theme import LAMPLIGHT, PAPER, VOICES, first_theme
from tui.parlour import game, playing, run

READABLE = ("voice-you", *(f"voice-{place}" for place in range(VOICES)), "quiet")


def _luminance(colour: Color) -> float:
    """WCAG 2's relative luminance."""
    parts = [value / 255 for value in (colour.r, colour.g, colour.b)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio of two colours."""
    light, dark = sorted((_luminance(Color.parse(one)), _luminance(Color.parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LAMPLIGHT, PAPER], ids=["dark", "light"])
def test_every_voice_is_readable(theme: Theme) -> None:
    grounds = [theme.background, theme.surface]
    inks = [theme.variables[name] for name in READABLE] + [theme.foreground, theme.error, theme.accent]
    for ground in grounds:
        for ink in inks:
            assert ground and ink
            assert contrast(ink, ground) >= 4.5, (ink, ground)


@pytest.mark.parametrize("theme", [LAMPLIGHT, PAPER], ids=["dark", "light"])
def test_no_two_voices_are_the_same(theme: Theme) -> None:
    voices = [theme.variables[name] for name in READABLE]
    assert len(set(voices)) == len(voices)


@pytest.mark.parametrize(
    ("said", "theme"), [("", LAMPLIGHT), ("15;0", LAMPLIGHT), ("0;15", PAPER), ("0;default;7", PAPER), ("x", LAMPLIGHT)]
)
def test_the_first_theme_follows_the_terminals_background_where_it_is_said(said: str, theme: Theme) -> None:
    assert first_theme({"COLORFGBG": said}) == theme.name
    assert first_theme({}) == LAMPLIGHT.name


def test_any_theme_of_textuals_can_be_picked(tmp_path: Path) -> None:
    async def look() -> None:
        async with playing(*game(tmp_path, at_door=True)) as hands:
            for theme in ("textual-light", "nord", "textual-ansi", PAPER.name, LAMPLIGHT.name):
                if theme in hands.app.available_themes:
                    hands.app.theme = theme
                    await hands.pilot.pause()
            hands.app.action_light_or_dark()
            assert hands.app.theme == PAPER.name
            hands.app.action_light_or_dark()
            assert hands.app.theme == LAMPLIGHT.name

    run(look())
