from __future__ import annotations

from dialogue.game import Game
from engine.dialogue.remembered import remembered
from engine.play import events as e
from engine.play.state import State


def test_what_a_character_remembers_is_what_its_prompt_holds() -> None:
    game = Game(context=1_000).enter("door", trust=1)
    game.turn("I knew Erik", '"Erik."', e.OutcomeReached("door/outcomes/lets_in", "judge", "Erik"))
    for number in range(40):
        game.turn(f"The wreck {number} " + "word " * 20, f'"reply {number}."')
    game.happen(e.Summarised("maren", 3, "You were told of a wreck.", "m"))
    found = remembered(game.graph, game.state, game.recall)
    assert (found.who, found.name) == ("maren", "Maren Voss")
    assert found.facts == ("You have a brother.",)
    assert found.lore == ("The Annika sank in March.",)
    assert found.summary == "You were told of a wreck."
    assert [turn.lines[0][1] for turn in found.pinned] == ["I knew Erik"]
    assert found.dropped > 0
    assert 1 + found.dropped + len(found.turns) == 41
    assert found.turns[-1].lines[-1] == ("maren", '"reply 39."')
    assert found.tokens <= found.budget == 900


def test_somebody_who_is_elsewhere_remembers_what_it_witnessed_and_is_told_nothing_of_what_goes_on() -> None:
    game = Game(who="odd").enter("cellar")
    game.turn("Whose boat?", '"Mine."')
    game.enter("door").happen(e.PlayerSpoke("The Annika?"))
    found = remembered(game.graph, game.state, game.recall)
    assert [turn.lines for turn in found.turns] == [(("player", "Whose boat?"), ("odd", '"Mine."'))]
    assert found.lore == ("The boat is Odd's.",)
    assert found.summary == ""


def test_before_the_story_began_there_is_nothing() -> None:
    game = Game()
    found = remembered(game.graph, State(values={"trust": 0}), game.recall)
    assert (found.turns, found.dropped, found.pinned) == ((), 0, ())


def test_looking_changes_nothing() -> None:
    game, looked = (Game(context=1_000).enter("kitchen") for _ in range(2))
    for number in range(40):
        for one in (game, looked):
            seen = (e.Witnessed("A gull."),) if number % 5 == 0 else ()
            one.turn(f"line {number} " + "word " * 20, '"Hm."')
            if one is looked:
                remembered(one.graph, one.state, one.recall)
            one.happen(*seen)
        assert game.ask("And?") == looked.ask("And?")
