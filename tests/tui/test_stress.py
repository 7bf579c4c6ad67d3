"""What models write between asterisks is seen as stress, and nothing else in their words is read as anything."""

from __future__ import annotations

import pytest

from engine.tui.widgets.lines import stressed


@pytest.mark.parametrize(
    ("text", "words", "styles"),
    [
        ("*She nods.* Well.", "She nods. Well.", ["italic"]),
        ("I **do** *so*", "I do so", ["bold", "italic"]),
        ("***No.***", "No.", ["bold italic"]),
        ("(*quietly*)", "(quietly)", ["italic"]),
        ("2*3*4 and * here * and **half", "2*3*4 and * here * and **half", []),
        ("*one\ntwo*", "*one\ntwo*", []),
        ("[b]not[/b] `this` _either_", "[b]not[/b] `this` _either_", []),
        ("", "", []),
    ],
)
def test_asterisks_in_pairs_are_stress_and_all_others_stay(text: str, words: str, styles: list[str]) -> None:
    shown = stressed(text)
    assert shown.plain == words
    assert [str(span.style) for span in shown.spans] == styles


def test_a_long_run_of_asterisks_takes_no_time() -> None:
    for text in ("*" * 20_000, "*a " * 10_000, "**a" * 10_000):
        assert len(stressed(text).plain) <= len(text)
