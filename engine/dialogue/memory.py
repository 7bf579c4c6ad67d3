"""Keeps what one character saw and heard, drawn from the events: nothing that happened where it was not.

Of what the author wrote only a scene's title and its opening lines reach it. Passages and choices are the player's own,
and may be secret; what a character should know of them, the author says in `direction` and `knows`. It counts no
tokens and drops nothing: that is the window's part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.dialogue import speech
from engine.dialogue.messages import Message, Role
from engine.play import events as e
from engine.story.graph import PLAYER, Scene, StoryGraph

MOST_PINNED = 8
"""Turns pinned by themselves: the first in which each outcome came true. More would leave no room for the talk."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Lines that belong together and are kept or dropped together."""

    messages: tuple[Message, ...] = ()
    """Roles alternate. The first is the user's; the character's own lines are the assistant's."""
    lines: tuple[tuple[str, str], ...] = ()
    """What was said in it, word for word: speaker id and text."""
    pinned: bool = False
    """An outcome came true in it: it is never dropped."""

    @property
    def asked(self) -> int:
        """How many messages stood before the character's own first line."""
        own = (at for at, message in enumerate(self.messages) if message.role == "assistant")
        return next(own, len(self.messages))

    def joined(self, role: Role, text: str, *lines: tuple[str, str]) -> Turn:
        """Return the turn with `text` added to the prompt's messages and `lines` to what was said."""
        messages, last = self.messages, self.messages[-1] if self.messages else None
        if last is not None and last.role == role:
            messages = (*messages[:-1], Message(role, f"{last.content}\n{text}"))
        else:
            messages = (*messages, Message(role, text))
        return replace(self, messages=messages, lines=(*self.lines, *lines))


class History:
    """What one character has witnessed so far. Taking in events costs the same however long it is."""

    __slots__ = ("_graph", "_met", "_note", "_pins", "_scene", "said", "since", "turns", "who")

    def __init__(self, graph: StoryGraph, who: str) -> None:
        self.who = who
        self.turns: list[Turn] = []
        """Oldest first."""
        self.said: list[str] = []
        """The character's own replies, word for word, without the openings; oldest first."""
        self.since = 0
        """Number of the first turn in the scene the character was in last."""
        self._graph = graph
        self._scene: Scene | None = None
        """The scene the character is in; None while it is elsewhere."""
        self._met = False
        self._note = ""
        """What opens the current scene, until a line is said in it; it begins that turn."""
        self._pins: set[str] = set()

    def extend(self, events: Iterable[e.Event]) -> None:
        """Take in what happened next."""
        for event in events:
            self._take(event)

    def under_way(self, exchange: Iterable[tuple[str, str]]) -> Turn:
        """Return the turn whose events are still to come, of the lines said in it so far (speaker id, text)."""
        turn = self._begun()
        for who, text in exchange:
            turn = self._with_line(turn, who, text)
        return turn

    def _take(self, event: e.Event) -> None:
        match event:
            case e.SceneEntered(scene) | e.SceneResumed(scene):
                self._come_to(self._graph.scenes.get(scene))
            case _ if self._scene is None:
                pass
            case e.PlayerSpoke(text):
                self._keep(self._with_line(self._begun(), PLAYER, text))
            case e.CharacterSpoke(who, text, cut, opening):
                turn = self._begun() if self._note or not self.turns else self.turns.pop()
                self._keep(self._with_line(turn, who, text, cut=cut))
                if who == self.who and not opening:
                    self.said.append(text)
            case e.OutcomeReached(key) if self.turns and key not in self._pins and len(self._pins) < MOST_PINNED:
                self._pins.add(key)
                self.turns[-1] = replace(self.turns[-1], pinned=True)
            case _:
                pass

    def _come_to(self, scene: Scene | None) -> None:
        if scene is None or self.who not in scene.talk:
            self._scene = None
            return
        self._scene = scene
        self.since = len(self.turns)
        others = [self._name(who) for who in scene.talk if who != self.who]
        self._note = speech.scene_note(scene.title, others, later=self._met)
        self._met = True

    def _begun(self) -> Turn:
        return Turn().joined("user", self._note) if self._note else Turn()

    def _keep(self, turn: Turn) -> None:
        self.turns.append(turn)
        self._note = ""

    def _with_line(self, turn: Turn, who: str, text: str, *, cut: bool = False) -> Turn:
        if who == self.who:
            return turn.joined("assistant", speech.own_words(text, cut=cut), (who, text))
        if who == PLAYER:
            return turn.joined("user", speech.player_says(text), (who, text))
        return turn.joined("user", speech.other_says(self._name(who), text, cut=cut), (who, text))

    def _name(self, who: str) -> str:
        character = self._graph.characters.get(who)
        return character.name if character else who


def witnessed(events: Iterable[e.Event], who: str, graph: StoryGraph) -> History:
    """Return what `who` saw and heard of `events`; `extend` it with those that follow."""
    history = History(graph, who)
    history.extend(events)
    return history
