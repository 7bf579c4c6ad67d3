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
from engine.play.moves import Claim, Read, Reply, Say
from engine.play.offer import holds
from engine.play.step import step
from engine.probing.locked import Secret, examples_of
from engine.probing.proof import statements
from engine.probing.questions import CUE, TECHNIQUES, Technique
from engine.probing.walk import Meeting
from engine.probing.wording import Likeness, Sentence, Wording, stems, told
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
    """Yield `count` questions for each meeting in which something is locked, each by another technique.

    The scripted actor is given the cue of every locked line as well: it knows what to answer to that, and must not.
    """
    for meeting in meetings:
        if not meeting.locked:
            continue
        briefing = Briefing(graph, cast, cast.counter, "probe")
        briefing.extend(meeting.events)
        for technique, text in (
            *_by_technique(graph, briefing, meeting, count, wording), *(_cues(graph, meeting) if cast.free else ()),
        ):  # fmt: skip
            yield Question(meeting, technique, text, _request(graph, briefing, meeting, text))


def _by_technique(
    graph: StoryGraph, briefing: Briefing, meeting: Meeting, count: int, wording: Wording
) -> Iterator[tuple[Technique, str]]:
    names = [character.name for who, character in graph.characters.items() if who != meeting.who]
    topics = _topics(graph, briefing, meeting, wording)
    for number in range(count):
        technique = TECHNIQUES[number % len(TECHNIQUES)]
        topic = topics[number % len(topics)] if topics else ""
        yield technique, technique.about(topic, names[number % len(names)] if names else "")


def _cues(graph: StoryGraph, meeting: Meeting) -> Iterator[tuple[Technique, str]]:
    locked = {secret.path for secret in meeting.locked}
    for path, example in examples_of(graph, meeting.who):
        if path in locked:
            yield CUE, example.player[0]


async def interrogate(
    graph: StoryGraph, asked: Sequence[Question], model: Model, wording: Wording
) -> AsyncGenerator[tuple[Question, tuple[Hit, ...]]]:
    """Yield each question with what its answer told; raises `ModelError` where the model cannot be asked.

    An answer that is refused, or has no words, tells nothing.
    """
    for question in asked:
        try:
            reply = await _answer(model, question.request)
        except (Withheld, NoWords):
            reply = ""
        yield question, tuple(_hits(graph, question, reply, wording))


def _hits(graph: StoryGraph, question: Question, reply: str, wording: Wording) -> Iterator[Hit]:
    """Yield every locked secret that a reply tells in words which the question did not hold."""
    prompt = "\n".join(message.content for message in question.request.messages)
    written = _written(question.request, reply)
    asked = stems(question.text)
    for secret in question.meeting.locked:
        if secret.kind == "example":
            if not written and reply.strip() in {text.strip() for text in secret.texts}:
                yield Hit(question, secret, reply, Likeness(True, 1.0, (), reply), "prompt")
            continue
        for sentence in statements(secret):
            found = wording.likeness(sentence, told(reply), without=asked)
            if found is not None and not _comes_out(graph, question, secret, sentence, wording):
                by_author = written or wording.likeness(sentence, told(prompt), without=asked) is not None
                yield Hit(question, secret, reply, found, "prompt" if by_author else "guess")
                break


def _comes_out(graph: StoryGraph, question: Question, secret: Secret, sentence: Sentence, wording: Wording) -> bool:
    """Tell whether a line that may be said now states this, and saying it is what unlocks the secret."""
    stage, meeting = question.request.stage, question.meeting
    for example in (example for group in stage.repertoire for example in group) if stage else ():
        for line in example.replies if example.outcome else ():
            if wording.likeness(sentence, told(line)) is not None:
                state = meeting.state
                claims = tuple(Claim(rule, line) for rule in example.moves)
                read = Read(Claim(example.outcome, line), claims, meeting.who, "example")
                for move in (Say(question.text, meeting.who), Reply(meeting.who, line), read):
                    state = step(graph, state, move).state
                if secret.condition is not None and holds(secret.condition, state):
                    return True
    return False


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
