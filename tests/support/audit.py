"""Checks what came of a move against the story alone: is each event one that its author wrote, here and now?

It is no second engine: it never says what should happen, only what may. It reads evidence more leniently than the rules
do, so whatever it objects to is wrong. Shared by the property tests and `bench/hostile.py`.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.plaintext import clean, clean_line
from engine.play import events as e
from engine.play.moves import Answer, Begin, Choose, Claim, Move, Note, Read, Remember, Reply, Say
from engine.play.state import Draft, State, fold
from engine.play.step import Step
from engine.play.values import LONGEST_TEXT, fitted
from engine.story.expressions import Expression, Scope, Value
from engine.story.graph import END, PLAYER, RETURN, Effect, MoveRule, Outcome, Scene, StoryGraph, Way

Kind = Literal["transition", "value", "silent"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that no move may do."""

    kind: Kind
    """`transition`: an event that the author did not write. `value`: a value out of its bounds. `silent`: a state that
    is not the fold of the events."""
    what: str


def faults(graph: StoryGraph, before: State, move: Move, made: Step) -> list[Fault]:
    """Return what is wrong with `made`, which `move` made of `before`."""
    if made.refused:
        changed = made.events or made.state != before
        return [Fault("silent", f"a refused move changed something: {made.refused}")] if changed else []
    found = [Fault("value", what) for what in _values(graph, made.state)] if made.state.values != before.values else []
    if not made.events or fold(made.events, before) != made.state:
        found.append(Fault("silent", "the state is not the fold of the events"))
    walk = _Walk(graph, before, move)
    for event in made.events:
        what = walk.objection(event)
        if what:
            found.append(Fault("transition", f"{what}: {event}"))
        walk.take(event)
    return found


def _values(graph: StoryGraph, state: State) -> Iterator[str]:
    if set(state.values) != set(graph.variables):
        yield "there are other variables than the author's"
    for name, value in state.values.items():
        variable = graph.variables.get(name)
        if variable is None:
            continue
        low = -math.inf if variable.low is None else variable.low
        high = math.inf if variable.high is None else variable.high
        if type(value) is not type(variable.start):
            yield f"{name} is of another kind: {value!r}"
        elif isinstance(value, str):
            if variable.options and value not in variable.options:
                yield f"{name} is none of its options: {value!r}"
            if len(value) > LONGEST_TEXT or clean_line(value) != value:
                yield f"{name} is no short line: {value!r}"
        elif not (low <= value <= high) or not math.isfinite(value):
            yield f"{name} is out of its bounds: {value!r}"


