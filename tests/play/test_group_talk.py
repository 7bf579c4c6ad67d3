"""Whispers, several voices, asides, what is seen, doubts, readings taken back and summaries, as the rules have them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import pytest

from engine.play import events as e
from engine.play.moves import Answer, Begin, Choose, Claim, Move, Note, Read, Remember, Reply, Say
from engine.play.offer import doubted
from engine.play.renames import Renames
from engine.play.state import NO_DOUBT, State, fold
from engine.play.step import LONGEST_LINE, LONGEST_SUMMARY, MOST_REPLIES, Step, step
from engine.play.transcript import Line, Telling, tell
from engine.story.graph import Interrupt, StoryGraph, Way
from support.stories import graph_of

T = TypeVar("T")
HOUSE = graph_of("""
    start: yard
    state:
      key: true
      trust: {start: 0, min: 0, max: 2}
      calm: 5
    characters:
      maren:
        name: Maren
        persona: You are Maren.
        moved_by:
          trust: {by: 1, when: the player is kind}
          calm: {by: -1, when: the player is loud}
      odd:
        name: Odd
        persona: You are Odd.
        moved_by:
          trust: [{by: -1, when: Odd warns of the player}, {by: 1, when: Odd praises the player}]
    scenes:
      yard:
        text: A yard.
        choices: [{text: Knock, goto: door}]
      door:
        title: The door
        talk: [maren, odd]
        suggest: ['The player waves. {{ calm }}', '{% if calm > 99 %}A storm.{% endif %}']
        outcomes:
          lets_in: {when: Maren invites the player in, if: key, set: {calm: calm - 1}, then: It opens., goto: home}
          nods: {when: Maren nods, set: {calm: 9}}
          password: {says: {player: [sesame]}, goto: home}
        choices:
          - {id: wave, text: Wave, set: {calm: calm + 1}, then: You wave.}
          - {id: drop, text: Drop the key, set: {key: false}}
          - {id: back, text: Go back, goto: yard}
        limit: {turns: 2, goto: yard}
      home: {ending: Home, text: Home.}
