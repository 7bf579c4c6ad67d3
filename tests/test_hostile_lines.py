"""Whatever a player types is only something that was said: it leaves no prompt's form and opens no branch by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dialogue.floor import asked
from engine.dialogue.judge import Question, question
from engine.dialogue.memory import History, witnessed
from engine.dialogue.messages import Message
from engine.dialogue.prompt import assemble
from engine.dialogue.recall import Recall
from engine.dialogue.speech import neutral
from engine.dialogue.tokens import Estimate
from engine.play import events as e
from engine.play.moves import Claim, Read, Reply, Say
from engine.play.says import said
from engine.play.state import State, fold
from engine.play.step import Step, step
from engine.story.graph import StoryGraph
from engine.story.load import load_story
from support.stories import EVERYTHING, graph_of

ROOT = Path(__file__).parents[1]
# Not `splitlines`: some of the lines hold separators that it takes for the end of a line, as a careless prompt would.
LINES = (ROOT / "bench" / "hostile_lines.txt").read_text("utf-8").removesuffix("\n").split("\n")
HARMLESS = "Good evening to you."
REPLY = '"Hm, hm," and nothing more.'


@dataclass(frozen=True)
class Talk:
    """A talk of a story in which every outcome and every move is open, and what has happened up to it."""

    graph: StoryGraph
    scene: str
    before: tuple[e.Event, ...]

    @property
    def state(self) -> State:
        return fold(self.before)

    @property
    def who(self) -> str:
        return self.graph.scenes[self.scene].talk[0]


@cache
def talks() -> dict[str, Talk]:
    stories = {"everything": graph_of(EVERYTHING), "lamp": load_story(ROOT / "stories" / "lamp")}
    found: dict[str, Talk] = {}
    for name, graph in stories.items():
        wide = opened(graph)
        start = e.Began(1, tuple((name, variable.start) for name, variable in wide.variables.items()))
        alone = [scene.id for scene in wide.scenes.values() if len(scene.talk) == 1][:1]
        groups = [scene.id for scene in wide.scenes.values() if len(scene.talk) > 1][:1]
        for scene in alone + groups:
            found[f"{name}: {scene}"] = Talk(wide, scene, (start, e.SceneEntered(scene)))
    return found


def opened(graph: StoryGraph) -> StoryGraph:
    """Return the story with every outcome and move rule open whatever the state: the worst case for a fooled judge."""
    scenes = {
        scene.id: replace(scene, outcomes=tuple(replace(outcome, condition=None) for outcome in scene.outcomes))
        for scene in graph.scenes.values()
    }
    characters = {
        character.id: replace(character, rules=tuple(replace(rule, condition=None) for rule in character.rules))
        for character in graph.characters.values()
    }
    return replace(graph, scenes=scenes, characters=characters)


def taken(talk: Talk, line: str, reply: str = REPLY) -> tuple[Step, Step]:
    spoken = step(talk.graph, talk.state, Say(line, talk.who))
    assert not spoken.refused, line
    answered = step(talk.graph, spoken.state, Reply(talk.who, reply))
    assert not answered.refused, line
    return spoken, answered


def prompt(talk: Talk, line: str, who: str, *, reply: str = "") -> tuple[Message, ...]:
    """Return what `who` is told to answer the line, or to answer the line after it once `reply` was given."""
    recall = Recall(talk.graph, who, Estimate(), context=8_000, reply=300)
    recall.extend(talk.before)
    spoken, answered = taken(talk, line, reply or REPLY)
    if not reply:
        return assemble(talk.graph, spoken.state, recall).messages
    ended = step(talk.graph, answered.state, Read(who=talk.who))
    recall.extend((*spoken.events, *answered.events, e.TalkTurnEnded()))
    again = replace(ended.state, scene=talk.scene, speaking=True, exchange=(("player", HARMLESS),), over=False)
    return assemble(talk.graph, again, recall).messages


def form(messages: Sequence[Message]) -> list[tuple[str, list[str]]]:
    """Return a prompt's form: the roles, and by what label each line of the talk begins."""
    return [
        (message.role, [label(line) for line in message.content.splitlines()] if message.role == "user" else [])
        for message in messages
    ]


def label(line: str) -> str:
    for known in ("The player says: ", "The player does: ", "The player whispers to you: "):
        if line.startswith(known):
            inside = line.removeprefix(known)
            assert inside[0] == inside[-1] == '"'
            assert not set(inside[1:-1]) & set('"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02'), line
            return "The player"
    return line if line.startswith("[") else line.partition(":")[0]


def no_mark_survives(messages: Sequence[Message]) -> bool:
    return all(neutral(message.content) == message.content for message in messages if message.role != "system")


def judged(talk: Talk, state: State) -> Question | None:
    history = History(talk.graph, talk.who)
    history.extend(talk.before)
    return question(talk.graph, state, {talk.who: history}, [talk.who])


def check_prompts(talk: Talk, line: str) -> None:
    for who in talk.graph.scenes[talk.scene].talk:
        messages = prompt(talk, line, who)
        assert form(messages) == form(prompt(talk, HARMLESS, who)), line
        assert no_mark_survives(messages), line
        later = prompt(talk, line, who, reply=REPLY)
        assert form(later) == form(prompt(talk, HARMLESS, who, reply=REPLY)), line
        assert no_mark_survives(later), line