class _Walk:
    """Goes along the events of one move, and knows at each what the author lets come next."""

    def __init__(self, graph: StoryGraph, before: State, move: Move) -> None:
        self.graph, self.before, self.move = graph, before, move
        self.draft = Draft(before)
        self.count = 0
        self.reached = 0
        self.moved: set[str] = set()
        self.due: list[str | MoveRule | tuple[Effect, ...]] = []
        """What may set variables next: a choice's question, a move rule, effects."""
        self.way = Way()
        """What was taken last, as far as it is still to come."""
        self.entered = False
        self.target: str | None = None
        self.resume = ""

    # What may come

    def objection(self, event: e.Event) -> str:
        """Return why `event` may not come now; empty when it may."""
        draft, move, before = self.draft, self.move, self.before
        match event:
            case e.Began(_, values):
                start = {name: variable.start for name, variable in self.graph.variables.items()}
                return "" if isinstance(move, Begin) and not before.scene and dict(values) == start else "no beginning"
            case e.ChoiceTaken(key):
                return self._no_choice(key)
            case e.VariablesSet(values):
                return "" if self._due(values) else "nothing written sets this"
            case e.Told(passage):
                return "" if passage and passage == self.way.passage else "nothing written tells this"
            case e.Witnessed(text):
                seen = self.way.seen
                shown = bool(seen and self._scene().talk and clean(seen.render(draft)).strip() == text)
                return "" if shown else "nothing written shows this"
            case e.Called(scene, goto):
                called = self.way.call and scene == draft.scene and goto == self.way.goto
                return "" if called else "nothing written calls"
            case e.Returned():
                return "" if RETURN in self._targets() and draft.stack else "nothing written returns"
            case e.SceneEntered(scene):
                return "" if scene in self.graph.scenes and scene in self._targets() else "nothing written goes there"
            case e.SceneResumed(scene):
                return "" if scene and scene == self.resume else "nobody called from there"
            case e.StoryEnded(""):
                ends = END in self._targets() or (RETURN in self._targets() and not draft.stack)
                return "" if ends else "nothing written ends here"
            case e.StoryEnded(scene):
                return "" if scene == draft.scene and self._scene().kind == "ending" else "that is not the ending here"
            case e.PlayerSpoke(text, to, whispered):
                said = isinstance(move, Say) and (clean(move.text).strip(), move.to, move.whispered)
                fits = said == (text, to, whispered) and bool(to or not whispered) and self._talks(to)
                return "" if fits and not before.speaking else "the player did not say this"
            case e.CharacterSpoke(who, text, opening=True):
                openings = [(who, clean(line.render(draft)).strip()) for who, line in self._scene().opening]
                return "" if self.entered and (who, text) in openings else "no such opening is written"
            case e.CharacterSpoke(who, _, whispered=whispered):
                fits = isinstance(move, Reply) and who == move.who and before.speaking and who in self._scene().talk
                private = whispered == bool(before.whispering) and before.whispering in ("", who)
                return "" if fits and private else "nobody who was asked said this"
            case e.OutcomeReached(key, by):
                return self._not_reached(key, by)
            case e.OutcomeDoubted(key):
                outcome = self._outcome(key)
                fits = bool(isinstance(move, Read) and move.unsure and outcome is not None and outcome.ask)
                return "" if fits and self._claimed(outcome) else "there is nothing to be in doubt of"
            case e.DoubtAnswered(key, yes):
                fits = bool(isinstance(move, Answer) and move.yes == yes and before.doubt[0] == key and key)
                return "" if fits and not before.speaking else "that was not asked"
            case e.StateMoved(who, rule):
                return self._not_moved(who, rule)
            case e.ReadingVetoed():
                return "" if isinstance(move, Read) and move.vetoed else "nothing was taken back"
            case e.ReadingRefused():
                return "" if isinstance(move, Read) else "nothing was read"
            case e.TalkTurnEnded():
                return "" if isinstance(move, Read) and before.speaking and len(before.exchange) > 1 else "no turn"
            case e.LimitReached(scene):
                limit = self._scene().limit
                reached = scene == draft.scene and limit is not None and draft.talked >= limit.turns
                return "" if reached and isinstance(move, Read | Answer) else "the limit is not reached"
            case e.PlayerNoted():
                return "" if isinstance(move, Note) and not before.speaking and self.count == 0 else "nothing was noted"
            case e.Summarised(who, upto):
                fits = isinstance(move, Remember) and (who, upto) == (move.who, move.upto) and upto > 0
                return "" if fits and who in self.graph.characters and self.count == 0 else "nothing was summed up"

    def _scene(self) -> Scene:
        return self.graph.scenes[self.draft.scene]

    def _talks(self, to: str) -> bool:
        return self._scene().kind == "talk" and (not to or to in self._scene().talk)

    def _outcome(self, key: str) -> Outcome | None:
        """The outcome of the scene as it is now, if it is open."""
        outcome = next((outcome for outcome in self._scene().outcomes if outcome.key == key), None)
        if outcome is None or (outcome.once and key in self.draft.spent) or not _holds(outcome.condition, self.draft):
            return None
        return outcome

    def _no_choice(self, key: str) -> str:
        choice = next((choice for choice in self._scene().choices if choice.key == key), None)
        if not isinstance(self.move, Choose) or choice is None or choice.id != self.move.choice or self.before.speaking:
            return "there is no such choice"
        open_now = _holds(choice.condition, self.draft) and _holds(choice.enabled, self.draft)
        return "" if open_now and not (choice.once and key in self.draft.spent) else "it cannot be chosen now"

    def _not_reached(self, key: str, by: str) -> str:
        outcome, move = self._outcome(key), self.move
        if outcome is None:
            return "it may not come true now"
        if self.reached:
            return "another has come true already"
        if isinstance(move, Answer):
            return "" if move.yes and by == "player" and self.before.doubt[0] == key else "the player did not say so"
        if not isinstance(move, Read) or move.vetoed:
            return "nothing was read"
        if by == "says":
            return "" if _pattern_found(outcome, self.before.exchange) else "its words were not said"
        read_by = by == ("example" if move.by == "example" else "judge")
        return "" if read_by and self._claimed(outcome) and not move.unsure else "nothing shows it"

    def _claimed(self, outcome: Outcome | None) -> bool:
        """Whether the reading claims this outcome, and with words that count for it."""
        move = self.move
        if not isinstance(move, Read) or move.vetoed or move.outcome is None or outcome is None:
            return False
        example = move.by == "example"
        counts = "anyone" if example else outcome.shown_by
        heard = [text for who, text in self.before.exchange if counts in ("anyone", _side(who))]
        return move.outcome.id == outcome.id and (example or bool(outcome.when)) and _said(move.outcome, heard)

    def _not_moved(self, who: str, rule_id: str) -> str:
        move, character = self.move, self.graph.characters.get(who)
        rule = next((rule for rule in character.rules if rule.id == rule_id), None) if character else None
        if rule is None or not isinstance(move, Read) or move.vetoed:
            return "there is no such rule"
        if rule.variable in self.moved or not _holds(rule.condition, self.before):
            return "it may not move now"
        if who not in {speaker for speaker, _ in self.before.exchange}:
            return "they did not speak"
        heard = [text for _, text in self.before.exchange]
        claims = (claim for claim in move.moved if claim.id == rule_id and (claim.who or move.who) == who)
        return "" if any(_said(claim, heard) for claim in claims) else "nothing shows it"

    def _due(self, values: tuple[tuple[str, Value], ...]) -> bool:
        given, now = dict(values), self.draft.values
        for at, source in enumerate(self.due):
            match source:
                case str():
                    fits = set(given) == {source}
                case MoveRule():
                    fits = set(given) == {source.variable} and _one_step(source, now[source.variable], *given.values())
                case _:
                    fits = given == self._carried_out(source)
            if fits:
                del self.due[: at + 1]
                return True
        return False

    def _carried_out(self, effects: tuple[Effect, ...]) -> dict[str, Value]:
        before, scope = self.draft.values, Draft(self.draft.freeze())
        for effect in effects:
            variable = self.graph.variables[effect.variable]
            value = fitted(variable, effect.value.evaluate(scope), scope.values[effect.variable])
            scope.values = {**scope.values, effect.variable: value}
        return {name: value for name, value in scope.values.items() if before[name] != value}

    def _targets(self) -> set[str]:
        """Where the story may go now."""
        if self.target is not None:
            return {self.target}
        if self.way.call or self.resume:
            return set()
        if self.way.goto:
            return {self.way.goto}
        scene, draft = self._scene(), self.draft
        if scene.kind == "pool":
            cards = {
                card.scene
                for card in scene.pool
                if _holds(card.condition, draft) and not (card.once and draft.visits.get(card.scene))
            }
            return cards or {scene.goto}
        stuck = not any(
            _holds(choice.condition, draft)
            and _holds(choice.enabled, draft)
            and not (choice.once and choice.key in draft.spent)
            for choice in scene.choices
        )
        return {scene.goto} if scene.kind == "choices" and scene.goto and stuck else set()

    # What has come

    def take(self, event: e.Event) -> None:
        """Take the event in, and what it lets come after it."""
        frame = self.draft.stack[-1] if self.draft.stack else None
        self.draft.apply(event)
        self.count += 1
        match event:
            case e.Began():
                self.target = self.graph.start
            case e.ChoiceTaken(key):
                for choice in self._scene().choices:
                    if choice.key == key:
                        self._lets(choice.way, *([choice.ask] if choice.ask else []))
            case e.OutcomeReached(key):
                self.reached += 1
                for outcome in self._scene().outcomes:
                    if outcome.key == key:
                        self._lets(outcome.way)
            case e.LimitReached():
                limit = self._scene().limit
                if limit:
                    self._lets(limit.way)
            case e.StateMoved(who, rule_id):
                for rule in self.graph.characters[who].rules:
                    if rule.id == rule_id:
                        self.moved.add(rule.variable)
                        self.due = [rule]
            case e.Called():
                self.target = self.way.call
            case e.Returned():
                self.target = frame.goto if frame and frame.goto else None
                self.resume = frame.scene if frame and not frame.goto else ""
                self.way = Way()
            case e.SceneResumed():
                self.resume = ""
            case e.SceneEntered(name) if name in self.graph.scenes:
                scene = self.graph.scenes[name]
                self.target = None
                self._lets(Way(scene.effects, scene.passage))
                self.entered = True

    def _lets(self, way: Way, *asked: str) -> None:
        self.way, self.due, self.entered = way, [*asked, way.effects], False


def _holds(condition: Expression | None, scope: Scope) -> bool:
    return condition is None or bool(condition.evaluate(scope))


def _side(who: str) -> str:
    return "player" if who == PLAYER else "character"


def _one_step(rule: MoveRule, now: Value, then: Value) -> bool:
    if rule.to is not None:
        return then == rule.to
    return rule.by is not None and not isinstance(now, str) and not isinstance(then, str) and (
        min(0, rule.by) <= then - now <= max(0, rule.by)
    )  # fmt: skip


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _said(claim: Claim, lines: Iterable[str]) -> bool:
    words = _letters(clean(claim.evidence))  # the letters of a terminal's escape are none that anybody said or reads
    return len(words) > 1 and any(words in _letters(line) for line in lines)


def _pattern_found(outcome: Outcome, exchange: tuple[tuple[str, str], ...]) -> bool:
    for pattern in outcome.says:
        for who, text in exchange:
            if who != pattern.who and (pattern.who or who == PLAYER):
                continue
            line, at = _letters(unicodedata.normalize("NFC", text)), 0
            for word in pattern.words:
                found = 0 if word == "*" else line.find(_letters(word), at)
                at = max(at, found) if found >= 0 else len(line) + 1
            if at <= len(line):
                return True
    return False
