"""The runtime form of a story: immutable, links resolved, conditions and texts ready to call.

Made by `engine.story.compile` and by nothing else. It knows nothing of YAML, and holds no state of a playthrough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.story.expressions import Expression, Text, Value

END = "END"
"""The target that ends the story without a named ending."""
RETURN = "RETURN"
"""The target that goes back to whoever called this scene."""
PLAYER = "player"
"""The speaker id of the player; no character may have it."""

Kind = Literal["bool", "int", "float", "text"]
ShownBy = Literal["character", "player", "anyone"]
SceneKind = Literal["choices", "talk", "pool", "ending"]
Order = Literal["turns", "model"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared piece of state and what it may hold."""

    name: str
    kind: Kind
    start: Value
    low: float | None = None
    """Least value, for numbers that have one."""
    high: float | None = None
    options: tuple[str, ...] = ()
    """The only values a `one_of` variable may take; empty for the rest."""
    shown: str = ""
    """Its label in the player's journal; empty keeps it hidden."""
    former: str = ""
    """The name it had in earlier versions of the story (`renamed_from`)."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One assignment of a `set`: a variable and the expression whose value it takes."""

    variable: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Way:
    """What happens when something is chosen, recognised or reached: effects, a passage, and where the story goes."""

    effects: tuple[Effect, ...] = ()
    passage: str = ""
    """Id of the passage told (`then`); empty for none."""
    goto: str = ""
    """A scene id, END, RETURN, or empty to stay."""
    call: str = ""
    """A scene visited first, which ends in RETURN; empty for none."""
    seen: Text | None = None
    """What the characters present see of it, before the story goes anywhere; None when they see nothing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the player can pick."""

    id: str
    key: str
    """`scene/choices/id`: its name in saves, unique in the story."""
    text: Text
    way: Way
    condition: Expression | None = None
    """Hidden unless it holds."""
    enabled: Expression | None = None
    """Greyed unless it holds."""
    reason: str = ""
    """Why it is greyed."""
    once: bool = False
    ask: str = ""
    """Text variable that the player fills when choosing this; empty for none."""
    former: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that decide an outcome with no judge."""

    who: str
    """A character id, PLAYER, or empty for any character present."""
    words: tuple[str, ...]
    """Casefolded words in order; `*` stands for any number of words."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something that may come true in a talk. The engine acts on it; a model can only propose it."""

    id: str
    key: str
    when: str
    """The sentence a judge is asked about; empty when only `says` decides."""
    way: Way
    says: tuple[Pattern, ...] = ()
    condition: Expression | None = None
    once: bool = False
    shown_by: ShownBy = "character"
    """Whose words may be a judge's evidence: a character's, so that nobody talks an outcome true by describing it; the
    player's, for an outcome about what the player says; or anyone's."""
    ask: str = ""
    """What the player is asked when the judge is not sure; empty: then it has not come true."""
    former: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """An exchange the author wrote: few-shot line, repertoire of the scripted actor, and test case of the judge."""

    player: tuple[str, ...]
    """Phrasings of the player's line; at least one."""
    replies: tuple[str, ...]
    """Replies to pick from; at least one."""
    who: str
    """The character who answers."""
    condition: Expression | None = None
    outcome: str = ""
    """Id of the outcome that has come true with this reply; empty for none."""
    moves: tuple[str, ...] = ()
    """Ids of the character's move rules that this exchange sets off."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line the player can pick instead of typing."""

    text: Text
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """How a talk ends by itself."""

    turns: int
    way: Way


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Somebody present who breaks in when certain words come up in another character's reply."""

    who: str
    keys: tuple[str, ...]
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """One card of a pool."""

    scene: str
    weight: float = 1.0
    condition: Expression | None = None
    once: bool = False
    """Drawn only while its scene has not been visited."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A place or moment of the story."""

    id: str
    kind: SceneKind
    title: str
    passage: str
    """Id of the passage told on entering; empty for none."""
    effects: tuple[Effect, ...] = ()
    """Done on entering, before the passage is told."""
    choices: tuple[Choice, ...] = ()
    goto: str = ""
    """Where it goes when it has no choice to take (scenes of choices and pools)."""
    talk: tuple[str, ...] = ()
    """Characters present, in the order written; empty unless `kind` is talk."""
    opening: tuple[tuple[str, Text], ...] = ()
    """Lines spoken on entering: character id and text."""
    direction: Text | None = None
    hint: str = ""
    suggest: tuple[Suggestion, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    examples: tuple[Example, ...] = ()
    limit: Limit | None = None
    order: Order = "turns"
    """Who answers a line that calls nobody by name: the next in turn, or whom the judge's model finds."""
    replies: int = 1
    """Replies in one turn of talk, at most."""
    crosstalk: bool = False
    """A character whom another's reply calls by name may answer it, and in a scene of turns nobody else goes on."""
    interrupts: tuple[Interrupt, ...] = ()
    pool: tuple[Draw, ...] = ()
    ending: str = ""
    """The ending's name; empty unless `kind` is ending."""
    former: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a character knows once its condition holds."""

    text: str
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class MoveRule:
    """State that a character's reply may move: one authored step, taken when its sentence has come true."""

    id: str
    """`variable_number`, the number counting that variable's rules from 1: `trust_1`. Unique in the character."""
    variable: str
    when: str
    by: int | None = None
    """The step, for numbers."""
    to: Value | None = None
    """The new value, for the rest."""
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody played by a model."""

    id: str
    name: str
    persona: str
    voice: str = ""
    knows: tuple[Fact, ...] = ()
    rules: tuple[MoveRule, ...] = ()
    examples: tuple[Example, ...] = ()
    fallback: tuple[str, ...] = ()
    narrator: bool = False
    """Nobody in the story: tells what the player's deeds (`*I try the window*`) bring about, within what is written."""
    taste: Mapping[str, float | int] = field(default_factory=dict)
    """temperature, top_p, max_tokens, presence_penalty, frequency_penalty: whichever the author gave."""
    former: str = ""


@dataclass(frozen=True, slots=True)
class Lore:
    """A fact drawn into the prompt when one of its words comes up."""

    keys: tuple[str, ...]
    text: str
    who: tuple[str, ...] = ()
    """Characters who know it; empty means all."""
    condition: Expression | None = None
    beside: tuple[str, ...] = ()
    """Words of which one must have come up as well; empty asks for none."""
    always: bool = False
    """It needs no word to come up."""
    depth: int | None = None
    """How many turns back its words are looked for; None: as far as the scene goes."""
    sticky: int | None = None
    """For how many turns it stays once it has come up; None: as long as its words are looked for."""
    priority: int = 0
    """Of what does not fit together, the higher goes in."""


@dataclass(frozen=True, slots=True)
class StoryGraph:
    """A whole story, ready to play."""

    id: str
    """Name of its folder or file, made an id: names saves and finds the story again."""
    title: str
    start: str
    hash: str
    """sha256 hex of the story's files: tells a save whether the story was edited since."""
    variables: Mapping[str, Variable]
    characters: Mapping[str, Character]
    scenes: Mapping[str, Scene]
    passages: Mapping[str, Text]
    """Every told text by id: `scene`, `scene/choices/id`, `scene/outcomes/id`, `scene/limit`."""
    lore: tuple[Lore, ...] = ()
    lore_budget: int | None = None
    """Tokens that lore may take of a prompt; None leaves it to the prompt."""
    author: str = ""
    about: str = ""
    language: str = "en"
    version: str = ""
    minutes: int | None = None
    notes: tuple[str, ...] = ()
    former_scenes: Mapping[str, str] = field(default_factory=dict)
    """Old scene id → its id now."""
    former_keys: Mapping[str, str] = field(default_factory=dict)
    """Old choice or outcome key → its key now."""

    @property
    def endings(self) -> tuple[Scene, ...]:
        """The scenes that are endings, in the order written."""
        return tuple(scene for scene in self.scenes.values() if scene.kind == "ending")
