"""The rules of the game, as a player meets them."""

from __future__ import annotations

from engine.play import events as e
from engine.play.moves import Begin, Choose, Claim, Move, Read, Reply, Say
from engine.play.offer import eligible, offers
from engine.play.state import State, fold
from engine.play.step import Step, step
from engine.play.transcript import tell
from engine.story.graph import StoryGraph
from support.stories import EVERYTHING, graph_of


def played(graph: StoryGraph, *moves: Move) -> Step:
    """Play from the beginning; every move must be accepted. Returns all events and the last state."""
    state, events = State(), ()
    for move in (Begin(1), *moves):
        made = step(graph, state, move)
        assert not made.refused, (move, made.refused)
        state, events = made.state, events + made.events
    return Step(state, events)


def talk(line: str, reply: str, read: Read = Read()) -> tuple[Move, ...]:  # noqa: B008 - immutable
    return (Say(line), Reply("maren", reply), read)


def told(graph: StoryGraph, game: Step) -> str:
    return "\n".join(line.text for line in tell(graph, game.events))


GRAPH = graph_of(EVERYTHING)


def test_a_story_begins_in_its_first_scene_with_its_first_values() -> None:
    game = played(GRAPH)
    assert game.state.scene == "hall"
    assert game.state.values["coins"] == 5
    assert told(GRAPH, game) == "The hall\nA hall. 5 coins. Tick."


def test_a_choice_without_a_target_stays_and_a_spent_one_is_gone() -> None:
    game = played(GRAPH, Choose("take"))
    assert game.state.scene == "hall"
    assert game.state.visits["hall"] == 1
    assert "take" not in [offer.choice.id for offer in offers(GRAPH, game.state, game.state.spent)]
    assert step(GRAPH, game.state, Choose("take")).refused


def test_a_greyed_choice_says_why() -> None:
    game = played(GRAPH, Choose("pay"), Choose("pay"))
    assert game.state.values["coins"] == 1
    assert step(GRAPH, game.state, Choose("pay")).refused == "Too poor."


def test_a_choice_that_asks_keeps_the_answer_on_one_line_and_short() -> None:
    game = played(GRAPH, Choose("name", "  Ana\x1b[31m\nLuz " + "x" * 500))
    assert str(game.state.values["name"]).startswith("Ana Luz xxx")
    assert len(str(game.state.values["name"])) == 200
    assert step(GRAPH, played(GRAPH).state, Choose("name", "  \n")).refused


def test_then_is_told_with_the_state_the_choice_made() -> None:
    game = played(GRAPH, Choose("name", "Ana"))
    assert told(GRAPH, game).endswith("You are Ana.")


def test_a_called_scene_comes_back_without_counting_a_visit() -> None:
    game = played(GRAPH, Choose("shut"), Choose("wake"))
    assert game.state.scene == "hall"
    assert game.state.visits["hall"] == 1
    assert game.state.stack == ()


def test_a_call_with_a_target_goes_on_there() -> None:
    game = played(GRAPH, Choose("walk"), Choose("wake"))
    entered = [event.scene for event in game.events if isinstance(event, e.SceneEntered)]
    assert entered == ["hall", "dream", "deck", "storm", "hall"]


def test_a_pool_draws_each_once_card_once_and_then_goes_on() -> None:
    game = played(GRAPH, Choose("walk"), Choose("wake"), Choose("walk"), Choose("wake"))
    assert game.state.visits.get("storm") == 1
    assert game.state.visits.get("calm") is None
    assert game.state.scene == "hall"


def test_numbers_stop_at_their_bounds() -> None:
    assert played(GRAPH, Choose("shut")).state.values["trust"] == 3


def test_a_reading_of_an_outcome_that_may_not_happen_changes_nothing() -> None:
    door = played(GRAPH, Choose("door"))
    read = Read(Claim("lets_in", "come in"))
    game = played(GRAPH, Choose("door"), *talk("Let me in", '"Come in!"', read))
    assert game.state.scene == "door"
    assert game.state.values == door.state.values
    assert game.state.talked == 1
    assert [x.reason for x in game.events if isinstance(x, e.ReadingRefused)] == ["its condition does not hold"]


def test_an_outcome_whose_condition_holds_needs_evidence_from_the_dialogue() -> None:
    ready = (Choose("take"), Choose("shut"), Choose("wake"), Choose("door"))
    forged = played(GRAPH, *ready, *talk("Let me in", '"No."', Read(Claim("lets_in", "come in"))))
    assert forged.state.scene == "door"
    true = played(GRAPH, *ready, *talk("Let me in", "“Come  IN, then.”", Read(Claim("lets_in", '"come in, then"'))))
    assert true.state.over
    assert true.state.ending == "home"
    assert told(GRAPH, true).endswith("It opens.\nHome.\nHome")


def test_the_players_words_are_no_evidence_of_what_a_character_did() -> None:
    ready = (Choose("take"), Choose("shut"), Choose("wake"), Choose("door"))
    read = Read(Claim("lets_in", "Maren tells you to come in"))
    game = played(GRAPH, *ready, *talk("(Suddenly Maren tells you to come in.)", '"Go away."', read))
    assert game.state.scene == "door"
    assert [x.reason for x in game.events if isinstance(x, e.ReadingRefused)] == [
        "its evidence is not in the dialogue, or not in the words that count for it"
    ]


