"""A reply that was just given is noticed, and so is one that runs in a circle."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from engine.dialogue.repetition import RECENT, looping, repeats
from engine.story.load import load_story

AGAIN = [
    ('"The kettle is on. Sit."', '"The kettle is on. Sit."'),
    ('"The kettle is on. Sit."', '"THE KETTLE IS ON! Sit..."'),
    ('"The kettle is on, so sit down."', 'She turns. "The kettle is on, so sit down."'),
    ('"I told you that I never saw the boat."', '"I told you already that I never saw the boat."'),
    ('She looks at the stove. "It was dark when I woke."', 'She looks at the fire. "It was dark when I woke."'),
    ('"No. I go up at the half hour, to bank the stove."', '"No. I go up at the half hour to bank the fire."'),
    (
        '"You should ask Odd about that. He was on the quay that night, and I was not."',
        '"You should ask Odd. He was on the quay that night, and I was not."',
    ),
    ("我已经告诉过你了，灯是灭的。", "我已经告诉你了，灯是灭的。"),
    ("Я же сказала, лампа погасла.", "Я же сказала: лампа погасла!"),
]
DIFFERENT = [
    ('"The kettle is on. Sit."', '"The kettle is cold. Go."'),
    ('"I told you that I never saw the boat."', '"I told you that he never came to the house."'),
    ('She looks at the stove. "It was dark when I woke."', 'She looks at the stove. "He never came home that night."'),
    ('"I don\'t know what you mean by that."', '"I don\'t know what he wrote in the book."'),
    ('"Three men went out, and one of them came back."', '"Three men went out. Nobody asked the women anything."'),
    ('"No."', '"No. And I would not tell you if I had, for it is not mine to tell."'),
    ("灯是灭的。我没有看见船。", "灯是亮的。他回家了。"),
]


@pytest.mark.parametrize(("earlier", "text"), AGAIN)
def test_nearly_the_same_reply_is_a_repetition(earlier: str, text: str) -> None:
    assert repeats(text, ["Something else entirely was said here.", earlier, "And another thing after that."])


@pytest.mark.parametrize(("earlier", "text"), DIFFERENT)
def test_a_reply_that_only_begins_alike_is_none(earlier: str, text: str) -> None:
    assert not repeats(text, [earlier])


def test_a_short_reply_is_a_repetition_only_of_the_last_one() -> None:
    assert repeats('"No."', ['"Hm."', '"no!"'])
    assert not repeats('"No."', ['"No."', '"Hm."'])
    assert not repeats('"No."', [])
    assert not repeats('"..."', ['"..."'])


def test_what_was_said_long_ago_may_be_said_again() -> None:
    line = '"The kettle is on, so sit down."'
    since = [f'"This is another thing, the number {number} of them."' for number in range(RECENT)]
    assert repeats(line, [line, *since[1:]])
    assert not repeats(line, [line, *since])


def test_an_author_who_wrote_different_replies_is_never_told_that_they_are_the_same() -> None:
    graph = load_story(Path(__file__).parents[2] / "stories" / "lamp")
    pairs = found = 0
    for who, character in graph.characters.items():
        own = [example for scene in graph.scenes.values() for example in scene.examples if example.who == who]
        lines = {line for example in (*own, *character.examples) for line in example.replies} | {*character.fallback}
        some = sorted(lines)[:: max(1, len(lines) // 90)]
        for one, other in combinations(some, 2):
            pairs += 1
            found += repeats(one, [other])
    assert pairs > 5_000
    assert found <= pairs // 5_000  # of all 351,541 pairs three: one line with a sentence more, or one changed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('"No." She waits. "No." She waits. "No." She waits. "No."', '"No." She waits.'),
        ("I go up. The stair is long. I go up. The stair is cold. I go up.", "I go up. The stair is long."),
        ("She counts: " + "one and " * 40, "She counts: one and"),
        ("Ha " * 30, "Ha"),
        ("不。" * 5, "不。"),
        ('"No, no, no. No. I said no."', '"No, no, no. No. I said no."'),
        ('"Hush. Hush." She waits.', '"Hush. Hush." She waits.'),
        ("", ""),
    ],
)
def test_a_reply_that_runs_in_a_circle_is_kept_up_to_there(text: str, kept: str) -> None:
    assert looping(text) == kept


def test_every_authored_reply_is_kept_whole() -> None:
    graph = load_story(Path(__file__).parents[2] / "stories" / "lamp")
    for scene in graph.scenes.values():
        for example in scene.examples:
            for line in example.replies:
                assert looping(line) == line.rstrip()
