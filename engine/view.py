"""What a front end shows beside the transcript: what can be done, who is here, what the author lets the player see.

It is made anew after each turn from the story and the state, and holds nothing of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.plaintext import clean, clean_line
from engine.play.offer import Offer, doubted, offers, suggestions
from engine.play.state import State
from engine.story.expressions import Value
from engine.story.graph import Scene, StoryGraph, Variable

YES_OR_NO = {"Yes": True, "No": False}
"""How the question in doubt can be answered."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something with a number: a choice, or a line to say."""

    number: int
    text: str
    choice: Offer | None = None
    """None for a suggested line."""
    yes: bool | None = None
    """An answer to the question in doubt; None for anything else."""

    @property
    def enabled(self) -> bool:
        """Whether it can be taken now."""
        return self.choice is None or self.choice.enabled

    @property
    def reason(self) -> str:
        """Why it cannot, in the author's words."""
        return "" if self.choice is None or self.choice.enabled else self.choice.choice.reason

    @property
    def asks(self) -> bool:
        """Whether taking it needs a typed answer."""
        return self.choice is not None and bool(self.choice.choice.ask)


@dataclass(frozen=True, slots=True)
class Note:
    """A variable that the author shows the player."""

    label: str
    value: Value
    variable: Variable


@dataclass(frozen=True, slots=True)
class View:
    """A moment of the game as the player may see it."""

    title: str
    scene: str
    """The scene's id."""
    scene_title: str
    options: tuple[Option, ...]
    present: tuple[tuple[str, str], ...]
    """Characters in this talk who can be spoken to: id and name."""
    journal: tuple[Note, ...]
    hint: str
    over: bool
    ending: str
    """The ending's name, once over."""
    turns: int
    doubt: str = ""
    """What the player is asked: the judge was not sure that it came true. Empty when nothing is asked."""
    narrated: bool = False
    """A narrator tells what comes of deeds here."""

    @property
    def can_speak(self) -> bool:
        """Whether there is somebody to talk to."""
        return bool(self.present) and not self.over


def scene_text(graph: StoryGraph, state: State) -> str:
    """Return the current scene's own passage as it reads now (Markdown); empty where it has none."""
    scene = graph.scenes.get(state.scene)
    passage = graph.passages.get(scene.passage) if scene else None
    return clean(passage.render(state)).strip() if passage else ""


def view_of(graph: StoryGraph, state: State) -> View:
    """Return what the player may see of `state`."""
    scene = graph.scenes.get(state.scene)
    doubt = clean_line(doubted(graph, state))
    options = [Option(0, text, yes=yes) for text, yes in YES_OR_NO.items()] if doubt else []
    options += [
        Option(0, clean_line(offer.text), offer) for offer in offers(graph, state, state.spent, over=state.over)
    ]
    if scene is not None and not state.over:
        options += [Option(0, clean_line(line)) for line in suggestions(graph, state)]
    ending = graph.scenes.get(state.ending)
    return View(
        title=graph.title,
        scene=state.scene,
        scene_title=scene.title if scene else "",
        options=tuple(replace(option, number=number) for number, option in enumerate(options, 1)),
        present=_present(graph, scene),
        journal=tuple(
            Note(variable.shown, state.values.get(name, variable.start), variable)
            for name, variable in graph.variables.items()
            if variable.shown
        ),
        hint=scene.hint if scene else "",
        over=state.over,
        ending=ending.ending if ending else "",
        turns=state.turns,
        doubt=doubt,
        narrated=scene is not None and any(graph.characters[who].narrator for who in scene.talk),
    )


def _present(graph: StoryGraph, scene: Scene | None) -> tuple[tuple[str, str], ...]:
    """Who can be spoken to: everybody in the story, and a narrator only where nobody else is."""
    here = scene.talk if scene else ()
    people = [who for who in here if not graph.characters[who].narrator]
    return tuple((who, graph.characters[who].name) for who in people or here)
