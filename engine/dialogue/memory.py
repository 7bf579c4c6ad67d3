"""Keeps what one character saw and heard, drawn from the events: nothing that happened where it was not.

Of what the author wrote only a scene's title, its opening lines and what is `seen` reach it. Passages and choices are
the player's own, and may be secret; what a character should know of them, the author says in `direction` and `knows`.
Words whispered to somebody else and what the player wrote aside reach it in no form. It counts no tokens and drops
nothing: that is the window's part.
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
    whispered: bool = False
    """Nobody but this character and the player heard it."""
    marks: tuple[str, ...] = ()
    """The author's own sentences of what came true or was seen in it."""
    seen: tuple[tuple[int, str], ...] = ()
    """Those of them that were seen, each with how many of the lines were said before it."""

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """What was said and seen in it, in order: speaker id, empty for what was seen, and text."""
        found = list(self.lines)
        for before, text in reversed(self.seen):
            found.insert(before, ("", text))
        return tuple(found)

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

    __slots__ = (
        "_company",
        "_graph",
        "_note",
        "_opened",
        "_pins",
        "_scene",
        "_unseen",
        "said",
        "since",
        "summarised",
        "summary",
        "turns",
        "who",
    )

    def __init__(self, graph: StoryGraph, who: str) -> None:
        self.who = who
        self.turns: list[Turn] = []
        """Oldest first. Only the last may still change."""
        self.said: list[str] = []
        """The character's own replies, word for word, without the openings; oldest first."""
        self.since = 0
        """Number of the first turn in the scene the character was in last."""
        self.summary = ""
        """What it keeps of the turns summed up, as a model or the author wrote it."""
        self.summarised = 0
        """How many turns are summed up, counted from the first."""
        self._graph = graph
        self._scene: Scene | None = None
        """The scene the character is in; None while it is elsewhere."""
        self._company: tuple[str, ...] | None = None
        """Who was there beside it in the scene it was in last; None before the first."""
        self._note = ""
        """What opens the current scene, until a line is said in it; it begins that turn."""
        self._opened = Turn()
        """What was seen before a line was said; it begins the next turn."""
        self._pins: set[str] = set()
        character = graph.characters.get(who)
        self._unseen = character is not None and character.narrator

    def extend(self, events: Iterable[e.Event]) -> None:
        """Take in what happened next."""
        for event in events:
            self._take(event)

    def under_way(self, exchange: Iterable[tuple[str, str]], whispering: str = "") -> Turn:
        """Return the turn whose events are still to come, of the lines said in it so far (speaker id, text).

        `whispering` is the character with whom it is whispered, if it is.
        """
        if whispering not in ("", self.who):
            return self._overheard(whispering)
        turn = replace(self._begun(), whispered=bool(whispering))
        for who, text in exchange:
            turn = self._with_line(turn, who, text)
        return turn

    def _take(self, event: e.Event) -> None:
        match event:
            case e.SceneEntered(scene) | e.SceneResumed(scene):
                self._come_to(self._graph.scenes.get(scene))
            case e.Summarised(who, upto, text):
                if who == self.who:
                    self.summary, self.summarised = text, min(max(upto, 0), len(self.turns))
            case _ if self._scene is None:
                pass
            case e.PlayerSpoke(text, to, whispered):
                if whispered and to != self.who:
                    self._keep(self._overheard(to))
                else:
                    self._keep(self._with_line(replace(self._begun(), whispered=whispered), PLAYER, text))
            case e.CharacterSpoke(who, text, cut, opening, _, whispered):
                if whispered and who != self.who:
                    return
                self._keep(self._with_line(self._at_hand(), who, text, cut=cut))
                if who == self.who and not opening:
                    self.said.append(text)
            case e.Witnessed(text):
                self._see(text)
            case e.OutcomeReached(key):
                self._came_true(key)
            case e.StateMoved(who, rule) if who == self.who:
                self._mark(next((r.when for r in self._graph.characters[who].rules if r.id == rule), ""))
            case _:
                pass

    # Scenes

    def _come_to(self, scene: Scene | None) -> None:
        if scene is None or self.who not in scene.talk:
            self._scene = None
            return
        self._scene = scene
        self.since = len(self.turns)
        others = tuple(who for who in scene.talk if who != self.who and not self._narrates(who))
        before = self._company if self._company is not None else others
        self._note = speech.scene_note(
            scene.title,
            [self._name(who) for who in others],
            later=self._company is not None,
            gone=[self._name(who) for who in before if who not in others],
            come=[self._name(who) for who in others if who not in before],
            unseen=self._unseen,
        )
        self._company = others

    # Turns

    def _begun(self) -> Turn:
        """Return the next turn as it begins: with what was seen since the last, and the note of a new scene."""
        return self._opened.joined("user", self._note) if self._note else self._opened

    def _at_hand(self) -> Turn:
        """Take the turn under way out of the list, or begin one."""
        fresh = self._note or self._opened.messages or not self.turns
        return self._begun() if fresh else self.turns.pop()

    def _keep(self, turn: Turn) -> None:
        self.turns.append(turn)
        self._note = ""
        self._opened = Turn()

    def _with_line(self, turn: Turn, who: str, text: str, *, cut: bool = False) -> Turn:
        if who == self.who:
            return turn.joined("assistant", speech.own_words(text, cut=cut), (who, text))
        if who == PLAYER:
            return turn.joined("user", speech.player_says(text, whispered=turn.whispered), (who, text))
        if self._narrates(who):
            return turn.joined("user", speech.note(text, cut=cut), (who, text))
        return turn.joined("user", speech.other_says(self._name(who), text, cut=cut), (who, text))

    def _overheard(self, to: str) -> Turn:
        return self._begun().joined("user", speech.whispering(self._name(to)))

    # What came true

    def _see(self, text: str) -> None:
        shown = speech.note(text)
        if shown == speech.note(""):
            return
        if self._note or self._opened.messages or not self.turns:
            begun = self._begun().joined("user", shown)
            self._opened, self._note = _with_seen(begun, text), ""
        else:
            self.turns[-1] = _with_seen(self.turns[-1].joined("user", shown), text)

    def _came_true(self, key: str) -> None:
        """Pin the turn in which an outcome first came true, if the character has heard a word of it."""
        if not self.turns or not self.turns[-1].lines or self._scene is None:
            return
        self._mark(next((o.when for o in self._scene.outcomes if o.key == key), ""))
        if key not in self._pins and len(self._pins) < MOST_PINNED:
            self._pins.add(key)
            self.turns[-1] = replace(self.turns[-1], pinned=True)

    def _mark(self, sentence: str) -> None:
        if sentence and self.turns:
            last = self.turns[-1]
            self.turns[-1] = replace(last, marks=(*last.marks, sentence))

    # Names

    def _narrates(self, who: str) -> bool:
        character = self._graph.characters.get(who)
        return character is not None and character.narrator

    def _name(self, who: str) -> str:
        character = self._graph.characters.get(who)
        return character.name if character else who


def _with_seen(turn: Turn, text: str) -> Turn:
    return replace(turn, marks=(*turn.marks, text), seen=(*turn.seen, (len(turn.lines), text)))


def witnessed(events: Iterable[e.Event], who: str, graph: StoryGraph) -> History:
    """Return what `who` saw and heard of `events`; `extend` it with those that follow."""
    history = History(graph, who)
    history.extend(events)
    return history