def test_an_author_may_let_the_players_words_show_an_outcome() -> None:
    graph = graph_of("""
        start: a
        characters: {maren: {name: Maren, persona: You are Maren.}}
        scenes:
          a:
            talk: maren
            outcomes:
              confesses: {when: the player confesses, shown_by: player, goto: z}
              either: {when: somebody speaks of the lamp, shown_by: anyone, goto: z}
            limit: {turns: 9, goto: z}
          z: {ending: The end, text: Bye.}
    """)
    assert not played(graph, *talk("No.", '"Then I did it."', Read(Claim("confesses", "I did it")))).state.over
    assert played(graph, *talk("I did it.", '"Hm."', Read(Claim("confesses", "I did it")))).state.over
    assert played(graph, *talk("The lamp?", '"Hm."', Read(Claim("either", "the lamp")))).state.over
    assert played(graph, *talk("Well?", '"The lamp."', Read(Claim("either", "the lamp")))).state.over


def test_calls_that_are_never_returned_from_do_not_lock_the_game() -> None:
    graph = graph_of("""
        start: a
        scenes:
          a: {choices: [{text: Go in, call: b}, {text: Stop, goto: END}]}
          b: {choices: [{text: Slip away, goto: a}, {text: Go back, goto: RETURN}]}
    """)
    game = played(graph, *([Choose("go_in"), Choose("slip_away")] * 80), Choose("go_in"), Choose("go_back"))
    assert game.state.scene == "a"
    assert len(game.state.stack) == 49


def test_words_of_the_player_can_decide_an_outcome_without_a_judge() -> None:
    game = played(GRAPH, Choose("door"), *talk("Open, I say, Sesame!", '"Eh?"'))
    reached = [event for event in game.events if isinstance(event, e.OutcomeReached)]
    assert [(event.key, event.by) for event in reached] == [("door/outcomes/password", "says")]
    assert game.state.values["coins"] == 0
    assert game.state.scene == "door"


def test_a_reply_moves_state_by_the_authored_step_and_once() -> None:
    claims = (Claim("trust_1", "thank you"), Claim("trust_1", "thank you"), Claim("trust_2", "thank you"))
    game = played(GRAPH, Choose("door"), *talk("Thank you", '"Kind."', Read(moved=claims, who="maren")))
    assert game.state.values["trust"] == 1


def test_a_move_rule_of_somebody_else_or_without_evidence_does_nothing() -> None:
    for read in (
        Read(moved=(Claim("trust_1", "thank you"),), who="odd"),
        Read(moved=(Claim("trust_1", "never said"),), who="maren"),
        Read(moved=(Claim("coins", "Thank you"),), who="maren"),
    ):
        game = played(GRAPH, Choose("door"), *talk("Thank you", '"Kind."', read))
        assert game.state.values["trust"] == 0


def test_a_talk_ends_at_its_limit_whatever_anybody_says() -> None:
    game = played(GRAPH, Choose("door"), *(move for _ in range(4) for move in talk("hello", '"Hm."')))
    assert game.state.scene == "hall"
    assert "The bolt slides." in told(GRAPH, game)


def test_outcomes_open_only_while_their_condition_holds_and_once_means_once() -> None:
    assert [o.id for o in eligible(GRAPH, played(GRAPH, Choose("door")).state, frozenset())] == ["password", "shouts"]
    game = played(GRAPH, Choose("door"), *talk("x", '"AAH"', Read(Claim("shouts", "aah"))), Choose("door"))
    assert [o.id for o in eligible(GRAPH, game.state, game.state.spent)] == ["password"]


def test_nobody_can_speak_out_of_turn() -> None:
    hall, door = played(GRAPH).state, played(GRAPH, Choose("door")).state
    assert step(GRAPH, hall, Say("hello")).refused
    assert step(GRAPH, door, Reply("maren", "hello")).refused
    assert step(GRAPH, door, Read()).refused
    assert step(GRAPH, door, Say(" \n")).refused
    assert step(GRAPH, door, Say("x" * 3_000)).refused
    assert step(GRAPH, door, Say("hello", to="nobody")).refused
    asked = step(GRAPH, door, Say("hello")).state
    assert step(GRAPH, asked, Say("hello")).refused
    assert step(GRAPH, asked, Choose("go_back")).refused
    assert step(GRAPH, asked, Reply("stranger", "boo")).refused


def test_after_the_end_nothing_more_happens() -> None:
    game = played(GRAPH, Choose("stop"))
    assert game.state.over
    for move in (Begin(1), Choose("door"), Say("hello"), Read()):
        assert step(GRAPH, game.state, move).refused


def test_terminal_escapes_in_a_reply_do_not_survive() -> None:
    game = played(GRAPH, Choose("door"), *talk("hi\x1b]0;owned\x07 there", "\x1b[2JBoo\x00!"))
    spoken = [event.text for event in game.events if isinstance(event, e.PlayerSpoke | e.CharacterSpoke)]
    assert spoken == ['"Who is it?"', "hi there", "Boo!"]


def test_the_state_is_the_fold_of_the_events() -> None:
    game = played(GRAPH, Choose("take"), Choose("walk"), Choose("wake"), Choose("door"), *talk("hi", '"Hm."'))
    assert fold(game.events) == game.state


def test_a_circle_that_never_waits_for_the_player_is_refused_not_followed_for_ever() -> None:
    graph = graph_of("""
        start: a
        state: {n: 0}
        scenes:
          a: {choices: [{text: Go, set: {n: 1}, goto: b}]}
          b: {choices: [{text: No, if: n == 0, goto: a}], goto: c}
          c: {choices: [{text: No, if: n == 0, goto: a}], goto: b}
    """)
    game = played(graph)
    refused = step(graph, game.state, Choose("go"))
    assert "circle" in refused.refused
    assert refused.state == game.state
