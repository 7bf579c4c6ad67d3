"""One game being played: the async loop that joins the rules, the characters' models and the save. Knows no screen.

A turn is committed to the save whole, before anybody is told that it is done; what fails before that has changed
nothing, and the player's line is kept in `unsent`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from engine.briefing import Briefing
from engine.cast import Cast
from engine.counting import counted, counting
from engine.dialogue.channels import heard
from engine.dialogue.masking import mask
from engine.dialogue.prompt import Prompt
from engine.dialogue.remembered import Remembered
from engine.dialogue.summary import Due
from engine.errors import PalaverError, Refused
from engine.lastly import Unsent, earlier_answers, said_last
from engine.llm.protocol import Model
from engine.play import events as e
from engine.play.moves import Answer, Choose, Note, Say
from engine.play.offer import stuck
from engine.play.opening import Start, begun
from engine.play.renames import Renames
from engine.play.step import Step
from engine.play.transcript import Line, Telling
from engine.play.vetoing import vetoing
from engine.report import Exchange, write_report
from engine.saves import codec
from engine.saves.rows import REHEARSAL
from engine.saves.store import Store, StoryRef
from engine.standing import standing
from engine.story.expressions import Value
from engine.story.graph import StoryGraph
from engine.talking import TalkTurn, made
from engine.troubles import Troubles
from engine.updates import Turned, Update
from engine.view import View, view_of

LEFT = "where you were"
"""The name of the moment that was left when another was loaded last."""


class Session:
    """A game in progress. Its methods either finish a turn and save it, or leave everything as it was."""

    def __init__(self, graph: StoryGraph, cast: Cast, store: Store, now: Callable[[], datetime]) -> None:
        self.graph = graph
        self.cast = cast
        self.store = store
        self.unsent: Unsent | None = None
        """The player's line that no model answered; None when there is none."""
        self.last_exchange: Exchange | None = None
        """What was asked and answered in the last turn of talk, for a report; None before the first."""
        self.notices: list[str] = []
        """Things to tell the player once, such as what an edit of the story changed."""
        self._now = now
        self._renames = Renames(graph)
        self._stopping = asyncio.Event()
        self._busy = False
        self._turn: TalkTurn | None = None
        """The turn of talk under way."""
        self._troubles = Troubles()
        self._told_edited = False
        self._summaries: dict[Due, tuple[str, str]] = {}
        self._counter = counting(store, cast)
        self._recall()

    # Opening and closing

    @classmethod
    def begin(
        cls,
        graph: StoryGraph,
        cast: Cast,
        path: Path,
        *,
        seed: int,
        scene: str = "",
        values: Mapping[str, Value] | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> Self:
        """Start a new game in a new save at `path`; its first turn is saved when this returns.

        One that begins at a `scene` or with `values` of the caller's choosing is marked as a rehearsal.
        """
        clock = now or _utc_now
        first, _ = begun(graph, Start(scene or graph.start, seed, values or {}))
        ref = StoryRef(graph.id, graph.title, graph.hash, graph.version)
        store = Store.create(path, ref, seed, clock())
        try:
            note = REHEARSAL if scene or values else None
            store.append(first, now=clock(), story_hash=graph.hash, note=note)
            return cls(graph, cast, store, clock)
        except BaseException:
            store.close()
            raise

    @classmethod
    def resume(cls, graph: StoryGraph, cast: Cast, path: Path, *, now: Callable[[], datetime] | None = None) -> Self:
        """Go on with the game saved at `path`, also when the story was edited since."""
        store = Store.open(path)
        try:
            return cls(graph, cast, store, now or _utc_now)
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Let go of the save."""
        self.store.close()

    # What is there

    @property
    def lines(self) -> tuple[Line, ...]:
        """The transcript so far."""
        return tuple(self._lines)

    @property
    def view(self) -> View:
        """What can be done and seen now."""
        return view_of(self.graph, self.state)

    @property
    def busy(self) -> bool:
        """Whether an answer is being waited for."""
        return self._busy

    @property
    def reading(self) -> bool:
        """Whether all is said in this turn and only its meaning is being read."""
        return self._turn is not None and self._turn.reading

    @property
    def prompt(self) -> Prompt | None:
        """The last prompt a character was asked with, part by part; None before the first."""
        return self._briefing.prompt

    @property
    def met(self) -> tuple[str, ...]:
        """The characters that the player has been in a scene with, in the order of the story."""
        scenes = [self.graph.scenes[scene] for scene in self.state.visits if scene in self.graph.scenes]
        talked = {who for scene in scenes for who in scene.talk if not self.graph.characters[who].narrator}
        return tuple(who for who in self.graph.characters if who in talked)

    def remembered(self, who: str) -> Remembered:
        """Return what `who` has in mind now, and where its memory is cut."""
        return self._briefing.remembered(self.state, who)

    def recast(self, cast: Cast) -> None:
        """Let others play from the next turn on. A line that got no answer is kept."""
        self._idle()
        unsent = self.unsent
        self.cast, self._counter = cast, counting(self.store, cast)
        self._recall()
        self.unsent = unsent

    # Playing

    def choose(self, choice: str, text: str = "") -> tuple[Line, ...]:
        """Take a choice (with the typed answer, where it asks); returns what it added to the transcript."""
        self._idle()
        return self._commit(made(self.graph, self.state, Choose(choice, self._masked(text))))

    def note(self, text: str) -> tuple[Line, ...]:
        """Keep something aside that no character hears of."""
        self._idle()
        return self._commit_aside(made(self.graph, self.state, Note(self._masked(text))))

    def answer(self, yes: bool) -> tuple[Line, ...]:
        """Say whether the outcome in doubt has come true."""
        self._idle()
        return self._commit(made(self.graph, self.state, Answer(yes)))

    def not_that(self) -> tuple[Line, ...]:
        """Take back what was read into the last turn: all that was said stands, and nothing comes of it.

        The reading stays in the save, on a branch of its own. Raises `Refused` when nothing was read into it.
        """
        self._idle()
        last = self.store.path_to()[-1]
        moves = vetoing(last.events)
        if not moves:
            raise Refused("Nothing was read into the last turn. Undo goes back to an earlier one.")
        unsent = self.unsent
        self.undo()
        try:
            steps: list[Step] = []
            for move in moves:
                steps.append(made(self.graph, steps[-1].state if steps else self.state, move))
            return self._commit(*steps, note=last.note)
        except PalaverError:
            self.store.move_to(last.id)
            self._recall()
            raise
        finally:
            self.unsent = unsent  # it is said where the story is now

    async def say(
        self, text: str, to: str = "", *, whispered: bool = False, actor: Model | None = None
    ) -> AsyncGenerator[Update]:
        """Say something and stream the answer; the last update is `Turned`. `((Asides))` in it are kept, and unheard.

        `actor` answers in place of the cast's own for this turn. Raises `Refused` or `ModelError`; the line is then in
        `unsent` and the game is where it was. Stopping (`stop`) keeps what was said so far, marked as cut.
        """
        self._idle()
        text = self._masked(text)
        said = heard(text)
        aside = [made(self.graph, self.state, Note(said.aside))] if said.aside else []
        if aside and not said.said:
            yield Turned(self._commit_aside(*aside))
            return
        spoken = made(self.graph, aside[-1].state if aside else self.state, Say(said.said, to, whispered))
        self.unsent = Unsent(text, to, whispered)
        self._busy = True
        self._stopping.clear()
        try:
            async with aclosing(self._answer([*aside, spoken], to, actor or self.cast.actor)) as updates:
                async for update in updates:
                    yield update
        finally:
            self._busy, self._turn = False, None

    def stop(self) -> None:
        """Break off the answer that is being streamed."""
        self._stopping.set()

    async def retry(self, *, actor: Model | None = None) -> AsyncGenerator[Update]:
        """Ask again: for the line that got no answer, else for another answer to the last one said."""
        self._idle()
        line, undone = self.unsent, False
        if line is None:
            line, undone = said_last(self.store), True
        if line is None:
            raise Refused("There is nothing to ask again: say something first.")
        before = self.store.head
        if undone:
            self.undo()
        done = False
        try:
            async with aclosing(self.say(line.text, line.to, whispered=line.whispered, actor=actor)) as updates:
                async for update in updates:
                    done = done or isinstance(update, Turned)
                    yield update
        finally:
            if undone and not done:  # the earlier answer comes back rather than being lost
                self.store.move_to(before)
                self._recall()

    def report(self, words: str = "") -> Path:
        """Write the last exchange, with the player's `words` about it, beside the save; nothing is sent anywhere."""
        return write_report(
            self.last_exchange, self.store.path.parent, self._now(), words=words, mask=self.cast.conceal
        )

    # Going back and forth

    def undo(self) -> None:
        """Take the last turn back, with everything it changed."""
        self._idle()
        if self.store.undo() is None:
            raise Refused("There is nothing to undo: this is where the story begins.")
        self._recall()

    def redo(self) -> None:
        """Do again the turn that was undone last."""
        self._idle()
        if self.store.redo() is None:
            raise Refused("There is nothing to do again.")
        self._recall()

    def name(self, name: str, *, replace: bool = False) -> None:
        """Give this moment a name."""
        self.store.name(name, replace=replace)

    def load(self, name: str) -> None:
        """Go to the moment with this name; the one that is left is called `LEFT` from then on."""
        self._idle()
        self._go_to(lambda: self.store.move_to_name(name))

    def move_to(self, turn: int) -> None:
        """Go to any turn of the tree."""
        self._idle()
        self._go_to(lambda: self.store.move_to(turn))

    # Inside

    def _go_to(self, move: Callable[[], object]) -> None:
        """Go somewhere else in the tree, naming the moment that is left: no path is lost for want of a name."""
        left = self.store.head
        move()
        if self.store.head != left:
            self.store.name(LEFT, left, replace=True)
        self._recall()

    def _idle(self) -> None:
        if self._busy:
            raise Refused("Wait for the answer first, or stop it.")

    def _masked(self, text: str) -> str:
        """Return what may leave the machine of a typed text: it is shown, kept and sent like that."""
        if not self.cast.mask:
            return text
        masked = mask(text)
        if masked.notice:
            self.notices.append(masked.notice)
        return masked.text

    def _commit(self, *steps: Step, note: codec.Note | None = None) -> tuple[Line, ...]:
        """Save the events of one turn, then take them over; returns their lines."""
        events = _events(*steps)
        self.store.append(events, now=self._now(), story_hash=self.graph.hash, note=note)
        self.unsent = None
        self.state = steps[-1].state
        self._briefing.extend(events)
        lines = self._telling.lines(events)
        self._lines += lines
        return lines

    def _commit_aside(self, *steps: Step) -> tuple[Line, ...]:
        """Save what nobody hears: a line that got no answer still waits for one."""
        unsent = self.unsent
        lines = self._commit(*steps)
        self.unsent = unsent
        return lines

    async def _answer(self, begun: Sequence[Step], to: str, actor: Model) -> AsyncGenerator[Update]:
        turn = self._turn = TalkTurn(self.graph, self.cast, self._briefing, self._stopping, self._summaries)
        done = False
        try:
            async with aclosing(turn.updates(begun[-1], to, actor, earlier_answers(self.store))) as updates:
                async for update in updates:
                    yield update
            done = True
        finally:
            self._take_over(turn)
            if turn.summed_up and not done:  # a summary that no event holds is none
                unsent = self.unsent
                self._recall()
                self.unsent = unsent
        lines = self._commit(
            *begun, *turn.steps, note={**turn.note, **counted(self._counter, self.cast)} if turn.note else None
        )
        self.last_exchange = replace(self.last_exchange or turn.exchange, events=_events(*begun, *turn.steps))
        yield Turned(lines, turn.replies)

    def _take_over(self, turn: TalkTurn) -> None:
        """Keep what is worth telling of a turn, whether it came to its end or not."""
        story = f"{self.graph.title} ({self.graph.id} {self.graph.version}".rstrip() + ")"
        self.last_exchange = replace(
            turn.exchange, story=story, save=f"{self.store.path.name}, after turn {self.store.head}"
        )
        self._counter = self._briefing.counter
        turn.notices += self._troubles.worth_telling(fault=turn.fault, warning=turn.warning)
        self.notices += turn.notices

    def _recall(self) -> None:
        """Derive everything from the events up to the head of the save."""
        found = standing(self.graph, self.store, self._renames)
        if found.lost:
            self.notices.append(
                f'The story was edited and has no scene "{found.lost}" any more: you are back before it.'
            )
        elif found.edited and not self._told_edited:
            self.notices.append("The story was edited since this game was saved; it goes on where it was.")
        self._told_edited = self._told_edited or found.edited
        self.state = found.state
        if stuck(self.graph, self.state):
            self.notices.append("As the story is now, nothing can be done here: /undo goes back a turn.")
        self._telling = Telling(self.graph)
        self._lines = list(self._telling.lines(found.events))
        self._briefing = Briefing(self.graph, self.cast, self._counter, self.store.meta.playthrough)
        if self.cast.meter is not None:
            self.cast.meter.game = self.store.meta.playthrough
        self._briefing.extend(found.events)
        self.unsent = None


def _events(*steps: Step) -> tuple[e.Event, ...]:
    return tuple(event for taken in steps for event in taken.events)


def _utc_now() -> datetime:
    return datetime.now(UTC)
