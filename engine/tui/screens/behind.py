"""The half of a game's screen that looks behind it: how the last turn was made, what each character remembers.

It gathers what those screens show, and changes nothing in the game.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from engine.addressing import named
from engine.dialogue.memory import witnessed
from engine.plaintext import clean_line
from engine.play.events import Event
from engine.play.state import fold
from engine.session import Session
from engine.table import Table
from engine.tui.inspection import Inspection, inspect
from engine.tui.screens.going import Going
from engine.tui.screens.inspector import InspectorScreen
from engine.tui.screens.memory import MemoryScreen
from engine.tui.screens.peeking import Spoilers
from engine.tui.wording import turn_told


class Behind(Going):
    """A screen from which one can look behind the game."""

    def __init__(self, table: Table, session: Session, now: Callable[[], datetime]) -> None:
        super().__init__(table, session, now)
        self.spoilers = Spoilers()

    def action_inspect(self) -> None:
        """Show how the last turn of talk was made."""
        inspection = inspected(self.session)
        if inspection is None:
            self.desk.notice.tell("Nothing was said since the game was opened: there is no turn to look into yet.")
        else:
            self.app.push_screen(InspectorScreen(inspection, self.spoilers))

    def action_memory(self) -> None:
        """Show what the characters remember."""
        self._memory("")

    def _memory(self, name: str) -> None:
        """Show what the characters remember, `name` first."""
        session = self.session
        names = {who: clean_line(character.name) for who, character in session.graph.characters.items()}
        minds = [mind for mind in map(session.remembered, session.met) if mind.turns or mind.pinned or mind.dropped]
        met = [(mind.who, mind.name) for mind in minds]
        who, _ = named(name, met)
        if not minds:
            self.desk.notice.tell("Nobody whom you met remembers anything yet.")
        elif name and not who:
            self._tell_wrong(f"You have met nobody called {clean_line(name)}. /memory shows those you have.")
        else:
            here = next((who for who, _ in session.view.present), "")
            self.app.push_screen(MemoryScreen(minds, names, self.spoilers, who or here))


def inspected(session: Session) -> Inspection | None:
    """Return the last turn of talk, taken apart; None when nothing was said since the game was opened."""
    exchange, prompt = session.last_exchange, session.prompt
    if exchange is None:
        return None
    graph, before, note = session.graph, None, None
    earlier: list[Event] = []
    dropped: list[str] = []
    turns = session.store.path_to()
    place = next((at for at in reversed(range(len(turns))) if turns[at].events == exchange.events), None)
    gone = place is None and bool(exchange.events)
    if place is not None:
        earlier = [event for turn in turns[:place] for event in turn.events]
        before, note = fold(earlier), turns[place].note
    who = next((asked.request.who for asked in reversed(exchange.asked) if asked.request.purpose == "act"), "")
    if prompt is not None and who and place is not None:
        names = {who: character.name for who, character in graph.characters.items()}
        pinned = set(prompt.kept.cut.pinned)
        history = witnessed(earlier, who, graph).turns[: prompt.kept.cut.start]
        dropped = [turn_told(turn, names) for number, turn in enumerate(history) if number not in pinned]
    return inspect(graph, exchange, prompt=prompt, dropped=dropped, before=before, note=note, gone=gone)
