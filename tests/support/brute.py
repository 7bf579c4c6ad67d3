"""Everything that can happen in a small story, found with `step` and nothing else: no sets, no abstraction.

States are told apart by all that they hold, seed and counted moves aside; counters past `FAR` are taken for one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.play import events as e
from engine.play.moves import Answer, Begin, Choose, Claim, Move, Read, Reply, Say
from engine.play.offer import offers
from engine.play.state import State
from engine.play.step import Step, step
from engine.story.graph import PLAYER, Scene, StoryGraph

FAR = 7
"""More than any constant that the stories tried here compare a counter with."""
OTHER = "anything else"
"""What is typed where none of the texts that the story knows is."""
_COMPARED = re.compile(r"(\w+) [!=]= '([^']*)'")


@dataclass
class Enumerated:
    """What was found."""

    states: dict[object, State] = field(default_factory=dict)
    depths: dict[object, int] = field(default_factory=dict)
    after: dict[object, set[object]] = field(default_factory=dict)
    endings: dict[str, int] = field(default_factory=dict)
    """Ending's scene → the fewest moves, a talk waited out counted as one."""
    taken: set[str] = field(default_factory=set)
    """Keys of choices and outcomes."""

    def stuck(self) -> set[str]:
        """Scenes of the states from which no end can be reached."""
        good = {key for key, state in self.states.items() if state.over}
        grown = True
        while grown:
            grown = False
            for key, following in self.after.items():
                if key not in good and following & good:
                    good.add(key)
                    grown = True
        return {self.states[key].scene for key in self.states.keys() - good}


def enumerated(graph: StoryGraph, seeds: range, *, goodwill: bool = True) -> Enumerated:
    """Return all that can happen with these seeds."""
    found = Enumerated()
    for seed in seeds:
        frontier = [step(graph, State(), Begin(seed)).state]
        depth = 0
        seen: set[object] = set()
        while frontier:
            following = []
            for state in frontier:
                key = key_of(graph, state)
                if key in seen:
                    continue
                seen.add(key)
                found.states.setdefault(key, state)
                found.depths[key] = min(depth, found.depths.get(key, depth))
                if state.over:
                    found.endings[state.ending] = min(depth, found.endings.get(state.ending, depth))
                for events, after in successors(graph, state, goodwill=goodwill):
                    found.taken |= {
                        event.key for event in events if isinstance(event, e.ChoiceTaken | e.OutcomeReached)
                    }
                    found.after.setdefault(key, set()).add(key_of(graph, after))
                    following.append(after)
            frontier, depth = following, depth + 1
    return found


def key_of(graph: StoryGraph, state: State) -> object:
    """Return what tells a state from others."""
    return (
        state.scene, state.over, state.ending, state.spent, state.stack, min(state.talked, FAR), state.doubt[0],
        tuple(_near(state.values[name]) for name in graph.variables),
        tuple(sorted((scene, min(count, FAR)) for scene, count in state.visits.items())),
        min(state.turns, FAR) if _counts(graph) else 0, state.seed if _draws(graph) else 0,
    )  # fmt: skip


def successors(
    graph: StoryGraph, state: State, *, goodwill: bool = True, waits: bool = True, answers: bool = True
) -> Iterator[tuple[tuple[e.Event, ...], State]]:
    """Yield the events and the state of every move of the player's, with all that may come of it."""
    scene = graph.scenes.get(state.scene)
    if state.over or scene is None:
        return
    for offer in offers(graph, state, state.spent):
        for typed in _typed(graph) if offer.choice.ask else [""]:
            yield from _made(graph, state, [Choose(offer.choice.id, typed)])
    if state.doubt[0] and answers:
        for yes in (True, False) if goodwill else (False,):
            yield from _made(graph, state, [Answer(yes)])
    if scene.kind == "talk":
        for moves in turns(graph, scene, goodwill=goodwill):
            yield from _made(graph, state, moves)
        if waits and scene.limit is not None:
            yield from _waited(graph, state)


