"""The rules of the game as one pure, total function.

`step` takes a story, a state and a move, and answers with events or with a refusal. It raises for no state, no move and
nothing a model says. A model's words can do exactly one thing: make an outcome or a move rule be recognised that the
author wrote, whose `if` holds, and for which the dialogue has evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.plaintext import clean, clean_line
from engine.play import events as e
from engine.play.chance import pick_weighted
from engine.play.evidence import quoted
from engine.play.moves import Begin, Choose, Claim, Move, Read, Reply, Say
from engine.play.offer import can_choose, find_choice, holds, open_rules, outcome_open
from engine.play.says import said
from engine.play.state import Draft, State
from engine.play.values import fitted, moved
from engine.story.expressions import Value
from engine.story.graph import END, PLAYER, RETURN, Effect, Outcome, Scene, ShownBy, StoryGraph, Way

LONGEST_LINE = 2_000
"""Characters a player may say at once."""
LONGEST_REPLY = 20_000
"""Characters kept of one reply."""
MOST_REPLIES = 16
"""Replies in one turn of talk."""
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


class _Turn:
    """One move being carried out on a draft of the state."""

    __slots__ = ("draft", "events", "graph", "hops")

    def __init__(self, graph: StoryGraph, state: State) -> None:
        self.graph = graph
        self.draft = Draft(state)
        self.events: list[e.Event] = []
        self.hops = 0

    def make(self, move: Move) -> None:
        match move:
            case Begin(seed):
                self._begin(seed)
            case Choose(choice, text):
                self._choose(choice, text)
            case Say(text, to):
                self._say(text, to)
            case Reply():
                self._reply(move)
            case Read():
                self._read(move)
            case _:
                raise _Refusal("That is not a move.")

    def _happen(self, event: e.Event) -> None:
        self.events.append(event)
        self.draft.apply(event)

    # Moves

    def _begin(self, seed: int) -> None:
        if self.draft.scene or self.draft.over:
            raise _Refusal("The story has begun already.")
        start = tuple((name, variable.start) for name, variable in self.graph.variables.items())
        self._happen(e.Began(seed, start))
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
        self._happen(e.ChoiceTaken(choice.key, clean(choice.text.render(self.draft))))
        if choice.ask:
            self._set({choice.ask: answer})
        self._take(choice.way)

    def _say(self, text: str, to: str) -> None:
        scene = self._scene()
        if scene.kind != "talk":
            raise _Refusal("There is nobody here to talk to.")
        if self.draft.speaking:
            raise _Refusal("Wait for the answer first.")
        if to and to not in scene.talk:
            raise _Refusal("They are not here.")
        if len(text) > LONGEST_LINE:
            raise _Refusal(f"That is {len(text):,} characters; a line may have {LONGEST_LINE:,}.")
        line = clean(text).strip()
        if not line:
            raise _Refusal("Say something first.")
        self._happen(e.PlayerSpoke(line, to))

    def _reply(self, reply: Reply) -> None:
        scene = self._scene()
        if not self.draft.speaking:
            raise _Refusal("Nobody was asked anything.")
        if reply.who not in scene.talk:
            raise _Refusal("Somebody who is not here cannot answer.")
        if len(self.draft.exchange) > MOST_REPLIES:
            raise _Refusal("Everybody has said enough for one turn.")
        text = clean(reply.text[:LONGEST_REPLY]).strip()
        if not any(letter.isprintable() and not letter.isspace() for letter in text):
            raise _Refusal("The answer was empty.")
        cut = reply.cut or len(reply.text) > LONGEST_REPLY
        self._happen(e.CharacterSpoke(reply.who, text, cut=cut, model=clean_line(reply.model)[:100]))

    def _read(self, read: Read) -> None:
        scene = self._scene()
        if not self.draft.speaking or len(self.draft.exchange) < 2:
            raise _Refusal("There is nothing to read yet.")
        if read.fault:
            self._happen(e.ReadingRefused("", clean_line(read.fault)[:200]))
        self._move_state(read)
        outcome = self._recognise(scene, read)
        self._happen(e.TalkTurnEnded())
        if outcome is not None:
            self._take(outcome.way)
        if self.draft.scene == scene.id and not self.draft.over and not self._left():
            self._check_limit(scene)

    # Readings

    def _move_state(self, read: Read) -> None:
        """Carry out the move rules that were claimed: one step a variable, with evidence, within its bounds."""
        rules = {rule.id: rule for rule in open_rules(self.graph, self.draft, read.who)}
        present = any(who == read.who for who, _ in self.draft.exchange)
        done: set[str] = set()
        for claim in read.moved[: len(rules) + 1]:
            rule = rules.get(claim.id)
            if rule is None or not present:
                self._refuse_reading(claim, "it is not a move this character can make now")
            elif rule.variable in done:
                self._refuse_reading(claim, "this reply has moved it already")
            elif not self._evident(claim, "anyone"):
                self._refuse_reading(claim, "its evidence is not in the dialogue")
            else:
                done.add(rule.variable)
                self._happen(e.StateMoved(read.who, rule.id, clean_line(claim.evidence)))
                now = self.draft.values.get(rule.variable, self.graph.variables[rule.variable].start)
                self._set({rule.variable: moved(rule, now)})

    def _recognise(self, scene: Scene, read: Read) -> Outcome | None:
        """Return the outcome that has come true: by its own words first, else by the reading, else none."""
        open_now = {o.id: o for o in scene.outcomes if outcome_open(o, self.draft, self.draft.spent)}
        for outcome in open_now.values():
            words = said(outcome.says, self.draft.exchange)
            if words:
                self._happen(e.OutcomeReached(outcome.key, "says", clean_line(words)))
                return outcome
        claim = read.outcome
        if claim is None:
            return None
        reached = open_now.get(claim.id)
        if reached is None:
            known = any(outcome.id == claim.id for outcome in scene.outcomes)
            self._refuse_reading(claim, "its condition does not hold" if known else "there is no such outcome here")
            return None
        if not self._evident(claim, "anyone" if read.by == "example" else reached.shown_by):
            self._refuse_reading(claim, "its evidence is not in the dialogue, or not in the words that count for it")
            return None
        self._happen(e.OutcomeReached(reached.key, clean_line(read.by)[:20], clean_line(claim.evidence)))
        return reached

    def _evident(self, claim: Claim, shown_by: ShownBy) -> bool:
        """Tell whether the claim's words were said, by somebody whose words count for it."""
        counting = (text for who, text in self.draft.exchange if shown_by in ("anyone", _side(who)))
        return quoted(claim.evidence[:LONGEST_REPLY], counting)

    def _refuse_reading(self, claim: Claim, reason: str) -> None:
        proposed, evidence = clean_line(claim.id)[:100], clean_line(claim.evidence)[:500]
        self._happen(e.ReadingRefused(proposed, reason, evidence))

    def _check_limit(self, scene: Scene) -> None:
        if scene.limit is not None and self.draft.talked >= scene.limit.turns:
            self._happen(e.LimitReached(scene.id))
            self._take(scene.limit.way)

    def _left(self) -> bool:
        """Tell whether the scene was left and entered anew in this very move."""
        return any(isinstance(event, e.SceneEntered | e.SceneResumed) for event in self.events)

    # Flow

    def _scene(self) -> Scene:
        if self.draft.over:
            raise _Refusal("The story is over.")
        scene = self.graph.scenes.get(self.draft.scene)
        if scene is None:
            raise _Refusal("The story is at a scene that it no longer has.")
        return scene

    def _take(self, way: Way) -> None:
        """Effects, then the passage, then where the story goes."""
        self._do(way.effects)
        if way.passage:
            self._happen(e.Told(way.passage))
        if way.call:
            self._happen(e.Called(self.draft.scene, way.goto))
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
            self._happen(e.Returned())
            if frame.goto:
                self._go(frame.goto)
            else:
                self._happen(e.SceneResumed(frame.scene))
                self._settle(self._scene())
        elif target in (END, RETURN):  # a RETURN that nobody waits for has nowhere to go but the end
            self._happen(e.StoryEnded(""))
        elif target in self.graph.scenes:
            self._enter(self.graph.scenes[target])
        else:
            raise _Refusal("The story goes to a scene that it does not have.")

    def _enter(self, scene: Scene) -> None:
        self._happen(e.SceneEntered(scene.id))
        self._do(scene.effects)
        if scene.passage:
            self._happen(e.Told(scene.passage))
        for who, line in scene.opening:
            words = clean(line.render(self.draft)).strip()
            if words:
                self._happen(e.CharacterSpoke(who, words, opening=True))
        self._settle(scene)

    def _settle(self, scene: Scene) -> None:
        """Go on from a scene that does not wait for the player."""
        match scene.kind:
            case "ending":
                self._happen(e.StoryEnded(scene.id))
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

    # State

    def _do(self, effects: tuple[Effect, ...]) -> None:
        """Carry out assignments in the order written, each seeing those before it."""
        before = self.draft.values
        for effect in effects:
            value = effect.value.evaluate(self.draft)
            self.draft.values = {**self.draft.values, **self._fit({effect.variable: value})}
        changed = {name: value for name, value in self.draft.values.items() if before.get(name) != value}
        self.draft.values = before
        if changed:
            self._happen(e.VariablesSet(tuple(changed.items())))

    def _set(self, values: dict[str, Value]) -> None:
        fit = self._fit(values)
        changed = tuple((name, value) for name, value in fit.items() if self.draft.values.get(name) != value)
        if changed:
            self._happen(e.VariablesSet(changed))

    def _fit(self, values: dict[str, Value]) -> dict[str, Value]:
        variables = self.graph.variables
        return {
            name: fitted(variables[name], value, self.draft.values.get(name, variables[name].start))
            for name, value in values.items()
            if name in variables
        }


def _side(who: str) -> ShownBy:
    return "player" if who == PLAYER else "character"
