"""A whole recorded play in which Maren is away while Tuva confesses, is told of it in the morning, and then knows.

After a change to the story or the prompts, `python tests/test_told_later.py` records it anew; read what it changed.
"""

from __future__ import annotations

import asyncio
import json
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
from engine.llm.scripted import ScriptedActor
from engine.play import events as e
from engine.session import Session
from engine.story.load import load_story
from llm.asking import endpoint
from support.house import House

TAPE = Path(__file__).parent / "cassettes" / "told_later.jsonl"
CONTEXT = 1_100
"""So small that Maren's first talks do not fit her prompt by the morning."""

FITTER = "I'm the fitter. The Board sent me with a new burner."
HELP = "Can I help you with anything?"
SECOND = "Maren, what if there were a second light?"
COME_IN = "May I come in, out of the rain?"
FOURTH = "What happened on the fourth of October?"
TELLING = "She thinks it went out, Maren."
KNOWING = "Maren, did it go out?"
CONFESSED = "And it failed."
"""How Tuva ends, who called her aunt by name: so Maren answers her."""
THE_WORDS = "went out"

PLAY: tuple[tuple[str, ...], ...] = (
    ("choose", "name", "Anna"),
    ("choose", "up"),
    ("choose", "knock"),
    ("say", FITTER),
    ("say", COME_IN),
    ("choose", "maren"),
    ("say", HELP),
    ("say", "What is wrong with the burner?"),
    ("say", "Tell me about your brother."),
    ("say", "How long have you kept the light?"),
    ("choose", "leave"),
    ("choose", "wait"),
    ("say", "Maren, why can't you light the lamp?"),
    ("say", SECOND),
    ("choose", "ask"),
    ("choose", "there"),
    ("choose", "low_first"),
    ("choose", "stay"),
    ("say", FOURTH),
    ("choose", "day"),
    ("choose", "morning"),
    ("say", "Maren, did you sleep?"),
    ("whisper", TELLING, "maren"),
    ("say", "Tuva, tell her what you told me."),
    ("say", KNOWING),
)

SAID = {
    FITTER: '"A fitter." The lantern comes up. "You say so."',
    COME_IN: '"Come in out of it, then." She has the chain off. "Mind the child."',
    HELP: '"There is a cloth on the rail." She makes room at the board.',
    "What is wrong with the burner?": '"It spits." Her hands stop in the water. "Six times I have written it."',
    "Tell me about your brother.": '"Erik joined boards so you could not find the place." She rinses one bowl twice.',
    "How long have you kept the light?": '"Nineteen years. My father had it for twenty-two."',
    "Maren, why can't you light the lamp?": '"The Sow has moved. She lies across the line, and he would strike."',
    SECOND: '"Yes," says Maren. "The boat in the shed. We burn it."',
    FOURTH: '"It was dark, so I lit it. I did it in order. I slept, and it went out. Papa was looking for it."',
    "Maren, did you sleep?": '"I sat." She cuts the loaf. "Twenty minutes, and then Halvard."',
    TELLING: '"She has been lying there with that," says Maren, "since October?" She lays the knife straight.',
    "Tuva, tell her what you told me.": '"Aunt Maren. I lit it, on the fourth, and I did it in order. And it failed."',
    CONFESSED: '"By yourself," says Maren. She moves the bread an inch. "In order."',
    KNOWING: '"You lay there thinking it went out. It did not, Tuva. It was burning when he struck."',
}
READ = {
    FITTER: {
        "moved_trust_1": "yes",
        "quote_trust_1": "You say so.",
    },
    COME_IN: {"outcome": "lets_in", "quote": "Come in out of it, then."},
    HELP: {"moved_trust_1": "yes", "quote_trust_1": "There is a cloth on the rail."},
    "Maren, why can't you light the lamp?": {"outcome": "says_sow", "quote": "The Sow has moved."},
    SECOND: {
        "outcome": "agrees_fire",
        "quote": "The boat in the shed. We burn it.",
    },
    FOURTH: {"outcome": "confesses", "quote": "It was dark, so I lit it."},
    TELLING: {"outcome": "hears_tuva", "quote": "She thinks it went out"},
    CONFESSED: {"outcome": "tuva_says", "quote": "I lit it, on the fourth"},
    KNOWING: {"outcome": "maren_tells", "quote": "It was burning when he struck."},
}
SUMMARY = "The fitter came in out of the rain, and Maren let the fitter in."


