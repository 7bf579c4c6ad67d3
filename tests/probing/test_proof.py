"""An author is told of each text that gives a secret away while it is locked, and of none that does not."""

from __future__ import annotations

import pytest

from engine.probing.proof import Finding, prove
from probing.stories import KEPT, LEAKS, SOUND, changed
from support.stories import graph_of


def findings(yaml: str) -> list[Finding]:
    return [finding for finding in prove(graph_of(yaml)).findings if finding.severity != "note"]


@pytest.mark.parametrize("name", LEAKS)
def test_a_text_that_tells_a_locked_fact_is_found(name: str) -> None:
    found = [each for each in findings(changed(LEAKS[name])) if each.secret.who == "maren"]

    assert [each.secret.path for each in found] == [("characters", "maren", "knows", 1)]


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_story_is_not_accused(name: str) -> None:
    assert findings(changed(SOUND[name])) == []


def test_word_for_word_is_an_error_whoever_says_it_of_whom() -> None:
    for name in ("persona", "another's opening", "an example of no condition"):
        assert [each.severity for each in findings(changed(LEAKS[name]))] == ["error"], name


def test_telling_words_in_another_order_are_a_warning_that_names_them() -> None:
    (found,) = findings(changed(LEAKS["another fact"]))

    assert found.severity == "warning"
    assert {"lamp", "Annika", "night"} <= set(found.likeness.words)


def test_lore_that_waits_is_kept_from_all() -> None:
    told = KEPT.replace("Odd, a pilot who", "Odd. The sandbank called the Sow has crept north, across the fairway. You")

    assert [(each.secret.kind, each.secret.who) for each in findings(told)] == [("lore", "odd")]


def test_lore_of_some_is_kept_from_the_others_for_good() -> None:
    told = KEPT.replace("Keep the door on its chain.", "The Lights Board pays Odd nine crowns to keep quiet.")

    assert [(each.secret.path, each.secret.who) for each in findings(told)] == [(("lore", 2), "maren")]


def test_a_line_that_waits_is_not_to_stand_elsewhere() -> None:
    line = "I turned it down with this hand, and listened to her strike, and did not run."
    told = KEPT.replace("cannot see any more.", f"cannot see any more.\n    voice: '{line}'")
    heard = KEPT.replace('"Who goes there?"', f'"{line}"')

    assert findings(told) == []  # Odd may know it: the line is kept from Maren alone
    assert [(each.secret.kind, each.severity) for each in findings(heard)] == [("example", "error")]


def test_a_line_in_which_the_secret_comes_out_is_no_leak() -> None:
    told = KEPT.replace(
        "    limit:",
        "    examples:\n"
        "      - {player: tell me, who: maren, outcome: owns_up,\n"
        "         reply: '\"I put the lamp out myself, the night the Annika went down.\"'}\n"
        "    outcomes:\n"
        "      owns_up: {when: Maren owns up, set: {trust: 5}, if: trust == 2}\n"
        "    limit:",
    )
    found = prove(graph_of(told)).findings

    assert [each.severity for each in found] == ["note"]


def test_a_counter_without_end_is_taken_to_reach_anything() -> None:
    counting = KEPT.replace("key: false}", "key: false, n: 0}").replace("if: trust >= 3, fact", "if: n >= 3, fact")
    counting = counting.replace("set: {key: true}", "set: {n: n + 1}").replace("if: key,", "if: n > 9,")
    told = counting.replace("A stranger knocks.", "A stranger knocks. {% if n > 7 %}She put the lamp out herself, "
                            "the night the Annika went down.{% endif %}")  # fmt: skip
    (found,) = findings(told)

    assert (found.severity, found.decided) == ("warning", False)


def test_what_was_looked_at_is_counted() -> None:
    proof = prove(graph_of(KEPT))

    assert len(proof.secrets) == 6  # a fact, lore kept from two, lore kept from one, two lines
    assert proof.pairs > proof.texts > 20
