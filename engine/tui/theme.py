"""The colours of the app: lamplight on dark, ink on paper, and speakers' voices for whatever theme a player prefers.

Colour never carries a meaning alone; whatever it says, a word, a sign or a place says too. Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

VOICES = 6
"""Colours that characters have before they begin again."""

_DARK_VOICES = {
    "voice-you": "#8fbfe6",
    "voice-0": "#e3b56c",
    "voice-1": "#dd9bb0",
    "voice-2": "#9fc98a",
    "voice-3": "#c3a8e6",
    "voice-4": "#7fc8bd",
    "voice-5": "#e59a7c",
    "quiet": "#9a958a",
    "hairline": "#3a404b",
}
_LIGHT_VOICES = {
    "voice-you": "#1c5a8a",
    "voice-0": "#83500a",
    "voice-1": "#96305a",
    "voice-2": "#3a661f",
    "voice-3": "#6540a0",
    "voice-4": "#0f635a",
    "voice-5": "#9a3c16",
    "quiet": "#625d53",
    "hairline": "#cfc6b2",
}

LAMPLIGHT = Theme(
    name="palaver-dark",
    primary="#8fbfe6",
    secondary="#b9a98a",
    accent="#e3b56c",
    warning="#e3b56c",
    error="#e08b80",
    success="#9fc98a",
    foreground="#dcd7cb",
    background="#15181d",
    surface="#1b1f26",
    panel="#242a33",
    dark=True,
    variables={
        **_DARK_VOICES,
        "input-cursor-background": "#e3b56c",
        "input-cursor-foreground": "#15181d",
        "input-selection-background": "#3f5266",
        "block-cursor-background": "#2f3945",
        "block-cursor-foreground": "#f1ece0",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#2a323d",
        "footer-background": "#15181d",
        "footer-key-foreground": "#e3b56c",
        "footer-description-foreground": "#9a958a",
        "scrollbar": "#3a404b",
        "scrollbar-background": "#15181d",
        "scrollbar-hover": "#525a68",
        "scrollbar-active": "#8fbfe6",
    },
)
PAPER = Theme(
    name="palaver-light",
    primary="#1c5a8a",
    secondary="#6b5c3e",
    accent="#83500a",
    warning="#83500a",
    error="#9c2f2a",
    success="#3a661f",
    foreground="#2b2925",
    background="#f7f3ea",
    surface="#f0eadd",
    panel="#e7e0cf",
    dark=False,
    variables={
        **_LIGHT_VOICES,
        "input-cursor-background": "#83500a",
        "input-cursor-foreground": "#f7f3ea",
        "input-selection-background": "#bcd3e6",
        "block-cursor-background": "#ddd3bc",
        "block-cursor-foreground": "#1b1a17",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#e7e0cf",
        "footer-background": "#f7f3ea",
        "footer-key-foreground": "#83500a",
        "footer-description-foreground": "#625d53",
        "scrollbar": "#cfc6b2",
        "scrollbar-background": "#f7f3ea",
        "scrollbar-hover": "#b3a88f",
        "scrollbar-active": "#1c5a8a",
    },
)


def voice_variables(*, dark: bool) -> dict[str, str]:
    """Return the speakers' colours for a theme that has none of its own."""
    return dict(_DARK_VOICES if dark else _LIGHT_VOICES)


def first_theme(environ: Mapping[str, str]) -> str:
    """Return the theme to begin with: light where the terminal says that its background is."""
    background = environ.get("COLORFGBG", "").rpartition(";")[2]  # set by rxvt, Konsole and others; 7 and 15 are white
    return PAPER.name if background in ("7", "15") else LAMPLIGHT.name
