"""What a front end is given to play at: the library, the cast, the saves folder. Made once, by the command line."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cast import Cast
from engine.errors import PalaverError, SaveDamaged
from engine.library import Library
from engine.opening import Opening
from engine.saves import shelf
from engine.saves.fresh import discard
from engine.saves.shelf import SaveInfo
from engine.session import Session
from engine.story.graph import StoryGraph

if TYPE_CHECKING:
    from engine.picking import Picked, Picker
    from engine.rehearsal import Rehearsal


@dataclass(slots=True)
class Table:
    """Everything that a game needs. Who plays may change between turns; the rest stays."""

    library: Library
    cast: Cast
    saves: Path
    """The folder of saves."""
    model_line: str
    """Who plays the characters, in a few words."""
    seed: int | None = None
    """The seed of new games; None draws one for each."""
    notices: tuple[str, ...] = ()
    """What a player should know of the settings, told at the start of each game."""
    picker: Picker | None = None
    """The way to pick who plays; None where that is fixed, as in a play that is recorded."""
    opening: Opening = field(default_factory=Opening)
    """Where new games of one story begin."""
    rehearsal: Rehearsal | None = None
    """Plays the story that is being watched, in place of a save; None when none is."""

    async def recast(self, picked: Picked, session: Session | None = None) -> None:
        """Let whom the player picked play in games to come, and in `session` from its next turn on."""
        if session is not None:
            session.recast(picked.cast)
        before, self.cast, self.model_line = self.cast, picked.cast, picked.model_line
        self.notices = picked.notices
        await before.release()

    def begin(self, graph: StoryGraph) -> Session:
        """Start a new game in a new save, or without one when the story is watched."""
        seed = random.SystemRandom().getrandbits(31) if self.seed is None else self.seed
        if self.rehearsal is not None and self.rehearsal.plays(graph):
            return self._told(self.rehearsal.begin(graph, self.cast, seed))
        opening = self.opening.of(graph)
        path = shelf.new_path(self.saves, graph.id, datetime.now(UTC))
        try:
            session = Session.begin(graph, self.cast, path, seed=seed, scene=opening.scene, values=opening.values)
        except BaseException:
            discard(path)  # nothing was played in it, and an empty file would be listed as a damaged save
            raise
        return self._told(session)

    def resume(self, path: Path, graph: StoryGraph | None = None, *, moment: str = "") -> Session:
        """Go on with a saved game, at a named moment if one is given. Its story comes from the library unless given."""
        save = shelf.describe(path)
        if not save.playable:
            raise SaveDamaged(save.damaged)
        story = graph or self.library.with_id(save.story_id)
        if story is None:
            raise PalaverError(
                f'The story of this game, "{save.title}", is not in the library.',
                do=f"Name its folder or file: palaver play STORY --load {save.name}",
            )
        return self._told(Session.resume(story, self.cast, path), moment)

    def saves_of(self, story_id: str = "") -> list[SaveInfo]:
        """Return the saves of one story, or of all, the last played first; damaged ones too."""
        return [info for info in shelf.list_saves(self.saves) if not story_id or info.story_id == story_id]

    def _told(self, session: Session, moment: str = "") -> Session:
        try:
            if moment:
                session.load(moment)
        except BaseException:
            session.close()
            raise
        session.notices[:0] = self.notices
        return session
