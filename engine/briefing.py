"""Prepares what a model is asked: who answers, the prompt, the scripted actor's stage, the judge's question.

It carries every character's memory along with the game and is made anew after undo and load. It asks nobody anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.cast import Cast
from engine.dialogue import floor
from engine.dialogue.floor import Ask
from engine.dialogue.judge import Question, question
from engine.dialogue.prompt import Prompt, assemble
from engine.dialogue.recall import Recall
from engine.dialogue.remembered import Remembered, remembered
from engine.dialogue.summary import Due, due, extracted, read_summary, summary_request
from engine.dialogue.tokens import UNCUT, TokenCounter, count_messages
from engine.llm.protocol import Finished, Purpose, Request, Stage
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
QUESTION_TOKENS, QUESTION_SHARE = 640, 6
"""Tokens kept free for a judge's question that goes on from the prompt: so many, and a sixth of the context at most."""
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
        room = min(cast.context // QUESTION_SHARE, QUESTION_TOKENS) if cast.judge_continues else 0
        self._recalls = {
            who: Recall(graph, who, counter, context=cast.context - room, reply=self._reply_tokens(character))
            for who, character in graph.characters.items()
        }
        self._asked: Prompt | None = None

    def extend(self, events: Iterable[Event]) -> None:
        """Take in what happened next."""
        events = tuple(events)
        for recall in self._recalls.values():
            recall.extend(events)

    @property
    def prompt(self) -> Prompt | None:
        """The last prompt a character was asked with, part by part; None before the first."""
        return self._asked

    def first(self, state: State, to: str) -> str:
        """Return who answers the line just said `to` somebody, or to all; empty where a model is to find it."""
        return floor.first(self._graph, state, lambda people: self._fitting(state, people), to=to)

    def nearest(self, state: State) -> str:
        """Return who answers where no model says: whose author wrote a fitting answer, else the next in turn."""
        people = floor.people_of(self._graph, self._graph.scenes[state.scene])
        return self._fitting(state, people) or floor.in_turn(people, state.talked)

    def _fitting(self, state: State, people: Sequence[str]) -> str:
        return best_placed([self._stage(state, one) for one in people])

    def choosing(self, state: State) -> tuple[Ask, Request]:
        """Return the question who answers next, and the request for it."""
        last = state.exchange[-1][0]
        people = [who for who in floor.people_of(self._graph, self._graph.scenes[state.scene]) if who != last]
        asked = floor.asked(self._graph, state, self._recalls[people[0]].history, people)
        return asked, self._reading("choose", state, asked, who="")

    def act(self, state: State, who: str, earlier: Sequence[str] = ()) -> Request:
        """Return the request for `who`'s answer. `earlier` are its answers at this moment on other branches."""
        character, recall = self._graph.characters[who], self._recalls[who]
        self._asked = assemble(self._graph, state, recall)
        taste = {name: value for name, value in character.taste.items() if name not in self._cast.fixed}
        settings: dict[str, Any] = {**taste, "max_tokens": recall.reply}
        stage = self._stage(state, who, earlier)
        return Request("act", self._asked.messages, settings, stage=stage, game=self._game, scene=state.scene, who=who)

    def due(self, state: State, who: str) -> Due | None:
        """Return what `who`'s next prompt leaves out and nothing sums up yet; None when there is nothing."""
        return due(self._graph, state, self._recalls[who])

    def summary(self, state: State, gone: Due) -> Request:
        """Return the request for a summary."""
        messages = summary_request(self._graph, gone, gone.room)
        settings = {"max_tokens": 2 * gone.room}
        return Request("summary", messages, settings, game=self._game, scene=state.scene, who=gone.who)

    def summed_up(self, gone: Due, text: str) -> tuple[str, bool]:
        """Return what is kept of `gone`, and whether it is a model's `text`; else it is what the author wrote of it."""
        counter = self._recalls[gone.who].counter
        useful = read_summary(text, gone.room, counter)
        return (useful, True) if useful else (extracted(self._graph, gone, gone.room, counter), False)

    def remembered(self, state: State, who: str) -> Remembered:
        """Return what `who` has in mind now, and where its memory is cut."""
        return remembered(self._graph, state, self._recalls[who])

    def question(self, state: State, speakers: Sequence[str], asked: Request) -> Question | None:
        """Return what the judge is asked about the turn in which `speakers` answered, the last of them `asked`.

        None when nothing could come true. It goes on from that prompt where it is to, and where there is room for it.
        """
        histories = {who: self._recalls[who].history for who in speakers}
        if self._cast.judge_continues:
            found = question(self._graph, state, histories, speakers, prefix=asked.messages)
            if found is None or count_messages(found.messages, self.counter) + found.max_tokens <= self._cast.context:
                return found
        return question(self._graph, state, histories, speakers)

    def judge(self, state: State, asked: Question) -> Request:
        """Return the request for a judge's reading."""
        return self._reading("judge", state, asked, who=asked.who)

    def _reading(self, purpose: Purpose, state: State, asked: Question | Ask, *, who: str) -> Request:
        """Return a request to the judge's model: as steady as it can be, held to a schema."""
        usual = {"temperature": 0, "max_tokens": asked.max_tokens}
        settings = {name: value for name, value in usual.items() if name not in self._cast.judge_fixed}
        return Request(
            purpose,
            asked.messages,
            settings,
            schema=asked.schema,
            schema_name=asked.name,
            game=self._game,
            scene=state.scene,
            who=who,
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

    def overrun(self) -> str:
        """Return a warning when the last prompt passes the context with all left out that may be; else nothing."""
        if self._asked is None or not self._asked.over:
            return ""
        return (
            f"What is told here does not fit the `context` of {self._cast.context:,} tokens: the server may cut its "
            "beginning, or refuse it. Set a larger `context` in the config file, if the model can hold it."
        )

    def _reply_tokens(self, character: Character) -> int:
        said = (self._cast.fixed.get("max_tokens"), character.taste.get("max_tokens"))
        most = min((int(limit) for limit in said if limit is not None), default=REPLY_TOKENS)
        return max(1, min(most, self._cast.context // 2))

    def _stage(self, state: State, who: str, earlier: Sequence[str] = ()) -> Stage:
        character = self._graph.characters[who]
        said_now = len(state.exchange)
        crossing = said_now > 1 and self._graph.scenes[state.scene].crosstalk
        return Stage(
            who=who,
            line=state.exchange[-1 if crossing else 0][1],
            repertoire=self._repertoire(state, character),
            fallback=character.fallback,
            said=(*self._recalls[who].history.said, *earlier),
            seed=mixed(state.seed, state.turns, len(earlier), *((said_now,) if said_now > 1 else ())),
            name=character.name,
            others=tuple(other.name for other in self._graph.characters.values() if other is not character),
            narrator=character.narrator,
            language=self._graph.language,
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


def noted(replies: Sequence[Finished], judge: Finished | None) -> dict[str, str | int]:
    """Return what a save keeps of how a turn was made: the models, and the tokens they counted in all.

    All of it is a server's word, so it is cut to a size that a save holds.
    """
    note: dict[str, str | int] = {}
    for place, group in (("", replies), ("judge_", [judge] if judge else [])):
        asked = [finished for finished in group if finished.reading is None]
        named = next((finished.model for finished in reversed(asked) if finished.model), "")
        if named:
            note[f"{place}model"] = clean_line(named)[:100]
        for name in ("prompt", "completion", "cached"):
            counts = [count for finished in asked if (count := getattr(finished.usage, name)) is not None]
            if counts and 0 <= sum(counts) < LARGEST_COUNT:
                note[f"{place}{name}"] = sum(counts)
    return note
