"""A whole short play of the bundled story, recorded once from an HTTP server, goes the same way with no network.

After a change to the story or the prompts, `python tests/test_cassette_play.py` records it anew; read what it changed.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))

import httpx

from engine.cast import Cast
from engine.dialogue.tokens import Estimate
from engine.library import bundled_stories
from engine.llm.cassette import Cassette, Recorder
from engine.llm.client import HttpModel
from engine.llm.protocol import Model
from engine.llm.refusals import Persistent
from engine.llm.scripted import ScriptedActor
from engine.play.events import OutcomeReached, StateMoved, StoryEnded
from engine.saves.codec import encode_events
from engine.session import Session
from engine.story.load import load_story
from engine.updates import TakenBack
from llm.asking import endpoint
from support.house import House

FOLDER = Path(__file__).parent / "cassettes"
TAPE, EVENTS = FOLDER / "lamp.jsonl", FOLDER / "lamp.events"

CHOICES: tuple[tuple[str, str], ...] = (("name", "Anna"), ("up", ""), ("knock", ""))
FITTER = "I'm the fitter. The Board sent me with a new burner."
COME_IN = "May I come in, out of the rain?"
LEAVING = ("out", "down", "stay")

SORRY = "I'm sorry, but I can't assist with that request."
SAID = {
    FITTER: '"A fitter." The lantern comes up. "I wrote for a part. But you say what you are, and that is something."',
    COME_IN: '"Come in out of it, then." She has the chain off already. "Mind the child, she writes people down."',
}
READ = {
    FITTER: {"moved_trust_1": "yes", "quote_trust_1": "you say what you are"},
    COME_IN: {"outcome": "lets_in", "quote": "Come in out of it, then."},
}


def house() -> House:
    """A server that plays Maren, once out of character, and reads what her lines mean."""
    declined: list[str] = []

    def decline(_: str, line: str) -> str:
        if line != COME_IN or declined:
            return ""
        declined.append(line)
        return SORRY

    return House(SAID, READ, decline)


def play(actor: Model, folder: Path) -> tuple[str, list[str]]:
    """Play from the landing to an ending; returns the events, a turn a line, and what was taken back."""
    graph = load_story(bundled_stories() / "lamp")
    cast = Cast(actor, actor, ScriptedActor(), Estimate())
    session = Session.begin(graph, cast, folder / "game.palaver", seed=1)
    taken_back: list[str] = []

    async def said(line: str) -> None:
        taken_back.extend([update.reason async for update in session.say(line) if isinstance(update, TakenBack)])

    try:
        for choice, text in CHOICES:
            session.choose(choice, text)
        asyncio.run(said(FITTER))
        asyncio.run(said(COME_IN))
        for _ in range(20):
            open_now = {o.choice.choice.id for o in session.view.options if o.enabled and o.choice is not None}
            wanted = next((choice for choice in LEAVING if choice in open_now), None)
            if wanted is None:
                break
            session.choose(wanted)
        turns = [encode_events(turn.events) for turn in session.store.path_to()]
        return "\n".join(turns) + "\n", taken_back
    finally:
        session.close()
        asyncio.run(actor.aclose())


def test_the_recorded_play_goes_the_same_way_with_no_network(tmp_path: Path) -> None:
    cassette = Cassette(TAPE)
    events, taken_back = play(cassette, tmp_path)
    assert events == EVENTS.read_text("utf-8")
    assert cassette.unplayed == 0
    assert len(taken_back) == 1, "the line that was out of character was asked again, and the player told"


def test_it_is_worth_replaying() -> None:
    events = EVENTS.read_text("utf-8")
    for kind in (StateMoved, OutcomeReached, StoryEnded):
        assert kind.__name__ in events
    assert SORRY not in events


def record() -> None:
    """Write the cassette and its events anew."""
    TAPE.unlink(missing_ok=True)
    model = HttpModel(endpoint(), transport=httpx.MockTransport(house()))
    with tempfile.TemporaryDirectory() as folder:
        events, _ = play(Recorder(Persistent(model, scripted=ScriptedActor()), TAPE), Path(folder))
    EVENTS.write_text(events, "utf-8")


if __name__ == "__main__":
    record()
