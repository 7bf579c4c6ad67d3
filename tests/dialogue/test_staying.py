"""Replies that leave their character are cut; replies that stay in it pass untouched, however they are chunked."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dialogue.staying import SPEAKS, TELLS, Staying
from engine.story.load import load_story

MAREN, OTHERS = "Maren Voss", ("Odd Berg", "Tuva Voss")

# What a model wrote, and what of it the player sees.
LABELS = [
    ('"Hm."\nYou: "Thanks."', '"Hm."'),
    ('"Hm."\n\nPlayer: Thanks.', '"Hm."'),
    ('"Hm."\n\nThe player says: "Thanks."', '"Hm."'),
    ('"Hm."\nUser: thanks', '"Hm."'),
    ('"Hm."\n**You:** "Thanks."', '"Hm."'),
    ('"Hm."\n**Odd:** "She floats."', '"Hm."'),
    ('"Hm."\nOdd Berg: "She floats."', '"Hm."'),
    ('"Hm."\nODD: "She floats."', '"Hm."'),
    ('"Hm."\n*Odd Berg*: "She floats."', '"Hm."'),
    ('"Hm."\nOdd (from the door): "She floats."', '"Hm."'),
    ('"Hm."\nOdd \u2014 "She floats."', '"Hm."'),
    ('"Hm."\nOdd - "She floats."', '"Hm."'),
    ('"Hm."\nOdd says: "She floats."', '"Hm."'),
    ('"Hm."\n- Tuva: "No."', '"Hm."'),
    ('"Hm."\n> You: No.', '"Hm."'),
    ('"Hm." Odd: "She floats."', '"Hm."'),
    ('"Hm."\n[Odd]: "She floats."', '"Hm."'),
    ('"Hm."\n<Odd>: "She floats."', '"Hm."'),
    ('"Hm."\n### User:\nHello', '"Hm."'),
    ('"Hm."\n### Instruction:\nGo on', '"Hm."'),
    ('"Hm."\nSystem: new rules', '"Hm."'),
    ('"Hm."\nNarrator: Night falls.', '"Hm."'),
    ('"Hm."\nAssistant: more', '"Hm."'),
    ('"Hm."\nHuman: hello', '"Hm."'),
    ('"Hm."\nJugador: "Hola."', '"Hm."'),
    ('"Hm."\n\u73a9\u5bb6\uff1a\u4f60\u597d', '"Hm."'),
    ('"Hm."\n\u0418\u0433\u0440\u043e\u043a: \u043f\u0440\u0438\u0432\u0435\u0442', '"Hm."'),
    ('"I was never there\nOdd: "Yes."', '"I was never there'),
]  # fmt: skip
MARKS = [
    ('"Hm."<|im_end|>\n<|im_start|>user', '"Hm."'),
    ('"Hm."<\uff5cUser\uff5c>hello', '"Hm."'),
    ('"Hm."</s><s>[INST] more [/INST]', '"Hm."'),
    ('"Hm." [INST] more', '"Hm."'),
    ('"Hm."<end_of_turn>', '"Hm."'),
    ('"Hm."<<SYS>>', '"Hm."'),
    ('"Hm, <|eot_id|>', '"Hm,'),
    ('"Hm."\n[Answer as Odd and for yourself alone.]', '"Hm."'),
    ('"Hm."\n[Later: The door. Here: you and the player.]', '"Hm."'),
    ('"Hm." [The player whispers with Odd.]', '"Hm."'),
    ('"Hm."\n(OOC: shall I go on?)', '"Hm."'),
]
TOLD = [
    ('"Come in." You step inside and say, "Thank you."', '"Come in."'),
    ('"Come in." You nod.', '"Come in."'),
    ('"Shame." You feel ashamed.', '"Shame."'),
    ('"Shame," she says. You felt a sting of guilt.', '"Shame," she says.'),
    ('"Come in." Slowly, you step inside.', '"Come in."'),
    ('"Come in." Then you follow her up the stair.', '"Come in."'),
    ('She says, "Come in," and you step inside.', 'She says, "Come in,"'),
    ('"Well?" Maren opens the door, and you walk through it.', '"Well?" Maren opens the door.'),
    ('"Well?" She waits; you sit down.', '"Well?" She waits.'),
    ('"Well?" She waits \u2014 you shrug.', '"Well?" She waits.'),
    ('"Well?" She waits and then you answer.', '"Well?" She waits.'),
    ('"Sit." You quickly take the chair.', '"Sit."'),
    ('"Sit." You do not answer.', '"Sit."'),
    ('"Sit." You don\u2019t move.', '"Sit."'),
    ('"Sit." You are shivering.', '"Sit."'),
    ('"Sit." You\'re trembling with cold.', '"Sit."'),
    ('"Sit." You decide to stay.', '"Sit."'),
    ('"Sit." You think of your brother.', '"Sit."'),
    ('"Sit." You realise that she knows.', '"Sit."'),
    ('"Sit." You look away.', '"Sit."'),
    ('"Sit." You find yourself smiling.', '"Sit."'),
    ('"Sit." You can\'t help but smile.', '"Sit."'),
    ('"Sit." Your heart races.', '"Sit."'),
    ('"Sit." Your hands tremble.', '"Sit."'),
    ('"Sit." Without a word, you obey.', '"Sit." Without a word.'),
    ('"Sit." The player nods.', '"Sit."'),
    ('"Sit." The player quickly takes the key.', '"Sit."'),
    ('\u201cSit.\u201d You hesitate at the door.', '\u201cSit.\u201d'),
    ('\u00abSit.\u00bb You whisper her name.', '\u00abSit.\u00bb'),
    ('\u201eSit.\u201c You laughed.', '\u201eSit.\u201c'),
    ('*She opens the door.* Come in. *You step inside.*', '*She opens the door.* Come in.'),
    ('*She opens the door, and you step inside.* Come in.', '*She opens the door.*'),
    ('"Sit." *You nod and sit.*', '"Sit."'),
    ('"Sit." _You nod._', '"Sit."'),
    ("'Sit,' she says. You smile at that and sit.", "'Sit,' she says."),
    ('"Sit." (You nod.)', '"Sit." ('),
    ("You nod, and she lets you in.", ""),
    ('"Here." You take the key from her hand.\n\n"Good."', '"Here."'),
    ('"Here."\n\nYou thanked her.', '"Here."'),
    ('"Here," she says. You hand her the letter and wait.', '"Here," she says.'),
    ('"Here." You pocket it...', '"Here."'),
    ('"Here." And so you agree', '"Here."'),
    ('"Here." You both laugh.', '"Here."'),
    ('"Here." You devour the soup in silence.', '"Here."'),
    ('"Here." You tug at the rope until it gives.', '"Here."'),
    ('"Here." You reply with a bow.', '"Here."'),
    ('"Here." You\'ve decided to trust her.', '"Here."'),
    ('"Here." You don\'t know what to say.', '"Here."'),
    ('"Here." You hear yourself say yes.', '"Here."'),
    ('"Here." Your throat feels tight.', '"Here."'),
    ('"Here." She takes your hand, and you let her.', '"Here." She takes your hand.'),
    ('"Here." After a moment, you say, "Thanks."', '"Here." After a moment.'),
]  # fmt: skip
STAYING = [
    '"You look cold."',
    '"You step inside and you say nothing. You nod. You feel it."',
    "\u201cYou take the left road, then you turn at the church.\u201d",
    "\u00abYou lie.\u00bb She turns away.",
    "\u2014 You take the left road. You follow it.",
    "'You take the left road.' She nods.",
    "She looks at you. She waits for you to speak.",
    '"Hm." You step inside, or do you?',
    '"Sit." You have the key. You could ask her.',
    '"Sit." She listens as you speak, and says nothing when you ask.',
    '"Sit." If you step inside, you follow her.',
    '"Sit." You look cold.',
    "You take the left road, then you follow the wall.",
    "*She shrugs.* You take the left road. You feel better already.",
    "Odd and you go back a long way.",
    "Odd, who has been silent, looks up.",
    "Odd \u2014 he has been silent \u2014 looks up.",
    '"Listen: Odd, Tuva, you: all of you."',
    '"I <sigh> would not." She counts [slowly] to three.',
    "Tuva says nothing. The player piano is out of tune.",
    '"Yes"',
    "",
    "Maren",
    "Mar",
    "You",
    '"I was told\nthat you take the boat.\nYou row."',
    '"Hm." You\'d think that she had not heard. You are in her light. You get the cup with the crack.',
    '"Hm." He hands you the cup, and you have it. You may sit, his hand says. You two, it says.',
    '"Hm." It is you she answers. Your hands are red, and she sees it. Your coat drips.',
    "She has < three and [ two.",
]


def whole(reply: str, *, cuts: tuple[int, ...] = (), narrator: bool = False, language: str = "en") -> tuple[str, str]:
    """Return what is shown of a reply that comes in pieces, and why it was cut."""
    staying = Staying(MAREN, OTHERS, narrator=narrator, language=language)
    places = (0, *sorted(cuts), len(reply))
    shown = "".join(staying.add(reply[start:end]) for start, end in pairwise(places))
    return shown + staying.end(), staying.broken


@pytest.mark.parametrize(("reply", "kept"), LABELS + MARKS + TOLD)
def test_a_reply_ends_where_it_would_speak_for_somebody_else(reply: str, kept: str) -> None:
    shown, broken = whole(reply)
    assert shown.rstrip() == kept
    assert broken


@pytest.mark.parametrize("reply", STAYING)
def test_a_reply_that_stays_in_character_is_shown_as_it_is(reply: str) -> None:
    assert whole(reply) == (reply, "")


def test_why_it_was_cut_can_be_told() -> None:
    assert whole(LABELS[0][0])[1] == SPEAKS
    assert whole(TOLD[0][0])[1] == TELLS
    assert "template" in whole(MARKS[0][0])[1]
    assert "note" in whole(MARKS[-1][0])[1]


@pytest.mark.parametrize(
    "reply",
    ['Maren: "Hm."', '**Maren Voss:** "Hm."', '"Hm."', '*Maren*: "Hm."', 'maren says: "Hm."', 'Maren \u2014 "Hm."'],
)
def test_its_own_label_is_taken_out(reply: str) -> None:
    assert whole(reply) == ('"Hm."', "")


def test_a_name_that_two_share_is_the_speakers_own() -> None:
    assert whole('Voss: "Hm."') == ('"Hm."', "")


def test_a_narrator_tells_deeds_but_no_words_choices_or_feelings() -> None:
    deed = "The window gives. You climb through it, and you land on the coals."
    assert whole(deed, narrator=True) == (deed, "")
    for told in ("You say that you are sorry.", "You decide to stay.", "You feel a pang of guilt."):
        assert whole(f"The window gives. {told}", narrator=True) == ("The window gives.", TELLS)


def test_another_language_is_cut_at_labels_alone() -> None:
    assert whole('"Gut." You nod.', language="de") == ('"Gut." You nod.', "")
    assert whole('"Gut."\nSpieler: "Danke."', language="de") == ('"Gut."', SPEAKS)
    assert whole("\u300c\u597d\u3002\u300d\n\u4f60\uff1a\u8c22\u8c22", language="zh") == (
        "\u300c\u597d\u3002\u300d",
        SPEAKS,
    )


def test_nothing_comes_after_the_cut() -> None:
    staying = Staying(MAREN, OTHERS)
    assert staying.add('"Hm."\nYou: x') == '"Hm."'
    assert staying.add('"More."') + staying.end() == ""


def test_words_are_shown_as_they_come() -> None:
    staying = Staying(MAREN, OTHERS)
    assert staying.add('"I nev') == '"I nev'
    assert staying.add("er said") == "er said"
    assert staying.add('." She tur') == '." She tur'
    assert staying.add("ns to the stove, sl") == "ns to the stove"
    assert staying.add("ow as a tide") == ", slow as a tide"


def test_a_word_without_an_end_is_not_held_for_ever() -> None:
    staying = Staying(MAREN, OTHERS)
    assert staying.add("a" * 5_000) == "a" * 5_000


@cache
def authored() -> list[tuple[str, tuple[str, ...], str]]:
    """Return every reply of the bundled story: whose it is, the names of the others, the reply."""
    graph = load_story(Path(__file__).parents[2] / "stories" / "lamp")
    names = {who: character.name for who, character in graph.characters.items()}
    lines = [(c.id, line) for c in graph.characters.values() for line in c.fallback]
    for example in (
        *(example for scene in graph.scenes.values() for example in scene.examples),
        *(example for character in graph.characters.values() for example in character.examples),
    ):
        lines += [(example.who, line) for line in example.replies]
    return [(names[who], tuple(name for other, name in names.items() if other != who), line) for who, line in lines]


def test_every_authored_reply_passes_through_unchanged_cut_at_every_position() -> None:
    assert len(authored()) > 500
    for own, others, line in authored():
        letters = Staying(own, others)
        assert "".join(map(letters.add, line)) + letters.end() == line
        assert not letters.broken


@given(st.data())
def test_how_a_reply_is_chunked_changes_nothing(data: st.DataObject) -> None:
    reply = data.draw(st.sampled_from([reply for reply, _ in LABELS + MARKS + TOLD] + STAYING + HOSTILE))
    cuts = data.draw(st.lists(st.integers(0, len(reply)), max_size=8))
    assert whole(reply, cuts=tuple(cuts)) == whole(reply) == whole(reply, cuts=tuple(range(len(reply))))


HOSTILE = [
    "<s  />",
    "<s   >",
    "[AVAILABLE_TOOLS]",
    "[" + "A" * 40 + "]",
    "(" * 300,
    "Odd" + " " * 300 + ": x",
    "<a" * 30,
    "E\u0301lie: hello\n\u00c9lie: you",
    "**__*[(<#>-You",
    "You\n\n\nYou\n:",
    "'\u2018\u201e\u201c\"\u00ab\u00bb*_*",
]
PIECES = [
    "You ",
    "you",
    " nod",
    "Odd",
    ":",
    '"',
    "*",
    "_",
    "\n",
    " ",
    ", ",
    "and ",
    "-",
    "\u2014",
    "[",
    "<|",
    "'",
    ".",
    "?",
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.lists(st.integers(0, 99), max_size=6))
def test_no_text_is_read_differently_in_pieces(reply: str, cuts: list[int]) -> None:
    inside = tuple(min(cut, len(reply)) for cut in cuts)
    assert whole(reply, cuts=inside) == whole(reply) == whole(reply, cuts=tuple(range(len(reply))))
