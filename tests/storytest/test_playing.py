"""A test passes when all is as it says, and else tells where it is not, what it wanted and what there was."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.cast import Cast
from engine.dialogue.tokens import Estimate
from engine.llm.cassette import Recorder
from engine.llm.scripted import ScriptedActor
from engine.play.opening import Start, begun
from engine.saves.fleeting import Fleeting
from engine.saves.store import StoryRef
from engine.session import Session
from engine.story.load import load_story
from engine.storytest.playing import play
from engine.storytest.suites import load_suite
from storytest.inn import STORY, failures, folder, one, results
from support.games import QueueModel

_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PASSING = """
tests:
  from the story's start:
    moves:
      - expect: {text: Nobody but the landlady, over: false, choices: [out, sign], not_choices: steal}
      - choose: Sign the book
        typed: Anna
        expect: {text: It says Anna., state: {name: Anna}, not_choices: sign, not_text: landlady}
      - choose: out
    expect: {ending: The road, over: true, if: [turns == 2, name == 'Anna'], text: landlady, outcome: none}
  from a scene and a state:
    from: {scene: hall, state: {coins: 3, mood: warm}, visited: [hall, bar], done: bar/sign, seed: 7}
    moves:
      - expect: {text: Again., state: {coins: 2, mood: warm}, if: [visits == 2, visited('bar'), turns == 1]}
      - choose: back
        expect: {not_choices: sign}
      - say: Please, please!
        reply: '"No," says Ana.'
        reads: {outcome: begs, quote: 'please, please'}
    expect: {outcome: begs, not_outcome: gives_key, scene: bar, state: {coins: 3}}
  the scripted actor answers and reads:
    moves:
      - say: Ana, is there a bed?
        expect: {who: ana, outcome: gives_key, text: Number four, scene: hall}
    expect: {state: {paid: true, coins: 1}}
  a model answers and a judge reads:
    moves:
      - say: Ana, good evening to you.
        reply: '"Good evening, sir."'
        reads: {moves: {mood: warm, coins: -1}}
        expect: {state: {mood: warm, coins: 1}, outcome: none, scene: bar}
  several answer:
    moves:
      - say: Ana, who is that?
        reply: ['"Bo, who are you?"', '"Nobody much."']
        expect: {who: [ana, bo]}
      - say: Ana, who is that?
        reply: {ana: '"Bo, tell them again."', bo: '"Bo."'}
        expect: {who: [ana, bo], text: tell them again}
  a whisper is not heard:
    moves:
      - say: I have no money at all.
        to: ana
        whisper: true
        reply: '"Then go."'
        expect: {prompt: {who: ana, contains: no money at all}}
      - say: Bo, what are you drinking?
        to: bo
        expect: {who: bo, prompt: {who: bo, contains: You are Bo, never: no money at all}}
  a doubt is put to the player:
    moves:
      - say: Ana, a room?
        reply: She looks at the keys.
        reads: {outcome: gives_key, unsure: true}
        expect: {question: Did she give you a key, outcome: none}
      - answer: "no"
        expect: {scene: bar}
      - undo
      - answer: yes
    expect: {scene: hall, outcome: gives_key}
  a reading is taken back:
    moves:
      - say: Ana, a room?
        reply: She puts a key on the bar.
        reads: gives_key
        expect: {scene: hall}
      - notthat
      - expect: {scene: bar, outcome: none}
      - command: retry
        expect: {who: ana, outcome: gives_key, text: Number four}
  deeds and asides are kept apart:
    moves:
      - do: I look at the keys
        expect: {prompt: {contains: I look at the keys}}
      - note: What a lovely inn
      - say: Ana, good evening.
        expect: {prompt: {never: What a lovely inn}}
      - note: What a lovely inn
    expect: {scene: bar}
  what cannot be done is refused:
    moves:
      - choose: steal
        expect: {refused: not rich enough, scene: bar}
      - undo
      - expect: {refused: true}
    expect: {if: turns == 0}
  a fact comes with its condition:
    from: {scene: bar, state: {paid: true}}
    moves:
      - say: Ana, good evening.
        expect: {prompt: [{who: ana, contains: Room four has a ghost}, {who: ana, contains: you are ana}]}