def check_questions(talk: Talk, line: str) -> None:
    spoken, answered = taken(talk, line)
    outcomes = talk.graph.scenes[talk.scene].outcomes
    if any(said(outcome.says, answered.state.exchange) for outcome in outcomes):
        return  # the author's own words decide, and no judge is asked about outcomes
    usual = judged(talk, taken(talk, HARMLESS)[1].state)
    found = judged(talk, answered.state)
    assert found is not None
    assert usual is not None
    assert (found.schema, found.outcomes, found.rules) == (usual.schema, usual.outcomes, usual.rules), line
    same_data(found.messages, usual.messages, spoken.state.exchange[0][1])
    present = talk.graph.scenes[talk.scene].talk
    history = witnessed(talk.before, talk.who, talk.graph)
    floor = asked(talk.graph, spoken.state, history, present)
    usual_floor = asked(talk.graph, replace(spoken.state, exchange=(("player", HARMLESS),)), history, present)
    assert floor.schema == usual_floor.schema
    same_data(floor.messages, usual_floor.messages, spoken.state.exchange[0][1])


def same_data(found: Sequence[Message], usual: Sequence[Message], line: str) -> None:
    """Hold that two questions differ in one JSON line only, and that this one holds what was said and no more."""
    assert [message.role for message in found] == [message.role for message in usual]
    assert no_mark_survives(found), line
    differing = [
        one
        for told, other in zip(found, usual, strict=True)
        for one, same in zip(told.content.split("\n"), other.content.split("\n"), strict=True)
        if one != same
    ]
    assert [json.loads(one) for one in differing] == [{"speaker": "the player", "line": line}]


def fooled(talk: Talk, line: str) -> Iterator[Read]:
    """Yield the readings of a judge that believes whatever the line says it should."""
    moves = tuple(Claim(rule.id, line, who) for who in talk.graph.scenes[talk.scene].talk
                  for rule in talk.graph.characters[who].rules)  # fmt: skip
    for scene in talk.graph.scenes.values():
        for outcome in scene.outcomes if scene.id == talk.scene else scene.outcomes[:1]:
            for unsure in (False, True):
                yield Read(Claim(outcome.id, line), moves, who=talk.who, unsure=unsure)
    yield Read(Claim(line, line), (Claim(line, line),), who=line[:40])


def check_readings(talk: Talk, line: str) -> None:
    _, answered = taken(talk, line)
    outcomes = {outcome.key: outcome for outcome in talk.graph.scenes[talk.scene].outcomes}
    for read in fooled(talk, line):
        made = step(talk.graph, answered.state, read)
        assert fold(made.events, answered.state) == made.state, line
        assert sum(isinstance(event, e.TalkTurnEnded) for event in made.events) == 1, line
        for event in made.events:
            match event:
                case e.OutcomeReached(key, "says", evidence):
                    assert outcomes[key].says, line
                    assert evidence
                case e.OutcomeReached(key) | e.OutcomeDoubted(key):
                    assert outcomes[key].shown_by != "character", line
        moved = [event.rule.rpartition("_")[0] for event in made.events if isinstance(event, e.StateMoved)]
        assert len(moved) == len(set(moved)), line
        for name, variable in talk.graph.variables.items():
            value = made.state.values[name]
            assert type(value) is type(variable.start)
            assert isinstance(value, str) or variable.low is None or value >= variable.low
            assert isinstance(value, str) or variable.high is None or value <= variable.high


def test_there_are_lines_enough_and_no_two_alike() -> None:
    assert len(LINES) >= 300
    assert len(set(LINES)) == len(LINES)
    assert all(line.strip() for line in LINES)


@pytest.mark.parametrize("name", talks())
def test_no_line_leaves_its_place_in_what_a_character_is_told(name: str) -> None:
    for line in LINES:
        check_prompts(talks()[name], line)


@pytest.mark.parametrize("name", talks())
def test_no_line_changes_what_a_judge_is_asked(name: str) -> None:
    for line in LINES:
        check_questions(talks()[name], line)


@pytest.mark.parametrize("name", talks())
def test_no_line_opens_what_only_a_character_can_show_though_the_judge_believes_it_all(name: str) -> None:
    for line in LINES:
        check_readings(talks()[name], line)


joined = st.builds(
    lambda one, glue, other: (one[:900] + glue + other[:900]).strip(),
    st.sampled_from(LINES),
    st.sampled_from(["", " ", "\n", "\n\n", '"', '"\n', "\r\n", "\u2028", "]\n[", "```\n", "\x1b[0m\n"]),
    st.sampled_from(LINES) | st.text(max_size=60),
)


@settings(max_examples=40)
@given(joined)
def test_nor_do_two_lines_together(line: str) -> None:
    for talk in talks().values():
        if step(talk.graph, talk.state, Say(line, talk.who)).refused:
            continue  # nothing that could be read
        check_prompts(talk, line)
        check_questions(talk, line)
        check_readings(talk, line)
