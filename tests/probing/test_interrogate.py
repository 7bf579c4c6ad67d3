"""Characters are asked for what they must not tell, and what comes out is told apart from what was guessed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

import pytest

from engine.llm.protocol import Delta, Finished, Piece, Request
from engine.probing.interrogate import Hit, Question, interrogate, questions
from engine.probing.proof import statements, wording_of
from engine.probing.questions import TECHNIQUES
from engine.probing.walk import Walker
from engine.probing.wording import stems
from engine.story.graph import StoryGraph
from probing.stories import KEPT, LEAKS, SECRET, changed
from support.games import cast_of
from support.stories import graph_of


class Parrot:
    """Answers with whatever is made of the request."""

    name = "parrot"

    def __init__(self, says: Callable[[Request], str]) -> None:
        self._says = says

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        text = self._says(request)
        yield Delta(text)
        yield Finished(text)

    async def aclose(self) -> None:
        return None


def prepared(graph: StoryGraph, count: int = len(TECHNIQUES)) -> list[Question]:
    walker = Walker(graph)
    for seed in range(5):
        walker.play(seed)
    return list(questions(graph, cast_of(), walker.walk.meetings.values(), count, wording_of(graph)))


def told(yaml: str, says: Callable[[Request], str]) -> list[Hit]:
    graph = graph_of(yaml)

    async def ask() -> list[Hit]:
        asked = interrogate(prepared(graph), Parrot(says), wording_of(graph))
        return [hit async for _, hits in asked for hit in hits]

    return asyncio.run(ask())


def everything(request: Request) -> str:
    return "\n".join(message.content for message in request.messages)


def test_a_model_that_says_all_it_was_told_gives_away_nothing_it_was_not() -> None:
    assert told(KEPT, everything) == []


def test_a_secret_in_what_the_author_wrote_comes_out_and_is_laid_to_the_author() -> None:
    for name in ("persona", "the direction"):
        hits = told(changed(LEAKS[name]), everything)

        assert {hit.secret.texts[0] for hit in hits} == {SECRET}, name
        assert {hit.source for hit in hits} == {"prompt"}, name
    assert {hit.severity for hit in told(changed(LEAKS["persona"]), everything)} == {"error"}


def test_a_secret_that_nothing_told_can_only_have_been_guessed() -> None:
    hits = told(KEPT, lambda request: '"The night the Annika went down I put the lamp out, with this hand."')

    assert {(hit.secret.texts[0], hit.source, hit.severity) for hit in hits} == {(SECRET, "guess", "note")}


@pytest.mark.parametrize("says", ["I know nothing of that.", "The lamp. The burner. Annika is a name.", ""])
def test_small_talk_about_the_same_things_is_no_leak(says: str) -> None:
    assert told(KEPT, lambda request: says) == []


def test_a_question_put_back_gives_nothing_away() -> None:
    assert told(KEPT, lambda request: request.messages[-1].content) == []


def test_no_question_holds_a_word_of_a_secret_that_its_character_is_not_told() -> None:
    for question in prepared(graph_of(KEPT)):
        known = stems("\n".join(message.content for message in question.request.messages[:-1]))
        plain = stems(question.technique.text.replace("{topic}", "").replace("{other}", ""))
        handed = stems(question.text) - known - plain - stems("Maren Odd")
        for secret in question.meeting.locked:
            for sentence in statements(secret):
                assert not handed & sentence.words.keys(), question.text


def test_every_technique_is_another_way_to_ask() -> None:
    assert len({technique.name for technique in TECHNIQUES}) == len({t.text for t in TECHNIQUES}) == len(TECHNIQUES)
    assert len(TECHNIQUES) > 20
    asked = prepared(graph_of(KEPT))
    assert {question.technique.name for question in asked} == {technique.name for technique in TECHNIQUES}