"""


def test_tests_of_every_kind_pass(tmp_path: Path) -> None:
    # "What a lovely inn" stands nowhere in the story, which a warning says: here it is what the player noted.
    tests = PASSING.replace("        expect: {prompt: {never: What a lovely inn}}\n", "", 1)
    tests = tests.replace("      - undo\n      - expect: {refused: true}\n", "")
    gone = {name: result.failures for name, result in results(tmp_path, tests).items() if not result.passed}
    assert gone == {}


FAILING = {
    "expect: {scene: hall}": ('scene "hall"', 'the story is at "bar"'),
    "moves: [{choose: out}]\nexpect: {scene: bar}": ('scene "bar"', 'it ended in "road"'),
    "moves: [{choose: out}]\nexpect: {ending: A bed}": ('the ending "A bed"', 'it ended in "The road"'),
    "from: {state: {coins: 4}}\nmoves: [{choose: steal}]\nexpect: {ending: A bed}": (
        'the ending "A bed"',
        "it ended without a named ending",
    ),
    "expect: {over: true}": ("the story to be over", 'the story is at "bar"'),
    "expect: {state: {paid: true}}": ("paid is true", "paid is false"),
    "expect: {state: {mood: warm}}": ('mood is "warm"', 'mood is "cold"'),
    "expect: {if: coins >= 3 and not paid}": ("coins >= 3 and not paid to hold", "coins is 2; paid is false"),
    "expect: {if: rich or visited('hall')}": (
        "rich or visited('hall') to hold",
        "coins is 2; hall was visited 0 times",
    ),
    "expect: {if: turns > 0}": ("turns > 0 to hold", "turns is 0"),
    "expect: {text: the sea}": ('the text "the sea"', "it was not told"),
    "expect: {not_text: THE RAIN}": ('never "THE RAIN"', '"the bar nobody but the landlady, and the rain. shut the'),
    "expect: {choices: steal}": ('"steal" to be open', "open: sign, out"),
    "expect: {not_choices: Go back out}": ('"Go back out" not to be open', "open: sign, out"),
    "expect: {outcome: begs}": ('outcome "begs"', "nothing came true"),
    "from: {state: {coins: 0}}\nmoves: [{say: Ana?, reply: A key., reads: gives_key}]\nexpect: {outcome: gives_key}": (
        'outcome "gives_key"',
        "nothing came true; refused: gives_key: its condition",
    ),
    "moves: [{say: 'Ana, a room?', expect: {outcome: none}}]": ("no outcome", "came true: bar/gives_key"),
    "moves: [{say: 'Ana, a room?', expect: {not_outcome: gives_key}}]": (
        'outcome "gives_key" not to come true',
        "came true: bar/gives_key",
    ),
    "moves: [{say: 'Ana, hello', to: ana, reply: Yes., expect: {who: bo}}]": ("an answer of bo", "of ana"),
    "expect: {who: bo}": ("an answer of bo", "nobody answered"),
    "expect: {question: a key}": ('the question "a key"', "no question waits"),
    "expect: {refused: true}": ("a refusal", "nothing was refused"),
    "moves: [{choose: steal}]\nexpect: {scene: bar}": (
        '"choose" to be done',
        "it was refused: You are not rich enough to dare.",
    ),
    "moves: [{choose: up}]\nexpect: {scene: bar}": (
        '"choose" to be done',
        'it was refused: There is no choice "up" now. There is "sign", "steal" or "out".',
    ),
    "moves: [{choose: sign}]\nexpect: {scene: bar}": ('"choose" to be done', "it was refused: That wants an answer"),
    "expect: {prompt: {contains: the inn}}": ('a prompt with "the inn"', "nobody was asked anything"),
    "expect: {prompt: {who: ana, never: the inn}}": (
        'a prompt of ana without "the inn"',
        "ana was not asked anything",
    ),
    "moves: [{say: 'Ana, hello.', to: ana, reply: Yes., expect: {prompt: {never: keeps the INN}}}]": (
        'a prompt without "keeps the INN"',
        '"you are ana, who keeps the inn.',
    ),
    "moves: [{say: 'Ana, hello.', to: ana, reply: Yes., expect: {prompt: {contains: has a ghost}}}]": (
        'a prompt with "has a ghost"',
        "it does not stand there",
    ),
    "moves: [{say: Ana?, to: ana, reply: ['Bo?', Two., Three.], expect: {scene: bar}}]": (
        'the reply "Three." to be said',
        "nobody was asked for it",
    ),
    "moves: [{say: Bo?, to: bo, reply: {ana: One.}, expect: {scene: bar}}]": (
        'the reply "One." to be said',
        "nobody was asked for it",
    ),
    "moves: [{say: Ana?, to: ana, reads: {moves: {coins: 3}}}]\nexpect: {scene: bar}": (
        "an answer",
        'No rule of "ana" moves "coins" like this: "moved_by" has "-1".',
    ),
}


@pytest.mark.parametrize("test", FAILING)
def test_a_failure_says_what_was_wanted_and_what_there_was(test: str, tmp_path: Path) -> None:
    expected, found = one(tmp_path, test)
    assert expected == FAILING[test][0]
    assert found.startswith(FAILING[test][1]), found


def test_a_failure_is_at_its_expectation_and_the_first_ends_the_test(tmp_path: Path) -> None:
    looked = "- expect:\n    state:\n      coins: 2\n      paid: true\n    if:\n    - coins == 2\n    - coins == 3\n"
    test = f"moves:\n{looked}- choose: out\n"
    found = failures(tmp_path, f"{test}expect: {{scene: hall}}")
    assert [(failure.place.line, failure.place.column) for failure in found] == [(7, 11), (10, 11)]


def test_a_hostile_reading_moves_nothing_and_a_test_can_say_so(tmp_path: Path) -> None:
    test = """
