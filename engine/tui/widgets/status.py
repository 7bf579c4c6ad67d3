"""The quiet line above the choices: who is writing and for how long, or what there is to say about the last move."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Static


class Waiting(Static):
    """Somebody is at work: what they do, for how many seconds, and how to stop them."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(markup=False)
        self._clock = clock
        self._since = 0.0
        self._doing = ""
        self._timer: Timer | None = None
        self.display = False

    def on_mount(self) -> None:
        """Count seconds, but only while there is something to count."""
        self._timer = self.set_interval(1, self.tick, pause=True)

    def begin(self, doing: str) -> None:
        """Start to count."""
        self._since = self._clock()
        self.display = True
        if self._timer is not None:
            self._timer.resume()
        self.tell(doing)

    def tell(self, doing: str) -> None:
        """Change what is said to be done, counting on."""
        self._doing = doing
        self.tick()

    def tick(self) -> None:
        """Show the time that has passed."""
        self.update(f"{self._doing}, {self._clock() - self._since:.0f} s · esc stops")

    def end(self) -> None:
        """Nobody is at work any more."""
        self.display = False
        if self._timer is not None:
            self._timer.pause()


class Notice(Static):
    """Something to tell, until the next move."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.display = False

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Show `text`; `wrong` when something did not work."""
        self.set_class(wrong, "-wrong")
        self.update(f"{'!' if wrong else '·'} {text}")
        self.display = True

    def clear(self) -> None:
        """Show nothing."""
        self.display = False


class Trouble(Vertical):
    """No answer came: what happened, and what can be done about it."""

    def __init__(self) -> None:
        super().__init__()
        self.border_title = "No answer"
        self._what = Static(classes="what", markup=False)
        self._do = Static(classes="do", markup=False)
        self.display = False

    def compose(self) -> list[Static]:
        """What, then what to do."""
        return [self._what, self._do]

    def tell(self, what: str, do: str) -> None:
        """Show what went wrong."""
        self._what.update(what)
        self._do.update(do)
        self._do.display = bool(do)
        self.display = True

    def clear(self) -> None:
        """All is well again."""
        self.display = False
