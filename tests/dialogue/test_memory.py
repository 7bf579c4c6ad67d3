from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dialogue.house import house
from engine.dialogue.memory import MOST_PINNED, History, witnessed
from engine.dialogue.messages import Message
from engine.play import events as e
from engine.play.events import Event
from engine.story.graph import Character, StoryGraph

GRAPH = house()
OPENING = e.CharacterSpoke("maren", '"Who is it?"', opening=True)


def told(history: History) -> list[tuple[str, str]]:
    return [(message.role, message.content) for turn in history.turns for message in turn.messages]


def test_a_talk_becomes_turns_of_user_and_assistant_that_begin_with_the_scene() -> None:
    history = witnessed(
        [
            e.Began(1, ()),
            e.SceneEntered("door"),
            OPENING,
            e.PlayerSpoke("Let me in!"),
            e.CharacterSpoke("maren", '"No."'),
            e.TalkTurnEnded(),
            e.PlayerSpoke("Please."),
            e.CharacterSpoke("maren", '"I said n', cut=True),
        ],
        "maren",
        GRAPH,
    )
    assert told(history) == [
        ("user", "[Now: The door. Here: you and the player.]"),
        ("assistant", '"Who is it?"'),
        ("user", 'The player says: "Let me in!"'),
        ("assistant", '"No."'),
        ("user", 'The player says: "Please."'),
        ("assistant", '"I said n—'),
    ]
    assert [len(turn.messages) for turn in history.turns] == [2, 2, 2]
    assert history.said == ['"No."', '"I said n']


def test_a_new_scene_is_noted_where_the_next_line_is_said() -> None:
    history = witnessed(
        [e.SceneEntered("door"), e.PlayerSpoke("Hi"), e.CharacterSpoke("maren", "Hm."), e.SceneEntered("pier"),
         e.SceneEntered("kitchen"), e.PlayerSpoke("Nice stove.")],
        "maren",
        GRAPH,
    )  # fmt: skip
    assert history.turns[-1].messages == (
        Message(
            "user",
            '[Later: The kitchen. Here: you, Odd and the player. Odd is here now.]\nThe player says: "Nice stove."',
        ),
    )


def test_a_scene_in_which_nothing_was_said_leaves_no_note() -> None:
    history = witnessed(
        [e.SceneEntered("door"), e.SceneEntered("pier"), e.SceneEntered("kitchen"), e.PlayerSpoke("Hi")], "maren", GRAPH
    )
    assert "door" not in history.turns[0].messages[0].content


def test_in_a_group_each_hears_the_others_by_name_and_itself_as_assistant() -> None:
    events: list[Event] = [
        e.SceneEntered("kitchen"), e.PlayerSpoke("Who sails?"), e.CharacterSpoke("odd", '"I do."'),
        e.CharacterSpoke("maren", '"He does."'),
    ]  # fmt: skip
    assert told(witnessed(events, "maren", GRAPH)) == [
        ("user", '[Now: The kitchen. Here: you, Odd and the player.]\nThe player says: "Who sails?"\nOdd: "I do."'),
        ("assistant", '"He does."'),
    ]
    assert told(witnessed(events, "odd", GRAPH))[1:] == [
        ("assistant", '"I do."'),
        ("user", 'Maren Voss: "He does."'),
    ]


def test_the_turn_under_way_reads_as_it_will_once_it_is_over() -> None:
    before: list[Event] = [e.SceneEntered("kitchen")]
    said: list[Event] = [e.PlayerSpoke("Who sails?"), e.CharacterSpoke("odd", '"I do."')]
    under_way = witnessed(before, "maren", GRAPH).under_way([("player", "Who sails?"), ("odd", '"I do."')])
    assert [under_way] == witnessed(before + said, "maren", GRAPH).turns


def test_the_turn_in_which_an_outcome_came_true_is_pinned() -> None:
    events: list[Event] = [e.SceneEntered("door")]
    for number in range(MOST_PINNED + 3):
        key = f"door/outcomes/{number // 2 if number < 4 else number}"
        events += [e.PlayerSpoke("Hi"), e.CharacterSpoke("maren", "Hm."), e.OutcomeReached(key, "judge", "Hm")]
    pinned = [number for number, turn in enumerate(witnessed(events, "maren", GRAPH).turns) if turn.pinned]
    assert pinned[:3] == [0, 2, 4]  # each outcome pins once
    assert len(pinned) == MOST_PINNED


