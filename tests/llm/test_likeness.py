"""What players type finds the line it means, in their own words and spelling, and nonsense finds none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.llm.likeness import Phrasebook, nearest, take_apart
from engine.llm.scripted import FLOOR

# A keeper at her door; each entry is a group of phrasings, as an author writes them.
KEEPER = {
    "hello": ["hello", "good evening"],
    "who": ["who are you", "what is your name"],
    "how": ["how are you", "are you all right"],
    "come in": ["let me in", "can I come inside", "open the door"],
    "lamp": ["why is the lamp dark", "what happened to the lamp", "why is there no light"],
    "fitter": ["I'm the lamp fitter", "the Board sent me", "I came to mend the lamp"],
    "brother": ["I knew your brother", "Erik sent me"],
    "loss": ["I'm sorry about your brother", "my condolences"],
    "wreck": ["what happened to the Annika", "tell me about the wreck", "who drowned"],
    "girl": ["who is the girl", "is that your daughter", "tell me about Tuva"],
    "key": ["may I have the key to the tower", "where is the key"],
    "mitten": ["I found a mitten", "whose mitten is this"],
    "sleep": ["where can I sleep", "is there a bed"],
    "cold": ["I'm cold", "I'm wet", "I'm freezing"],
    "sea": ["do you like the sea"],
    "believe": ["I believe you"],
    "doubt": ["I don't believe you", "you're lying"],
    "thanks": ["thank you", "that's kind of you"],
    "why": ["why", "why not"],
    "yes": ["yes", "of course"],
    "bye": ["goodbye", "I should go now"],
}
BAKER = {
    "saludo": ["hola", "buenos días"],
    "pan": ["¿cuánto cuesta el pan?", "quiero una barra de pan"],
    "dónde": ["¿dónde está la panadería?"],
    "gracias": ["muchas gracias"],
}
TEAHOUSE = {
    "灯": ["你为什么不点灯？", "灯怎么灭了"],
    "茶": ["我想喝茶", "有茶吗"],
    "名": ["你叫什么名字"],
}
STATION = {
    "поезд": ["когда приходит поезд?", "где поезд"],
    "Gleis": ["von welchem Gleis fährt der Zug?"],
    "café": ["un café, s'il vous plaît"],
    "駅": ["駅はどこですか"],
    "รถไฟ": ["รถไฟมากี่โมง"],
    "ट्रेन": ["ट्रेन कब आएगी"],
}

TABLE = [
    # (phrasebook, typed, what it means; None for nothing that was written)
    (KEEPER, "Hello!", "hello"),
    (KEEPER, "hi there", "hello"),
    (KEEPER, "hey", "hello"),
    (KEEPER, "Good evening, Maren.", "hello"),
    (KEEPER, "Who are you?", "who"),
    (KEEPER, "and who are you then?", "who"),
    (KEEPER, "What's your name?", "who"),
    (KEEPER, "HOW ARE YOU", "how"),
    (KEEPER, "how are you today", "how"),
    (KEEPER, "Please, let me in!", "come in"),
    (KEEPER, "Could I come inside, please? It's pouring.", "come in"),
    (KEEPER, "open this door", "come in"),
    (KEEPER, "Why isn't the lamp lit?", "lamp"),
    (KEEPER, "the lamp's dark. why?", "lamp"),
    (KEEPER, "What has happened to your lantern?", "lamp"),
    (KEEPER, "why is teh lamp drak", "lamp"),
    (KEEPER, "I have come to mend the lamp", "fitter"),
    (KEEPER, "I was sent by the Board", "fitter"),
    (KEEPER, "I'm a fitter", "fitter"),
    (KEEPER, "i knew ur borther", "brother"),
    (KEEPER, "I used to know your brother, Erik", "brother"),
    (KEEPER, "I am so sorry about your brother", "loss"),
    (KEEPER, "My sincere condolences", "loss"),
    (KEEPER, "What happened to the Annika that night?", "wreck"),
    (KEEPER, "How many drowned?", "wreck"),
    (KEEPER, "Anika?", "wreck"),
    (KEEPER, "Is the girl your daughter?", "girl"),
    (KEEPER, "and Tuva?", "girl"),
    (KEEPER, "Give me the key", "key"),
    (KEEPER, "keys please", "key"),
    (KEEPER, "I've found this mitten by the burner", "mitten"),
    (KEEPER, "these mittens, whose are they", "mitten"),
    (KEEPER, "Is there somewhere I could sleep?", "sleep"),
    (KEEPER, "I'm frozen and soaked", "cold"),
    (KEEPER, "Do you like the sea at all?", "sea"),
    (KEEPER, "I believe you, Maren", "believe"),
    (KEEPER, "I do not believe you", "doubt"),
    (KEEPER, "I don\u2019t believe you!", "doubt"),
    (KEEPER, "you lied", "doubt"),
    (KEEPER, "Thanks 🙏", "thanks"),
    (KEEPER, "why?", "why"),
    (KEEPER, "Yeah", "yes"),
    (KEEPER, "bye then", "bye"),
    (KEEPER, "Do you like pizza?", None),
    (KEEPER, "What is the meaning of life?", None),
    (KEEPER, "who are they", None),
    (KEEPER, "I will have it", None),
    (KEEPER, "asdf", None),
    (KEEPER, "banana banana banana", None),
    (KEEPER, "The economy of Portugal in the nineteenth century", None),
    (KEEPER, "to be or not to be", None),
    (KEEPER, "...", None),
    (KEEPER, "☕😀", None),
    (KEEPER, "", None),
    (KEEPER, "\x00\n\t", None),
    (KEEPER, "你好", None),
    (BAKER, "¡Hola!", "saludo"),
    (BAKER, "buenos dias", "saludo"),
    (BAKER, "cuanto cuesta este pan", "pan"),
    (BAKER, "Quiero pan, por favor", "pan"),
    (BAKER, "DONDE ESTA LA PANADERIA", "dónde"),
    (BAKER, "gracias", "gracias"),
    (BAKER, "¿y tú cómo te llamas?", None),
    (TEAHOUSE, "为什么不点灯", "灯"),
    (TEAHOUSE, "灯为什么灭了？", "灯"),
    (TEAHOUSE, "请问有茶吗？", "茶"),
    (TEAHOUSE, "喝茶", "茶"),
    (TEAHOUSE, "你叫什么？", "名"),
    (TEAHOUSE, "今天天气很好", None),
    (STATION, "Когда поезд?", "поезд"),
    (STATION, "welches gleis", "Gleis"),
    (STATION, "Fahrt der Zug bald?", "Gleis"),
    (STATION, "UN CAFE S’IL VOUS PLAIT", "café"),
    (STATION, "駅はどこ？", "駅"),
    (STATION, "รถไฟมากี่โมงครับ", "รถไฟ"),
    (STATION, "ट्रेन कब", "ट्रेन"),
    (STATION, "hello", None),
]


@pytest.mark.parametrize(("book", "typed", "means"), TABLE, ids=[typed or "nothing" for _, typed, _ in TABLE])
def test_what_a_player_types(book: dict[str, list[str]], typed: str, means: str | None) -> None:
    scores = Phrasebook(list(book.values()), names=["Maren"]).likeness(typed)
    best = max(range(len(scores)), key=lambda place: scores[place])
    found = list(book)[best] if scores[best] >= FLOOR else None
    assert found == means, f"{scores[best]:.2f} for {list(book)[best]}"


def test_a_phrasing_typed_as_written_is_wholly_alike() -> None:
    for book in (KEEPER, BAKER, TEAHOUSE, STATION):
        for place, phrasings in enumerate(book.values()):
            for phrasing in phrasings:
                assert Phrasebook(list(book.values())).likeness(phrasing.upper())[place] == 1


LETTERS = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)


@given(LETTERS, st.lists(st.lists(LETTERS, min_size=1, max_size=3), max_size=4))
def test_likeness_is_between_nothing_and_all_for_any_text(line: str, entries: list[list[str]]) -> None:
    scores = Phrasebook(entries).likeness(line)
    assert len(scores) == len(entries)
    assert all(0 <= score <= 1 for score in scores)


@given(LETTERS)
def test_a_line_is_like_itself(line: str) -> None:
    assert Phrasebook([[line]]).likeness(line) == [1.0 if take_apart(line).counted else 0.0]


def test_a_line_of_any_length_is_read_in_no_time() -> None:
    book = Phrasebook([[f"phrase number {n} about the lamp {n * 7}"] for n in range(500)])
    begun = time.process_time()
    book.likeness("wy is teh lmap darkk " * 100_000)
    assert time.process_time() - begun < 2


def test_rare_words_weigh_more_than_common_ones() -> None:
    book = Phrasebook([["the lamp and the key"], ["the lamp and the door"], ["the lamp and the boat"]])
    scores = book.likeness("the lamp, the boat")
    assert scores.index(max(scores)) == 2
    assert scores[2] - scores[0] > 0.2


def test_a_characters_name_is_an_address_and_no_subject() -> None:
    entries = [["Maren, tell her"], ["why is the lamp dark"]]
    assert Phrasebook(entries, names=["Maren"]).likeness("Maren!")[0] < FLOOR
    assert Phrasebook(entries, names=["Maren"]).likeness("Maren, why is the lamp dark?")[1] > 0.9


CHOICES = ["Knock", "Lift the mat", "Use the key", "Walk back to the boat"]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("knock on the door", 0),
        ("look under the mat", 1),
        ("lift mat", 1),
        ("unlock it with the key", 2),
        ("go back to the boat", 3),
        ("dance", None),
        ("", None),
    ],
)
def test_typing_instead_of_choosing(typed: str, place: int | None) -> None:
    assert nearest(typed, CHOICES) == place


def test_two_that_are_as_near_are_not_chosen_between() -> None:
    assert nearest("go", ["Go east", "Go west"]) is None
    assert nearest("anything", []) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Keepers' stories", ("keeper", "story")),
        ("lighting lights lit", ("light", "light", "light")),
        ("can't won't isn't", ("can", "not", "will", "not", "be", "not")),
        ("l'homme", ("l", "homm")),
        ("你好吗", ("你好", "好吗", "你", "好", "吗")),
        ("Straße ﬁn Å", ("strass", "fin", "a")),
        ("a👨‍👩‍👧b", ("a", "b")),
    ],
)
def test_words_are_folded_to_what_is_compared(text: str, words: tuple[str, ...]) -> None:
    assert take_apart(text).words == words
