"""What a player would rather not send is masked, and what belongs to a story is left alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dialogue.masking import mask, mask_keys
from engine.library import bundled_stories


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Write to me at anna.lind+skerry@post.example.no!", "Write to me at [e-mail]!"),
        ("my key is sk-proj-abcDEF0123456789abcdefXYZ, keep it", "my key is [key], keep it"),
        ("AKIAIOSFODNN7EXAMPLE", "[key]"),
        ("ghp_0123456789abcdefghijABCDEFGHIJ456789", "[key]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF123456", "[key]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----", "[key]"),
        ("Pay with 4111 1111 1111 1111.", "Pay with [card number]."),
        ("Pay with 5555-5555-5555-4444 then", "Pay with [card number] then"),
        ("378282246310005", "[card number]"),
        ("Send it to DE89 3704 0044 0532 0130 00 and so on", "Send it to [bank account] and so on"),
        ("gb82west12345698765432", "[bank account]"),
        ("NO93 8601 1117 947, please", "[bank account], please"),
        ("Call me: +47 22 12 34 56", "Call me: [phone number]"),
        ("Call (555) 123-4567 tonight", "Call [phone number] tonight"),
        ("Ring 555-123-4567.", "Ring [phone number]."),
        ("06 12 34 56 78", "[phone number]"),
        ("0171/2345678", "[phone number]"),
        ("the server is 203.0.113.77.", "the server is [IP address]."),
        ("2001:db8:85a3::8a2e:370:7334", "[IP address]"),
        ("it says 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "it says [secret]"),
        ("wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab12", "[secret]"),
    ],
)
def test_a_secret_is_replaced_by_what_it_is(line: str, shown: str) -> None:
    masked = mask(line)
    assert masked.text == shown
    assert masked.found
    assert masked.notice.startswith("Masked before it was sent: ")


@pytest.mark.parametrize(
    "line",
    [
        "Meet me at 6.30, or 18:45:10 by your clock.",
        "Form 9, 29 Sept, 4 Oct 1909, and the survey of 1909-10-04.",
        "04.10.1909 06.30, or 04/10/1909 18 30 20, or 04 10 1909 0630",
        "The ship's number is 4111 2222, and mine 0042-17.",
        "Eleven fathoms, 141 steps, 400 yards, 20000 leagues, 3.14159265358979",
        "Isn't 12 345 678 901 234 a large number?",
        "It is 1234567812345678 by the register.",
        "@maren, look: a@b",
        "127.0.0.1 is here. Chapter 1.2.3, verse 999.999.999.999",
        "Rule 10:11:12:13 and ::",
        "a sk-ate and a key-hole, risk-taking-as-a-way-of-life-for-everyone",
        "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerk",
        "the-long-and-winding-road-that-leads-to-your-door-in-1970-or-1971",
        "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaargh111!",
        "NO93 8601 1117 948",
        "US12 3456 7890 1234 5678",
        "The password is swordfish.",
        "59 33 12 N, 10 44 07 E",
        "555-1234 was her number.",
    ],
)
def test_what_belongs_to_a_story_stays(line: str) -> None:
    assert mask(line).text == line
    assert mask(line).notice == ""


def test_nothing_in_the_bundled_story_looks_like_a_secret() -> None:
    for path in Path(bundled_stories()).rglob("*.yaml"):
        for line in path.read_text("utf-8").splitlines():
            assert not mask(line).found, f"{path.name}: {line}"


def test_several_are_counted() -> None:
    masked = mask("a@b.example, c@d.example and 4111111111111111")
    assert masked.text == "[e-mail], [e-mail] and [card number]"
    assert masked.notice == "Masked before it was sent: e-mail (2), card number."


@given(st.text(max_size=300))
def test_masking_twice_changes_nothing_more(line: str) -> None:
    once = mask(line)
    assert mask(once.text).text == once.text


@pytest.mark.parametrize(
    "letter", ["a", "1", "0", "1 ", "a.", "0-", ":", "a@", "a@b.", "sk-", "DE89", "A1b", "+1(", "("]
)
def test_an_immense_line_is_read_without_end(letter: str) -> None:
    mask(letter * (100_000 // len(letter)))


def test_only_keys_are_masked_in_files_that_are_passed_on() -> None:
    text = "sk-0123456789abcdef0123 of a@b.example"
    assert mask_keys(text) == "[key] of a@b.example"
    assert not re.search("sk-", mask_keys(text))