def turns(graph: StoryGraph, scene: Scene, *, goodwill: bool = True) -> Iterator[list[Move]]:
    """Yield every turn of talk that means something else: who says what, what is moved and recognised."""
    said = [(pattern.who, " ".join(pattern.words)) for outcome in scene.outcomes for pattern in outcome.says]
    spoken = [(PLAYER, "..."), (PLAYER, "(so)")]
    for who, words in said:
        speakers = [who] if who else scene.talk
        spoken += [(each, words.replace("*", "ahem")) for each in speakers if goodwill or each == PLAYER]
    rules = [(who, rule.id) for who in scene.talk for rule in graph.characters[who].rules] if goodwill else []
    for (speaker, words), most in itertools.product(spoken, range(len(rules) + 1)):
        for moved in itertools.combinations(rules, most):
            texts = {who: "(so)" for who, _ in moved} | {scene.talk[0]: "(so)"}
            if most and scene.talk[0] not in {who for who, _ in moved}:
                del texts[scene.talk[0]]
            if speaker != PLAYER:
                texts = (
                    {speaker: words} if not most else {**texts, speaker: f"{texts.get(speaker, '')} {words}".strip()}
                )
            speech = words if speaker == PLAYER else "..."
            if speaker == PLAYER and words not in ("...", "(so)"):
                speech = f"{words} (so)"
            if len(texts) > scene.replies:
                continue
            replies = [Reply(who, text) for who, text in texts.items()]
            claims = tuple(Claim(rule, "so", who) for who, rule in moved)
            recognised = [None, *(outcome.id for outcome in scene.outcomes)] if goodwill else [None]
            for outcome in recognised:
                claim = Claim(outcome, "so") if outcome else None
                for unsure in (False, True) if outcome else (False,):
                    yield [Say(speech), *replies, Read(claim, claims, unsure=unsure)]


def _made(graph: StoryGraph, state: State, moves: list[Move]) -> Iterator[tuple[tuple[e.Event, ...], State]]:
    steps: list[Step] = []
    for move in moves:
        steps.append(step(graph, state, move))
        if steps[-1].refused:
            return
        state = steps[-1].state
    yield tuple(event for made in steps for event in made.events), state


def _waited(graph: StoryGraph, state: State) -> Iterator[tuple[tuple[e.Event, ...], State]]:
    quiet: list[Move] = [Say("..."), Reply(graph.scenes[state.scene].talk[0], "..."), Read()]
    for _ in range(100):
        made = next(_made(graph, state, quiet), None)
        if made is None:
            return
        events, state = made
        if any(isinstance(event, e.LimitReached) for event in events):
            yield events, state
            return


def _near(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return max(-FAR, min(FAR, value))
    return value


def _conditions(graph: StoryGraph) -> str:
    scenes = graph.scenes.values()
    found = [choice.condition for scene in scenes for choice in scene.choices]
    found += [choice.enabled for scene in scenes for choice in scene.choices]
    found += [outcome.condition for scene in scenes for outcome in scene.outcomes]
    effects = [effect.value.source for scene in scenes for choice in scene.choices for effect in choice.way.effects]
    return " ; ".join([condition.source for condition in found if condition is not None] + effects)


def _counts(graph: StoryGraph) -> bool:
    return "turns" in _conditions(graph)


def _draws(graph: StoryGraph) -> bool:
    return "one_of" in _conditions(graph) or any(scene.pool for scene in graph.scenes.values())


def _typed(graph: StoryGraph) -> list[str]:
    asked = {choice.ask for scene in graph.scenes.values() for choice in scene.choices if choice.ask}
    compared = [word for name, word in _COMPARED.findall(_conditions(graph)) if name in asked]
    return [*dict.fromkeys(word for word in compared if word and word == word.strip()), OTHER]
