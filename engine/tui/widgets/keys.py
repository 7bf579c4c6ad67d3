"""The keys at the bottom of a screen: as many as fit whole, none cut off. The palette has the rest."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Resize
from textual.widgets import Footer
from textual.widgets._footer import FooterKey  # the widget that a footer is made of has no public name

_AROUND = 3
"""Columns around a key and its description."""
_PALETTE = "-command-palette"
_PALETTE_ROOM = 13
"""Columns of the palette's own key, which is always there."""


class Keys(Footer):
    """A footer that leaves out, from its end, what has no room."""

    _width = 0

    def compose(self) -> ComposeResult:
        """The keys in their order, while there is room."""
        room = self.app.size.width - _PALETTE_ROOM
        for widget in super().compose():
            if isinstance(widget, FooterKey) and not widget.has_class(_PALETTE):
                room -= Content(f"{widget.key_display}{widget.description}").cell_length + _AROUND
                if room < 0:
                    continue
            yield widget

    def on_resize(self, event: Resize) -> None:
        """See to it anew when the width is another."""
        if event.size.width != self._width:
            self._width = event.size.width
            self.refresh(recompose=True)
