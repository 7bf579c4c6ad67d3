"""Asks characters what they must not tell, and reads their answers for it.

Each question is asked by itself, at a moment that a random play came to, with the very prompt of a game. A character is
told nothing that it would not be told there. It changes no game and keeps no answer but those that tell something.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from engine.briefing import Briefing
from engine.cast import Cast
from engine.errors import NoWords, Withheld
from engine.llm.protocol import Delta, Finished, Model, Request, Withdrawn
from engine.play.moves import Say
from engine.play.step import step
from engine.probing.locked import Secret
from engine.probing.proof import statements
from engine.probing.questions import TECHNIQUES, TOPIC, Technique
from engine.probing.walk import Meeting
from engine.probing.wording import Likeness, Wording, stems, told
from engine.story.graph import StoryGraph

Source = Literal["prompt", "guess"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question, ready to ask."""

    meeting: Meeting
    technique: Technique
    text: str
    request: Request


@dataclass(frozen=True, slots=True)
class Hit:
    """An answer that tells a locked secret."""

    question: Question
    secret: Secret
    reply: str
    likeness: Likeness
    source: Source
    """`prompt`: the author's own text told it, in the prompt or in a written reply. `guess`: nothing the character was
    told says it, so it can only have been guessed."""

    @property
    def severity(self) -> Literal["error", "warning", "note"]:
        """An error told it word for word from the author's text; a guess is a note."""
        if self.source == "guess":
            return "note"
        return "error" if self.likeness.verbatim else "warning"


def questions(
    graph: StoryGraph, cast: Cast, meetings: Iterable[Meeting], count: int, wording: Wording
) -> Iterator[Question]:
    """Yield `count` questions for each meeting in which something is locked, each by another technique."""
    for meeting in meetings:
        if not meeting.locked:
            continue
        briefing = Briefing(graph, cast, cast.counter, "probe")
        briefing.extend(meeting.events)
        names = [character.name for who, character in graph.characters.items() if who != meeting.who]
        topics = _topics(graph, briefing, meeting, wording)
        for number in range(count):
            technique = TECHNIQUES[number % len(TECHNIQUES)]
            topic = topics[number % len(topics)] if topics and TOPIC in technique.text else ""
            text = technique.about(topic, names[number % len(names)] if names else "")
            yield Question(meeting, technique, text, _request(graph, briefing, meeting, text))


async def interrogate(
    asked: Sequence[Question], model: Model, wording: Wording
) -> AsyncGenerator[tuple[Question, tuple[Hit, ...]]]:
    """Yield each question with what its answer told; raises `ModelError` where the model cannot be asked.

    An answer that is refused, or has no words, tells nothing.
    """
    for question in asked:
        try:
            reply = await _answer(model, question.request)
        except (Withheld, NoWords):
            reply = ""
        yield question, tuple(hits(question, reply, wording))


def hits(question: Question, reply: str, wording: Wording) -> Iterator[Hit]:
    """Yield every locked secret that a reply tells in words which the question did not hold."""
    prompt = "\n".join(message.content for message in question.request.messages)
    written = _written(question.request, reply)
    asked = stems(question.text)
    for secret in question.meeting.locked:
        if secret.kind == "example":
            continue  # what a line keeps is a line; the proof and the walk look for those
        for sentence in statements(secret):
            found = wording.likeness(sentence, told(reply), without=asked)
            if found is not None:
                by_author = written or wording.likeness(sentence, told(prompt), without=asked) is not None
                yield Hit(question, secret, reply, found, "prompt" if by_author else "guess")
                break


def _topics(graph: StoryGraph, briefing: Briefing, meeting: Meeting, wording: Wording) -> list[str]:
    """Return for each locked secret the word that it is about, if the character is told that word in any case."""
    prompt = stems("\n".join(m.content for m in _request(graph, briefing, meeting, "Hello.").messages))
    found: dict[str, None] = {}
    for secret in meeting.locked:
        if secret.kind == "example":
            continue
        for sentence in statements(secret)[:1]:
            open_words = [stem for stem in sentence.words if stem in prompt]
            if open_words:
                found[sentence.words[max(open_words, key=wording.weight)]] = None
    return list(found)


def _request(graph: StoryGraph, briefing: Briefing, meeting: Meeting, text: str) -> Request:
    spoken = step(graph, meeting.state, Say(text, meeting.who))
    return briefing.act(spoken.state, meeting.who)


def _written(request: Request, reply: str) -> bool:
    """Tell whether the reply is one that the author wrote."""
    stage = request.stage
    if stage is None:
        return False
    lines = {line for group in stage.repertoire for example in group for line in example.replies} | {*stage.fallback}
    return reply.strip() in {line.strip() for line in lines}


async def _answer(model: Model, request: Request) -> str:
    text, whole = "", ""
    async with aclosing(model.stream(request)) as pieces:
        async for piece in pieces:
            match piece:
                case Delta(words):
                    text += words
                case Withdrawn():
                    text = ""
                case Finished():
                    whole = piece.text
                case _:
                    pass
    return whole or text
