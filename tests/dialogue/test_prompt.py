from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.game import Game, as_text, part
from dialogue.house import MAREN, house, text, when
from engine.dialogue import conduct
from engine.dialogue.prompt import EXAMPLES_SHARE, LORE_SHARE, assemble
from engine.dialogue.recall import Recall
from engine.dialogue.tokens import PER_MESSAGE, PRIMING, Estimate, count_messages
from engine.llm.protocol import Request
from engine.play import events as e
from engine.play.events import Event
from engine.play.state import fold
from engine.story.graph import Character, Example, Fact, Lore, Scene

GRAPH = house()


def shared(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def test_a_character_is_told_everything_in_the_designed_order() -> None:
    game = Game().enter("door", trust=1)
    game.turn("Hello", '"Hm."')
    prompt = game.ask("What of the Annika and the lamp?")
    assert [part.name for part in prompt.parts] == [
        "persona", "rules", "presence", "direction", "knows", "lore", "examples", "history", "line", "note",
    ]  # fmt: skip
    system, *talk = prompt.messages
    assert system.content.startswith(MAREN.persona)
    assert "Keep the door on its chain. Trust is 1." in system.content
    assert [message.role for message in talk] == ["user", "assistant", "user"]
    assert talk[-1].content.splitlines() == [
        'The player says: "What of the Annika and the lamp?"',
        "[Answer as Maren Voss and for yourself alone. Short sentences.]",
    ]


def test_what_a_character_may_not_know_yet_is_nowhere_in_its_prompt() -> None:
    assert "lamp out yourself" not in as_text(Game().enter("door", trust=2).ask("Who put the lamp out?"))
    assert "lamp out yourself" in as_text(Game().enter("door", trust=3).ask("Who put the lamp out?"))


def test_lore_comes_when_its_words_come_up_for_those_who_know_it_and_while_its_condition_holds() -> None:
    game = Game().enter("door")
    assert part(game.ask("Nice weather"), "lore") == ""
    assert "The Annika sank" in part(game.ask("Tell me of THE WRECK."), "lore")
    assert "whale oil" not in part(game.ask("The lamp?"), "lore")
    assert "whale oil" in part(Game().enter("door", trust=1).ask("The lamp?"), "lore")
    assert part(game.ask("Whose boat?"), "lore") == ""
    assert "The boat is Odd's." in part(Game(who="odd").enter("cellar").ask("Whose boat?"), "lore")
    assert part(game.ask("lamplight, boats"), "lore") == ""


def test_lore_called_up_by_the_character_itself_counts_and_stays_until_the_scene_is_over() -> None:
    game = Game().enter("door")
    game.turn("What was it?", '"The Annika."')
    for number in range(6):
        assert "The Annika sank" in part(game.turn(f"And {number}?", '"Hm."'), "lore")
    game.enter("kitchen")
    assert part(game.ask("Nice stove."), "lore") == ""


def test_lore_keeps_to_its_share_and_what_came_up_last_goes_first() -> None:
    pages = tuple(Lore((f"key{number}",), f"Page {number} " + "word " * 38) for number in range(20))
    game = Game(house(lore=pages), context=1_100).enter("door")
    prompt = game.ask(" ".join(f"key{number}" for number in range(20)))
    lore = next(part for part in prompt.parts if part.name == "lore")
    assert "Page 0" in lore.text
    assert lore.tokens <= 1_000 * LORE_SHARE + 6
    game.turn("key19", '"Hm."')
    assert "Page 19" in part(game.ask("key3"), "lore")


def test_examples_that_decide_nothing_come_first_and_those_that_could_not_count_now_not_at_all() -> None:
    shown = part(Game().enter("door").ask("Hi"), "examples")
    assert '"Who is it?"' in shown
    assert '"Hm."' in shown
    assert "Erik" not in shown  # its outcome's condition does not hold
    assert "Friend" not in shown  # its own does not
    assert "At six" not in shown  # this scene has no such outcome
    shown = part(Game().enter("door", trust=3).ask("Hi"), "examples")
    assert shown.index("Who is it") < shown.index("Hm.") < shown.index("Friend") < shown.index("Erik")


def test_examples_keep_to_their_share() -> None:
    many = tuple(Example((f"line {n}",), ("word " * 40,), "maren") for n in range(30))
    graph = house(characters={**GRAPH.characters, "maren": replace(MAREN, examples=many)})
    prompt = Game(graph, context=1_100).enter("door").ask("Hi")
    assert next(part for part in prompt.parts if part.name == "examples").tokens <= 1_000 * EXAMPLES_SHARE + 7


def test_the_beginning_stays_byte_for_byte_the_same_while_nothing_changed() -> None:
    game = Game().enter("door")
    before = as_text(game.turn("one", '"1."'))
    for number in range(20):
        now = as_text(game.turn(f"number {number}", f'"{number}."'))
        ending = "\n[Answer as Maren Voss and for yourself alone. Short sentences.]"
        assert shared(before, now) >= len(before) - len(ending)
        before = now


def test_rules_and_persona_stay_in_front_of_what_a_new_scene_changes() -> None:
    game = Game().enter("door")
    system = game.ask("Hi").messages[0].content
    other = game.enter("kitchen").ask("Hi").messages[0].content
    assert shared(system, other) > len(MAREN.persona) + 1_000


def test_a_long_talk_never_passes_the_budget_and_is_cut_seldom() -> None:
    game = Game(context=1_500, counter=Estimate()).enter("door")
    starts = []
    for number in range(200):
        prompt = game.turn(f"line {number} " + "x" * 80, f'"reply {number} ' + "y" * 150 + '"')
        assert prompt.tokens <= prompt.budget == 1_400
        assert not prompt.over
        starts.append(prompt.kept.cut.start)
    assert starts == sorted(starts)
    assert 5 < len(set(starts)) < 60


def test_what_was_dropped_leaves_a_gap_or_its_summary_and_pinned_turns_stay() -> None:
    game = Game(context=900).enter("door")
    game.turn("I knew Erik", '"Erik."', e.OutcomeReached("door/outcomes/x", "judge", "Erik"))
    for number in range(40):
        game.turn(f"line {number} " + "word " * 20, f'"reply {number}."')
    assert "left out here" in as_text(game.ask("And now?"))
    prompt = game.happen(e.Summarised("maren", 3, "They spoke\nof the sea.", "m")).ask("And now?")
    assert prompt.kept.dropped > 0
    names = [part.name for part in prompt.parts]
    assert names[names.index("pinned") :] == ["pinned", "summary", "history", "line", "note"]
    told = as_text(prompt)
    assert told.index("I knew Erik") < told.index("in short: They spoke of the sea.]") < told.index("reply 39")
    assert "line 5 " not in told
    assert "left out here" not in told


def test_a_prompt_that_cannot_fit_says_so() -> None:
    prompt = Game(context=150).enter("door").ask("Hi")
    assert prompt.over == prompt.tokens - 50 > 0


def test_the_tokens_of_the_parts_are_those_of_the_prompt() -> None:
    game = Game().enter("door")
    game.turn("one", '"1."')
    prompt = game.ask("two")
    assert prompt.tokens == sum(part.tokens for part in prompt.parts) + PER_MESSAGE + PRIMING
    counted = sum(PER_MESSAGE + len(message.content.split()) for message in prompt.messages) + PRIMING
    assert counted <= prompt.tokens <= counted + 30


def test_counting_anew_keeps_what_is_remembered() -> None:
    game = Game().enter("door")
    game.turn("one", '"1."')
    told = game.ask("two").messages
    game.recall.recount(Estimate(2.0, learnt=True))
    assert game.ask("two").messages == told


def test_in_a_group_the_one_who_answers_second_has_heard_the_first() -> None:
    game = Game().enter("kitchen")
    state = fold([e.PlayerSpoke("Who sails?"), e.CharacterSpoke("odd", '"I do."')], game.state)
    prompt = assemble(GRAPH, state, game.recall)
    assert "Here now: you, Odd and the player." in part(prompt, "presence")
    assert 'The player says: "Who sails?"\nOdd: "I do."' in prompt.messages[-1].content


def test_a_reply_can_be_asked_for_after_the_character_s_own_line() -> None:
    game = Game().enter("door")
    state = fold([e.PlayerSpoke("Well?"), e.CharacterSpoke("maren", '"Well,')], game.state)
    assert [message.role for message in assemble(GRAPH, state, game.recall).messages] == [
        "system", "user", "assistant", "user",
    ]  # fmt: skip


def test_a_story_in_another_language_is_answered_in_it() -> None:
    assert 'code "es"' in part(Game(house(language="es")).enter("door").ask("Hola"), "rules")
    assert "code" not in part(Game(house(language="en-GB")).enter("door").ask("Hello"), "rules")


def test_a_direction_or_fact_of_nothing_leaves_no_heading() -> None:
    scenes = {**GRAPH.scenes, "door": replace(GRAPH.scenes["door"], direction=text(" "))}
    maren = replace(MAREN, knows=(Fact("Never.", when(lambda _: False)),), examples=())
    graph = house(scenes=scenes, characters={**GRAPH.characters, "maren": maren})
    prompt = Game(graph).enter("door").ask("Hi")
    assert not {"direction", "knows"} & {part.name for part in prompt.parts}


def test_an_answer_asked_for_again_is_asked_with_the_reason_at_the_very_end_and_moves_no_cut() -> None:
    game = Game(context=900).enter("door")
    for number in range(40):
        game.turn(f"line {number} " + "word " * 20, f'"reply {number}."')
        first = game.ask("And now?")
        again = Request("act", first.messages).noted(conduct.again("it repeated itself"))
        assert again.messages[:-1] == first.messages[:-1]
        assert again.messages[-1].content == (
            f"{first.messages[-1].content}\n"
            "[Your last answer is not told, because it repeated itself. Answer anew, in other words.]"
        )
        assert count_messages(again.messages, game.recall.counter) + PRIMING <= first.budget


def test_somebody_who_heard_no_whisper_has_no_word_of_it_in_any_part_of_the_prompt() -> None:
    games = {who: Game(who=who).enter("kitchen") for who in ("maren", "odd")}
    for game in games.values():
        game.happen(
            e.PlayerSpoke("The Annika is yours, I hid the lantern.", "maren", whispered=True),
            e.CharacterSpoke("maren", '"Then hide it deeper."', whispered=True),
            e.TalkTurnEnded(),
        )
    told = {who: as_text(game.ask("Where were we?")) for who, game in games.items()}
    for words in ("lantern", "deeper", "The Annika sank"):  # nor what its words call up
        assert words in told["maren"]
        assert words not in told["odd"]
    assert "[The player whispers with Maren Voss.]" in told["odd"]


def test_a_whisper_under_way_is_told_to_the_one_it_is_for() -> None:
    game = Game().enter("kitchen")
    state = fold([e.PlayerSpoke("Now.", "maren", whispered=True)], game.state)
    assert 'The player whispers to you: "Now."' in as_text(assemble(game.graph, state, game.recall))


VOICE = Character(
    "voice", "The Voice", "You tell of the house.", narrator=True,
    examples=(Example(("*I try the window*",), ("It sticks.",), "voice"), Example(("wait",), ("Rain.",), "voice")),
)  # fmt: skip
NARRATED = house(
    scenes={"kitchen": Scene("kitchen", "talk", "The kitchen", "", talk=("maren", "odd", "voice"))},
    characters={**GRAPH.characters, "voice": VOICE},
)


def test_a_narrator_is_told_to_tell_and_not_to_play_anybody() -> None:
    prompt = Game(NARRATED, "voice").enter("kitchen").ask("*I try the door*")
    assert "You tell the story and are nobody in it." in part(prompt, "rules")
    assert "nobody else" not in part(prompt, "rules")
    assert part(prompt, "presence") == (
        "You are the one who tells. Here now: Maren Voss, Odd and the player. The scene: The kitchen."
    )
    assert part(prompt, "examples").splitlines()[1:] == [
        'The player does: "I try the window"', "You tell: It sticks.", 'The player does: "wait"', "You tell: Rain.",
    ]  # fmt: skip
    assert prompt.messages[-1].content.splitlines()[-2:] == [
        'The player does: "I try the door"', "[Tell what happens now and no more. Nobody speaks in it.]",
    ]  # fmt: skip


def test_nobody_else_is_told_that_there_is_a_narrator() -> None:
    prompt = Game(NARRATED).enter("kitchen").ask("Hi")
    assert "Voice" not in as_text(prompt)
    assert "Here now: you, Odd and the player." in part(prompt, "presence")


def test_the_rules_say_that_a_deed_settles_nothing_and_a_whisper_is_between_two() -> None:
    rules = part(Game().enter("door").ask("Hi"), "rules")
    assert "what comes of it is not settled" in rules
    assert "nobody else here has heard" in rules


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["", "", "", "door", "kitchen", "pier"]),
        st.sampled_from(["Hello.", "The Annika?", "The lamp!", "x " * 40]),
        st.sampled_from(['"Hm."', '"The wreck."', '"y" ' * 30]),
        st.booleans(),
    ),
    max_size=25,
)


