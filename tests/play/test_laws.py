"""Laws of the rules that hold for any move, however hostile."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.play import events as e
from engine.play.moves import Begin, Choose, Claim, Move, Read, Reply, Say
from engine.play.state import State, fold
from engine.play.step import step
from engine.play.transcript import tell
from support.stories import EVERYTHING, graph_of

GRAPH = graph_of(EVERYTHING)
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
claims = st.builds(Claim, st.sampled_from([*OUTCOMES, *RULES, "none", "END"]) | texts, texts)
moves: st.SearchStrategy[Move] = st.one_of(
    st.builds(Begin, st.integers()),
    st.builds(Choose, st.sampled_from(CHOICES), texts),
    st.builds(Choose, texts, texts),
    st.builds(Say, texts, people),
    st.builds(Reply, people, texts, st.booleans(), texts),
    st.builds(Read, st.none() | claims, st.lists(claims, max_size=4).map(tuple), people, texts, texts),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(moves, max_size=30))
def test_step_is_total_and_never_leaves_what_the_author_wrote(played: list[Move]) -> None:
    state, happened = State(), ()
    for move in [Begin(1), *played]:
        made = step(GRAPH, state, move)
        assert bool(made.refused) != bool(made.events)
        if made.refused:
            assert made.state == state
        state, happened = made.state, happened + made.events
        check_bounds(state)
    assert fold(happened) == state
    tell(GRAPH, happened)


def check_bounds(state: State) -> None:
    assert state.scene in GRAPH.scenes
    assert set(state.values) == set(GRAPH.variables)
    for name, variable in GRAPH.variables.items():
        value = state.values[name]
        assert type(value) is type(variable.start)
        if not isinstance(value, str):
            assert variable.low is None or value >= variable.low
            assert variable.high is None or value <= variable.high
        assert not variable.options or value in variable.options
        assert not isinstance(value, str) or "\x1b" not in value


@settings(max_examples=200, deadline=None)
@given(st.lists(moves, max_size=25))
def test_a_branch_is_taken_only_where_its_condition_held(played: list[Move]) -> None:
    state = step(GRAPH, State(), Begin(1)).state
    for move in played:
        made = step(GRAPH, state, move)
        for event in made.events:
            if isinstance(event, e.OutcomeReached) and event.key == "door/outcomes/lets_in":
                assert state.values["key"] is True
                assert int(state.values["trust"]) >= 1  # a reply may raise it by one before it is read
        state = made.state


@given(st.lists(moves, max_size=20), st.integers(0, 2**32))
def test_the_same_seed_and_moves_give_the_same_events(played: list[Move], seed: int) -> None:
    def run() -> list[e.Event]:
        state, happened = State(), []
        for move in [Begin(seed), *played]:
            made = step(GRAPH, state, move)
            state = made.state
            happened += made.events
        return happened

    assert run() == run()
