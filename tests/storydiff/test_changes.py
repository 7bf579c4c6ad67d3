"""What changed between two versions of a story, and what looks like a new name."""

from __future__ import annotations

import pytest

from engine.storydiff.changes import Change, changes
from support.edited import TALE
from support.stories import EVERYTHING, graph_of

OLD = graph_of(TALE)


def changed(*edits: tuple[str, str]) -> dict[tuple[str, str], Change]:
    text = TALE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return {(change.kind, change.name): change for change in changes(OLD, graph_of(text))}


def test_a_story_that_is_the_same_has_not_changed() -> None:
    assert changes(OLD, graph_of(TALE + "\n# a comment\n")) == ()
    everything = graph_of(EVERYTHING)
    assert changes(everything, graph_of(EVERYTHING + "\n# a comment\n")) == ()


@pytest.mark.parametrize(
    ("old", "new", "kind", "name", "aspect", "before", "now"),
    [
        ("id: pay, text", "id: pay, if: not wet, text", "choice", "yard/pay", "if", "", "not wet"),
        ("once: true, ", "", "choice", "yard/pay", "once", "yes", "no"),
        ("coins - 1", "coins - 2", "choice", "yard/pay", "set", "coins: coins - 1", "coins: coins - 2"),
        ("then: Paid.", "then: Done.", "choice", "yard/pay", "then", "Paid.", "Done."),
        ("Ana offers a bed", "Ana shows a bed", "outcome", "bar/asked_in", "when", "Ana offers a bed",
         "Ana shows a bed"),
        ("max: 9", "max: 5", "variable", "coins", "max", "9", "5"),
        ("[wary, warm]", "[wary, warm, cross]", "variable", "mood", "one_of", "wary; warm", "wary; warm; cross"),
        ("You are Ana.", "You are Ana, tired.", "character", "ana", "persona", "You are Ana.", "You are Ana, tired."),
        ("text: A fire.", "text: Embers.", "scene", "bar", "text", "A fire.", "Embers."),
        ("start: yard", "start: bar", "story", "", "start", "yard", "bar"),
        ("title: The inn", "title: An inn", "story", "", "title", "The inn", "An inn"),
    ],
)  # fmt: skip
def test_what_changed_is_told_by_the_key_that_the_author_wrote(
    old: str, new: str, kind: str, name: str, aspect: str, before: str, now: str
) -> None:
    found = changed((old, new))
    assert list(found) == [(kind, name)]
    (detail,) = found[kind, name].details
    assert (detail.aspect, detail.before, detail.now) == (aspect, before, now)


def test_a_let_that_means_something_else_changes_what_uses_it() -> None:
    with_let = TALE.replace("start: yard\n", "start: yard\nlet: {rich: coins > 5}\n").replace(
        "id: pay, ", "id: pay, if: rich, "
    )
    found = changes(graph_of(with_let), graph_of(with_let.replace("coins > 5", "coins > 7")))
    assert [(change.name, change.details[0].aspect) for change in found] == [("yard/pay", "if")]


def test_a_name_that_the_story_says_it_changed_is_a_renaming() -> None:
    found = changed(("id: pay,", "id: settle, renamed_from: pay,"), ("  mood: {", "  temper: {renamed_from: mood, "))
    assert found["choice", "yard/settle"].what == "renamed"
    assert found["choice", "yard/settle"].former == "yard/pay"
    assert found["variable", "temper"].former == "mood"
    assert len(found) == 2


def test_choices_of_a_renamed_scene_are_compared_with_what_they_were() -> None:
    found = changed(
        ("  bar:\n", "  pub:\n    renamed_from: bar\n"), ("goto: bar}", "goto: pub}"), ("text: Leave", "text: Go")
    )
    assert found["scene", "pub"].what == "renamed"
    assert found["choice", "pub/leave"].what == "changed"
    assert [detail.aspect for detail in found["choice", "pub/leave"].details] == ["text"]


@pytest.mark.parametrize(
    ("edits", "kind", "gone", "guess"),
    [
        ([("id: pay, text: Pay", "text: Pay up")], "choice", "yard/pay", "yard/pay_up"),
        ([("  bar:\n", "  pub:\n"), ("goto: bar}", "goto: pub}")], "scene", "bar", "pub"),
        ([("  mood: {", "  moods: {")], "variable", "mood", "moods"),
        ([("  bed: {", "  attic: {"), ("goto: bed}", "goto: attic}")], "scene", "bed", "attic"),
        ([("asked_in:", "invited:")], "outcome", "bar/asked_in", "bar/invited"),
    ],
)
def test_what_is_gone_is_guessed_to_be_the_new_part_that_it_looks_like(
    edits: list[tuple[str, str]], kind: str, gone: str, guess: str
) -> None:
    assert changed(*edits)[kind, gone].guess == guess


def test_nothing_is_guessed_where_nothing_is_like_it() -> None:
    found = changed(
        ("  wet: false\n", "  lamp: 2\n"),
        (
            "{id: name, text: Say your name, ask: name, then: 'You are {{ name }}.'}",
            "{text: Sing to the moon, goto: END}",
        ),
    )
    assert found["variable", "wet"].guess == ""
    assert found["choice", "yard/name"].guess == ""
    assert found["choice", "yard/sing_to_the_moon"].what == "added"