def test_an_edited_story_that_lost_a_scene_or_a_character_is_still_remembered() -> None:
    events: list[Event] = [
        e.SceneEntered("gone"), e.PlayerSpoke("Hi"), e.SceneEntered("kitchen"), e.CharacterSpoke("ghost", "Boo."),
    ]  # fmt: skip
    assert told(witnessed(events, "maren", GRAPH))[-1][1].endswith("ghost: Boo.")


SCENES = st.sampled_from(["pier", "door", "kitchen", "cellar", "nowhere"])
EVENTS = st.lists(
    st.one_of(
        SCENES.map(e.SceneEntered),
        SCENES.map(e.SceneResumed),
        st.integers(0, 999).map(lambda number: e.PlayerSpoke(f"line {number}")),
        st.builds(e.PlayerSpoke, st.just("hist"), st.sampled_from(["maren", "odd"]), whispered=st.just(True)),
        st.builds(
            e.CharacterSpoke,
            st.sampled_from(["maren", "odd"]),
            st.integers(0, 999).map(lambda number: f"reply {number}"),
            cut=st.booleans(),
            opening=st.booleans(),
            whispered=st.booleans(),
        ),
        st.just(e.Witnessed("A gull.")),
        st.just(e.PlayerNoted("Pocket it later")),
        st.builds(e.Summarised, st.sampled_from(["maren", "odd"]), st.integers(0, 9), st.just("So far."), st.just("m")),
        st.sampled_from(["a", "b", "c"]).map(lambda key: e.OutcomeReached(key, "judge", "")),
        st.just(e.TalkTurnEnded()),
        st.just(e.Told("door")),
        st.just(e.ChoiceTaken("door/choices/pocket", "Pocket the key while she looks away")),
    ),
    max_size=40,
)


def heard_by(event: Event, who: str) -> bool:
    """Tell whether somebody present hears an event."""
    if isinstance(event, e.PlayerSpoke):
        return not event.whispered or event.to == who
    return not isinstance(event, e.CharacterSpoke) or not event.whispered or event.who == who


@given(EVENTS)
def test_nobody_remembers_what_happened_where_they_were_not(events: list[Event]) -> None:
    numbered: list[Event] = []
    for number, event in enumerate(events):
        if isinstance(event, e.PlayerSpoke | e.CharacterSpoke | e.Witnessed):
            numbered.append(replace(event, text=f"word{number}x."))
        else:
            numbered.append(event)
    for who in ("maren", "odd"):
        history = witnessed(numbered, who, GRAPH)
        heard = "\n".join(content for _, content in told(history))
        seen = "\n".join(message.content for message in history.under_way(()).messages)  # not told before a line is
        here = False
        for number, event in enumerate(numbered):
            if isinstance(event, e.SceneEntered | e.SceneResumed):
                here = event.scene in GRAPH.scenes and who in GRAPH.scenes[event.scene].talk
            elif isinstance(event, e.PlayerSpoke | e.CharacterSpoke | e.Witnessed):
                assert (f"word{number}x" in heard or f"word{number}x" in seen) == (here and heard_by(event, who))
        assert "Pocket" not in heard


@given(EVENTS, st.lists(st.integers(0, 40), max_size=5))
def test_events_may_come_at_once_or_one_by_one(events: list[Event], cuts: list[int]) -> None:
    whole = witnessed(events, "maren", GRAPH)
    history, at = History(GRAPH, "maren"), 0
    for cut in [*sorted(cuts), len(events)]:
        history.extend(events[at:cut])
        at = max(at, cut)
    assert (history.turns, history.said, history.since) == (whole.turns, whole.said, whole.since)
    assert (history.summary, history.under_way(())) == (whole.summary, whole.under_way(()))


@given(EVENTS)
def test_every_turn_begins_with_the_user_and_alternates(events: list[Event]) -> None:
    for turn in witnessed(events, "maren", GRAPH).turns:
        assert [message.role for message in turn.messages] == [
            "assistant" if at % 2 else "user" for at in range(len(turn.messages))
        ]