moves:
- say: Ana, you gave me the key.
  reply: '"I did not," says Ana.'
  reads: {outcome: gives_key, quote: you gave me the key}
  expect: {refused: gives_key, outcome: none, scene: bar}
- say: Ana, again.
  reply: '"No."'
  reads: {outcome: none}
  expect: {refused: true}
"""
    assert one(tmp_path, test) == ("a refusal", "nothing was refused")


def test_a_start_that_runs_in_a_circle_fails_with_the_rules_own_words(tmp_path: Path) -> None:
    ring = "  ring: {choices: [{text: Leave, if: coins > 4, goto: room}], goto: ring}\n"
    story = STORY.replace("  room: {", f"{ring}  room: {{").replace("Go up, goto: room", "Go up, goto: ring")
    expected, found = one(tmp_path, "from: {scene: ring}\nexpect: {scene: ring}", story=story)
    assert expected == "the test to begin"
    assert "circle" in found


# Recordings


def test_a_recording_answers_in_place_of_the_models(tmp_path: Path) -> None:
    inn = folder(tmp_path)
    graph = load_story(inn)
    told = {"model": "local", "context": 8_192}
    tape = inn / "tests" / "night.jsonl"
    queue = QueueModel('"A key. Number four." Ana puts it down.', '{"outcome": "none", "quote": ""}')
    recorder = Recorder(queue, tape, told)
    scripted = ScriptedActor()
    cast = Cast(recorder, recorder, scripted, Estimate(), context=8_192)
    store = Fleeting(StoryRef(graph.id, graph.title, graph.hash), 1, _NOON, folder=tmp_path)
    store.append(begun(graph, Start("bar"))[0], now=_NOON, story_hash=graph.hash)
    session = Session(graph, cast, store, lambda: _NOON)

    async def record() -> None:
        async for _ in session.say("Ana, have you a room?", "ana"):
            pass

    asyncio.run(record())
    tests = """
tests:
  as recorded:
    cassette: tests/night.jsonl
    moves: [{say: "Ana, have you a room?", to: ana, expect: {text: A key. Number four., scene: bar}}]
    expect: {prompt: {who: ana, contains: have you a room}}
  otherwise:
    cassette: tests/night.jsonl
    moves: [{say: "Ana, have you a bed?", to: ana}]
    expect: {scene: bar}
  its own answer:
    cassette: tests/night.jsonl
    moves: [{say: "Ana, have you a bed?", to: ana, reply: No.}]
    expect: {scene: bar}
"""
    (inn / "tests" / "bar.yaml").write_text(tests.rpartition("  its own")[0], "utf-8")
    read = load_suite(inn / "tests" / "bar.yaml")
    recorded, otherwise = (asyncio.run(play(read.graph, case)) for case in read.cases)
    assert recorded.failures == ()
    (failure,) = otherwise.failures
    assert failure.expected == "an answer"
    assert "does not hold this request" in failure.found
    (inn / "tests" / "bar.yaml").write_text(tests, "utf-8")
    with pytest.raises(Exception, match="The cassette answers in this test"):
        load_suite(inn / "tests" / "bar.yaml")


# That the tests of the bundled story bite


LAMP = Path(__file__).parent.parent.parent / "stories" / "lamp"
EDITS = {
    "anybody is let in": (
        "shore.yaml",
        "        if: trust >= 1\n        set: {inside: true}",
        "        set: {inside: true}",
    ),
    "she always knows who lit it": (
        "story.yaml",
        "      - if: mitten and knows_lit and trust >= 3 or knows_tuva\n        fact",
        "      - fact",
    ),
    "the fire leads home": ("morning.yaml", "goto: end_line", "goto: end_six"),
}


@pytest.mark.parametrize("name", EDITS)
def test_the_lamps_own_tests_notice_an_edit(name: str, tmp_path: Path) -> None:
    import shutil

    file, before, after = EDITS[name]
    story = tmp_path / "lamp"
    shutil.copytree(LAMP, story)
    text = (story / file).read_text("utf-8")
    assert before in text
    (story / file).write_text(text.replace(before, after), "utf-8")
    failed = 0
    for tests in sorted((story / "tests").glob("*.yaml")):
        read = load_suite(tests)
        failed += sum(not asyncio.run(play(read.graph, case)).passed for case in read.cases)
    assert failed
