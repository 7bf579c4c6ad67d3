"""In the bundled story nobody knows what they did not witness: shown by what their prompts hold."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from engine.cast import Cast
from engine.dialogue.tokens import Estimate
from engine.library import bundled_stories
from engine.llm.protocol import Piece, Request
from engine.llm.scripted import ScriptedActor
from engine.session import Session
from engine.story.graph import StoryGraph
from engine.story.load import load_story
from support.games import heard

PLUM = "My cat at home is called Plum."
THINKS = "Tuva thinks it went out."


class Overheard:
    """The scripted actor, with every request kept."""

    name = "overheard"

    def __init__(self) -> None:
        self.scripted = ScriptedActor()
        self.requests: list[Request] = []

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        self.requests.append(request)
        async for piece in self.scripted.stream(request):
            yield piece

    async def aclose(self) -> None:
        return None

    def prompts(self, who: str) -> list[str]:
        return [
            "\n".join(message.content for message in request.messages)
            for request in self.requests
            if request.purpose == "act" and request.who == who
        ]


@pytest.fixture(scope="module")
def lamp() -> StoryGraph:
    return load_story(bundled_stories() / "lamp")


def rehearsal(lamp: StoryGraph, folder: Path, scene: str, **values: bool | int | str) -> tuple[Session, Overheard]:
    model = Overheard()
    cast = Cast(model, model, model.scripted, Estimate(), context=16_000)
    return Session.begin(lamp, cast, folder / "game.palaver", seed=1, scene=scene, values=values), model


def test_what_odd_was_told_is_in_no_prompt_of_marens_until_she_is_told(lamp: StoryGraph, tmp_path: Path) -> None:
    session, model = rehearsal(lamp, tmp_path, "hut", drift=20, inside=True)
    heard(session.say(PLUM))
    assert "Plum" in model.prompts("odd")[-1]
    session.choose("leave")
    session.choose("house")
    session.choose("wait")
    assert session.state.scene == "council"
    heard(session.say("Maren, is there any tea?"))
    assert "Plum" not in model.prompts("maren")[-1]
    heard(session.say(f"Maren, Odd knows it: {PLUM}"))
    heard(session.say("Maren, what do you think?"))
    told = [line for line in model.prompts("maren")[-1].splitlines() if "Plum" in line]
    assert len(told) == 1, "once, as she was told it, and not also as Odd was"
    session.close()


def test_a_whisper_to_tuva_is_in_no_prompt_of_marens_beside_her(lamp: StoryGraph, tmp_path: Path) -> None:
    session, model = rehearsal(lamp, tmp_path, "morning", confessed=True)
    heard(session.say(PLUM, "tuva", whispered=True))
    heard(session.say("Maren, did you sleep?"))
    heard(session.say("Tuva, did you sleep?"))
    assert "Plum" in model.prompts("tuva")[-1]
    assert all("Plum" not in prompt for prompt in model.prompts("maren"))
    assert "whispers with Tuva" in model.prompts("maren")[-1]
    session.close()


def test_a_whisper_to_maren_tells_her_what_tuva_believes(lamp: StoryGraph, tmp_path: Path) -> None:
    fact = "Tuva believes the lamp went out by itself"
    session, model = rehearsal(lamp, tmp_path, "morning", confessed=True)
    heard(session.say("Maren, did you sleep?"))
    assert "went out" not in model.prompts("maren")[-1], "not by her author's direction either"
    heard(session.say(THINKS, "maren", whispered=True))
    assert session.state.values["maren_heard"] is True
    heard(session.say("Maren, what are you thinking?"))
    assert fact in model.prompts("maren")[-1]
    heard(session.say("Tuva, did you sleep?"))
    assert THINKS not in model.prompts("tuva")[-1]
    session.close()


def test_the_sand_is_in_no_prompt_of_marens_before_it_is_said(lamp: StoryGraph, tmp_path: Path) -> None:
    fact = "The Sow has moved north across the line of the lamp."
    session, model = rehearsal(lamp, tmp_path, "watch", sighted=True)
    heard(session.say("Why were you outside?"))
    assert all(fact not in prompt for prompt in model.prompts("maren"))
    heard(session.say("There is nothing wrong with the burner."))
    assert session.state.values["why"] == "the Sow has moved"
    heard(session.say("What do you think?"))
    assert fact in model.prompts("maren")[-1]
    session.close()


def test_at_the_council_maren_knows_of_the_sand_and_not_yet_what_else_it_made_her_do(
    lamp: StoryGraph, tmp_path: Path
) -> None:
    session, model = rehearsal(lamp, tmp_path, "council", sighted=True)
    heard(session.say("Maren, can they last until morning?"))
    assert "The Sow has moved north across the line of the lamp." in model.prompts("maren")[-1]
    assert "you put the lamp out yourself" not in model.prompts("maren")[-1]
    session.close()


def test_who_was_shown_a_thing_knows_it_later(lamp: StoryGraph, tmp_path: Path) -> None:
    session, model = rehearsal(lamp, tmp_path, "door")
    session.choose("paper")
    session.choose("maren")
    heard(session.say("How are you?"))
    assert "The fitter holds up the Board's order" in model.prompts("maren")[-1]
    session.choose("leave")
    session.choose("tuva")
    heard(session.say("How are you?"))
    assert "The fitter holds up the Board's order" not in model.prompts("tuva")[-1]
    session.close()