@given(STEPS, st.integers(450, 900))
def test_a_game_that_was_loaded_again_asks_with_the_very_same_prompt(
    steps: list[tuple[str, str, str, bool]], context: int
) -> None:
    game = Game(context=context).enter("door")
    events: list[Event] = [e.Began(1, (("trust", 0),)), e.VariablesSet(()), e.SceneEntered("door")]
    for scene, line, reply, decides in steps:
        if scene:
            game.enter(scene)
            events += [e.VariablesSet(()), e.SceneEntered(scene)]
        if game.state.scene == "pier":
            continue
        more = (e.OutcomeReached(f"door/outcomes/{len(events)}", "judge", ""),) if decides else ()
        loaded = Game(context=context).happen(*events[1:])
        prompt = game.turn(line, reply, *more)
        assert loaded.ask(line) == prompt
        roles = [message.role for message in prompt.messages]
        assert roles == ["system"] + ["assistant" if at % 2 else "user" for at in range(len(roles) - 1)]
        assert roles[-1] == "user"
        events += [e.PlayerSpoke(line), e.CharacterSpoke("maren", reply), *more, e.TalkTurnEnded()]


@given(st.text(max_size=200), st.integers(-3, 5))
def test_whatever_is_typed_the_player_is_quoted_and_the_note_comes_last(line: str, level: int) -> None:
    game = Game().enter("door", trust=level)
    prompt = game.ask(line)
    *_, said, note = prompt.messages[-1].content.splitlines()
    assert said.startswith('The player says: "')
    assert said.count('"') == 2
    assert note.startswith("[Answer as Maren Voss")


@pytest.mark.parametrize("reply", [100, 200])
def test_a_context_with_no_room_for_a_prompt_is_refused(reply: int) -> None:
    with pytest.raises(ValueError, match="budget above 0"):
        Recall(GRAPH, "maren", Estimate(), context=100, reply=reply)
