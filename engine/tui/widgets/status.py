"""What stands between the text and the choices: who is at work, what there is to say, what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from time import monotonic

from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from engine.errors import PalaverError


class StatusLine(Static):
    """One row that is always there: who is at work and for how long, or that there is more to read below."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(markup=False)
        self._clock = clock
        self._since = 0.0
        self._doing = ""
        self._waiting = ""
        self._until = 0.0
        self._more = False
        self._key = ""
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Count seconds, but only while there is something to count."""
        self._timer = self.set_interval(1, self.tick, pause=True)

    def begin(self, doing: str) -> None:
        """Say what is being waited for, and start to count."""
        self._since = self._clock()
        if self._timer is not None:
            self._timer.resume()
        self.tell(doing)

    def tell(self, doing: str) -> None:
        """Change what is said to be done, counting on."""
        if doing != self._doing or self._waiting:
            self._doing, self._waiting = doing, ""
            self.tick()

    def wait(self, reason: str, seconds: float) -> None:
        """Say why nothing comes for `seconds`, and count them down; what was being done is said again after them."""
        self._waiting, self._until = reason, self._clock() + seconds
        self.tick()

    def tick(self) -> None:
        """Show the time that has passed, or that is left to wait."""
        left = self._until - self._clock()
        if self._waiting and left > 0:
            self.update(f"waiting: {self._waiting}, {ceil(left)} s · esc stops")
        elif self._doing:
            self.update(f"{self._doing}, {self._clock() - self._since:.0f} s · esc stops")
        else:
            self.update(f"▼ more below · {self._key} reads on" if self._more else "")

    def end(self) -> None:
        """Nothing is waited for any more."""
        if self._timer is not None:
            self._timer.pause()
        self.tell("")

    def more(self, below: bool, *, key: str = "enter") -> None:
        """Say that there is text below what is in sight and which key goes there, or that there is none."""
        self._more, self._key = below, key
        self.tick()


class Notice(Static):
    """Something to tell, until the next move."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.display = False
        self._meanwhile = False
        """What is told is true only until the answer is there."""

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Show `text`; `wrong` when something did not work."""
        self._meanwhile = False
        self.set_class(wrong, "-wrong")
        self.update(f"{'!' if wrong else '·'} {text}")
        self.display = True

    def tell_meanwhile(self, text: str) -> None:
        """Show `text` until the answer that is coming is there."""
        self.tell(text)
        self._meanwhile = True

    def answered(self) -> None:
        """Show no longer what was true while the answer was coming."""
        if self._meanwhile:
            self.clear()

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Show what is raised on purpose as text; nothing else is caught."""
        try:
            yield
        except PalaverError as error:
            self.tell(str(error), wrong=True)

    def clear(self) -> None:
        """Show nothing."""
        self.display = False


class Held(Static):
    """The line that is sent once the answer is there."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.display = False

    def show(self, line: str) -> None:
        """Show what waits; nothing for an empty line."""
        self.update(Content.assemble(("next ", "bold"), line, Content.styled("  (esc takes it back)", "dim")))
        self.display = bool(line)


class Question(Static):
    """What the player is asked before the story goes on, or not."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.display = False

    def show(self, question: str) -> None:
        """Show a question; nothing for an empty one."""
        self.update(Content.assemble(("? ", "bold"), (question, "bold")))
        self.display = bool(question)


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


class Looking(Static):
    """One row that says what is being looked for, while it is; what turns in it shows that the app lives."""

    _FRAMES = "◐◓◑◒"

    def __init__(self, what: str) -> None:
        super().__init__(markup=False)
        self._what = what
        self._frame = 0
        self._timer: Timer | None = None
        self.display = False

    def on_mount(self) -> None:
        """Turn, but only while something is looked for."""
        self._timer = self.set_interval(0.25, self._turn, pause=not self.display)

    def begin(self) -> None:
        """Show that it is being looked for."""
        self.display = True
        if self._timer is not None:
            self._timer.resume()
        self._turn()

    def end(self) -> None:
        """It was found, or not."""
        self.display = False
        if self._timer is not None:
            self._timer.pause()

    def _turn(self) -> None:
        self._frame += 1
        self.update(f"{self._FRAMES[self._frame % len(self._FRAMES)]} {self._what}")