def house() -> House:
    """A server that plays everybody, reads what their lines mean, and sums up what is forgotten."""
    return House(SAID, READ, lambda asked, _: SUMMARY if "about to be forgotten" in asked else "")


def play(model: Model, folder: Path) -> list[e.Event]:
    """Play from the landing to the end; returns everything that happened."""
    graph = load_story(bundled_stories() / "lamp")
    cast = Cast(model, model, ScriptedActor(), Estimate(), summariser=model, context=CONTEXT)
    session = Session.begin(graph, cast, folder / "game.palaver", seed=1)

    async def said(text: str, to: str = "", *, whispered: bool = False) -> None:
        async for _ in session.say(text, to, whispered=whispered):
            pass

    try:
        for move, *about in PLAY:
            if move == "choose":
                session.choose(*about)
            else:
                asyncio.run(said(*about, whispered=move == "whisper"))
        return [event for turn in session.store.path_to() for event in turn.events]
    finally:
        session.close()
        asyncio.run(model.aclose())


def prompts_of_maren() -> list[str]:
    """Return what Maren's model was sent, in order, as the cassette has it."""
    recorded = [json.loads(line) for line in TAPE.read_text("utf-8").splitlines()[1:]]
    asked = [record["request"] for record in recorded if record["request"]["purpose"] == "act"]
    whole = ["\n".join(message["content"] for message in request["messages"]) for request in asked]
    return [prompt for prompt in whole if prompt.startswith("You are Maren Voss")]


def test_it_is_a_whole_play_and_needs_no_network(tmp_path: Path) -> None:
    cassette = Cassette(TAPE)
    happened = play(cassette, tmp_path)
    assert cassette.unplayed == 0
    assert isinstance(happened[0], e.Began)
    assert [event.key for event in happened if isinstance(event, e.OutcomeReached)][-3:] == [
        "morning/outcomes/hears_tuva",
        "morning/outcomes/tuva_says",
        "morning/outcomes/maren_tells",
    ]
    assert isinstance(happened[-1], e.StoryEnded)


def test_she_knows_it_from_when_she_is_told_and_not_before() -> None:
    prompts = prompts_of_maren()
    told = next(at for at, prompt in enumerate(prompts) if TELLING in prompt)
    assert told > 5, "she has been in the story for long"
    assert all(THE_WORDS not in prompt for prompt in prompts[:told])
    assert all(THE_WORDS in prompt for prompt in prompts[told:])
    assert len(prompts) > told + 1, "she answers once more, and it is still there"
    assert THE_WORDS in SAID[KNOWING], "her answer makes use of it, and the last outcome comes of that answer"


def test_her_memory_was_cut_and_what_decided_something_stayed(tmp_path: Path) -> None:
    summed = [event for event in play(Cassette(TAPE), tmp_path) if isinstance(event, e.Summarised)]
    assert any(event.who == "maren" and event.text == SUMMARY for event in summed)
    last = prompts_of_maren()[-1]
    assert SUMMARY in last
    assert "She rinses one bowl twice." not in last, "an early line fell out"
    assert "Come in out of it, then." in last, "the line that opened the door did not"


def record() -> None:
    """Write the cassette anew."""
    TAPE.unlink(missing_ok=True)
    model = HttpModel(endpoint(), transport=httpx.MockTransport(house()))
    with tempfile.TemporaryDirectory() as folder:
        play(Recorder(model, TAPE), Path(folder))


if __name__ == "__main__":
    record()
