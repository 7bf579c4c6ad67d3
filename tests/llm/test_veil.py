"""What was sent to be let in never comes back as somebody's words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.llm.endpoint import Secret
from engine.llm.veil import Veil
from llm.asking import FINISH, ask, endpoint, stream_of

KEY = "sk-aabaab-aabaac"


def veiled(pieces: list[str], *keys: str) -> str:
    veil = Veil(keys)
    return "".join([*map(veil.feed, pieces), veil.end()])


@given(st.lists(st.sampled_from([KEY, KEY[:6], KEY[6:], "sk-", "a", "s", " ", "Come in."]), max_size=8), st.data())
def test_a_key_is_masked_wherever_the_pieces_part(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    assert veiled(pieces, KEY) == text.replace(KEY, "[key]")


def test_the_longer_of_two_keys_goes_first() -> None:
    assert veiled([f"{KEY}-more {KEY}"], KEY, f"{KEY}-more") == "[key] [key]"


def test_keys_for_forms_sake_and_titles_stay_words() -> None:
    assert veiled(["none of the ollamas read The Lamp at Skerry"], "none", "ollama", "The Lamp at Skerry") == (
        "none of the ollamas read The Lamp at Skerry"
    )


def test_a_server_that_says_the_key_back_is_not_repeated() -> None:
    to = endpoint(key=Secret(KEY), headers={"x-own-key": "own-key-of-some-length"})
    said = [f"You sent {KEY[:7]}", f"{KEY[7:]} and own-key-of-", "some-length", "."]
    told = ask(stream_of(*said, FINISH), to=to).tell()

    assert told.words == told.finished.text == "You sent [key] and [key]."
