from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.play.says import said
from engine.story.graph import PLAYER, Pattern


def find(pattern: str, line: str, *, who: str = "maren", speaker: str = "maren") -> str:
    return said((Pattern(who, tuple(pattern.casefold().split())),), ((speaker, line),))


@pytest.mark.parametrize(
    ("pattern", "line", "words"),
    [
        ("come in", '"Then COME  in," she says.', "COME  in"),
        ("come in", '"Come,\nin."', "Come,\nin"),
        ("come * in", "Come on now, get in!", "Come on now, get in"),
        ("come * in", "Come in.", "Come in"),
        ("* in *", "get in here", "in"),
        ("let's go", "Let’s go.", "Let’s go"),
        ("boat's at six", "'Boat's at six.'", "Boat's at six"),
        ("get inside", "_Get inside_", "Get inside"),
        ("straße", "Die STRASSE da", "STRASSE"),
        ("caf\u00e9", "the cafe\u0301 is shut", "caf\u00e9"),
        ("进来", "请进来吧。", "进来"),
        ("入って", "どうぞ、入ってください", "入って"),
        ("들어와", "얼른 들어와요", "들어와"),
        ("अंदर आओ", "चलो, अंदर आओ।", "अंदर आओ"),
        ("*", "anything", "anything"),
        ("a a b", "a a a b", "a a b"),
    ],
)
def test_finds_the_words_and_quotes_them(pattern: str, line: str, words: str) -> None:
    assert find(pattern, line) == words


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("come in", "Come inside."),
        ("in", "inside"),
        ("come in", "In you come."),
        ("come * in", "in he came, and come he did"),
        ("yes", "yesterday"),
        ("well", "we'll see"),
        ("आ", "आओ"),
        ("*", "...!"),
        ("...", "well ..."),
    ],
)
def test_finds_whole_words_only_and_in_order(pattern: str, line: str) -> None:
    assert find(pattern, line) == ""


def test_a_pattern_hears_only_whom_it_names() -> None:
    assert find("come in", "come in", who="maren", speaker="odd") == ""
    assert find("come in", "come in", who=PLAYER, speaker=PLAYER) == "come in"
    assert find("come in", "come in", who="", speaker="odd") == "come in"
    assert find("come in", "come in", who="", speaker=PLAYER) == ""


def test_words_of_two_lines_never_make_one() -> None:
    pattern = Pattern("", ("come", "in"))
    assert said((pattern,), (("maren", "Come"), ("maren", "in"))) == ""


def test_no_words_match_nothing() -> None:
    assert said((Pattern("", ()),), (("maren", "Come in"),)) == ""
    assert said((), (("maren", "Come in"),)) == ""


WORDS = st.lists(st.sampled_from(["come", "in", "now", "to", "the"]), min_size=1, max_size=12)


@given(line=WORDS, pattern=st.lists(st.sampled_from(["come", "in", "now", "*"]), min_size=1, max_size=5))
def test_agrees_with_a_plain_search(line: list[str], pattern: list[str]) -> None:
    def matches(words: list[str], rest: list[str]) -> bool:
        if not rest:
            return True
        if rest[0] == "*":
            return any(matches(words[i:], rest[1:]) for i in range(len(words) + 1))
        return bool(words) and words[0] == rest[0] and matches(words[1:], rest[1:])

    expected = any(matches(line[i:], pattern) for i in range(len(line)))
    assert bool(find(" ".join(pattern), " ".join(line))) == expected


@given(st.text(), st.text())
def test_any_text_can_be_searched_and_the_evidence_stands_in_it(pattern: str, line: str) -> None:
    assert find(pattern, line) in unicodedata.normalize("NFC", line)
