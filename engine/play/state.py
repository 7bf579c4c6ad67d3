"""The state of a playthrough: the fold of its events, and nothing else.

Folding never fails and never needs the story: events carry results. It decides nothing; that is `step`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.play import events as e
from engine.story.expressions import Value
from engine.story.graph import PLAYER

NO_DOUBT = ("", "")
DEEPEST_CALL = 50
"""Scenes that may wait for one another's RETURN."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A scene waiting for the one it called to come to RETURN."""

    scene: str
    goto: str
    """Where RETURN goes; empty resumes `scene`."""
    talked: int
    """Talk turns had in `scene` when it called."""


@dataclass(frozen=True, slots=True)
class State:
    """Everything the rules know of a playthrough at one moment."""

    seed: int = 0
    values: Mapping[str, Value] = field(default_factory=dict)
    scene: str = ""
    """The current scene; empty before the story begins."""
    visits: Mapping[str, int] = field(default_factory=dict)
    """How often each scene was entered."""
    spent: frozenset[str] = frozenset()
    """Keys of the choices taken and outcomes reached so far."""
    stack: tuple[Frame, ...] = ()
    turns: int = 0
    """Moves the player has made."""
    talked: int = 0
    """Turns of talk since the current scene was entered."""
    speaking: bool = False
    """A turn of talk is open: the player has spoken and it has not been read yet."""
    exchange: tuple[tuple[str, str], ...] = ()
    """Lines of the open turn of talk: speaker id and text."""
    whispering: str = ""
    """The character that the open turn of talk is whispered with; empty when everybody hears it."""
    doubt: tuple[str, str] = NO_DOUBT
    """The outcome (key) that the player was asked about, and its evidence; empty when nothing is asked."""
    over: bool = False
    ending: str = ""
    """The ending's scene once it is over; empty for END."""


class Draft:
    """A state being folded: takes events one by one and gives a `State` at the end.

    It has the attributes of `State`, so conditions and texts can be evaluated on it in between.
    """

    __slots__ = (
        "_visits_owned",
        "doubt",
        "ending",
        "exchange",
        "over",
        "scene",
        "seed",
        "speaking",
        "spent",
        "stack",
        "talked",
        "turns",
        "values",
        "visits",
        "whispering",
    )  # fmt: skip

    def __init__(self, state: State) -> None:
        self.seed = state.seed
        self.values: Mapping[str, Value] = state.values
        self.scene = state.scene
        self.visits: Mapping[str, int] = state.visits
        self._visits_owned: dict[str, int] | None = None
        """`visits` while nobody else has it: copied once for many events, not for each."""
        self.spent = state.spent
        self.stack = state.stack
        self.turns = state.turns
        self.talked = state.talked
        self.speaking = state.speaking
        self.exchange = state.exchange
        self.whispering = state.whispering
        self.doubt = state.doubt
        self.over = state.over
        self.ending = state.ending

    def freeze(self) -> State:
        """The state reached so far. The draft may go on; what it gave stays as it is."""
        self._visits_owned = None
        return State(
            self.seed, self.values, self.scene, self.visits, self.spent, self.stack, self.turns, self.talked,
            self.speaking, self.exchange, self.whispering, self.doubt, self.over, self.ending,
        )  # fmt: skip

    def apply(self, event: e.Event) -> None:
        """Take one event."""
        match event:  # tried from the top: what happens at every choice stands there
            case e.Told():
                pass
            case e.SceneEntered(scene):
                self.scene = scene
                if self._visits_owned is None:
                    self.visits = self._visits_owned = dict(self.visits)
                self._visits_owned[scene] = self._visits_owned.get(scene, 0) + 1
                self._close_talk()
                self.doubt, self.talked = NO_DOUBT, 0
            case e.ChoiceTaken(key):
                self._acted()
                self.spent |= {key}
            case e.VariablesSet(values):
                self.values = {**self.values, **dict(values)}
            case e.PlayerSpoke(text, to, whispered):
                self._acted()
                self.speaking = True
                self.whispering = to if whispered else ""
                self.exchange = ((PLAYER, text),)
            case e.CharacterSpoke(who, text):
                if self.speaking:
                    self.exchange = (*self.exchange, (who, text))
            case e.OutcomeReached(key):
                self.spent |= {key}
            case e.OutcomeDoubted(key, evidence):
                self.doubt = (key, evidence)
            case e.DoubtAnswered():
                self.doubt = NO_DOUBT
            case e.TalkTurnEnded():
                self._close_talk()
                self.talked += 1
            case e.Called(scene, goto):
                # An author may leave called scenes by other ways than RETURN; the oldest of them are forgotten.
                self.stack = (*self.stack, Frame(scene, goto, self.talked))[-DEEPEST_CALL:]
            case e.Returned():
                if self.stack:
                    self.talked = self.stack[-1].talked
                    self.stack = self.stack[:-1]
            case e.SceneResumed(scene):
                self.scene = scene
                self._close_talk()
            case e.Began(seed, values):
                self.seed, self.values = seed, dict(values)
            case e.StoryEnded(scene):
                self.over, self.ending = True, scene
                self.doubt = NO_DOUBT
                self._close_talk()
            case (
                e.Witnessed() | e.PlayerNoted() | e.Summarised() | e.StateMoved() | e.ReadingRefused()
                | e.ReadingVetoed() | e.LimitReached()
            ):  # fmt: skip
                pass

    def _acted(self) -> None:
        """Count a move of the player's; what was in doubt before it stays untrue."""
        self.turns += 1
        self.doubt = NO_DOUBT

    def _close_talk(self) -> None:
        self.speaking = False
        self.exchange = ()
        self.whispering = ""


def fold(events: Iterable[e.Event], state: State | None = None) -> State:
    """Return the state after `events`, from `state` or from nothing."""
    draft = Draft(State() if state is None else state)
    for event in events:
        draft.apply(event)
    return draft.freeze()
