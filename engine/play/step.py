"""The rules of the game as one pure, total function.

`step` takes a story, a state and a move, and answers with events or with a refusal. It raises for no state, no move and
nothing a model says. A model's words can do exactly one thing: make an outcome or a move rule be recognised that the
author wrote, whose `if` holds, and for which the dialogue has evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.plaintext import clean, clean_line, readable
from engine.play import events as e
from engine.play.chance import pick_weighted
from engine.play.moves import Answer, Begin, Choose, Move, Note, Read, Remember, Reply, Say
from engine.play.offer import can_choose, find_choice, holds, in_doubt
from engine.play.reading import recognised
from engine.play.record import Record
from engine.play.state import State
from engine.story.graph import END, RETURN, Scene, StoryGraph, Way

LONGEST_LINE = 2_000
"""Characters a player may say at once."""
LONGEST_REPLY = 20_000
"""Characters kept of one reply."""
MOST_REPLIES = 16
"""Replies in one turn of talk, whatever its scene allows."""
LONGEST_SUMMARY = 4_000
"""Characters kept of what a character remembers of the turns it has no room for."""
LATEST_TURN = 10**9
"""The last turn that a summary may reach."""
MOST_HOPS = 100
"""Scenes gone through without a move of the player's before the story is said to run in a circle."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a move."""

    state: State
    events: tuple[e.Event, ...] = ()
    refused: str = ""
    """Why nothing was done, for the player to read; empty when something was."""


class _Refusal(Exception):
    """The move cannot be made; the reason is for the player."""


def step(graph: StoryGraph, state: State, move: Move) -> Step:
    """Return the events that `move` brings about and the state after them, or why it is refused."""
    turn = _Turn(graph, state)
    try:
        turn.make(move)
    except _Refusal as refusal:
        return Step(state, refused=str(refusal))
    return Step(turn.draft.freeze(), tuple(turn.events))


