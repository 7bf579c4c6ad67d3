"""A playthrough played again in an edited story: the same moves, the same answers, by the rules of now."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.play import events as e
from engine.play.again import Replayed, played_again
from engine.play.moves import Answer, Choose, Claim, Move, Note, Read, Reply, Say
from engine.play.opening import Start, begun
from engine.play.state import State, fold
from engine.play.step import step
from engine.story.graph import StoryGraph
from support.edited import TALE
from support.stories import EVERYTHING, graph_of

GRAPH = graph_of(TALE)
FIRST = Start("yard", 1)


def edited(*edits: tuple[str, str]) -> StoryGraph:
    text = TALE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return graph_of(text)


def turns_of(graph: StoryGraph, *turns: Sequence[Move], start: Start = FIRST) -> list[tuple[e.Event, ...]]:
    first, _ = begun(graph, start)
    made, state = [first], fold(first)
    for moves in turns:
        events: list[e.Event] = []
        for move in moves:
            taken = step(graph, state, move)
            assert not taken.refused
            events += taken.events
            state = taken.state
        made.append(tuple(events))
    return made


def state_of(replayed: Replayed) -> State:
    return fold(event for turn in replayed.turns for event in turn)


PLAYED = turns_of(
    GRAPH,
    [Choose("name", "Eva")],
    [Choose("pay")],
    [Choose("enter")],
    [Note("she is kind"), Say("a coin?"), Reply("ana", '"Here."'), Read(None, (Claim("coins_1", "Here."),), who="ana")],
)


def test_in_the_same_story_a_game_goes_as_it_went() -> None:
    replayed = played_again(GRAPH, PLAYED, FIRST)
    assert list(replayed.turns) == PLAYED
    assert (replayed.made, replayed.moves, replayed.stopped_at) == (4, 4, "")


def test_what_comes_of_the_moves_is_as_the_story_says_now() -> None:
    new = edited(("coins: {start: 3", "coins: {start: 5"), ("coins - 1", "coins - 2"), ("by: 1,", "by: 3,"))
    assert state_of(played_again(new, PLAYED, FIRST)).values["coins"] == 6


def test_a_typed_answer_is_given_again_also_where_it_changed_nothing() -> None:
    turns = turns_of(GRAPH, [Choose("name", "Eva")], [Choose("name", "Eva")])
    replayed = played_again(edited(("Say your name", "Say it")), turns, FIRST)
    assert state_of(replayed).values["name"] == "Eva"
    assert replayed.made == 2


def test_it_stops_at_the_first_move_that_cannot_be_made_and_says_what_the_player_did() -> None:
    new = edited(("id: enter, text: Go in", "id: enter, if: coins > 5, text: Go in"))
    replayed = played_again(new, PLAYED, FIRST)
    assert (replayed.made, replayed.moves, replayed.stopped_at) == (2, 4, "Go in")
    assert "cannot be chosen" in replayed.reason


def test_a_choice_is_not_taken_for_another_of_the_same_name_elsewhere() -> None:
    new = edited(("text: Pay, set", "text: Pay, goto: bar, set"), ("{id: leave,", "{id: enter,"))
    replayed = played_again(new, PLAYED, FIRST)
    assert replayed.made == 2
    assert replayed.reason == 'That was chosen in scene "yard", and the story is at "bar" now.'


def test_names_that_the_story_says_it_changed_are_followed() -> None:
    new = edited(
        ("id: pay,", "id: settle_up, renamed_from: pay,"),
        ("goto: yard}", "goto: court}"),
        ("start: yard", "start: court"),
        ("  yard:\n", "  court:\n    renamed_from: yard\n"),
        ("  ana:\n", "  eva:\n    renamed_from: ana\n"),
        ("talk: ana", "talk: eva"),
        ("{ana: [", "{eva: ["),
    )
    assert played_again(new, PLAYED, Start("court", 1)).made == 4


def test_words_of_a_character_that_decide_something_decide_it_anew() -> None:
    slept = turns_of(GRAPH, [Choose("enter")], [Say("a bed?"), Reply("ana", "Number four."), Read(who="ana")])
    assert fold(event for turn in slept for event in turn).ending == "bed"
    assert state_of(played_again(edited(("number four", "number nine")), slept, FIRST)).scene == "bar"


def test_a_reading_that_was_refused_is_taken_once_the_story_allows_it() -> None:
    strict = edited(("{when: Ana offers a bed,", "{when: Ana offers a bed, if: coins > 5,"))
    refused = turns_of(
        strict,
        [Choose("enter")],
        [Say("a bed?"), Reply("ana", "Sleep here."), Read(Claim("asked_in", "Sleep here."), who="ana")],
    )
    assert fold(event for turn in refused for event in turn).scene == "bar"
    assert state_of(played_again(GRAPH, refused, FIRST)).ending == "bed"


def test_a_doubt_is_asked_and_answered_again() -> None:
    asking = edited(("{when: Ana offers a bed,", "{when: Ana offers a bed, ask: Did she offer a bed?,"))
    unsure = Read(Claim("asked_in", "Sleep here."), who="ana", unsure=True)
    doubted = turns_of(asking, [Choose("enter")], [Say("a bed?"), Reply("ana", "Sleep here."), unsure], [Answer(True)])
    assert state_of(played_again(asking, doubted, FIRST)).ending == "bed"


def test_a_reading_that_was_taken_back_stays_so() -> None:
    vetoed = Read(Claim("asked_in", "Sleep here."), who="ana", vetoed=True)
    turns = turns_of(GRAPH, [Choose("enter")], [Say("a bed?"), Reply("ana", "Sleep here."), vetoed])
    assert list(played_again(GRAPH, turns, FIRST).turns) == turns


def test_a_move_that_was_taken_back_is_its_own_characters() -> None:
    vetoed = Read(moved=(Claim("trust_1", "Sleep here.", "ana"),), who="ana", vetoed=True)
    turns = turns_of(GRAPH, [Choose("enter")], [Say("a bed?"), Reply("ana", "Sleep here."), vetoed])
    assert list(played_again(GRAPH, turns, FIRST).turns) == turns


BIG = graph_of(EVERYTHING)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 7), max_size=12), st.integers(0, 2**31))
def test_whatever_was_played_goes_again_as_it_went(picks: list[int], seed: int) -> None:
    start = Start(BIG.start, seed)
    turns, state = [begun(BIG, start)[0]], fold(begun(BIG, start)[0])
    for pick in picks:
        scene = BIG.scenes[state.scene]
        moves: list[Move] = [Choose(scene.choices[pick % len(scene.choices)].id, "Eva")] if scene.choices else []
        if scene.kind == "talk" and pick % 2:
            who = scene.talk[pick % len(scene.talk)]
            said = scene.outcomes[pick % len(scene.outcomes)].id if scene.outcomes else ""
            claim = Claim(said, "so it is") if said else None
            moves = [Say("so it is"), Reply(who, "so it is"), Read(claim, who=who)]
        events: list[e.Event] = []
        now = state
        for move in moves:
            taken = step(BIG, now, move)
            if taken.refused:
                break
            events += taken.events
            now = taken.state
        else:
            if events:
                turns.append(tuple(events))
                state = now
    assert list(played_again(BIG, turns, start).turns) == turns
