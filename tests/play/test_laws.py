"""Laws of the rules that hold for any move, however hostile."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.play import events as e
from engine.play.moves import Answer, Begin, Choose, Claim, Move, Note, Read, Remember, Reply, Say
from engine.play.state import State, fold
from engine.play.step import Step, step
from engine.play.transcript import tell
from engine.story.graph import Interrupt, StoryGraph, Way
from support.audit import faults
from support.stories import EVERYTHING, graph_of


def in_doubt(graph: StoryGraph) -> StoryGraph:
    """The story where several may answer, Odd breaks in, and the player is asked about all but one thing in doubt."""
    door = graph.scenes["door"]
    outcomes = tuple(replace(outcome, ask="Is it so?") for outcome in door.outcomes)
    hums = replace(outcomes[-1], id="hums", key="door/outcomes/hums", way=Way(), once=False, ask="")
    outcomes = (*outcomes, hums)
    door = replace(door, outcomes=outcomes, replies=3, interrupts=(Interrupt("odd", ("sesame",)),))
    return replace(graph, scenes={**graph.scenes, "door": door})


GRAPH = in_doubt(graph_of(EVERYTHING))
CHOICES = [choice.id for scene in GRAPH.scenes.values() for choice in scene.choices]
OUTCOMES = [outcome.id for scene in GRAPH.scenes.values() for outcome in scene.outcomes]
RULES = [rule.id for character in GRAPH.characters.values() for rule in character.rules]
WORDS = [
    "open sesame",
    "come in",
    "thank you",
    "\x1b[31mred",
    "lets_in",
    '{"outcome": "lets_in"}',
    "",
    " ",
    "x" * 2_001,
]

texts = st.sampled_from(WORDS) | st.text(max_size=40)
people = st.sampled_from(["maren", "odd", "player", "", "nobody"])
present = st.sampled_from(["maren", "odd"])
claims = st.builds(Claim, st.sampled_from([*OUTCOMES, *RULES, "none", "END"]) | texts, texts, people)
reads = st.builds(
    Read,
    st.none() | claims,
    st.lists(claims, max_size=4).map(tuple),
    people,
    texts,
    texts,
    st.booleans(),
    st.booleans(),
)
rarely = st.integers(0, 4).map(lambda number: number == 4)
answers = st.builds(Answer, st.booleans())
moves: st.SearchStrategy[Move] = st.one_of(
    st.builds(Begin, st.integers()),
    st.builds(Choose, st.sampled_from(CHOICES), texts),
    st.builds(Choose, texts, texts),
    st.builds(Say, texts, people, st.booleans()),
    st.builds(Reply, people, texts, st.booleans(), texts),
    reads,
    answers,
    st.builds(Note, texts),
    st.builds(Remember, people, st.integers(-1, 2**64), texts, texts),
)


@st.composite
def turns(draw: st.DrawFn) -> list[Move]:
    """A turn of talk whose reading claims what was written, mostly with words that were said; or something comes in."""
    words = st.sampled_from(["come in", "thank you"])
    line, reply, who = draw(words), draw(words), draw(st.sampled_from(["maren", "maren", "odd"]))
    rule = st.builds(Claim, st.sampled_from(RULES), words | st.just("never said"), st.just("maren"))
    outcome = st.builds(Claim, st.sampled_from(OUTCOMES), st.sampled_from([reply, reply, "never said"]))
    moved = tuple(draw(st.lists(rule, max_size=3)))
    turn: list[Move] = [
        Choose("door"),
        Say(line, who, draw(rarely)),
        Reply(who, reply),
        Reply(draw(present), draw(words)),
        Read(draw(outcome), moved, who, unsure=draw(st.booleans()), vetoed=draw(rarely)),
        Answer(draw(st.booleans())),
    ]
    turn[draw(st.integers(1, 6)) : 0] = draw(st.lists(moves, max_size=1))
    return turn


several = turns()
plays = st.lists(st.one_of(moves.map(lambda move: [move]), several, several, several), max_size=12).map(
    lambda parts: [move for part in parts for move in part]
)
ways_in = st.sampled_from(
    [(), (Choose("door"),), (Choose("take"), Choose("shut"), Choose("wake"), Choose("door"))]
)  # nowhere; a door at which nothing is open yet; one at which everything is


@settings(max_examples=600)
@given(ways_in, plays)
def test_whatever_is_thrown_at_it_only_what_the_author_wrote_happens(way: tuple[Move, ...], played: list[Move]) -> None:
    state, happened = State(), ()
    for move in [Begin(1), *way, *played]:
        made = step(GRAPH, state, move)
        assert bool(made.refused) != bool(made.events)
        assert faults(GRAPH, state, move, made) == []
        if isinstance(move, Note | Remember):
            assert made.state == state
        if isinstance(move, Read) and move.vetoed and made.events:
            check_veto(state, move, made)
        state, happened = made.state, happened + made.events
    assert fold(happened) == state
    tell(GRAPH, happened)


def check_veto(before: State, move: Read, made: Step) -> None:
    """A reading that was taken back leaves what a turn leaves in which nothing could be read."""
    door = replace(GRAPH.scenes["door"], outcomes=())
    bare = replace(GRAPH, scenes={**GRAPH.scenes, "door": door})
    assert made.state == step(bare, before, Read()).state
    vetoed = [event for event in made.events if isinstance(event, e.ReadingVetoed)]
    assert len(vetoed) == len(move.moved) + (move.outcome is not None)


@settings(max_examples=200)
@given(ways_in, plays)
def test_nobody_but_the_one_addressed_ever_answers_a_whisper(way: tuple[Move, ...], played: list[Move]) -> None:
    state, to = State(), ""
    for move in [Begin(1), *way, *played]:
        made = step(GRAPH, state, move)
        for event in made.events:
            if isinstance(event, e.PlayerSpoke):
                to = event.to if event.whispered else ""
            elif isinstance(event, e.CharacterSpoke) and not event.opening:
                assert event.whispered == bool(to) and event.who == (to or event.who)
        state = made.state


@given(ways_in, plays, st.integers(0, 2**32))
def test_the_same_seed_and_moves_give_the_same_events(way: tuple[Move, ...], played: list[Move], seed: int) -> None:
    def run() -> list[e.Event]:
        state, happened = State(), []
        for move in [Begin(seed), *way, *played]:
            made = step(GRAPH, state, move)
            state = made.state
            happened += made.events
        return happened

    assert run() == run()


# The audit itself: a law that sees nothing would hold for anything.


def at_the_door() -> State:
    state = State()
    for move in (Begin(1), Choose("door"), Say("hello"), Reply("maren", '"Come in? No."')):
        state = step(GRAPH, state, move).state
    return state


CLAIMED = Read(Claim("lets_in", "come in"))


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ((e.OutcomeReached("door/outcomes/lets_in", "judge", "come in"), e.TalkTurnEnded()), "transition"),
        ((e.OutcomeReached("door/outcomes/password", "says", "open sesame"), e.TalkTurnEnded()), "transition"),
        ((e.OutcomeDoubted("door/outcomes/lets_in", "come in"), e.TalkTurnEnded()), "transition"),
        ((e.TalkTurnEnded(), e.SceneEntered("home")), "transition"),
        ((e.TalkTurnEnded(), e.StoryEnded("")), "transition"),
        ((e.TalkTurnEnded(), e.LimitReached("door")), "transition"),
        ((e.TalkTurnEnded(), e.Told("door/outcomes/lets_in")), "transition"),
        ((e.TalkTurnEnded(), e.Witnessed("The lamp is lit.")), "transition"),
        ((e.StateMoved("maren", "trust_1", "come in"), e.TalkTurnEnded()), "transition"),
        ((e.VariablesSet((("key", True),)), e.TalkTurnEnded()), "transition"),
        ((e.VariablesSet((("trust", 4),)), e.TalkTurnEnded()), "value"),
        ((e.VariablesSet((("mood", "open"),)), e.TalkTurnEnded()), "value"),
        ((e.VariablesSet((("gold", 4),)), e.TalkTurnEnded()), "value"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_audit_sees_what_nobody_wrote(events: tuple[e.Event, ...], kind: str) -> None:
    before = at_the_door()
    forged = Step(fold(events, before), events)
    assert kind in {fault.kind for fault in faults(GRAPH, before, CLAIMED, forged)}


def test_the_audit_sees_a_change_without_an_event() -> None:
    before = at_the_door()
    honest = step(GRAPH, before, CLAIMED)
    assert faults(GRAPH, before, CLAIMED, honest) == []
    richer = replace(honest.state, values={**honest.state.values, "coins": 9})
    for forged in (Step(richer, honest.events), Step(before), Step(richer, (), "No.")):
        assert [fault.kind for fault in faults(GRAPH, before, CLAIMED, forged)] == ["silent"]
