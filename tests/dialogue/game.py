"""A talk being had, as the session drives it: whole turns are committed, the one under way is only in the state."""

from __future__ import annotations

from collections.abc import Sequence

from dialogue.house import house
from engine.dialogue.prompt import Prompt, assemble
from engine.dialogue.recall import Recall
from engine.dialogue.tokens import Exact, TokenCounter
from engine.play import events as e
from engine.play.events import Event
from engine.play.state import State, fold
from engine.story.graph import StoryGraph

GRAPH = house()


class Words:
    """Counts a token for each word, so that tests can reckon in their heads."""

    def encode_ordinary(self, words: str) -> Sequence[int]:
        return [0] * len(words.split())


class Game:
    def __init__(
        self, graph: StoryGraph = GRAPH, who: str = "maren", context: int = 100_000, counter: TokenCounter | None = None
    ) -> None:
        self.graph = graph
        self.recall = Recall(graph, who, counter or Exact(Words()), context=context, reply=100)
        self.state = State()
        self.events: list[Event] = []
        self.happen(e.Began(1, (("trust", 0),)))

    def happen(self, *events: Event) -> Game:
        self.state = fold(events, self.state)
        self.recall.extend(events)
        self.events += events
        return self

    def enter(self, scene: str, **values: int) -> Game:
        return self.happen(e.VariablesSet(tuple(values.items())), e.SceneEntered(scene))

    def spoken(self, line: str) -> State:
        """The state in which the character is asked to answer `line`."""
        return fold([e.PlayerSpoke(line)], self.state)

    def ask(self, line: str) -> Prompt:
        return assemble(self.graph, self.spoken(line), self.recall)

    def turn(self, line: str, reply: str, *more: Event) -> Prompt:
        prompt = self.ask(line)
        self.happen(e.PlayerSpoke(line), e.CharacterSpoke(self.recall.who, reply), *more, e.TalkTurnEnded())
        return prompt


def part(prompt: Prompt, name: str) -> str:
    return next((part.text for part in prompt.parts if part.name == name), "")


def as_text(prompt: Prompt) -> str:
    return "\n".join(f"{message.role}: {message.content}" for message in prompt.messages)
