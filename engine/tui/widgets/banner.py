"""The line at the top: what is played, and where one is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static


class Banner(Horizontal):
    """A title with what is inside it; on the right, something quieter, where there is room."""

    def __init__(self, title: str, aside: str = "", *, brief: str = "") -> None:
        """`brief` stands in for an aside that has no room."""
        super().__init__()
        self._aside, self._brief = aside, brief or aside
        self._left = Static(Content.styled(title, "bold"), classes="title", markup=False)
        self._title = title
        self._right = Static(aside, classes="aside", markup=False)

    def compose(self) -> ComposeResult:
        """Title, then the aside."""
        yield self._left
        yield self._right

    def on_resize(self) -> None:
        """Say as much on the right as half the row holds."""
        fits = Content(self._aside).cell_length <= self.size.width // 2
        self._right.update(self._aside if fits else self._brief)

    def tell(self, aside: str, *, brief: str = "") -> None:
        """Say something else on the right."""
        self._aside, self._brief = aside, brief or aside
        self.on_resize()

    def place(self, place: str) -> None:
        """Tell what is inside the title now."""
        title = Content.styled(self._title, "bold")
        self._left.update(Content.assemble(title, f" · {place}") if place else title)