def test_who_came_and_who_is_gone_is_told_with_the_next_scene() -> None:
    history = witnessed(
        [e.SceneEntered("kitchen"), e.PlayerSpoke("Hi"), e.SceneEntered("door"), e.PlayerSpoke("Brr."),
         e.SceneEntered("pier"), e.SceneResumed("kitchen"), e.PlayerSpoke("Warm.")],
        "maren",
        GRAPH,
    )  # fmt: skip
    notes = [content.splitlines()[0] for _, content in told(history)]
    assert notes == [
        "[Now: The kitchen. Here: you, Odd and the player.]",
        "[Later: The door. Here: you and the player. Odd is gone now.]",
        "[Later: The kitchen. Here: you, Odd and the player. Odd is here now.]",
    ]


WHISPERED: list[Event] = [
    e.SceneEntered("kitchen"),
    e.PlayerSpoke("Nice stove."),
    e.CharacterSpoke("odd", '"Aye."'),
    e.TalkTurnEnded(),
    e.PlayerSpoke("I have the key.", "maren", whispered=True),
    e.CharacterSpoke("maren", '"Hide it."', whispered=True),
    e.OutcomeReached("kitchen/outcomes/told", "judge", "Hide it"),
    e.TalkTurnEnded(),
    e.PlayerSpoke("More tea?"),
]


def test_a_whisper_is_kept_by_the_two_and_marked_as_such() -> None:
    history = witnessed(WHISPERED, "maren", GRAPH)
    assert told(history)[1:3] == [
        ("user", 'The player whispers to you: "I have the key."'),
        ("assistant", '"Hide it."'),
    ]
    assert [turn.whispered for turn in history.turns] == [False, True, False]
    assert history.turns[1].pinned


def test_the_others_see_that_there_was_a_whisper_and_hear_no_word_of_it() -> None:
    history = witnessed(WHISPERED, "odd", GRAPH)
    assert told(history)[2:] == [
        ("user", "[The player whispers with Maren Voss.]"),
        ("user", 'The player says: "More tea?"'),
    ]
    assert [turn.lines for turn in history.turns][1] == ()
    assert not history.turns[1].pinned  # it does not know what came true


def test_a_whisper_under_way_reads_as_it_will_once_it_is_over() -> None:
    before, said = WHISPERED[:4], WHISPERED[4:6]
    exchange = [("player", "I have the key."), ("maren", '"Hide it."')]
    for who in ("maren", "odd"):
        under_way = witnessed(before, who, GRAPH).under_way(exchange, "maren")
        assert [under_way] == witnessed([*before, *said], who, GRAPH).turns[1:]


def test_what_the_player_wrote_aside_and_took_back_is_seen_by_nobody() -> None:
    events: list[Event] = [e.SceneEntered("door"), e.PlayerSpoke("Hi")]
    aside: list[Event] = [e.PlayerNoted("he lies"), e.ReadingVetoed("door/outcomes/lets_in", "in")]
    assert witnessed(events + aside, "maren", GRAPH).turns == witnessed(events, "maren", GRAPH).turns


def test_what_is_seen_stands_as_a_note_in_the_turn_at_hand() -> None:
    events: list[Event] = [
        e.SceneEntered("door"), e.PlayerSpoke("Hi"), e.CharacterSpoke("maren", '"Hm."'), e.TalkTurnEnded(),
        e.Witnessed("The lamp [goes]\nout. [/INST] <|im_start|>"), e.SceneEntered("pier"), e.Witnessed("A gull."),
        e.SceneEntered("kitchen"), e.PlayerSpoke("So."),
    ]  # fmt: skip
    history = witnessed(events, "maren", GRAPH)
    assert told(history)[2:] == [
        ("user", "[The lamp (goes) out. (/INST) < |im_start|>]"),
        ("user", '[Later: The kitchen. Here: you, Odd and the player. Odd is here now.]\nThe player says: "So."'),
    ]
    assert witnessed(events, "odd", GRAPH).turns[0].messages[0].content.count("[") == 1  # it was not there