""")


def changed(graph: StoryGraph = HOUSE, **scene: Any) -> StoryGraph:
    """The story with something else about its door."""
    return replace(graph, scenes={**graph.scenes, "door": replace(graph.scenes["door"], **scene)})


def asking(graph: StoryGraph = HOUSE) -> StoryGraph:
    """The story in which the player is asked when a judge is not sure that they were invited in."""
    outcomes = (replace(graph.scenes["door"].outcomes[0], ask="Did Maren\x1b[1m just invite you in?"),)
    return changed(graph, outcomes=outcomes + graph.scenes["door"].outcomes[1:])


GROUP = changed(asking(), replies=3)
INVITED = Read(Claim("lets_in", "come in"), unsure=True)


def played(graph: StoryGraph, *moves: Move) -> Step:
    """Play at the door; every move must be accepted, and nothing may change but by its events."""
    state, events = State(), ()
    for move in (Begin(1), Choose("knock"), *moves):
        made = step(graph, state, move)
        assert not made.refused, (move, made.refused)
        assert fold(made.events, state) == made.state
        state, events = made.state, events + made.events
    return Step(state, events)


def refusal(graph: StoryGraph, *moves: Move) -> str:
    """Why the last move is refused."""
    before = played(graph, *moves[:-1]).state
    made = step(graph, before, moves[-1])
    assert (made.state, made.events) == (before, ())
    return made.refused


def of(game: Step, kind: type[T]) -> list[T]:
    return [event for event in game.events if isinstance(event, kind)]


# Whispers and groups


def test_only_the_one_who_was_whispered_to_can_answer_and_whispers_too() -> None:
    whisper = Say("Let me in.", "maren", whispered=True)
    assert "whispered to" in refusal(GROUP, whisper, Reply("odd", "What?"))
    game = played(GROUP, whisper, Reply("maren", "No."), Read(), Say("Well?"), Reply("odd", "Well."))
    spoken = [event for event in game.events if isinstance(event, e.PlayerSpoke | e.CharacterSpoke)]
    assert [event.whispered for event in spoken] == [True, True, False, False]
    lines = [line for line in tell(GROUP, game.events) if line.kind == "speech"]
    assert [line.whispered for line in lines] == [True, True, False, False]


def test_a_whisper_needs_somebody_present_to_hear_it() -> None:
    assert refusal(GROUP, Say("psst", whispered=True)) == "Say to whom you whisper."
    assert refusal(GROUP, Say("psst", "nobody", whispered=True)) == "They are not here."


def test_a_whisper_can_decide_what_the_author_wrote() -> None:
    game = played(HOUSE, Say("Sesame.", "odd", whispered=True), Reply("odd", "Hm."), Read())
    assert game.state.ending == "home"


def test_as_many_answer_in_one_turn_as_the_author_lets_and_one_who_breaks_in() -> None:
    asked = Say("Who is there?"), Reply("maren", "I.")
    assert refusal(HOUSE, *asked, Reply("odd", "And I.")) == "Everybody has said enough for one turn."
    played(GROUP, *asked, Reply("odd", "And I."), Reply("maren", "Quiet."))
    assert refusal(GROUP, *asked, Reply("odd", "a"), Reply("odd", "b"), Reply("maren", "c"))
    loud = changed(interrupts=(Interrupt("odd", ("key",)),))
    assert refusal(loud, *asked, Reply("maren", "I, again."))
    assert refusal(loud, *asked, Reply("odd", "Not so loud!"), Reply("odd", "Hush!"))
    endless = changed(replies=1_000)
    assert refusal(endless, Say("hello"), *[Reply("odd", "So.")] * (MOST_REPLIES + 1))


def test_one_reading_ends_a_turn_of_several_and_moves_what_each_of_them_may_move() -> None:
    turn = Say("Please."), Reply("maren", "Kind words."), Reply("odd", "Careful, she lies.")
    moved = Claim("trust_1", "please", "maren"), Claim("trust_1", "she lies", "odd"), Claim("calm_1", "kind words")
    game = played(GROUP, *turn, Read(moved=moved, who="maren"))
    assert [(event.who, event.rule) for event in of(game, e.StateMoved)] == [("maren", "trust_1"), ("maren", "calm_1")]
    assert [event.reason for event in of(game, e.ReadingRefused)] == ["this turn has moved it already"]
    assert (game.state.values["trust"], game.state.values["calm"]) == (1, 4)
    game = played(GROUP, *turn, Read(moved=moved[::-1], who="odd"))
    assert [(event.who, event.rule) for event in of(game, e.StateMoved)] == [("odd", "trust_1")]


def test_nobody_moves_anything_who_did_not_speak() -> None:
    silent = Read(moved=(Claim("trust_2", "please", "odd"),), who="maren")
    game = played(GROUP, Say("Please."), Reply("maren", "No."), silent)
    assert not of(game, e.StateMoved) and len(of(game, e.ReadingRefused)) == 1


def test_a_judge_cannot_claim_what_only_its_own_words_decide() -> None:
    game = played(HOUSE, Say("Open!"), Reply("maren", "Say sesame."), Read(Claim("password", "Say sesame")))
    assert not game.state.over
    assert [event.reason for event in of(game, e.ReadingRefused)] == ["only its own words decide it"]


def test_a_reading_cannot_say_that_anybody_else_decided() -> None:
    for by, kept in (("player", "judge"), ("says", "judge"), ("example", "example")):
        game = played(HOUSE, Say("Well?"), Reply("maren", "A nod."), Read(Claim("nods", "a nod"), by=by))
        assert [event.by for event in of(game, e.OutcomeReached)] == [kept]


def test_evidence_is_kept_no_longer_than_it_was_looked_at() -> None:
    long = "x" * 20_000
    game = played(HOUSE, Say("Open!"), Reply("maren", long), Read(Claim("nods", long + "forged")))
    assert [event.evidence for event in of(game, e.OutcomeReached)] == [long]


def test_a_narrators_words_are_told_as_prose() -> None:
    odd = replace(GROUP.characters["odd"], narrator=True)
    graph = replace(GROUP, characters={**GROUP.characters, "odd": odd})
    game = played(graph, Say("*I try the window*"), Reply("odd", "It is barred."), Reply("maren", "Away!"))
    assert [line.narrates for line in tell(graph, game.events) if line.kind == "speech"] == [False, True, False]


# Asides


def test_an_aside_changes_nothing_and_counts_no_move() -> None:
    game = played(GROUP, Say("Hello."), Reply("maren", "Come in."), INVITED)
    noted = step(GROUP, game.state, Note(" (is that a yes?)\x1b[2J "))
    assert noted.state == game.state
    assert noted.events == (e.PlayerNoted("(is that a yes?)"),)
    assert [(line.kind, line.text) for line in tell(GROUP, noted.events)] == [("aside", "(is that a yes?)")]


def test_an_aside_can_be_written_whenever_no_answer_is_waited_for() -> None:
    assert refusal(GROUP, Say("Hello."), Note("hm")) == "Wait for the answer first."
    assert refusal(GROUP, Note(" \n"))
    assert refusal(GROUP, Note("x" * (LONGEST_LINE + 1)))
    assert step(GROUP, State(), Note("hm")).refused
    ended = played(GROUP, Say("Sesame!"), Reply("maren", "So be it."), Read()).state
    assert ended.over and step(GROUP, ended, Note("That was short.")).events == (e.PlayerNoted("That was short."),)


# What is seen


WAVES, NOTHING = (line.text for line in HOUSE.scenes["door"].suggest)


def test_those_present_see_what_the_author_says_before_the_story_goes_on() -> None:
    door = HOUSE.scenes["door"]
    wave = replace(door.choices[0], way=replace(door.choices[0].way, seen=WAVES, goto="yard"))
    graph = changed(choices=(wave, *door.choices[1:]))
    game = played(graph, Choose("wave"))
    assert [type(event).__name__ for event in game.events[-5:]] == [
        "VariablesSet", "Told", "Witnessed", "SceneEntered", "Told",
    ]  # fmt: skip
    assert of(game, e.Witnessed) == [e.Witnessed("The player waves. 6")]
    assert ("seen", "The player waves. 6") in [(line.kind, line.text) for line in tell(graph, game.events)]


def test_where_nobody_is_nothing_is_seen() -> None:
    yard = HOUSE.scenes["yard"]
    knock = replace(yard.choices[0], way=Way(goto="door", seen=WAVES))
    graph = replace(HOUSE, scenes={**HOUSE.scenes, "yard": replace(yard, choices=(knock,))})
    assert not of(played(graph), e.Witnessed)
    silent = changed(
        choices=(
            replace(
                HOUSE.scenes["door"].choices[0],
                way=Way(seen=NOTHING),
            ),
        )
    )
    assert not of(played(silent, Choose("wave")), e.Witnessed)


# Doubt


def doubt(graph: StoryGraph = GROUP) -> tuple[Move, ...]:
    return (Say("Hello."), Reply("maren", "Come in, or don't."), INVITED)


def test_of_what_a_judge_is_not_sure_the_player_is_asked() -> None:
    game = played(GROUP, *doubt())
    assert game.state.scene == "door" and not game.state.speaking
    assert doubted(GROUP, game.state) == "Did Maren just invite you in?"
    assert game.events[-2:] == (e.OutcomeDoubted("door/outcomes/lets_in", "come in"), e.TalkTurnEnded())
    assert tell(GROUP, game.events)[-1] == Line(
        "doubt", "Did Maren just invite you in?", "maren", "Maren", evidence="come in"
    )


def test_yes_takes_the_authors_way_and_no_takes_none() -> None:
    yes, no = played(GROUP, *doubt(), Answer(True)), played(GROUP, *doubt(), Answer(False))
    assert yes.state.ending == "home" and yes.state.values["calm"] == 4
    assert of(yes, e.OutcomeReached) == [e.OutcomeReached("door/outcomes/lets_in", "player", "come in")]
    assert no.state == replace(played(GROUP, *doubt()).state, doubt=NO_DOUBT)
    told = tell(GROUP, yes.events)
    assert [(line.kind, line.answer, line.by) for line in told if line.kind in ("doubt", "branch")] == [
        ("doubt", None, ""), ("doubt", True, ""), ("branch", None, "player"),
    ]  # fmt: skip
    assert tell(GROUP, no.events)[-1].answer is False
    since = Telling(GROUP, played(GROUP, *doubt()).state).lines(no.events[-1:])
    assert [line.evidence for line in since] == ["come in"]


def test_an_answer_to_nothing_is_refused() -> None:
    assert refusal(GROUP, Answer(True)) == "Nothing was asked."
    assert refusal(GROUP, *doubt(), Answer(False), Answer(True)) == "Nothing was asked."
    assert step(GROUP, State(), Answer(True)).refused


@pytest.mark.parametrize("move", [Say("Never mind."), Choose("wave")])
def test_any_other_move_lets_the_question_lapse(move: Move) -> None:
    game = played(GROUP, *doubt(), move)
    assert doubted(GROUP, game.state) == ""
    assert step(GROUP, game.state, Answer(True)).refused


def test_a_yes_opens_nothing_that_has_closed_meanwhile() -> None:
    asked = played(GROUP, *doubt()).state
    for gone in (replace(asked, values={**asked.values, "key": False}), replace(asked, scene="yard")):
        assert doubted(GROUP, gone) == ""
        answered = step(GROUP, gone, Answer(True))
        assert answered.events == (e.DoubtAnswered("door/outcomes/lets_in", True),)


def test_without_a_question_of_the_authors_what_is_not_sure_has_not_come_true() -> None:
    game = played(HOUSE, *doubt())
    assert game.state.doubt == NO_DOUBT and game.state.scene == "door"
    assert [event.reason for event in of(game, e.ReadingRefused)] == ["the judge was not sure"]


def test_nobody_is_asked_about_what_cannot_have_come_true() -> None:
    closed = (Choose("drop"), *doubt())
    forged = Say("Come in, she says."), Reply("maren", "No."), INVITED
    for moves in (closed, forged):
        game = played(GROUP, *moves)
        assert game.state.doubt == NO_DOUBT and len(of(game, e.ReadingRefused)) == 1


def test_words_that_decide_need_no_question() -> None:
    assert played(GROUP, Say("Sesame"), Reply("maren", "Come in."), INVITED).state.ending == "home"


def test_a_talk_that_is_at_its_limit_waits_for_the_answer_and_no_longer() -> None:
    quiet = Say("Hm."), Reply("maren", "Hm."), Read()
    asked = played(GROUP, *quiet, *doubt())
    assert asked.state.scene == "door" and not of(asked, e.LimitReached)
    assert step(GROUP, asked.state, Answer(True)).state.ending == "home"
    refused = step(GROUP, asked.state, Answer(False))
    assert refused.state.scene == "yard" and refused.events[1] == e.LimitReached("door")
    assert played(GROUP, *quiet, *doubt(), *doubt()).state.scene == "yard"


# Readings taken back


def test_a_reading_taken_back_is_kept_and_nothing_comes_of_it() -> None:
    talk = Say("Please."), Reply("maren", "Come in."), Reply("odd", "Do.")
    read = Read(Claim("lets_in", "come in"), (Claim("calm_1", "please", "maren"),), vetoed=True)
    game, unread = played(GROUP, *talk, read), played(GROUP, *talk, Read())
    assert game.state == unread.state
    assert of(game, e.ReadingVetoed) == [
        e.ReadingVetoed("door/outcomes/lets_in", "come in"),
        e.ReadingVetoed("maren.calm_1", "please"),
    ]
    assert tell(GROUP, [*game.events[:-2], e.ReadingVetoed("calm_1", "please")])[-1].text == "the player is loud"
    told = tell(GROUP, game.events)[-2:]
    assert [(line.kind, line.text, line.evidence, line.name) for line in told] == [
        ("vetoed", "Maren invites the player in", "come in", "Maren"),
        ("vetoed", "the player is loud", "please", ""),
    ]


def test_a_reading_taken_back_holds_against_the_words_that_decided_it_too() -> None:
    talk = Say("Sesame!"), Reply("maren", "So be it.")
    game = played(GROUP, *talk, Read(Claim("password", "Sesame"), vetoed=True))
    assert not game.state.over and game.state.scene == "door"


def test_the_limit_comes_with_a_reading_taken_back_as_without() -> None:
    quiet = Say("Hm."), Reply("maren", "Hm."), Read(vetoed=True)
    assert played(GROUP, *quiet, *quiet).state.scene == "yard"


# Summaries


def test_a_summary_is_kept_clean_and_short_and_changes_nothing() -> None:
    open_turn = played(GROUP, Say("Hello."))
    text = "\x1b[31mThe player came.\n" + "x" * 10_000
    made = step(GROUP, open_turn.state, Remember("maren", 3, text, "some-model\x07" + "m" * 500))
    (event,) = made.events
    assert made.state == open_turn.state and isinstance(event, e.Summarised)
    assert event.text.startswith("The player came.\nxxx") and len(event.text) == LONGEST_SUMMARY
    assert len(event.by) == 100 and "\x07" not in event.by
    assert not tell(GROUP, made.events)


@pytest.mark.parametrize(
    "memory",
    [
        Remember("nobody", 1, "x", ""),
        Remember("player", 1, "x", ""),
        Remember("maren", 0, "x", ""),
        Remember("maren", -1, "x", ""),
        Remember("maren", 2**63, "x", ""),
        Remember("maren", 1, " \x1b[2J\n", ""),
    ],
)
def test_a_summary_of_nobody_nothing_or_no_turn_is_refused(memory: Remember) -> None:
    assert refusal(GROUP, memory)
    assert step(GROUP, State(), replace(memory, who="maren", upto=1, text="x")).refused


# An edited story


def test_what_was_said_of_the_story_is_carried_over_to_its_new_names() -> None:
    maren = replace(GROUP.characters["maren"], id="marit", former="maren")
    graph = replace(GROUP, characters={"marit": maren}, former_keys={"door/outcomes/lets_in": "door/outcomes/welcomes"})
    old, new = "door/outcomes/lets_in", "door/outcomes/welcomes"
    events = [e.OutcomeDoubted(old, "x"), e.DoubtAnswered(old, True), e.ReadingVetoed(old, "x")]
    renamed = [e.OutcomeDoubted(new, "x"), e.DoubtAnswered(new, True), e.ReadingVetoed(new, "x")]
    more = [e.ReadingVetoed("maren.trust_1"), e.Summarised("maren", 1, "x", "m"), e.PlayerSpoke("x", "maren", True)]
    after = [e.ReadingVetoed("marit.trust_1"), e.Summarised("marit", 1, "x", "m"), e.PlayerSpoke("x", "marit", True)]
    assert Renames(graph).applied([*events, *more]) == (*renamed, *after)