class _Turn(Record):
    """One move being carried out."""

    __slots__ = ("hops",)

    def __init__(self, graph: StoryGraph, state: State) -> None:
        super().__init__(graph, state)
        self.hops = 0

    def make(self, move: Move) -> None:
        match move:
            case Begin(seed):
                self._begin(seed)
            case Choose(choice, text):
                self._choose(choice, text)
            case Say():
                self._say(move)
            case Reply():
                self._reply(move)
            case Read():
                self._read(move)
            case Note(text):
                self._note(text)
            case Answer(yes):
                self._answer(yes)
            case Remember():
                self._remember(move)
            case _:
                raise _Refusal("That is not a move.")

    # Moves

    def _begin(self, seed: int) -> None:
        if self.draft.scene or self.draft.over:
            raise _Refusal("The story has begun already.")
        start = tuple((name, variable.start) for name, variable in self.graph.variables.items())
        self.happen(e.Began(seed, start))
        self._go(self.graph.start)

    def _choose(self, choice_id: str, text: str) -> None:
        scene = self._scene()
        if self.draft.speaking:
            raise _Refusal("Wait for the answer first.")
        choice = find_choice(scene, choice_id, self.draft, self.draft.spent)
        if isinstance(choice, str):
            raise _Refusal(choice)
        answer = clean_line(text)
        if choice.ask and not answer:
            raise _Refusal("That wants an answer: type a few words.")
        self.happen(e.ChoiceTaken(choice.key, clean(choice.text.render(self.draft))))
        if choice.ask:
            self.put({choice.ask: answer})
        self._take(choice.way)

    def _say(self, say: Say) -> None:
        scene = self._scene()
        if scene.kind != "talk":
            raise _Refusal("There is nobody here to talk to.")
        if self.draft.speaking:
            raise _Refusal("Wait for the answer first.")
        if say.to and say.to not in scene.talk:
            raise _Refusal("They are not here.")
        if say.whispered and not say.to:
            raise _Refusal("Say to whom you whisper.")
        self.happen(e.PlayerSpoke(_typed(say.text, "Say something first."), say.to, say.whispered))

    def _note(self, text: str) -> None:
        self._begun()
        if self.draft.speaking:
            raise _Refusal("Wait for the answer first.")
        self.happen(e.PlayerNoted(_typed(text, "Write something first.")))

    def _reply(self, reply: Reply) -> None:
        scene = self._scene()
        if not self.draft.speaking:
            raise _Refusal("Nobody was asked anything.")
        if reply.who not in scene.talk:
            raise _Refusal("Somebody who is not here cannot answer.")
        whispered = bool(self.draft.whispering)
        if whispered and reply.who != self.draft.whispering:
            raise _Refusal("Only the one who was whispered to can answer.")
        breaks_in = any(interrupt.who == reply.who for interrupt in scene.interrupts)  # beyond what is asked for
        if len(self.draft.exchange) > min(scene.replies + breaks_in, MOST_REPLIES):
            raise _Refusal("Everybody has said enough for one turn.")
        text = clean(reply.text[:LONGEST_REPLY]).strip()
        if not readable(text):
            raise _Refusal("The answer was empty.")
        cut = reply.cut or len(reply.text) > LONGEST_REPLY
        model = clean_line(reply.model)[:100]
        self.happen(e.CharacterSpoke(reply.who, text, cut=cut, model=model, whispered=whispered))

    def _read(self, read: Read) -> None:
        scene = self._scene()
        if not self.draft.speaking or len(self.draft.exchange) < 2:
            raise _Refusal("There is nothing to read yet.")
        outcome = recognised(self, scene, read)
        self.happen(e.TalkTurnEnded())
        if outcome is not None:
            self._take(outcome.way)
        # A question put to the player in the talk's last turn is waited for: one turn more, and never another.
        self._check_limit(scene, beyond=1 if in_doubt(self.graph, self.draft) else 0)

    def _answer(self, yes: bool) -> None:
        scene = self._scene()
        key, evidence = self.draft.doubt
        if not key:
            raise _Refusal("Nothing was asked.")
        if self.draft.speaking:
            raise _Refusal("Wait for the answer first.")
        outcome = in_doubt(self.graph, self.draft)
        self.happen(e.DoubtAnswered(key, yes))
        if yes and outcome is not None:
            self.happen(e.OutcomeReached(key, "player", evidence))
            self._take(outcome.way)
        self._check_limit(scene)

    def _remember(self, memory: Remember) -> None:
        self._begun()
        if memory.who not in self.graph.characters:
            raise _Refusal("There is nobody of that name to remember anything.")
        if not 0 < memory.upto <= LATEST_TURN:
            raise _Refusal("There is no such turn to remember.")
        text = clean(memory.text).strip()[:LONGEST_SUMMARY].rstrip()
        if not readable(text):
            raise _Refusal("There is nothing to remember.")
        self.happen(e.Summarised(memory.who, memory.upto, text, clean_line(memory.by)[:100]))

    def _check_limit(self, scene: Scene, beyond: int = 0) -> None:
        """End the talk in `scene` if its turns are used up and the story is still in it; `beyond` allows it more."""
        if self.draft.scene != scene.id or self.draft.over or self._left():
            return
        if scene.limit is not None and self.draft.talked >= scene.limit.turns + beyond:
            self.happen(e.LimitReached(scene.id))
            self._take(scene.limit.way)

    def _left(self) -> bool:
        """Tell whether the scene was left and entered anew in this very move."""
        return any(isinstance(event, e.SceneEntered | e.SceneResumed) for event in self.events)

    # Flow

    def _begun(self) -> None:
        if not self.draft.scene:
            raise _Refusal("The story has not begun.")

    def _scene(self) -> Scene:
        if self.draft.over:
            raise _Refusal("The story is over.")
        scene = self.graph.scenes.get(self.draft.scene)
        if scene is None:
            raise _Refusal("The story is at a scene that it no longer has.")
        return scene

    def _take(self, way: Way) -> None:
        """Effects, then the passage, then what those present see of it, then where the story goes."""
        self.carry_out(way.effects)
        if way.passage:
            self.happen(e.Told(way.passage))
        if way.seen is not None and self._scene().talk:
            seen = clean(way.seen.render(self.draft)).strip()
            if seen:
                self.happen(e.Witnessed(seen))
        if way.call:
            self.happen(e.Called(self.draft.scene, way.goto))
            self._go(way.call)
        elif way.goto:
            self._go(way.goto)
        else:
            self._settle(self._scene())

    def _go(self, target: str) -> None:
        self.hops += 1
        if self.hops > MOST_HOPS:
            raise _Refusal("The story runs in a circle there and never waits for you. Its author can mend that.")
        if target == RETURN and self.draft.stack:
            frame = self.draft.stack[-1]
            self.happen(e.Returned())
            if frame.goto:
                self._go(frame.goto)
            else:
                self.happen(e.SceneResumed(frame.scene))
                self._settle(self._scene())
        elif target in (END, RETURN):  # a RETURN that nobody waits for has nowhere to go but the end
            self.happen(e.StoryEnded(""))
        elif target in self.graph.scenes:
            self._enter(self.graph.scenes[target])
        else:
            raise _Refusal("The story goes to a scene that it does not have.")

    def _enter(self, scene: Scene) -> None:
        self.happen(e.SceneEntered(scene.id))
        self.carry_out(scene.effects)
        if scene.passage:
            self.happen(e.Told(scene.passage))
        for who, line in scene.opening:
            words = clean(line.render(self.draft)).strip()
            if words:
                self.happen(e.CharacterSpoke(who, words, opening=True))
        self._settle(scene)

    def _settle(self, scene: Scene) -> None:
        """Go on from a scene that does not wait for the player."""
        match scene.kind:
            case "ending":
                self.happen(e.StoryEnded(scene.id))
            case "pool":
                self._go(self._drawn(scene) or scene.goto)
            case "choices" if scene.goto and not can_choose(scene, self.draft, self.draft.spent):
                self._go(scene.goto)

    def _drawn(self, scene: Scene) -> str:
        cards = [
            card
            for card in scene.pool
            if holds(card.condition, self.draft) and not (card.once and self.draft.visits.get(card.scene))
        ]
        site = (self.draft.seed, scene.id, self.draft.visits.get(scene.id, 0))
        return pick_weighted([(card.scene, card.weight) for card in cards], *site)


def _typed(text: str, wanted: str) -> str:
    """Return what a player typed, as it is kept; refuses what is too long, or empty, with `wanted`."""
    if len(text) > LONGEST_LINE:
        raise _Refusal(f"That is {len(text):,} characters; a line may have {LONGEST_LINE:,}.")
    line = clean(text).strip()
    if not line:
        raise _Refusal(wanted)
    return line
