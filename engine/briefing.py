"""Prepares what a model is asked: who answers, the prompt, the scripted actor's stage, the judge's question.

It carries every character's memory along with the game and is made anew after undo and load. It asks nobody anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.cast import Cast
from engine.dialogue.address import addressed
from engine.dialogue.judge import Question, question
from engine.dialogue.prompt import Prompt, assemble
from engine.dialogue.recall import Recall
from engine.dialogue.tokens import UNCUT, TokenCounter
from engine.llm.protocol import Finished, Request, Stage
from engine.llm.scripted import best_placed
from engine.plaintext import clean_line
from engine.play.chance import mixed
from engine.play.events import Event
from engine.play.offer import eligible, holds
from engine.play.state import State
from engine.story.graph import Character, Example, StoryGraph

LARGEST_COUNT = 10**12
"""What a server counts beyond this is no count of tokens."""
CUT_SHARE = 0.6
"""A server that counts less than this share of our own count has probably cut the prompt: estimates err by a third at
most."""
REPLY_TOKENS = 300
"""Tokens kept free for a reply and allowed it, where neither player nor author says. Longest in any case: half the
context."""


class Briefing:
    """The characters' memories of one game, and the requests made of them."""

    def __init__(self, graph: StoryGraph, cast: Cast, counter: TokenCounter, game: str) -> None:
        self._graph = graph
        self._game = game
        self._cast = cast
        self.counter = counter
        """Counts tokens; learns from what the server says."""
        self._recalls = {
            who: Recall(graph, who, counter, context=cast.context, reply=self._reply_tokens(character))
            for who, character in graph.characters.items()
        }
        self._asked: Prompt | None = None

    def extend(self, events: Iterable[Event]) -> None:
        """Take in what happened next."""
        events = tuple(events)
        for recall in self._recalls.values():
            recall.extend(events)

    def answerer(self, state: State) -> str:
        """Return the character who answers the line just said.

        That is the one called by name, else the one whose author wrote an answer to such a line, else the next in turn.
        """
        present = self._graph.scenes[state.scene].talk
        if len(present) == 1:
            return present[0]
        called = addressed(state.exchange[0][1], {who: self._graph.characters[who].name for who in present})
        return (
            called or best_placed([self._stage(state, who) for who in present]) or present[state.talked % len(present)]
        )

    def act(self, state: State, who: str, earlier: Sequence[str] = ()) -> Request:
        """Return the request for `who`'s answer. `earlier` are its answers at this moment on other branches."""
        character, recall = self._graph.characters[who], self._recalls[who]
        self._asked = assemble(self._graph, state, recall)
        taste = {name: value for name, value in character.taste.items() if name not in self._cast.fixed}
        settings: dict[str, Any] = {**taste, "max_tokens": recall.reply}
        stage = self._stage(state, who, earlier)
        return Request("act", self._asked.messages, settings, stage=stage, game=self._game, scene=state.scene, who=who)

    def question(self, state: State, who: str) -> Question | None:
        """Return what the judge is asked about the turn, or None when nothing could come true."""
        return question(self._graph, state, {who: self._recalls[who].history}, [who])

    def judge(self, state: State, asked: Question) -> Request:
        """Return the request for a judge's reading."""
        usual = {"temperature": 0, "max_tokens": asked.max_tokens}
        settings = {name: value for name, value in usual.items() if name not in self._cast.judge_fixed}
        return Request(
            "judge",
            asked.messages,
            settings,
            schema=asked.schema,
            schema_name=asked.name,
            game=self._game,
            scene=state.scene,
            who=asked.who,
        )

    def learn(self, finished: Finished | None) -> str:
        """Take in what the server counted of the last prompt; returns a warning when it seems to have cut it."""
        if self._asked is None or finished is None or finished.usage.prompt is None:
            return ""
        counted, actual = self._asked.tokens, finished.usage.prompt
        if counted >= UNCUT and actual < counted * CUT_SHARE:
            return (
                f"The server counted {actual:,} tokens of a prompt of about {counted:,}: it may have cut "
                "its beginning. Give the server a larger context, or set a smaller `context` in the config file."
            )
        corrected = self.counter.corrected(counted, actual)
        if corrected is not self.counter:
            self.counter = corrected
            for recall in self._recalls.values():
                recall.recount(corrected)
        return ""

    def _reply_tokens(self, character: Character) -> int:
        said = (self._cast.fixed.get("max_tokens"), character.taste.get("max_tokens"))
        most = min((int(limit) for limit in said if limit is not None), default=REPLY_TOKENS)
        return max(1, min(most, self._cast.context // 2))

    def _stage(self, state: State, who: str, earlier: Sequence[str] = ()) -> Stage:
        character = self._graph.characters[who]
        return Stage(
            who=who,
            line=state.exchange[0][1],
            repertoire=self._repertoire(state, character),
            fallback=character.fallback,
            said=(*self._recalls[who].history.said, *earlier),
            seed=mixed(state.seed, state.turns, len(earlier)),
        )

    def _repertoire(self, state: State, character: Character) -> tuple[tuple[Example, ...], ...]:
        open_now = {outcome.id for outcome in eligible(self._graph, state, state.spent)}

        def counting(examples: Sequence[Example]) -> tuple[Example, ...]:
            return tuple(
                example
                for example in examples
                if example.who == character.id
                and (not example.outcome or example.outcome in open_now)
                and holds(example.condition, state)
            )

        return counting(self._graph.scenes[state.scene].examples), counting(character.examples)


def noted(reply: Finished | None, judge: Finished | None) -> dict[str, str | int] | None:
    """Return what a save keeps of how a turn was made: the models and the tokens they counted; None for nothing.

    All of it is a server's word, so it is cut to a size that a save holds.
    """
    note: dict[str, str | int] = {}
    for place, finished in (("", reply), ("judge_", judge)):
        if finished is None or finished.reading is not None:
            continue
        usage = finished.usage
        if finished.model:
            note[f"{place}model"] = clean_line(finished.model)[:100]
        counts = {"prompt": usage.prompt, "completion": usage.completion, "cached": usage.cached}
        note |= {f"{place}{name}": n for name, n in counts.items() if n is not None and n < LARGEST_COUNT}
    return note or None