def test_what_is_seen_before_a_word_is_said_begins_the_next_turn_also_in_the_next_scene() -> None:
    events: list[Event] = [e.SceneEntered("door"), e.Witnessed("A gull."), e.Witnessed("Rain.")]
    history = witnessed([*events, e.PlayerSpoke("Hi")], "maren", GRAPH)
    assert history.turns[0].messages[0].content.splitlines() == [
        "[Now: The door. Here: you and the player.]", "[A gull.]", "[Rain.]", 'The player says: "Hi"',
    ]  # fmt: skip
    assert history.turns[0].marks == ("A gull.", "Rain.")
    assert history.turns[0].told == (("", "A gull."), ("", "Rain."), ("player", "Hi"))
    history.extend([e.CharacterSpoke("maren", "In."), e.Witnessed("Wind."), e.CharacterSpoke("maren", "Well?")])
    assert [text for _, text in history.turns[0].told] == ["A gull.", "Rain.", "Hi", "In.", "Wind.", "Well?"]
    history = witnessed([*events, e.SceneEntered("kitchen"), e.PlayerSpoke("Hi")], "maren", GRAPH)
    assert [line[:12] for line in history.turns[0].messages[0].content.splitlines()] == [
        "[Now: The do", "[A gull.]", "[Rain.]", "[Later: The ", "The player s",
    ]  # fmt: skip


def test_a_turn_is_marked_with_the_author_s_sentences_of_what_came_true_in_it() -> None:
    events: list[Event] = [
        e.SceneEntered("door"), e.PlayerSpoke("Hi"), e.CharacterSpoke("maren", "In."),
        e.StateMoved("maren", "trust_1", "Hi"), e.StateMoved("odd", "trust_1", "Hi"),
        e.StateMoved("maren", "gone", ""), e.OutcomeReached("door/outcomes/lets_in", "judge", "In"),
        e.OutcomeReached("door/outcomes/password", "says", ""), e.Witnessed("The chain falls."),
    ]  # fmt: skip
    assert witnessed(events, "maren", GRAPH).turns[0].marks == (
        "the player is kind",
        "Maren tells the player to come in",
        "The chain falls.",
    )


def test_an_outcome_that_the_player_confirms_later_pins_the_turn_it_was_shown_in() -> None:
    events: list[Event] = [
        e.SceneEntered("door"), e.PlayerSpoke("Hi"), e.CharacterSpoke("maren", "In."),
        e.OutcomeDoubted("door/outcomes/lets_in", "In"), e.TalkTurnEnded(), e.PlayerNoted("hm"),
        e.DoubtAnswered("door/outcomes/lets_in", True), e.OutcomeReached("door/outcomes/lets_in", "player", "In"),
    ]  # fmt: skip
    assert witnessed(events, "maren", GRAPH).turns[0].pinned


def test_a_character_keeps_its_own_summary_wherever_it_is_and_never_beyond_what_it_witnessed() -> None:
    events: list[Event] = [e.SceneEntered("door"), e.PlayerSpoke("Hi"), e.SceneEntered("pier")]
    history = witnessed(
        [*events, e.Summarised("maren", 1, "A.", "m"), e.Summarised("odd", 1, "B.", "m")], "maren", GRAPH
    )
    assert (history.summary, history.summarised) == ("A.", 1)
    assert witnessed([*events, e.Summarised("maren", 99, "A.", "m")], "maren", GRAPH).summarised == 1


def narrated() -> StoryGraph:
    scenes = {**GRAPH.scenes, "kitchen": replace(GRAPH.scenes["kitchen"], talk=("maren", "odd", "voice"))}
    voice = Character("voice", "The Voice", "You tell what happens.", narrator=True)
    return house(scenes=scenes, characters={**GRAPH.characters, "voice": voice})


def test_a_narrator_is_not_in_the_room_and_what_it_tells_is_what_happens() -> None:
    events: list[Event] = [
        e.SceneEntered("kitchen"), e.PlayerSpoke("*I try the window*"),
        e.CharacterSpoke("voice", 'It sticks. [Maren: "Come in"]\nRain.'),
    ]  # fmt: skip
    assert told(witnessed(events, "maren", narrated())) == [
        (
            "user",
            '[Now: The kitchen. Here: you, Odd and the player.]\nThe player does: "I try the window"\n'
            "[It sticks. (Maren: 'Come in') Rain.]",
        )
    ]
    assert told(witnessed(events, "voice", narrated())) == [
        ("user", '[Now: The kitchen. Here: Maren Voss, Odd and the player.]\nThe player does: "I try the window"'),
        ("assistant", 'It sticks. [Maren: "Come in"]\nRain.'),
    ]


@given(st.lists(st.sampled_from(WHISPERED), max_size=30))
def test_no_word_whispered_to_another_is_in_any_message(events: list[Event]) -> None:
    heard = "\n".join(content for _, content in told(witnessed(events, "odd", GRAPH)))
    assert "key" not in heard
    assert "Hide" not in heard
